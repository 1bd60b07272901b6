//! A store whose every call goes through a gate.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use ratiba_core::adapters::sqlite::SqliteStore;
use ratiba_core::admin::plan::Pending;
use ratiba_core::admin::takings::Taking;
use ratiba_core::domain::appointment::{Appointment, Busy};
use ratiba_core::domain::channel::ChannelKind;
use ratiba_core::domain::customer::{Customer, Identity};
use ratiba_core::domain::dial_change::DialAudit;
use ratiba_core::domain::id::{
    ApiKeyId, AppointmentId, CustomerId, InboxId, ModelCallId, OutboxId, PaymentId, SnippetId,
    TenantId, ThreadId, WaitId,
};
use ratiba_core::domain::knowledge::Snippet;
use ratiba_core::domain::payment::{LedgerEntry, Payment};
use ratiba_core::domain::phone::Phone;
use ratiba_core::domain::proof::Proof;
use ratiba_core::domain::tenant::{Business, Rail, Slug, Tenant, TenantStatus};
use ratiba_core::domain::time::TimeWindow;
use ratiba_core::domain::visit::VisitOutcome;
use ratiba_core::domain::wait::Wait;
use ratiba_core::models::cost::MicroUsd;
use ratiba_core::ports::api_keys::{ApiKey, ApiKeyStore};
use ratiba_core::ports::archive::{ArchiveStore, Reap};
use ratiba_core::ports::channel::{ChannelAccount, FailedDelivery, StatusReport};
use ratiba_core::ports::identity::{CodesSent, IdentityStore, Merge, Renamed};
use ratiba_core::ports::inbox::Timer;
use ratiba_core::ports::jobs::{Claim, JobRun, JobStore};
use ratiba_core::ports::outbox::{Attempt, OutboxItem, Settled};
use ratiba_core::ports::payment::Merchant;
use ratiba_core::ports::rail::{Entered, RailStore};
use ratiba_core::ports::secrets::{Resealed, SecretStore};
use ratiba_core::ports::sms::{SmsAccount, SmsRecord, SmsRegistry, SmsStore};
use ratiba_core::ports::spend::{
    CallEnd, ModelCall, SpendBy, SpendLine, SpendStore, SpendVerdict, SpendWish,
};
use ratiba_core::ports::store::{
    Accepted, BookStore, BusinessStore, CommitOutcome, DeadLetter, DeadLetterKind, DueWork,
    LaneView, NewInbox, NewTenant, PaymentRoute, Registry, Store, StoreError, StoredOutbox,
    StoredThread, TenantStore, ThreadStore, TranscriptLine, TurnCommit, TurnRecord,
    VersionedBusiness, WorkStore,
};
use ratiba_core::ports::visits::VisitStore;
use ratiba_core::ports::waitlist::WaitlistStore;
use ratiba_core::ports::whole::{ErasureOutcome, RowSink, WholeStore};

use ratiba_core::ports::till::TillStore;

use super::gate::Gate;

/// A store behind a gate.
#[derive(Debug)]
pub(super) struct GatedStore {
    inner: SqliteStore,
    gate: Arc<Gate>,
}

impl GatedStore {
    pub(super) fn new(inner: SqliteStore, gate: &Arc<Gate>) -> Self {
        Self { inner, gate: Arc::clone(gate) }
    }
}

impl Store for GatedStore {
    fn of(&self, tenant: TenantId) -> Arc<dyn TenantStore> {
        Arc::new(GatedTenant { inner: self.inner.of(tenant), gate: Arc::clone(&self.gate) })
    }
}

#[derive(Debug)]
struct GatedTenant {
    inner: Arc<dyn TenantStore>,
    gate: Arc<Gate>,
}

impl TenantStore for GatedTenant {
    fn tenant(&self) -> TenantId {
        self.inner.tenant()
    }
}

/// The methods of a port, each passed on through the gate.
macro_rules! gated {
    ($port:ident for $gated:ident {
        $(fn $name:ident($($arg:ident: $type:ty),*) -> $output:ty;)*
    }) => {
        #[async_trait]
        impl $port for $gated {
            $(async fn $name(&self, $($arg: $type),*) -> Result<$output, StoreError> {
                self.gate.pass(stringify!($name), self.inner.$name($($arg),*)).await
            })*
        }
    };
}

