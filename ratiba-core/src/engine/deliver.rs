//! Does what turns wanted done, after their commit: sends messages, calls payment providers, pages operators.
//!
//! Every attempt is written down before it is made (a committed row counts as begun, or `lease` marks it), so that a process that dies here
//! leaves an `unknown` row and not a doubled message or payment.

use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret as _;

use super::error::EngineError;
use super::handle::Inner;
use crate::domain::channel::Address;
use crate::domain::id::{OutboxId, PaymentId, TenantId};
use crate::domain::message::{InboundMessage, Reply};
use crate::domain::money::Money;
use crate::domain::route::{Sink, TemplateMessage};
use crate::domain::sms::plain;
use crate::ports::channel::Outbound;
use crate::ports::fault::{Fault, FaultKind};
use crate::ports::hot::Topic;
use crate::ports::inbox::{Cause, PaymentFact};
use crate::ports::live::LiveKind;
use crate::ports::notify::Notice;
use crate::ports::outbox::{Attempt, EXPIRED, OutboxItem, Outgoing, Settled};
use crate::ports::payment::{CallbackUrls, Merchant, PaymentProvider, RefundReport, notices_url};
use crate::ports::store::{LaneKey, NewInbox, TenantStore};

/// Attempts at one row before it is given up; with the growing waits below they span about two hours.
const MOST_ATTEMPTS: u32 = 10;
/// Attempts at one question about a payment, which has a next time of its own.
const QUERY_ATTEMPTS: u32 = 3;
/// How long a status or an echo may take to tell what became of a message whose answer was lost.
const RESOLVE_AFTER: SignedDuration = SignedDuration::from_secs(60);
/// How often an account that refuses us is tried again: an operator has to act first.
const STOPPED_RETRY: SignedDuration = SignedDuration::from_mins(5);

/// A row on its way.
#[derive(Debug)]
pub(super) struct Delivery {
    pub(super) tenant: TenantId,
    pub(super) item: OutboxItem,
    /// Whether this process has the lease on it.
    pub(super) leased: bool,
}

impl Inner {
    /// Sets off the outbox rows of a turn that this process has just committed.
    ///
    /// Those that the commit has not leased (others of their lane come first, or they must be marked before they are tried) are leased when
    /// their turn comes.
    pub(super) fn deliver_committed(
        &self,
        tenant: TenantId,
        items: Vec<OutboxItem>,
        leased: &[OutboxId],
    ) {
        for item in items {
            let leased = leased.contains(&item.id);
            // The receiver lives as long as the engine.
            let _ = self.deliver_now.send(Delivery { tenant, item, leased });
        }
    }

    /// Makes one attempt at a row and records how it ended. A row that is not leased yet is leased first; when it is not its turn, or somebody
    /// else has it, nothing is done.
    pub(super) async fn attempt(
        &self,
        Delivery { tenant, item, leased }: Delivery,
    ) -> Result<(), EngineError> {
        let store = self.parts.store.of(tenant);
        let item = if leased {
            item
        } else {
            let now = self.parts.clock.now();
            match store.lease(item.id, now, now + self.parts.takeover).await? {
                Some(item) => item,
                None => return Ok(()),
            }
        };
        if item.is_too_late(self.parts.clock.now()) {
            metrics::counter!("ratiba_expired_total").increment(1);
            // A prompt that was never made brings no money, and its payment is explained.
            let then = match &item.what {
                Outgoing::Submit { payment } => {
                    let (kind, code) = (FaultKind::Transient, Some(EXPIRED.to_owned()));
                    Some((*payment, PaymentFact::SubmitRefused { kind, code }))
                }
                _ => None,
            };
            let attempt = Attempt::expired();
            return self.record(tenant, store.as_ref(), &item, attempt, then).await;
        }
        if let Outgoing::Think { turn, about } = &item.what {
            return self.finish_thinking(tenant, store.as_ref(), &item, *turn, about).await;
        }
        if let Outgoing::Consult { about } = &item.what {
            return self.consult(tenant, store.as_ref(), &item, about).await;
        }
        let (attempt, then) = self.act(tenant, store.as_ref(), &item).await?;
        self.record(tenant, store.as_ref(), &item, attempt, then).await
    }

