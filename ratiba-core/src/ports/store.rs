//! The truth: tenants, conversations, appointments, money. Everything that a tenant owns is reached through a [`TenantStore`].

mod registry;
mod turn;

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;

use super::archive::ArchiveStore;
use super::channel::{FailedDelivery, StatusReport};
use super::fault::FaultKind;
use super::identity::IdentityStore;
use super::inbox::Timer;
use super::outbox::{Attempt, OutboxItem, OutboxStatus, Settled};
use super::rail::RailStore;
use super::sms::SmsStore;
use super::spend::SpendStore;
use super::till::TillStore;
use super::visits::VisitStore;
use super::waitlist::WaitlistStore;
use super::whole::WholeStore;
use crate::domain::appointment::{Appointment, Busy};
use crate::domain::customer::{Customer, Identity};
use crate::domain::dial_change::DialAudit;
use crate::domain::id::{
    AppointmentId, CustomerId, InboxId, OutboxId, PaymentId, SnippetId, TenantId, ThreadId,
};
use crate::domain::knowledge::Snippet;
use crate::domain::message::Delivery;
use crate::domain::payment::{LedgerEntry, Payment};
use crate::domain::phone::Phone;
use crate::domain::tenant::Business;
use crate::domain::time::TimeWindow;

pub use registry::{DeadLetter, DeadLetterKind, DueWork, NewTenant, PaymentRoute, Registry};
pub use turn::{
    Accepted, CommitOutcome, LaneKey, LaneView, LoggedStep, NewInbox, Speaker, StoredThread,
    TranscriptLine, TurnCommit, TurnRecord, Write,
};

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The database can't be reached, is too slow or too busy; the same call may succeed later.
    #[error("the database did not answer ({operation})")]
    Unavailable {
        /// What was tried.
        operation: &'static str,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The database refused the statement: a bug or a schema that is not ours.
    #[error("the database refused {operation}")]
    Refused {
        /// What was tried.
        operation: &'static str,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A stored row can't be read as what it should be.
    #[error("row {row} of table {table}, column {column}, can't be read")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's key.
        row: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Something with that unique name exists.
    #[error("{what} exists already")]
    Exists {
        /// What.
        what: String,
    },
    /// A secret can't be encrypted or decrypted: the key is missing or another one.
    #[error("a stored secret can't be read with the configured key")]
    Secret,
}

/// A store: the registry and a door to each tenant.
pub trait Store: Registry {
    /// The only way to a tenant's data.
    fn of(&self, tenant: TenantId) -> Arc<dyn TenantStore>;
}

/// The newest business document.
#[derive(Debug, Clone)]
pub struct VersionedBusiness {
    /// The document.
    pub business: Arc<Business>,
    /// Its version, from 1.
    pub version: u64,
}

/// An outbox row as stored, for reports.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredOutbox {
    /// The row.
    pub item: OutboxItem,
    /// Where it is.
    pub status: OutboxStatus,
    /// How far the provider brought it.
    pub delivery: Option<Delivery>,
    /// The provider's id.
    pub provider_id: Option<String>,
    /// Billable messages.
    pub billable: u32,
    /// Why it failed, or is tried again.
    pub fault: Option<FaultKind>,
    /// The provider's code of that, or ours.
    pub fault_code: Option<String>,
    /// When it failed for good.
    pub failed_at: Option<Timestamp>,
    /// When and how it was seen to that it failed.
    pub settled: Option<(Timestamp, Settled)>,
}

