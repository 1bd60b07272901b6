//! What comes in is checked, read, routed to its tenant and stored, all before the sender is answered. Turns come later.

use std::collections::BTreeMap;

use secrecy::ExposeSecret as _;

use super::builder::Role;
use super::error::{EngineError, ReceiveError};
use super::handle::{Inner, Ratiba};
use crate::domain::channel::{Address, ChannelKind};
use crate::domain::customer::Identity;
use crate::domain::id::{CustomerId, TenantId};
use crate::domain::message::InboundMessage;
use crate::domain::tenant::Rail;
use crate::payments::report::Outcome;
use crate::ports::channel::{ChannelEvent, DecodeError, StatusReport};
use crate::ports::hot::{Lane, Topic};
use crate::ports::identity::Renamed;
use crate::ports::live::LiveKind;
use crate::ports::outbox::{Cause, PaymentFact};
use crate::ports::payment::PaymentProvider;
use crate::ports::store::{Accepted, DeadLetter, DeadLetterKind, LaneKey, NewInbox, PaymentRoute};

/// Seconds within which the same hint is told once.
const HINT_SECS: i64 = 10;

/// What became of the items of a webhook.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WebhookReceipt {
    /// Stored, a turn will be taken.
    pub accepted: u32,
    /// Seen before.
    pub duplicates: u32,
    /// Delivery reports.
    pub statuses: u32,
    /// Kept for the operator: nobody we know, or unreadable.
    pub quarantined: u32,
    /// Of no consequence.
    pub ignored: u32,
}

/// What a provider's callback is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CallbackKind {
    /// Asking for money.
    Payment,
    /// Giving it back.
    Refund,
    /// Anything of an account, at the one address that the account has.
    Notice,
}

impl CallbackKind {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Payment => "payment",
            Self::Refund => "refund",
            Self::Notice => "notice",
        }
    }
}

/// What became of a payment callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallbackReceipt {
    /// Stored for its payment.
    Accepted,
    /// The same had been stored before.
    Duplicate,
    /// Nothing matches it: kept for the operator.
    Unrouted,
}

impl Ratiba {
    /// Answers a provider's verification request: what to echo, or `None` to refuse.
    pub fn challenge(&self, channel: ChannelKind, query: &[(String, String)]) -> Option<String> {
        self.inner.parts.webhooks.get(&channel)?.challenge(query)
    }

    /// Takes a webhook: verifies the raw bytes, stores every item, and returns. A body that can't be read and a message for nobody are
    /// quarantined and count as taken; only a wrong signature and a failing store are errors.
    pub async fn receive_webhook(
        &self,
        channel: ChannelKind,
        signature: Option<&str>,
        raw: &[u8],
    ) -> Result<WebhookReceipt, ReceiveError> {
        let inner = &self.inner;
        let hook =
            inner.parts.webhooks.get(&channel).ok_or(ReceiveError::NotSetUp(channel.as_str()))?;
        if let Err(error) = hook.verify(signature, raw) {
            metrics::counter!("ratiba_webhooks_refused_total", "channel" => channel.as_str())
                .increment(1);
            return Err(error.into());
        }
        let events = match hook.decode(raw) {
            Ok(events) => events,
            Err(DecodeError { reason }) => {
                inner
                    .bury(
                        DeadLetterKind::Quarantine,
                        channel.as_str(),
                        reason,
                        String::from_utf8_lossy(raw).into_owned(),
                    )
                    .await?;
                return Ok(WebhookReceipt { quarantined: 1, ..WebhookReceipt::default() });
            }
        };
        inner.take_events(channel, events).await
    }

    /// Takes a message from a channel without webhooks: the web widget, an embedder's own, the terminal.
    pub async fn receive(&self, message: InboundMessage) -> Result<Accepted, ReceiveError> {
        let inner = &self.inner;
        let account = inner
            .cache
            .account(&inner.parts.store, message.address.channel, &message.address.account)
            .await?;
        let tenant = account.ok_or(ReceiveError::UnknownAccount)?.tenant;
        inner.take_in_one(tenant, inner.inbox_of(message)).await
    }

    /// Takes what the owner wrote to a customer past us, from their own app: the conversation is theirs until it is handed back.
    pub async fn receive_echo(
        &self,
        address: Address,
        provider_id: &str,
        text: &str,
    ) -> Result<Accepted, ReceiveError> {
        let inner = &self.inner;
        let account =
            inner.cache.account(&inner.parts.store, address.channel, &address.account).await?;
        let tenant = account.ok_or(ReceiveError::UnknownAccount)?.tenant;
        let new = inner.inbox_of_echo(address, provider_id, text.to_owned());
        inner.take_in_one(tenant, new).await
    }