    /// Decides about a row of which nobody knows whether it was done.
    pub(super) async fn resolve(
        &self,
        tenant: TenantId,
        item: OutboxItem,
    ) -> Result<(), EngineError> {
        let store = self.parts.store.of(tenant);
        let now = self.parts.clock.now();
        let again = Attempt::Retry { at: now, kind: FaultKind::Unknown, code: None };
        let code = item.is_too_late(now).then(|| EXPIRED.to_owned());
        let lost = Attempt::Failed { kind: FaultKind::Unknown, code };
        let (attempt, then) = match &item.what {
            Outgoing::Reply { repeatable: true, .. }
            | Outgoing::Admin { .. }
            | Outgoing::Code { .. }
                if item.attempts < 3 && !item.is_too_late(now) =>
            {
                (again, None)
            }
            Outgoing::Reply { .. } | Outgoing::Admin { .. } | Outgoing::Code { .. } => (lost, None),
            // Nobody is ever asked for money twice for one payment: the callback or a query will tell.
            Outgoing::Submit { payment } => (lost, Some((*payment, PaymentFact::SubmitUnknown))),
            Outgoing::Query { .. }
            | Outgoing::Withdraw { .. }
            | Outgoing::Notify { .. }
            | Outgoing::Think { .. }
            | Outgoing::Consult { .. } => (again, None),
            // Giving back twice is as bad as asking twice: the callback may still tell.
            Outgoing::Refund { payment, .. } => (lost, Some((*payment, undecided()))),
        };
        self.record(tenant, store.as_ref(), &item, attempt, then).await
    }

    async fn record(
        &self,
        tenant: TenantId,
        store: &dyn TenantStore,
        item: &OutboxItem,
        attempt: Attempt,
        then: Option<(PaymentId, PaymentFact)>,
    ) -> Result<(), EngineError> {
        let now = self.parts.clock.now();
        let attempt = in_time(attempt, item);
        let then = then.map(|(payment, fact)| NewInbox {
            id: self.new_id(),
            lane: LaneKey::Customer(item.customer),
            dedupe_key: format!("outbox:{}:{}", item.id, item.attempts),
            cause: Cause::Payment { payment, fact },
            received_at: now,
        });
        let early = store.record_attempt(item.id, &attempt, then.as_ref(), now).await?;
        if then.is_some() {
            self.lane_has_work(tenant, item.customer).await;
        }
        if let Some(failure) = early {
            self.delivery_failed(tenant, item, failure.kind, Some(failure.code)).await?;
        }
        if let Attempt::Failed { kind, code } = attempt {
            self.delivery_failed(tenant, item, kind, code).await?;
        }
        self.tell(tenant, item.customer, item.thread, LiveKind::Delivered);
        Ok(())
    }

    /// Calls the port and translates its answer. Fails only when the store does: then the row stays leased and is looked at again.
    async fn act(
        &self,
        tenant: TenantId,
        store: &dyn TenantStore,
        item: &OutboxItem,
    ) -> Result<(Attempt, Option<(PaymentId, PaymentFact)>), EngineError> {
        match &item.what {
            Outgoing::Reply { to, reply, route, .. } => {
                let attempt = match &route.sink {
                    Sink::Session => self.send(item, to, reply, None).await?,
                    Sink::Template { message } => self.send(item, to, reply, Some(message)).await?,
                    Sink::Sms { to, text } => self.text(tenant, store, item, to, text).await?,
                };
                Ok((attempt, None))
            }
            Outgoing::Admin { to, text, route } => {
                let attempt = match &route.sink {
                    Sink::Session => self.send_to_phone(tenant, item, to, text, None).await?,
                    Sink::Template { message } => {
                        self.send_to_phone(tenant, item, to, text, Some(message)).await?
                    }
                    Sink::Sms { to, text } => self.text(tenant, store, item, to, text).await?,
                };
                Ok((attempt, None))
            }
            // By SMS where the tenant has it: it reaches the number itself, whatever window is open.
            Outgoing::Code { to, text } => {
                let by_sms = self.sends_sms(tenant).await? && !store.sms_blocked(to).await?;
                let attempt = if by_sms {
                    self.text(tenant, store, item, to, &plain(&text.0)).await?
                } else {
                    self.send_to_phone(tenant, item, to, &text.0, None).await?
                };
                Ok((attempt, None))
            }
            Outgoing::Submit { payment } => self.submit(tenant, store, item, *payment).await,
            Outgoing::Query { payment } => self.query(tenant, store, item, *payment).await,
            Outgoing::Withdraw { payment } => {
                Ok((self.withdraw(tenant, store, item, *payment).await?, None))
            }
            Outgoing::Refund { payment, amount } => {
                self.refund(tenant, store, item, *payment, *amount).await
            }
            Outgoing::Notify { notice } => Ok((self.notify(tenant, item, notice).await, None)),
            // Have ways of their own, see `attempt`.
            Outgoing::Think { .. } | Outgoing::Consult { .. } => Ok((done(None), None)),
        }
    }