gated! { Registry for GatedStore {
    fn create_tenant(new: &NewTenant) -> ();
    fn tenants() -> Vec<Tenant>;
    fn tenant(id: TenantId) -> Option<Tenant>;
    fn tenant_by_slug(slug: &Slug) -> Option<Tenant>;
    fn set_status(id: TenantId, status: TenantStatus) -> bool;
    fn delete_tenant(id: TenantId) -> bool;
    fn account(channel: ChannelKind, account: &str) -> Option<ChannelAccount>;
    fn accounts(tenant: TenantId) -> Vec<ChannelAccount>;
    fn put_account(account: &ChannelAccount) -> ();
    fn merchant(tenant: TenantId, rail: Rail) -> Option<Merchant>;
    fn put_merchant(merchant: &Merchant) -> ();
    fn payment_route(token: &str) -> Option<PaymentRoute>;
    fn bury(letter: &DeadLetter) -> ();
    fn dead_letters(kind: Option<DeadLetterKind>, limit: u32) -> Vec<DeadLetter>;
    fn dead_letter(id: InboxId) -> Option<DeadLetter>;
    fn settle_dead_letter(id: InboxId, at: Timestamp, dismissed: Option<&str>) -> bool;
    fn settled_dead_letters(limit: u32) -> Vec<DeadLetter>;
    fn claim_due(now: Timestamp, stale_before: Timestamp, lease_until: Timestamp, limit: u32) -> Vec<DueWork>;
    fn next_due() -> Option<Timestamp>;
    fn ping() -> ();
} }

gated! { SmsRegistry for GatedStore {
    fn put_sms_account(account: &SmsAccount) -> ();
    fn sms_account(tenant: TenantId) -> Option<SmsAccount>;
    fn sms_tenant(delivery_token: &str) -> Option<TenantId>;
} }

gated! { SmsStore for GatedTenant {
    fn record_sms(record: &SmsRecord) -> ();
    fn sms_log(limit: u32) -> Vec<SmsRecord>;
    fn block_sms(phone: &Phone, at: Timestamp) -> ();
    fn sms_blocked(phone: &Phone) -> bool;
} }

gated! { ApiKeyStore for GatedStore {
    fn put_api_key(key: &ApiKey, hash: &str) -> ();
    fn api_key(hash: &str) -> Option<ApiKey>;
    fn api_keys(tenant: TenantId) -> Vec<ApiKey>;
    fn delete_api_key(tenant: TenantId, id: ApiKeyId) -> bool;
} }

gated! { SecretStore for GatedStore {
    fn reseal(dry: bool) -> Resealed;
} }

gated! { WholeStore for GatedTenant {
    fn dump(sink: &mut dyn RowSink) -> ();
    fn dump_person(customer: CustomerId, sink: &mut dyn RowSink) -> ();
    fn people(phone: &Phone) -> Vec<CustomerId>;
    fn erase(customer: CustomerId, now: Timestamp) -> ErasureOutcome;
} }

gated! { JobStore for GatedStore {
    fn claim_job(run: &JobRun, now: Timestamp, lease_until: Timestamp) -> Claim;
    fn has_job(run: &JobRun) -> bool;
    fn finish_job(run: &JobRun, at: Timestamp) -> ();
    fn forget_jobs(before: Timestamp, limit: u32) -> u64;
} }

gated! { ArchiveStore for GatedTenant {
    fn reap(what: Reap, before: Timestamp, now: Timestamp, limit: u32) -> u64;
} }

gated! { IdentityStore for GatedTenant {
    fn proof(customer: CustomerId, phone: &Phone) -> Option<Proof>;
    fn codes_sent(phone: &Phone, phone_since: Timestamp, customer: CustomerId, customer_since: Timestamp) -> CodesSent;
    fn identities(customer: CustomerId) -> Vec<Identity>;
    fn rename_identity(channel: ChannelKind, old: &str, new: &str) -> Renamed;
    fn merges() -> Vec<Merge>;
} }

gated! { SpendStore for GatedTenant {
    fn reserve_spend(wish: &SpendWish) -> SpendVerdict;
    fn settle_spend(id: ModelCallId, end: &CallEnd, at: Timestamp) -> ();
    fn spent_on(thread: ThreadId) -> MicroUsd;
    fn model_calls(since: Timestamp, limit: u32) -> Vec<ModelCall>;
    fn spend_report(within: TimeWindow, by: SpendBy, utc_offset_s: i32) -> Vec<SpendLine>;
} }

gated! { VisitStore for GatedTenant {
    fn no_shows(customer: CustomerId, since: Timestamp) -> u32;
    fn mark_visit(id: AppointmentId, outcome: VisitOutcome, now: Timestamp) -> bool;
    fn complete_ended(before: Timestamp) -> u64;
    fn call_off(id: AppointmentId) -> bool;
} }

