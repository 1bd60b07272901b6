//! The truth: tenants, conversations, appointments, money. Everything that a tenant owns is reached through a [`TenantStore`].

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::api_keys::ApiKeyStore;
use super::archive::ArchiveStore;
use super::channel::{ChannelAccount, FailedDelivery, StatusReport};
use super::identity::IdentityStore;
use super::jobs::JobStore;
use super::outbox::{Attempt, Cause, InboxItem, OutboxItem, OutboxStatus, Timer, TimerKey};
use super::payment::Merchant;
use super::secrets::SecretStore;
use super::sms::{SmsRegistry, SmsStore};
use super::spend::SpendStore;
use super::till::TillStore;
use super::visits::VisitStore;
use super::waitlist::WaitlistStore;
use super::whole::WholeStore;
use crate::conversation::effect::Effect;
use crate::conversation::event::Event;
use crate::domain::appointment::{Appointment, Busy};
use crate::domain::channel::{Address, Capabilities, ChannelKind};
use crate::domain::customer::{Customer, Identity};
use crate::domain::id::{
    AppointmentId, CustomerId, InboxId, OutboxId, PaymentId, ProofId, SnippetId, TenantId,
    ThreadId, WaitId,
};
use crate::domain::knowledge::Snippet;
use crate::domain::message::{Choice, Delivery, Reply};
use crate::domain::money::Money;
use crate::domain::payment::{LedgerEntry, Payment};
use crate::domain::phone::Phone;
use crate::domain::proof::Proof;
use crate::domain::tenant::{Business, Rail, Slug, Tenant, TenantStatus};
use crate::domain::time::TimeWindow;
use crate::domain::wait::{Wait, WaitStatus};

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

/// Everything that makes a new tenant, written in one transaction.
#[derive(Debug, Clone)]
pub struct NewTenant {
    /// Its first business document.
    pub business: Business,
    /// Its starter snippets.
    pub snippets: Vec<Snippet>,
    /// Its channel accounts.
    pub accounts: Vec<ChannelAccount>,
    /// Its accounts on payment rails.
    pub merchants: Vec<Merchant>,
    /// When.
    pub created_at: Timestamp,
}

/// Where a payment callback belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaymentRoute {
    /// Whose.
    pub tenant: TenantId,
    /// Which payment.
    pub payment: PaymentId,
    /// Over which rail.
    pub rail: Rail,
}

/// Something that came in and could not be handled; kept whole for the operator.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// Its id, in order of arrival.
    pub id: InboxId,
    /// What kind.
    pub kind: DeadLetterKind,
    /// Where it came in: a channel such as `whatsapp`, or a provider and what its callback was about, `daraja/payment` or `daraja/refund`.
    pub source: String,
    /// Why it could not be handled.
    pub reason: String,
    /// The body as received.
    pub raw: String,
    /// The unguessable end of the path that a callback came to, without which it can't be replayed. Written to the store and nowhere else.
    #[serde(skip)]
    pub token: Option<String>,
    /// When.
    pub received_at: Timestamp,
    /// When somebody replayed or dismissed it.
    pub settled_at: Option<Timestamp>,
}

/// Shows neither the body, which holds what people wrote, nor the token.
impl std::fmt::Debug for DeadLetter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeadLetter")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("source", &self.source)
            .field("reason", &self.reason)
            .field("received_at", &self.received_at)
            .field("settled_at", &self.settled_at)
            .finish_non_exhaustive()
    }
}

/// Which pile a dead letter lies on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeadLetterKind {
    /// `inbound_quarantine`: a verified webhook for nobody we know, or that can't be read.
    Quarantine,
    /// `payment_callbacks_unrouted`: a payment callback that nothing matches.
    UnroutedCallback,
    /// A turn that could never succeed: the inbox item, or the state that can't be read. `source` ends with the tenant's id.
    Turn,
}