    pub(super) async fn send(
        &self,
        item: &OutboxItem,
        to: &Address,
        reply: &Reply,
        template: Option<&TemplateMessage>,
    ) -> Result<Attempt, EngineError> {
        let now = self.parts.clock.now();
        let account = self.cache.account(&self.parts.store, to.channel, &to.account).await?;
        let (Some(channel), Some(account)) = (self.parts.channels.get(&to.channel), account) else {
            return Ok(Attempt::Failed {
                kind: FaultKind::Misconfigured,
                code: Some("no channel".to_owned()),
            });
        };
        let message = Outbound { id: item.id, to: to.clone(), reply: reply.clone() };
        let outcome = match template {
            Some(template) => channel.send_template(&account, &message, template).await,
            None => channel.send(&account, &message).await,
        };
        let label = if outcome.is_ok() { "sent" } else { "failed" };
        metrics::counter!("ratiba_messages_total", "channel" => to.channel.as_str(), "outcome" => label).increment(1);
        match outcome {
            Ok(sent) => {
                Ok(Attempt::Done { provider_id: Some(sent.provider_id), billable: sent.billable })
            }
            Err(fault) => {
                if matches!(fault.kind, FaultKind::Unauthorised | FaultKind::Blocked) {
                    self.cache.forget_account(to.channel, &to.account);
                    let notice = Notice::ChannelStopped {
                        channel: to.channel,
                        account: to.account.clone(),
                        code: fault.code.clone(),
                    };
                    self.tell_operators(account.tenant, &notice).await;
                }
                Ok(after_fault(&fault, item, now))
            }
        }
    }