gated! { RailStore for GatedTenant {
    fn rail(admin: &Phone) -> Option<Pending>;
    fn set_rail(admin: &Phone, pending: Option<&Pending>) -> ();
    fn enter_taking(taking: &Taking) -> Entered;
    fn last_taking(since: Timestamp) -> Option<Payment>;
    fn take_back(payment: &Payment, ledger: &[LedgerEntry]) -> bool;
} }

gated! { WaitlistStore for GatedTenant {
    fn wait(id: WaitId) -> Option<Wait>;
    fn waiting(span: TimeWindow, limit: u32) -> Vec<Wait>;
    fn waits_of(customer: CustomerId) -> Vec<Wait>;
    fn waits_open(now: Timestamp) -> u32;
    fn set_timers(timers: &[Timer]) -> ();
} }

gated! { TillStore for GatedTenant {
    fn receipt_owner(rail: Rail, receipt: &str) -> Option<PaymentId>;
    fn payments_made(range: TimeWindow) -> Vec<Payment>;
    fn payments_last(limit: u32) -> Vec<Payment>;
    fn payments_in(state: &str, limit: u32) -> Vec<Payment>;
    fn ledger_within(range: TimeWindow) -> Vec<LedgerEntry>;
} }

gated! { BusinessStore for GatedTenant {
    fn business() -> Option<VersionedBusiness>;
    fn business_at(version: u64) -> Option<Arc<Business>>;
    fn save_business(expected: u64, business: &Business, at: Timestamp) -> bool;
    fn dial_history(limit: u32) -> Vec<DialAudit>;
    fn snippets() -> Vec<Snippet>;
    fn put_snippet(snippet: &Snippet) -> ();
    fn delete_snippet(id: SnippetId) -> bool;
    fn unanswered(limit: u32) -> Vec<(Timestamp, String)>;
} }

gated! { ThreadStore for GatedTenant {
    fn accept(new: &NewInbox) -> Accepted;
    fn accept_all(new: &[NewInbox]) -> Vec<Accepted>;
    fn lane(customer: CustomerId, limit: u32) -> Option<LaneView>;
    fn thread(id: ThreadId) -> Option<StoredThread>;
    fn threads(limit: u32) -> Vec<StoredThread>;
    fn commit(turn: &TurnCommit) -> CommitOutcome;
    fn skip(inbox: InboxId, at: Timestamp) -> ();
    fn forget_message(dedupe_key: &str, at: Timestamp) -> bool;
    fn records(thread: ThreadId) -> Vec<TurnRecord>;
    fn transcript(customer: CustomerId, limit: u32) -> Vec<TranscriptLine>;
    fn customer(id: CustomerId) -> Option<Customer>;
    fn customer_by_identity(identity: &Identity) -> Option<Customer>;
    fn customer_by_phone(phone: &Phone) -> Option<Customer>;
} }

gated! { BookStore for GatedTenant {
    fn busy(range: TimeWindow, now: Timestamp) -> Vec<Busy>;
    fn upcoming(customer: CustomerId, now: Timestamp) -> Vec<Appointment>;
    fn appointments_of(customer: CustomerId) -> Vec<Appointment>;
    fn appointments(ids: &[AppointmentId]) -> Vec<Appointment>;
    fn diary(range: TimeWindow) -> Vec<Appointment>;
    fn enter(appointment: &Appointment) -> bool;
    fn payment(id: PaymentId) -> Option<Payment>;
    fn payments_of(thread: ThreadId) -> Vec<Payment>;
    fn payments_for(appointment: AppointmentId) -> Vec<Payment>;
    fn open_payments(created_before: Timestamp, limit: u32) -> Vec<Payment>;
    fn ledger(payment: Option<PaymentId>) -> Vec<LedgerEntry>;
} }

gated! { WorkStore for GatedTenant {
    fn enqueue(items: &[OutboxItem]) -> ();
    fn lease(id: OutboxId, now: Timestamp, until: Timestamp) -> Option<OutboxItem>;
    fn record_attempt(id: OutboxId, attempt: &Attempt, then: Option<&NewInbox>, at: Timestamp) -> Option<FailedDelivery>;
    fn record_status(report: &StatusReport) -> Option<OutboxItem>;
    fn is_ours(provider_id: &str) -> bool;
    fn outbox(id: OutboxId) -> Option<StoredOutbox>;
    fn outbox_of(customer: CustomerId) -> Vec<StoredOutbox>;
    fn failed_messages(settled: bool, code: Option<&str>, limit: u32) -> Vec<StoredOutbox>;
    fn settle_failed(id: OutboxId, how: &Settled, instead: Option<&OutboxItem>, at: Timestamp) -> bool;
    fn promote(timer: &Timer, id: InboxId, now: Timestamp) -> Option<CustomerId>;
    fn timers(customer: CustomerId) -> Vec<Timer>;
} }