    /// Takes a provider's callback about a payment. What matches no payment is kept for the operator and counts as taken.
    pub async fn receive_payment_callback(
        &self,
        rail: Rail,
        token: &str,
        raw: &[u8],
    ) -> Result<CallbackReceipt, ReceiveError> {
        self.inner
            .take_callback(rail, CallbackKind::Payment, token, raw, |provider, currency| {
                provider
                    .decode_callback(raw, currency)
                    .map(|report| PaymentFact::Callback { report })
            })
            .await
    }

    /// Takes a notice of a rail that reports all payments of an account to one address. The token is the end of that address's path; the
    /// payment is found by our reference in the notice, and must be one of that very account.
    pub async fn receive_payment_notice(
        &self,
        rail: Rail,
        token: &str,
        raw: &[u8],
    ) -> Result<CallbackReceipt, ReceiveError> {
        self.inner.take_notice(rail, token, raw).await
    }

    /// Takes a provider's callback about giving money back.
    pub async fn receive_refund_callback(
        &self,
        rail: Rail,
        token: &str,
        raw: &[u8],
    ) -> Result<CallbackReceipt, ReceiveError> {
        self.inner
            .take_callback(rail, CallbackKind::Refund, token, raw, |provider, _| {
                provider.decode_refund_callback(raw).map(|report| PaymentFact::Refund { report })
            })
            .await
    }
}

impl Inner {
    pub(super) async fn take_events(
        &self,
        channel: ChannelKind,
        events: Vec<ChannelEvent>,
    ) -> Result<WebhookReceipt, ReceiveError> {
        let mut receipt = WebhookReceipt::default();
        let mut by_tenant: BTreeMap<TenantId, Vec<NewInbox>> = BTreeMap::new();
        for event in events {
            match event {
                ChannelEvent::Message(message) => {
                    let Some(account) = self
                        .cache
                        .account(&self.parts.store, channel, &message.address.account)
                        .await?
                    else {
                        let raw = serde_json::to_string(&message).unwrap_or_default();
                        self.bury(
                            DeadLetterKind::Quarantine,
                            channel.as_str(),
                            "no tenant is registered for the account".to_owned(),
                            raw,
                        )
                        .await?;
                        receipt.quarantined += 1;
                        continue;
                    };
                    if let Some(count) = self.take_if_admins(account.tenant, &message).await? {
                        receipt.accepted += count;
                        continue;
                    }
                    by_tenant.entry(account.tenant).or_default().push(self.inbox_of(*message));
                }
                ChannelEvent::Status(report) => {
                    self.take_status(channel, &report).await?;
                    receipt.statuses += 1;
                }
                ChannelEvent::UpTo { address, delivery, upto } => {
                    self.take_upto(&address, delivery, upto).await?;
                    receipt.statuses += 1;
                }
                ChannelEvent::Echo { address, provider_id, text, at } => {
                    let Some(account) =
                        self.cache.account(&self.parts.store, channel, &address.account).await?
                    else {
                        receipt.ignored += 1;
                        continue;
                    };
                    let store = self.parts.store.of(account.tenant);
                    if self.is_our_echo(&*store, &address, &provider_id, &text, at).await? {
                        receipt.ignored += 1;
                        continue;
                    }
                    let new = self.inbox_of_echo(address, &provider_id, text);
                    by_tenant.entry(account.tenant).or_default().push(new);
                }
                ChannelEvent::Renamed { account, old, new } => {
                    self.rename(channel, &account, &old, &new).await?;
                    receipt.ignored += 1;
                }
                ChannelEvent::Ignored { .. } => receipt.ignored += 1,
                ChannelEvent::Malformed { account: _, reason, raw } => {
                    self.bury(DeadLetterKind::Quarantine, channel.as_str(), reason, raw).await?;
                    receipt.quarantined += 1;
                }
            }
        }
        for (tenant, items) in by_tenant {
            for accepted in self.take_in(tenant, items).await? {
                if accepted.fresh {
                    receipt.accepted += 1;
                } else {
                    receipt.duplicates += 1;
                }
                self.stored(tenant, accepted).await;
            }
        }
        Ok(receipt)
    }

    /// Stores one item and tells whoever takes turns.
    async fn take_in_one(&self, tenant: TenantId, new: NewInbox) -> Result<Accepted, ReceiveError> {
        let accepted = self.take_in(tenant, vec![new]).await?;
        let accepted = accepted.into_iter().next().ok_or(EngineError::Contended)?;
        self.stored(tenant, accepted).await;
        Ok(accepted)
    }

