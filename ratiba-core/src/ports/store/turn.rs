//! What a turn starts from, what it leaves behind, and what is shown of it later.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::conversation::effect::Effect;
use crate::conversation::event::Event;
use crate::domain::appointment::Appointment;
use crate::domain::channel::{Address, Capabilities};
use crate::domain::customer::{Customer, Identity};
use crate::domain::id::{AppointmentId, CustomerId, InboxId, OutboxId, ProofId, ThreadId, WaitId};
use crate::domain::message::{Choice, Delivery, Reply};
use crate::domain::money::Money;
use crate::domain::payment::{LedgerEntry, Payment};
use crate::domain::phone::Phone;
use crate::domain::proof::Proof;
use crate::domain::tenant::TenantStatus;
use crate::domain::time::TimeWindow;
use crate::domain::wait::{Wait, WaitStatus};
use crate::ports::inbox::{Cause, InboxItem, Timer, TimerKey};
use crate::ports::outbox::OutboxItem;

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
    /// Whether the tenant is served.
    pub tenant_status: TenantStatus,
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
        /// The others are due as soon as their turn comes: [`WorkStore::lease`](crate::ports::store::WorkStore::lease) or [`Registry::claim_due`](crate::ports::store::Registry::claim_due) gives them out.
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