/// A tenant's rules and catalogue. Every version is kept, so that old turns can be replayed.
#[async_trait]
pub trait BusinessStore: Send + Sync {
    /// The newest document.
    async fn business(&self) -> Result<Option<VersionedBusiness>, StoreError>;
    /// An older one.
    async fn business_at(&self, version: u64) -> Result<Option<Arc<Business>>, StoreError>;
    /// Stores the next version; false when `expected` is no longer the newest.
    async fn save_business(
        &self,
        expected: u64,
        business: &Business,
        at: Timestamp,
    ) -> Result<bool, StoreError>;
    /// The last `limit` versions that changed a dial, newest first. The changes are stored with the version that makes them, whoever saves it.
    async fn dial_history(&self, limit: u32) -> Result<Vec<DialAudit>, StoreError>;
    /// All snippets, newest first.
    async fn snippets(&self) -> Result<Vec<Snippet>, StoreError>;
    /// Adds or replaces one.
    async fn put_snippet(&self, snippet: &Snippet) -> Result<(), StoreError>;
    /// Removes one; false when there is none.
    async fn delete_snippet(&self, id: SnippetId) -> Result<bool, StoreError>;
    /// Questions that nobody has answered yet, oldest first.
    async fn unanswered(&self, limit: u32) -> Result<Vec<(Timestamp, String)>, StoreError>;
}

/// Conversations: what comes in, what state they are in, and the one way to change them.
#[async_trait]
pub trait ThreadStore: Send + Sync {
    /// Stores why a turn is needed, and finds or makes the customer, in one transaction.
    async fn accept(&self, new: &NewInbox) -> Result<Accepted, StoreError>;
    /// Many at once in one transaction, in order.
    async fn accept_all(&self, new: &[NewInbox]) -> Result<Vec<Accepted>, StoreError>;
    /// What a turn starts from; at most `limit` pending items. `None` when there is no such customer.
    async fn lane(&self, customer: CustomerId, limit: u32) -> Result<Option<LaneView>, StoreError>;
    /// One conversation.
    async fn thread(&self, id: ThreadId) -> Result<Option<StoredThread>, StoreError>;
    /// The conversations of the last days, newest first.
    async fn threads(&self, limit: u32) -> Result<Vec<StoredThread>, StoreError>;
    /// Ends a turn.
    async fn commit(&self, turn: &TurnCommit) -> Result<CommitOutcome, StoreError>;
    /// Marks an inbox item as done without a turn (nothing to do, or it can't ever be done).
    async fn skip(&self, inbox: InboxId, at: Timestamp) -> Result<(), StoreError>;
    /// Forgets what a message said that its sender has taken back: its words, the records of the turns that it caused, the question that was kept
    /// for the owner in these words, and what a model has been asked about it (a question that is still under way goes with the transcripts). One
    /// that still waits is not answered any more; what it has led to stays. False when no message is stored under the key.
    async fn forget_message(&self, dedupe_key: &str, at: Timestamp) -> Result<bool, StoreError>;
    /// The records of a conversation in order.
    async fn records(&self, thread: ThreadId) -> Result<Vec<TurnRecord>, StoreError>;
    /// What was said on a customer's lane, the last `limit` lines in order.
    async fn transcript(
        &self,
        customer: CustomerId,
        limit: u32,
    ) -> Result<Vec<TranscriptLine>, StoreError>;
    /// A customer by id.
    async fn customer(&self, id: CustomerId) -> Result<Option<Customer>, StoreError>;
    /// A customer by one of their identities.
    async fn customer_by_identity(
        &self,
        identity: &Identity,
    ) -> Result<Option<Customer>, StoreError>;
    /// The customer whose proven phone this is.
    async fn customer_by_phone(&self, phone: &Phone) -> Result<Option<Customer>, StoreError>;
}