    async fn submit(
        &self,
        tenant: TenantId,
        store: &dyn TenantStore,
        item: &OutboxItem,
        payment: PaymentId,
    ) -> Result<(Attempt, Option<(PaymentId, PaymentFact)>), EngineError> {
        let now = self.parts.clock.now();
        let Some(known) = store.payment(payment).await? else { return Ok((gone(), None)) };
        if known.state != crate::domain::payment::PaymentState::Created {
            // Called off before it was submitted: then nobody is asked.
            return Ok((done(None), None));
        }
        let Some((provider, merchant)) = self.rail(tenant, known.rail).await? else {
            let fact = PaymentFact::SubmitRefused { kind: FaultKind::Misconfigured, code: None };
            return Ok((
                Attempt::Failed {
                    kind: FaultKind::Misconfigured,
                    code: Some("no merchant".to_owned()),
                },
                Some((payment, fact)),
            ));
        };
        let urls = match self.callback_urls(provider, &merchant, &known.callback_token) {
            Ok(urls) => urls,
            Err(fault) => {
                let notice =
                    Notice::RailMisconfigured { rail: known.rail, code: fault.code.clone() };
                self.tell_operators(tenant, &notice).await;
                let fact =
                    PaymentFact::SubmitRefused { kind: fault.kind, code: fault.code.clone() };
                return Ok((
                    Attempt::Failed { kind: fault.kind, code: fault.code },
                    Some((payment, fact)),
                ));
            }
        };
        Ok(match provider.submit(&merchant, &known, &urls).await {
            Ok(submitted) => {
                let fact = PaymentFact::Submitted {
                    provider_ref: submitted.provider_ref.clone(),
                    pay_url: submitted.pay_url,
                };
                (done(Some(submitted.provider_ref)), Some((payment, fact)))
            }
            Err(fault) if fault.kind == FaultKind::Unknown => (
                Attempt::Failed { kind: FaultKind::Unknown, code: fault.code },
                Some((payment, PaymentFact::SubmitUnknown)),
            ),
            Err(fault)
                if matches!(fault.kind, FaultKind::Transient | FaultKind::RateLimited)
                    && item.attempts < 3 =>
            {
                (after_fault(&fault, item, now), None)
            }
            Err(fault) => {
                if matches!(
                    fault.kind,
                    FaultKind::Misconfigured | FaultKind::Unauthorised | FaultKind::Blocked
                ) {
                    self.tell_operators(
                        tenant,
                        &Notice::RailMisconfigured { rail: known.rail, code: fault.code.clone() },
                    )
                    .await;
                }
                let fact =
                    PaymentFact::SubmitRefused { kind: fault.kind, code: fault.code.clone() };
                (Attempt::Failed { kind: fault.kind, code: fault.code }, Some((payment, fact)))
            }
        })
    }

    async fn query(
        &self,
        tenant: TenantId,
        store: &dyn TenantStore,
        item: &OutboxItem,
        payment: PaymentId,
    ) -> Result<(Attempt, Option<(PaymentId, PaymentFact)>), EngineError> {
        let now = self.parts.clock.now();
        let Some(known) = store.payment(payment).await? else { return Ok((gone(), None)) };
        let Some((provider, merchant)) = self.rail(tenant, known.rail).await? else {
            return Ok((gone(), None));
        };
        Ok(match provider.query(&merchant, &known).await {
            Ok(report) => (done(None), Some((payment, PaymentFact::Queried { report }))),
            Err(fault) if item.attempts < QUERY_ATTEMPTS => (after_fault(&fault, item, now), None),
            // It is asked again at its next time; to insist would only keep what comes after it in its lane.
            Err(fault) => (Attempt::Failed { kind: fault.kind, code: fault.code }, None),
        })
    }

    async fn withdraw(
        &self,
        tenant: TenantId,
        store: &dyn TenantStore,
        item: &OutboxItem,
        payment: PaymentId,
    ) -> Result<Attempt, EngineError> {
        let now = self.parts.clock.now();
        let Some(known) = store.payment(payment).await? else { return Ok(gone()) };
        let Some((provider, merchant)) = self.rail(tenant, known.rail).await? else {
            return Ok(gone());
        };
        Ok(match provider.withdraw(&merchant, &known).await {
            Ok(withdrawn) => {
                tracing::debug!(payment.id = %payment, ?withdrawn, "a page is given up");
                done(None)
            }
            Err(fault) if item.attempts < QUERY_ATTEMPTS => after_fault(&fault, item, now),
            Err(fault) => Attempt::Failed { kind: fault.kind, code: fault.code },
        })
    }