    pub(super) fn inbox_of(&self, message: InboundMessage) -> NewInbox {
        let at = &message.address;
        NewInbox {
            id: self.new_id(),
            lane: LaneKey::Sender {
                identities: message.identities.clone(),
                phone: message.phone.clone(),
                name: message.profile_name.clone(),
                new: self.new_id(),
            },
            dedupe_key: format!("{}:{}:{}", at.channel, at.account, message.provider_id),
            cause: Cause::Message { message: Box::new(message) },
            received_at: self.parts.clock.now(),
        }
    }

    fn inbox_of_echo(&self, address: Address, provider_id: &str, text: String) -> NewInbox {
        let identity = Identity { channel: address.channel, external_id: address.peer.clone() };
        NewInbox {
            id: self.new_id(),
            lane: LaneKey::Sender {
                identities: vec![identity],
                phone: None,
                name: None,
                new: self.new_id(),
            },
            dedupe_key: format!("echo:{}:{provider_id}", address.channel),
            cause: Cause::OwnerSpoke { address, text },
            received_at: self.parts.clock.now(),
        }
    }

    /// A person has another id on a channel. Where the new one is somebody else's already, the two stay two: a provider's word joins nobody.
    async fn rename(
        &self,
        channel: ChannelKind,
        account: &str,
        old: &str,
        new: &str,
    ) -> Result<(), ReceiveError> {
        let known = self.cache.account(&self.parts.store, channel, account).await?;
        let Some(account) = known else { return Ok(()) };
        let store = self.parts.store.of(account.tenant);
        if let Renamed::Taken { old, new } = store.rename_identity(channel, old, new).await? {
            tracing::warn!(
                tenant.id = %account.tenant, customer.id = %old, other.id = %new,
                "an id was said to have become one that is another customer's; both stay as they are"
            );
        }
        Ok(())
    }

    async fn take_status(
        &self,
        channel: ChannelKind,
        report: &StatusReport,
    ) -> Result<(), ReceiveError> {
        let Some(account) = self.cache.account(&self.parts.store, channel, &report.account).await?
        else {
            return Ok(());
        };
        let failed = self.parts.store.of(account.tenant).record_status(report).await?;
        if let (Some(item), Err(failure)) = (failed, &report.outcome) {
            self.delivery_failed(account.tenant, &item, failure.kind, Some(failure.code.clone()))
                .await?;
        }
        Ok(())
    }

    async fn take_notice(
        &self,
        rail: Rail,
        token: &str,
        raw: &[u8],
    ) -> Result<CallbackReceipt, ReceiveError> {
        let reference = match self.noticed(rail, token, raw).await? {
            Ok(reference) => reference,
            Err(reason) => {
                let raw = String::from_utf8_lossy(raw).into_owned();
                self.bury_callback(rail, CallbackKind::Notice, token, reason, raw).await?;
                return Ok(CallbackReceipt::Unrouted);
            }
        };
        self.take_callback(rail, CallbackKind::Payment, &reference, raw, |provider, currency| {
            provider.decode_callback(raw, currency).map(|report| PaymentFact::Callback { report })
        })
        .await
    }

    /// The payment that a notification of an account is about; or why it is about none of ours.
    pub(super) async fn noticed(
        &self,
        rail: Rail,
        token: &str,
        raw: &[u8],
    ) -> Result<Result<String, String>, ReceiveError> {
        let provider =
            self.parts.rails.get(&rail).ok_or(ReceiveError::NotSetUp(rail.provider()))?;
        let notices = provider.notices().ok_or(ReceiveError::NotSetUp(rail.provider()))?;
        let reference = match notices.reference(raw) {
            Ok(reference) => reference,
            Err(DecodeError { reason }) => return Ok(Err(reason)),
        };
        let route = self.parts.store.payment_route(&reference).await?;
        let merchant = match &route {
            Some(route) if route.rail == rail => {
                self.parts.store.merchant(route.tenant, rail).await?
            }
            Some(_) | None => None,
        };
        let ours = merchant
            .and_then(|merchant| notices.token(&merchant).ok())
            .is_some_and(|ours| same(ours.expose_secret().as_bytes(), token.as_bytes()));
        if ours {
            Ok(Ok(reference))
        } else {
            Ok(Err("no payment of this account has this reference".to_owned()))
        }
    }