/// What is due, and whose it is.
#[derive(Debug, Clone, PartialEq)]
pub enum DueWork {
    /// A lane has inbox items that nobody has taken a turn on for a while.
    Lane {
        /// Whose.
        tenant: TenantId,
        /// Who.
        customer: CustomerId,
    },
    /// An outbox item, leased to the caller.
    Outbox {
        /// Whose.
        tenant: TenantId,
        /// Which.
        item: Box<OutboxItem>,
        /// Where it was: an `Unknown` one is to be resolved, not tried. One whose lease ran out without a recorded attempt is unknown too,
        /// because nobody can tell how far that attempt went.
        status: OutboxStatus,
    },
    /// A timer, still stored: [`WorkStore::promote`] turns it into an inbox item.
    Timer {
        /// Whose.
        tenant: TenantId,
        /// Which.
        timer: Timer,
    },
}

/// What must be found before a tenant is known, and what is due anywhere.
#[async_trait]
pub trait Registry:
    JobStore + ApiKeyStore + SecretStore + SmsRegistry + Send + Sync + std::fmt::Debug
{
    /// Makes a tenant, all of it or nothing. [`StoreError::Exists`] when the slug or an account is taken.
    async fn create_tenant(&self, new: &NewTenant) -> Result<(), StoreError>;
    /// All tenants in order of slug.
    async fn tenants(&self) -> Result<Vec<Tenant>, StoreError>;
    /// One tenant.
    async fn tenant(&self, id: TenantId) -> Result<Option<Tenant>, StoreError>;
    /// One tenant by its short name.
    async fn tenant_by_slug(&self, slug: &Slug) -> Result<Option<Tenant>, StoreError>;
    /// Serves a tenant or stops serving it; false when there is none.
    async fn set_status(&self, id: TenantId, status: TenantStatus) -> Result<bool, StoreError>;
    /// Removes a tenant and all that it owns; false when there is none.
    async fn delete_tenant(&self, id: TenantId) -> Result<bool, StoreError>;

    /// The account that a message was sent to, and so the tenant. `None`: quarantine.
    async fn account(
        &self,
        channel: ChannelKind,
        account: &str,
    ) -> Result<Option<ChannelAccount>, StoreError>;
    /// A tenant's accounts.
    async fn accounts(&self, tenant: TenantId) -> Result<Vec<ChannelAccount>, StoreError>;
    /// Adds or replaces an account. [`StoreError::Exists`] when it belongs to another tenant.
    async fn put_account(&self, account: &ChannelAccount) -> Result<(), StoreError>;
    /// A tenant's account on a payment rail.
    async fn merchant(&self, tenant: TenantId, rail: Rail) -> Result<Option<Merchant>, StoreError>;
    /// Adds or replaces one.
    async fn put_merchant(&self, merchant: &Merchant) -> Result<(), StoreError>;
    /// Where a callback with this unguessable token belongs.
    async fn payment_route(&self, token: &str) -> Result<Option<PaymentRoute>, StoreError>;

    /// Keeps what could not be handled.
    async fn bury(&self, letter: &DeadLetter) -> Result<(), StoreError>;
    /// What could not be handled and is not settled, oldest first.
    async fn dead_letters(
        &self,
        kind: Option<DeadLetterKind>,
        limit: u32,
    ) -> Result<Vec<DeadLetter>, StoreError>;
    /// One of them.
    async fn dead_letter(&self, id: InboxId) -> Result<Option<DeadLetter>, StoreError>;
    /// Marks one as replayed or dismissed; false when it was already.
    async fn settle_dead_letter(&self, id: InboxId, at: Timestamp) -> Result<bool, StoreError>;

    /// Up to `limit` due things, fair between kinds and tenants. Outbox items are leased until `lease_until`; a lane counts as due when its oldest
    /// inbox item is older than `stale_before`. Suspended tenants have nothing due.
    async fn claim_due(
        &self,
        now: Timestamp,
        stale_before: Timestamp,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<DueWork>, StoreError>;
    /// When the next outbox item or timer falls due (maybe in the past), so that a sleeper knows how long it may sleep. Lanes are not counted:
    /// when those are due is the sleeper's own measure.
    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError>;
    /// Whether the database answers.
    async fn ping(&self) -> Result<(), StoreError>;
}

/// A store: the registry and a door to each tenant.
pub trait Store: Registry {
    /// The only way to a tenant's data.
    fn of(&self, tenant: TenantId) -> Arc<dyn TenantStore>;
}

/// Whose lane a new inbox item belongs to.
#[derive(Debug, Clone)]
pub enum LaneKey {
    /// The customer with one of these identities, or a new one.
    Sender {
        /// Strongest first; those not known yet are added to the customer found.
        identities: Vec<Identity>,
        /// The phone that the provider vouches for; kept on the customer, as proven.
        phone: Option<Phone>,
        /// The name on the profile; kept when the customer has none.
        name: Option<String>,
        /// The id that a new customer gets.
        new: CustomerId,
    },
    /// A known customer, or who they have become by a merge.
    Customer(CustomerId),
}

/// A new inbox item.
#[derive(Debug, Clone)]
pub struct NewInbox {
    /// The id that it gets.
    pub id: InboxId,
    /// Whose lane.
    pub lane: LaneKey,
    /// Unique per tenant: the second with the same key is a duplicate and changes nothing.
    pub dedupe_key: String,
    /// Why a turn is needed.
    pub cause: Cause,
    /// Now.
    pub received_at: Timestamp,
}

/// The item is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// Whose lane it is on.
    pub customer: CustomerId,
    /// False for a duplicate.
    pub fresh: bool,
}