    async fn refund(
        &self,
        tenant: TenantId,
        store: &dyn TenantStore,
        item: &OutboxItem,
        payment: PaymentId,
        amount: Money,
    ) -> Result<(Attempt, Option<(PaymentId, PaymentFact)>), EngineError> {
        let now = self.parts.clock.now();
        let Some(known) = store.payment(payment).await? else { return Ok((gone(), None)) };
        let Some((provider, merchant)) = self.rail(tenant, known.rail).await? else {
            return Ok((gone(), Some((payment, refused("no merchant")))));
        };
        let urls = match self.callback_urls(provider, &merchant, &known.callback_token) {
            Ok(urls) => urls,
            Err(fault) => {
                let code = fault.code.clone().unwrap_or_else(|| "credentials".to_owned());
                return Ok((
                    Attempt::Failed { kind: fault.kind, code: fault.code },
                    Some((payment, refused(&code))),
                ));
            }
        };
        Ok(match provider.refund(&merchant, &known, amount, &urls).await {
            Ok(RefundReport::Undecided) => (done(None), None),
            Ok(report @ (RefundReport::Done | RefundReport::Refused { .. })) => {
                (done(None), Some((payment, PaymentFact::Refund { report })))
            }
            Err(fault)
                if matches!(fault.kind, FaultKind::Transient | FaultKind::RateLimited)
                    && item.attempts < MOST_ATTEMPTS =>
            {
                (after_fault(&fault, item, now), None)
            }
            Err(fault) if fault.kind == FaultKind::Unknown => (
                Attempt::Failed { kind: fault.kind, code: fault.code },
                Some((payment, undecided())),
            ),
            Err(fault) => {
                let code = fault.code.clone().unwrap_or_else(|| "unknown".to_owned());
                (
                    Attempt::Failed { kind: fault.kind, code: fault.code },
                    Some((payment, refused(&code))),
                )
            }
        })
    }

    pub(super) async fn rail(
        &self,
        tenant: TenantId,
        rail: crate::domain::tenant::Rail,
    ) -> Result<Option<(&dyn PaymentProvider, Merchant)>, EngineError> {
        let merchant = self.parts.store.merchant(tenant, rail).await?;
        Ok(self.parts.rails.get(&rail).map(AsRef::as_ref).zip(merchant))
    }

    fn callback_urls(
        &self,
        provider: &dyn PaymentProvider,
        merchant: &Merchant,
        token: &str,
    ) -> Result<CallbackUrls, Fault> {
        let public = &self.parts.public_url;
        let name = provider.rail().provider();
        let base = format!("{public}/api/v1/webhooks/{name}");
        let result = match provider.notices() {
            Some(notices) => notices_url(public, name, notices.token(merchant)?.expose_secret()),
            None => format!("{base}/stk/{token}"),
        };
        Ok(CallbackUrls {
            result,
            page_return: format!("{public}/pay/return/{token}"),
            refund_result: format!("{base}/refund/{token}"),
            refund_timeout: format!("{base}/refund-timeout/{token}"),
        })
    }

    async fn notify(&self, tenant: TenantId, item: &OutboxItem, notice: &Notice) -> Attempt {
        let now = self.parts.clock.now();
        tracing::warn!(tenant.id = %tenant, ?notice, "an operator should know");
        for sink in &self.parts.notices {
            if let Err(fault) = sink.notify(tenant, notice).await {
                return after_fault(&fault, item, now);
            }
        }
        done(None)
    }

    /// Tells operators at once, outside of any turn; best effort, since what caused it is stored anyway.
    pub(super) async fn tell_operators(&self, tenant: TenantId, notice: &Notice) {
        tracing::error!(tenant.id = %tenant, ?notice, "an operator must act");
        for sink in &self.parts.notices {
            if let Err(fault) = sink.notify(tenant, notice).await {
                tracing::warn!(fault = %fault, "a notification sink failed");
            }
        }
    }