/// Appointments and money.
#[async_trait]
pub trait BookStore: Send + Sync {
    /// Active claims (confirmed, and held with time left) that overlap a range.
    async fn busy(&self, range: TimeWindow, now: Timestamp) -> Result<Vec<Busy>, StoreError>;
    /// A customer's confirmed appointments that start after `now`, in order of start.
    async fn upcoming(
        &self,
        customer: CustomerId,
        now: Timestamp,
    ) -> Result<Vec<Appointment>, StoreError>;
    /// All of a customer's appointments in order of start.
    async fn appointments_of(&self, customer: CustomerId) -> Result<Vec<Appointment>, StoreError>;
    /// These appointments, in the order asked; missing ones are left out.
    async fn appointments(&self, ids: &[AppointmentId]) -> Result<Vec<Appointment>, StoreError>;
    /// Every appointment that overlaps a range, in order of start.
    async fn diary(&self, range: TimeWindow) -> Result<Vec<Appointment>, StoreError>;
    /// Enters an appointment that somebody agreed on outside of a conversation; false when its time is taken.
    async fn enter(&self, appointment: &Appointment) -> Result<bool, StoreError>;
    /// One payment.
    async fn payment(&self, id: PaymentId) -> Result<Option<Payment>, StoreError>;
    /// A conversation's payments, oldest first.
    async fn payments_of(&self, thread: ThreadId) -> Result<Vec<Payment>, StoreError>;
    /// All payments whose money came and counts for an appointment, the newest first; also those of which some or all has gone back.
    async fn payments_for(&self, appointment: AppointmentId) -> Result<Vec<Payment>, StoreError>;
    /// Payments created before a moment and still open, oldest first, for reconciliation.
    async fn open_payments(
        &self,
        created_before: Timestamp,
        limit: u32,
    ) -> Result<Vec<Payment>, StoreError>;
    /// The ledger, or one payment's part of it, in order.
    async fn ledger(&self, payment: Option<PaymentId>) -> Result<Vec<LedgerEntry>, StoreError>;
}

/// The outbox and the timers.
#[async_trait]
pub trait WorkStore: Send + Sync {
    /// Writes outbox items outside of a turn, due at once.
    async fn enqueue(&self, items: &[OutboxItem]) -> Result<(), StoreError>;
    /// Takes the lease on one item, if it is the first of its lane and nobody else has it; `None` otherwise.
    async fn lease(
        &self,
        id: OutboxId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<OutboxItem>, StoreError>;
    /// Records how an attempt ended and gives the lease back. With `then`, stores an inbox item in the same transaction.
    /// Gives back the failure that the provider had reported before this answer made the message known, if it did.
    async fn record_attempt(
        &self,
        id: OutboxId,
        attempt: &Attempt,
        then: Option<&NewInbox>,
        at: Timestamp,
    ) -> Result<Option<FailedDelivery>, StoreError>;
    /// Records what became of a sent message. Monotonic on [`Delivery`]; reports of unknown messages are kept until the message is known.
    /// Gives the item back when the report is the first that says it failed.
    async fn record_status(&self, report: &StatusReport) -> Result<Option<OutboxItem>, StoreError>;
    /// True when this provider id is a message of ours (so that its echo is not a person's).
    async fn is_ours(&self, provider_id: &str) -> Result<bool, StoreError>;
    /// One row.
    async fn outbox(&self, id: OutboxId) -> Result<Option<StoredOutbox>, StoreError>;
    /// Rows of one customer in order.
    async fn outbox_of(&self, customer: CustomerId) -> Result<Vec<StoredOutbox>, StoreError>;
    /// Messages that failed and that nobody has seen to, the newest first; with `settled` those that somebody has, the last first. Those that
    /// failed with this code only, where one is given.
    async fn failed_messages(
        &self,
        settled: bool,
        code: Option<&str>,
        limit: u32,
    ) -> Result<Vec<StoredOutbox>, StoreError>;
    /// Sees to a row that failed, unless somebody has. What goes out `instead` is stored in the same transaction, due at once. False when
    /// it has not failed or somebody was faster: then nothing is changed.
    async fn settle_failed(
        &self,
        id: OutboxId,
        how: &Settled,
        instead: Option<&OutboxItem>,
        at: Timestamp,
    ) -> Result<bool, StoreError>;
    /// Replaces the timer by an inbox item in one transaction; `None` when the timer is gone.
    async fn promote(
        &self,
        timer: &Timer,
        id: InboxId,
        now: Timestamp,
    ) -> Result<Option<CustomerId>, StoreError>;
    /// A customer's timers.
    async fn timers(&self, customer: CustomerId) -> Result<Vec<Timer>, StoreError>;
}

/// All that one tenant owns.
pub trait TenantStore:
    BusinessStore
    + ThreadStore
    + BookStore
    + TillStore
    + WorkStore
    + ArchiveStore
    + IdentityStore
    + SmsStore
    + VisitStore
    + RailStore
    + WaitlistStore
    + WholeStore
    + SpendStore
    + std::fmt::Debug
{
    /// Whose it is.
    fn tenant(&self) -> TenantId;
}