/// A conversation as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredThread {
    /// Its id.
    pub id: ThreadId,
    /// Whose.
    pub customer: CustomerId,
    /// Grows by one with each committed turn; 0 before the first.
    pub revision: u64,
    /// The machine's state as JSON; the machine itself reads and migrates it.
    pub state: String,
    /// The state's name, for lists.
    pub state_name: String,
    /// The driver's name, for lists.
    pub driver_name: String,
    /// Where the customer last wrote from, and so where answers go.
    pub address: Address,
    /// What that channel can do.
    pub capabilities: Capabilities,
    /// The choices that were offered last, with their titles, so that a typed answer finds them.
    pub offered: Vec<Choice>,
    /// The customer's last message: session windows count from here.
    pub last_inbound_at: Option<Timestamp>,
    /// The last turn.
    pub updated_at: Timestamp,
}

/// All that a turn starts from, read together.
#[derive(Debug, Clone)]
pub struct LaneView {
    /// Who.
    pub customer: Customer,
    /// The newest conversation.
    pub current: Option<StoredThread>,
    /// What is to be taken a turn on, oldest first.
    pub pending: Vec<InboxItem>,
    /// The version of the business document in force.
    pub business_version: u64,
}

/// One step of a turn, as it was given to the machine and answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoggedStep {
    /// What happened.
    pub event: Event,
    /// What the machine wanted.
    pub effects: Vec<Effect>,
}

/// The record of a turn: enough to take it again offline and compare.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TurnRecord {
    /// Which conversation.
    pub thread: ThreadId,
    /// The revision that the turn made, from 1.
    pub revision: u64,
    /// Why it was taken.
    pub cause: InboxId,
    /// When it took place.
    pub now: Timestamp,
    /// The turn's chance.
    pub seed: u64,
    /// The version of the business document.
    pub business_version: u64,
    /// The customer as the turn saw them.
    pub customer: Customer,
    /// What the channel could do.
    pub capabilities: Capabilities,
    /// The steps in order.
    pub steps: Vec<LoggedStep>,
    /// The state before the first step (JSON).
    pub before: String,
    /// The state after the last step (JSON).
    pub after: String,
    /// What was said, rendered.
    pub said: Vec<Reply>,
}

