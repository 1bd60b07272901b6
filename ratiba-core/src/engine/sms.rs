//! Text messages: sending one, and what their provider reports about them.

use super::callbacks::CallbackReceipt;
use super::deliver::{after_fault, done};
use super::error::{EngineError, ReceiveError};
use super::handle::{Inner, Ratiba};
use crate::domain::id::{OutboxId, TenantId};
use crate::domain::phone::Phone;
use crate::domain::route::Sink;
use crate::ports::channel::{DecodeError, StatusReport};
use crate::ports::fault::FaultKind;
use crate::ports::notify::Notice;
use crate::ports::outbox::{Attempt, OutboxItem, OutboxStatus, Outgoing};
use crate::ports::sms::{Sms, SmsRecord, SmsReport, UNWANTED};
use crate::ports::store::{DeadLetterKind, StoreError, StoredOutbox, TenantStore};

impl Ratiba {
    /// Takes a delivery report of the SMS provider. `token` is the unguessable word in its address; one that is nobody's is
    /// [`ReceiveError::UnknownAccount`]. What can't be read is kept for the operator and counts as taken.
    pub async fn receive_sms_report(
        &self,
        token: &str,
        raw: &[u8],
    ) -> Result<CallbackReceipt, ReceiveError> {
        let inner = &self.inner;
        let sink = inner.parts.sms.as_ref().ok_or(ReceiveError::NotSetUp("sms"))?;
        let tenant = inner.parts.store.sms_tenant(token).await?;
        let tenant = tenant.ok_or(ReceiveError::UnknownAccount)?;
        match sink.decode_report(raw) {
            Ok(report) => {
                inner.take_sms_report(tenant, report).await?;
                Ok(CallbackReceipt::Accepted)
            }
            Err(DecodeError { reason }) => {
                let raw = String::from_utf8_lossy(raw).into_owned();
                inner.bury(DeadLetterKind::Quarantine, "sms", reason, raw).await?;
                Ok(CallbackReceipt::Unrouted)
            }
        }
    }
}

impl Inner {
    /// Sends a text.
    pub(super) async fn text(
        &self,
        tenant: TenantId,
        store: &dyn TenantStore,
        item: &OutboxItem,
        to: &Phone,
        text: &str,
    ) -> Result<Attempt, EngineError> {
        let now = self.parts.clock.now();
        let failed = |kind, code: &str| Attempt::Failed { kind, code: Some(code.to_owned()) };
        if store.sms_blocked(to).await? {
            return Ok(failed(FaultKind::Rejected, UNWANTED));
        }
        let account = self.parts.store.sms_account(tenant).await?;
        let (Some(sink), Some(account)) = (&self.parts.sms, account) else {
            return Ok(failed(FaultKind::Misconfigured, "no sms account"));
        };
        let sms = Sms { id: item.id, to: to.clone(), text: text.to_owned() };
        let outcome = sink.send(&account, &sms).await;
        let label = if outcome.is_ok() { "sent" } else { "failed" };
        metrics::counter!("ratiba_messages_total", "channel" => "sms", "outcome" => label)
            .increment(1);
        match outcome {
            Ok(sent) => {
                let record = SmsRecord {
                    outbox: item.id,
                    phone: to.clone(),
                    segments: sent.segments,
                    cost: sent.cost,
                    at: now,
                };
                // It is sent: that its cost could not be noted is no reason to send it again.
                if let Err(error) = store.record_sms(&record).await {
                    tracing::error!(%error, outbox.id = %item.id, "the cost of a text message is not noted");
                }
                Ok(done(sent.provider_id))
            }
            Err(fault) => {
                if fault.code.as_deref() == Some(UNWANTED) {
                    store.block_sms(to, now).await?;
                }
                if matches!(fault.kind, FaultKind::Unauthorised | FaultKind::Blocked) {
                    let notice = Notice::SmsStopped { code: fault.code.clone() };
                    self.tell_operators(tenant, &notice).await;
                }
                Ok(after_fault(&fault, item, now))
            }
        }
    }

    async fn take_sms_report(
        &self,
        tenant: TenantId,
        SmsReport { provider_id, phone, outcome }: SmsReport,
    ) -> Result<(), ReceiveError> {
        let store = self.parts.store.of(tenant);
        let at = self.parts.clock.now();
        if let (Err(failure), Some(phone)) = (&outcome, &phone)
            && failure.code == UNWANTED
        {
            store.block_sms(phone, at).await?;
        }
        let outbox = match &phone {
            Some(phone) if !store.is_ours(&provider_id).await? => {
                on_its_way(&*store, phone).await?
            }
            Some(_) | None => None,
        };
        let report = StatusReport { account: String::new(), provider_id, outbox, outcome, at };
        let failed = store.record_status(&report).await?;
        if let (Some(item), Err(failure)) = (failed, report.outcome) {
            self.delivery_failed(tenant, &item, failure.kind, Some(failure.code)).await?;
        }
        Ok(())
    }
}

/// The oldest text to a number whose id we don't know: its answer was lost, or is overtaken by this report. A provider without idempotency keys
/// leaves nothing else to know it by.
async fn on_its_way(
    store: &dyn TenantStore,
    phone: &Phone,
) -> Result<Option<OutboxId>, StoreError> {
    let Some(customer) = store.customer_by_phone(phone).await? else { return Ok(None) };
    let is_it = |row: &StoredOutbox| {
        row.provider_id.is_none()
            && matches!(row.status, OutboxStatus::Pending | OutboxStatus::Unknown)
            && matches!(&row.item.what, Outgoing::Reply { route, .. }
                if matches!(&route.sink, Sink::Sms { to, .. } if to == phone))
    };
    Ok(store.outbox_of(customer.id).await?.into_iter().find(is_it).map(|row| row.item.id))
}