    async fn take_callback<F>(
        &self,
        rail: Rail,
        kind: CallbackKind,
        token: &str,
        raw: &[u8],
        decode: F,
    ) -> Result<CallbackReceipt, ReceiveError>
    where
        F: FnOnce(
            &dyn PaymentProvider,
            crate::domain::money::Currency,
        ) -> Result<PaymentFact, DecodeError>,
    {
        let provider =
            self.parts.rails.get(&rail).ok_or(ReceiveError::NotSetUp(rail.provider()))?;
        let route = self.parts.store.payment_route(token).await?.filter(|route| route.rail == rail);
        let body = || String::from_utf8_lossy(raw).into_owned();
        let Some(PaymentRoute { tenant, payment, .. }) = route else {
            self.bury_callback(
                rail,
                kind,
                token,
                "no payment has this callback token".to_owned(),
                body(),
            )
            .await?;
            return Ok(CallbackReceipt::Unrouted);
        };
        let store = self.parts.store.of(tenant);
        let Some(known) = store.payment(payment).await? else {
            self.bury_callback(
                rail,
                kind,
                token,
                "the payment of this callback is gone".to_owned(),
                body(),
            )
            .await?;
            return Ok(CallbackReceipt::Unrouted);
        };
        let fact = match decode(provider.as_ref(), known.amount.currency) {
            Ok(fact) => fact,
            Err(DecodeError { reason }) => {
                self.bury_callback(rail, kind, token, reason, body()).await?;
                return Ok(CallbackReceipt::Unrouted);
            }
        };
        let now = self.parts.clock.now();
        // A repeated callback has the same bytes; one that says something else is another fact, and the payment machine decides. One that
        // only says that something has changed is told in the same bytes each time, so it counts again after a while.
        let again = match &fact {
            PaymentFact::Callback { report } if report.outcome == Outcome::Undecided => {
                format!(":{}", now.as_second() / HINT_SECS)
            }
            _ => String::new(),
        };
        let new = NewInbox {
            id: self.new_id(),
            lane: LaneKey::Customer(known.customer),
            dedupe_key: format!("callback:{payment}:{:016x}{again}", fingerprint(raw)),
            cause: Cause::Payment { payment, fact },
            received_at: now,
        };
        let accepted = self.take_in_one(tenant, new).await?;
        Ok(if accepted.fresh { CallbackReceipt::Accepted } else { CallbackReceipt::Duplicate })
    }

    /// Keeps what could not be handled.
    pub(super) async fn bury(
        &self,
        kind: DeadLetterKind,
        source: &str,
        reason: String,
        raw: String,
    ) -> Result<(), ReceiveError> {
        self.bury_whole(kind, source, reason, raw, None).await
    }

    /// Keeps a callback that nothing matches, with the token that it came to.
    async fn bury_callback(
        &self,
        rail: Rail,
        kind: CallbackKind,
        token: &str,
        reason: String,
        raw: String,
    ) -> Result<(), ReceiveError> {
        let source = format!("{}/{}", rail.provider(), kind.as_str());
        let pile = DeadLetterKind::UnroutedCallback;
        self.bury_whole(pile, &source, reason, raw, Some(token.to_owned())).await
    }

    async fn bury_whole(
        &self,
        kind: DeadLetterKind,
        source: &str,
        reason: String,
        raw: String,
        token: Option<String>,
    ) -> Result<(), ReceiveError> {
        metrics::counter!("ratiba_dead_letters_total", "source" => source.to_owned()).increment(1);
        tracing::warn!(source, %reason, "kept as a dead letter");
        let letter = DeadLetter {
            id: self.new_id(),
            kind,
            source: source.to_owned(),
            reason,
            raw,
            token,
            received_at: self.parts.clock.now(),
            settled_at: None,
            dismissed_because: None,
        };
        Ok(self.parts.store.bury(&letter).await?)
    }

    /// An item is stored: tell whoever takes turns.
    pub(super) async fn stored(&self, tenant: TenantId, accepted: Accepted) {
        if accepted.fresh {
            self.lane_has_work(tenant, accepted.customer).await;
            self.tell(tenant, accepted.customer, None, LiveKind::Received);
        }
    }

    pub(super) async fn lane_has_work(&self, tenant: TenantId, customer: CustomerId) {
        let lane = Lane { tenant, customer };
        match self.parts.role {
            Role::Both | Role::Works => {
                // The receiver lives as long as the engine.
                let _ = self.fresh.send(lane);
            }
            Role::Receives => {
                // A lane that can't be offered is found in the store.
                let _ = self.parts.hot.offer(lane).await;
                self.parts.wake.wake(Topic::Inbox).await;
            }
        }
    }
}

/// Whether two secrets are the same, in a time that does not tell how much of them is.
fn same(ours: &[u8], theirs: &[u8]) -> bool {
    let differing = ours.iter().zip(theirs).fold(0, |acc, (a, b)| acc | (a ^ b));
    ours.len() == theirs.len() && std::hint::black_box(differing) == 0
}

/// FNV-1a over the bytes: tells repeated callbacks from different ones; not a defence against anybody.
fn fingerprint(raw: &[u8]) -> u64 {
    raw.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