/// A change that belongs to a turn.
#[derive(Debug, Clone, PartialEq)]
pub enum Write {
    /// New held appointments. Stale holds in the way are expired first.
    Hold(Vec<Appointment>),
    /// Keep holds for longer; those that are held no more stay as they are.
    Extend {
        /// Which.
        ids: Vec<AppointmentId>,
        /// Until when.
        until: Timestamp,
    },
    /// Held or expired becomes confirmed. One that can't be had any more (expired and taken meanwhile, or called off) makes the commit a `SlotTaken`.
    Confirm(Vec<AppointmentId>),
    /// Held becomes expired.
    Release(Vec<AppointmentId>),
    /// Confirmed becomes cancelled.
    Cancel(AppointmentId),
    /// Held becomes confirmed, confirmed becomes cancelled, `paid` moves along.
    Replace {
        /// The confirmed one.
        old: AppointmentId,
        /// The held one.
        new: AppointmentId,
    },
    /// Adds to (or takes from) what has been paid for an appointment.
    Paid {
        /// Which.
        appointment: AppointmentId,
        /// How much.
        amount: Money,
    },
    /// A new payment with its route. `PaymentInFlight` when the thread has one in flight.
    NewPayment(Payment),
    /// A payment's new state and what the provider told.
    UpdatePayment(Payment),
    /// Rows of the ledger; they sum to zero.
    Ledger(Vec<LedgerEntry>),
    /// What the customer is now like.
    Customer(Customer),
    /// A question for the owner's list.
    Unanswered {
        /// The words.
        question: String,
    },
    /// Confirmed becomes completed, because its time is over and nobody said otherwise.
    Complete(AppointmentId),
    /// A new wish to be told; takes the place of the customer's older ones for the same service.
    Wait {
        /// The wish.
        wait: Wait,
        /// From the first moment that could suit to the first after the last.
        span: TimeWindow,
    },
    /// Where a wish is now.
    WaitBecame {
        /// Which.
        wait: WaitId,
        /// Where.
        status: WaitStatus,
    },
    /// None of the customer's wishes to be told stands any more.
    LeaveWaitlist,
    /// A code was made and is on its way.
    NewProof(Proof),
    /// So many tries are left of a code; 0 makes it worthless.
    ProofTries {
        /// Which.
        proof: ProofId,
        /// How many.
        left: u8,
    },
    /// The customer of this turn and another are one person, proven. Done after everything else of the turn, so that what the turn made moves
    /// along: identities, conversations, inbox, outbox, timers, appointments, payments and wishes go to the older row, facts are joined
    /// by [`Customer::joined`], and a row of the log tells who became whom. Repeating it changes nothing.
    Merge {
        /// The other.
        with: CustomerId,
    },
    /// Set a timer, replacing one of the same key.
    SetTimer(Timer),
    /// Forget a timer.
    ClearTimer(TimerKey),
}

/// Everything that a turn changes, in one transaction.
#[derive(Debug, Clone)]
pub struct TurnCommit {
    /// The conversation after the turn; its `revision` is the one that the turn started from.
    pub thread: StoredThread,
    /// The inbox item that the turn was about; it is done now.
    pub inbox: InboxId,
    /// The record; `None` when the cause changed nothing worth recording.
    pub record: Option<TurnRecord>,
    /// The changes, in order.
    pub writes: Vec<Write>,
    /// What is to be done outside, in order.
    pub outbox: Vec<OutboxItem>,
    /// Until when the caller keeps those of them to itself that are first in their lanes.
    pub lease_until: Timestamp,
    /// Now.
    pub now: Timestamp,
}

/// How a commit ended. Anything but `Committed` has changed nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommitOutcome {
    /// All of it is stored.
    Committed {
        /// The new outbox items that the caller has the lease on and should try now: those with nothing unfinished before them in their lane.
        /// The others are due as soon as their turn comes: [`WorkStore::lease`] or [`Registry::claim_due`] gives them out.
        leased: Vec<OutboxId>,
    },
    /// Somebody else moved first (another revision, or the inbox item is done): load and take the turn again.
    Stale,
    /// A slot is taken: take the turn again, the calendar will show it.
    SlotTaken,
    /// The thread has a payment in flight already: take the turn again.
    PaymentInFlight,
}

/// A stored message or reply, for histories.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TranscriptLine {
    /// Its id in order of time; inbox and outbox ids share one order.
    pub id: String,
    /// Who spoke.
    pub by: Speaker,
    /// What, rendered; choices included for replies.
    pub reply: Reply,
    /// When.
    pub at: Timestamp,
    /// How far a reply came.
    pub delivery: Option<Delivery>,
}

/// Who spoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The customer.
    Customer,
    /// The business: the agent or an admin through us.
    Business,
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
    /// The settled payment that paid for an appointment.
    async fn payment_for(&self, appointment: AppointmentId) -> Result<Option<Payment>, StoreError>;
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
    + WaitlistStore
    + WholeStore
    + SpendStore
    + std::fmt::Debug
{
    /// Whose it is.
    fn tenant(&self) -> TenantId;
}