    /// A row will never be done: whoever must know is told.
    pub(super) async fn delivery_failed(
        &self,
        tenant: TenantId,
        item: &OutboxItem,
        kind: FaultKind,
        code: Option<String>,
    ) -> Result<(), EngineError> {
        tracing::warn!(tenant.id = %tenant, outbox.id = %item.id, ?kind, code, "gave up");
        let instead = match &item.what {
            Outgoing::Admin { .. } => {
                self.owner_instead(tenant, item, kind, code.as_deref()).await?
            }
            _ => self.sms_instead(tenant, item, kind, code.as_deref()).await?,
        };
        if let Some(row) = instead {
            if let Outgoing::Reply { route, .. } | Outgoing::Admin { route, .. } = &row.what {
                tracing::info!(
                    tenant.id = %tenant, outbox.id = %row.id, failed.id = %item.id, sink = route.sink.as_str(),
                    why = ?route.why, expected_cost = route.expected_cost, "it goes another way"
                );
            }
            // In one transaction: what went another way is never seen as failed, and goes that way once.
            let how = Settled::Replaced { by: row.id };
            let now = self.parts.clock.now();
            self.parts.store.of(tenant).settle_failed(item.id, &how, Some(&row), now).await?;
            self.parts.wake.wake(Topic::Timers).await;
            return Ok(());
        }
        if !item.what.is_message() {
            return Ok(());
        }
        let id: OutboxId = self.new_id();
        let notice = Notice::Undeliverable { outbox: item.id, code };
        let row = OutboxItem {
            id,
            customer: item.customer,
            thread: item.thread,
            lane: format!("notify:{}", item.id),
            what: Outgoing::Notify { notice },
            attempts: 0,
            created_at: self.parts.clock.now(),
            useful_until: None,
        };
        Ok(self.parts.store.of(tenant).enqueue(&[row]).await?)
    }

    /// Shows the customer that their message was seen. Best effort, beside the turn.
    pub(super) fn acknowledge(&self, tenant: TenantId, message: &InboundMessage) {
        let Some(channel) = self.parts.channels.get(&message.address.channel).cloned() else {
            return;
        };
        let (to, provider_id) = (message.address.clone(), message.provider_id.clone());
        let store = std::sync::Arc::clone(&self.parts.store);
        tokio::spawn(async move {
            let Ok(Some(account)) = store.account(to.channel, &to.account).await else { return };
            if let Err(fault) = channel.acknowledge(&account, &to, &provider_id).await {
                tracing::debug!(tenant.id = %tenant, fault = %fault, "a message could not be marked as seen");
            }
        });
    }
}

pub(super) fn done(provider_id: Option<String>) -> Attempt {
    Attempt::Done { provider_id, billable: 0 }
}

fn gone() -> Attempt {
    Attempt::Failed { kind: FaultKind::Rejected, code: Some("gone".to_owned()) }
}

fn undecided() -> PaymentFact {
    PaymentFact::Refund { report: RefundReport::Undecided }
}

fn refused(code: &str) -> PaymentFact {
    PaymentFact::Refund { report: RefundReport::Refused { code: code.to_owned() } }
}

/// A next try that would come too late is made in the moment in which it is known to be too late, so that the row ends then.
fn in_time(attempt: Attempt, item: &OutboxItem) -> Attempt {
    match (attempt, item.useful_until) {
        (Attempt::Retry { at, kind, code }, Some(until)) => {
            Attempt::Retry { at: at.min(until), kind, code }
        }
        (attempt, _) => attempt,
    }
}

/// What a failure means for the row.
pub(super) fn after_fault(fault: &Fault, item: &OutboxItem, now: Timestamp) -> Attempt {
    let wait = fault
        .retry_after
        .unwrap_or_else(|| backoff(item.attempts))
        .clamp(SignedDuration::from_secs(1), SignedDuration::from_hours(6));
    let (kind, code) = (fault.kind, fault.code.clone());
    match kind {
        FaultKind::Transient | FaultKind::RateLimited if item.attempts < MOST_ATTEMPTS => {
            Attempt::Retry { at: now + wait, kind, code }
        }
        FaultKind::Unknown => Attempt::Unknown { resolve_at: now + RESOLVE_AFTER },
        // The queue is kept: what could not go out over a stopped account goes out when an operator has mended it.
        FaultKind::Unauthorised | FaultKind::Blocked => {
            Attempt::Retry { at: now + STOPPED_RETRY, kind, code }
        }
        FaultKind::Transient
        | FaultKind::RateLimited
        | FaultKind::Rejected
        | FaultKind::WindowClosed
        | FaultKind::Misconfigured => Attempt::Failed { kind, code },
    }
}

/// 2 s, 8 s, 32 s, … at most half an hour.
fn backoff(attempts: u32) -> SignedDuration {
    let seconds = 2_i64.saturating_mul(4_i64.saturating_pow(attempts));
    SignedDuration::from_secs(seconds.min(1_800))
}
