//! What comes in is checked, read, routed to its tenant and stored, all before the sender is answered. Turns come later.

use std::collections::BTreeMap;

use super::builder::Role;
use super::error::{EngineError, ReceiveError};
use super::handle::{Inner, Ratiba};
use crate::domain::channel::{Address, ChannelKind};
use crate::domain::customer::Identity;
use crate::domain::id::{CustomerId, TenantId};
use crate::domain::message::InboundMessage;
use crate::ports::channel::{ChannelEvent, DecodeError, StatusReport};
use crate::ports::hot::{Lane, Topic};
use crate::ports::identity::Renamed;
use crate::ports::inbox::Cause;
use crate::ports::live::LiveKind;
use crate::ports::store::{Accepted, DeadLetter, DeadLetterKind, LaneKey, NewInbox};

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
                ChannelEvent::TakenBack { account, provider_id } => {
                    self.forget(channel, &account, &provider_id).await?;
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
    pub(super) async fn take_in_one(
        &self,
        tenant: TenantId,
        new: NewInbox,
    ) -> Result<Accepted, ReceiveError> {
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
            dedupe_key: key_of(at.channel, &at.account, &message.provider_id),
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

    /// A customer has taken a message back.
    async fn forget(
        &self,
        channel: ChannelKind,
        account: &str,
        provider_id: &str,
    ) -> Result<(), ReceiveError> {
        let known = self.cache.account(&self.parts.store, channel, account).await?;
        let Some(owner) = known else { return Ok(()) };
        let key = key_of(channel, account, provider_id);
        self.parts.store.of(owner.tenant).forget_message(&key, self.parts.clock.now()).await?;
        Ok(())
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

    pub(super) async fn bury_whole(
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

/// Under which a customer's message is stored once.
fn key_of(channel: ChannelKind, account: &str, provider_id: &str) -> String {
    format!("{channel}:{account}:{provider_id}")
}
