//! What is done outside after a commit: the rows of the outbox, and what comes back as rows of the inbox.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::fault::FaultKind;
use super::notify::Notice;
use super::payment::{INVALID_PAYER, OVER_LIMIT, PAYER_BUSY, RefundReport};
use crate::conversation::event::{Said, Thought, TimerName};
use crate::domain::channel::Address;
use crate::domain::id::{
    AppointmentId, CustomerId, InboxId, OutboxId, PaymentId, StaffId, ThreadId, TimerId, WaitId,
};
use crate::domain::message::{InboundMessage, Language, Reply};
use crate::domain::money::Money;
use crate::domain::payment::FailureReason;
use crate::domain::phone::Phone;
use crate::domain::route::Route;
use crate::domain::time::TimeWindow;
use crate::payments::event::PaymentEvent;
use crate::payments::report::Report;
use crate::scheduling::slot::Slot;

/// One thing to be done outside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Outgoing {
    /// Tell a customer.
    Reply {
        /// To whom.
        to: Address,
        /// What.
        reply: Reply,
        /// A repetition does no harm; false for payment instructions, which are never resent when it is unknown whether they arrived.
        repeatable: bool,
        /// By which way, and why.
        #[serde(default, skip_serializing_if = "Route::is_usual")]
        route: Route,
    },
    /// Tell an admin on the owner's rail.
    Admin {
        /// Whom.
        to: Phone,
        /// What.
        text: String,
        /// By which way, and why: freely on WhatsApp first.
        #[serde(default, skip_serializing_if = "Route::is_usual")]
        route: Route,
    },
    /// Send a one-time code to a number. Kept out of transcripts; worthless ten minutes after it was written.
    Code {
        /// Where.
        to: Phone,
        /// The words with the code.
        text: CodeText,
    },
    /// Ask the provider for money.
    Submit {
        /// Which payment.
        payment: PaymentId,
    },
    /// Ask the provider what became of a payment.
    Query {
        /// Which payment.
        payment: PaymentId,
    },
    /// Close the page of a payment that is given up.
    Withdraw {
        /// Which payment.
        payment: PaymentId,
    },
    /// Give money back.
    Refund {
        /// Which payment.
        payment: PaymentId,
        /// How much.
        amount: Money,
    },
    /// Tell the operator.
    Notify {
        /// What.
        notice: Notice,
    },
    /// Let a model finish thinking about a turn; what it makes of it comes back to the thread.
    Think {
        /// The turn.
        turn: u64,
        /// About what.
        about: ThinkAbout,
    },
    /// Ask a model about what is for admins, which no turn waits for.
    Consult {
        /// About what.
        about: Consult,
    },
}

/// What a model is asked for admins.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "snake_case", deny_unknown_fields)]
pub enum Consult {
    /// Which command a sentence stands for that the rail did not understand.
    Command {
        /// Whose.
        admin: Phone,
        /// Their words.
        text: String,
        /// The rail's own id of the message.
        dedupe: String,
    },
    /// The conversation of the row in a few lines, for whoever takes it over.
    Brief {},
}

/// Shows no words.
impl std::fmt::Debug for Consult {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Command { text, .. } => write!(f, "Command({} bytes)", text.len()),
            Self::Brief {} => f.write_str("Brief"),
        }
    }
}

/// What a model thinks about after its turn.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "snake_case", deny_unknown_fields)]
pub enum ThinkAbout {
    /// What the customer meant.
    Said {
        /// The message's inbox item.
        inbox: InboxId,
        /// What they sent, as far as the ear understood it.
        said: Box<Said>,
    },
    /// Their question.
    Question {
        /// The message's inbox item.
        inbox: InboxId,
        /// The words.
        question: String,
        /// The language to answer in.
        language: Language,
    },
}

/// Shows no words.
impl std::fmt::Debug for ThinkAbout {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Said { inbox, .. } => write!(f, "Said({inbox})"),
            Self::Question { inbox, .. } => write!(f, "Question({inbox})"),
        }
    }
}

/// Words that carry a one-time code; never shown in Debug output.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CodeText(pub String);

impl std::fmt::Debug for CodeText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CodeText(••••••)")
    }
}

impl Outgoing {
    /// Whether the process that commits the row may begin at once, so that the commit itself counts as the beginning of the attempt. What
    /// moves money, and what is never resent when it is unknown whether it arrived, is leased in a step of its own right before it is done: a
    /// process that dies between commit and lease has asked and told nobody, so that the next one may.
    pub const fn begins_with_commit(&self) -> bool {
        match self {
            Self::Reply { repeatable, .. } => *repeatable,
            Self::Admin { .. }
            | Self::Code { .. }
            | Self::Query { .. }
            | Self::Withdraw { .. }
            | Self::Notify { .. }
            | Self::Think { .. }
            | Self::Consult { .. } => true,
            Self::Submit { .. } | Self::Refund { .. } => false,
        }
    }

    /// Whether somebody is told something by it: a customer, an owner, whoever has to prove a number.
    pub const fn is_message(&self) -> bool {
        match self {
            Self::Reply { .. } | Self::Admin { .. } | Self::Code { .. } => true,
            Self::Submit { .. }
            | Self::Query { .. }
            | Self::Withdraw { .. }
            | Self::Refund { .. }
            | Self::Notify { .. }
            | Self::Think { .. }
            | Self::Consult { .. } => false,
        }
    }
}

/// A row of the outbox. Rows of one `lane` go out in the order in which they were stored, one after another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutboxItem {
    /// Its id: a function of thread, revision and position, so that a repeated turn writes the same row.
    pub id: OutboxId,
    /// The customer whose turn caused it; what comes back goes to their lane.
    pub customer: CustomerId,
    /// The conversation that caused it.
    pub thread: Option<ThreadId>,
    /// What has to stay in order: an address, a payment, an admin.
    pub lane: String,
    /// What is to be done.
    pub what: Outgoing,
    /// How often it has been tried.
    pub attempts: u32,
    /// When it was written.
    pub created_at: Timestamp,
    /// Until when it is of use: from then on it is not begun any more. `None`: for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub useful_until: Option<Timestamp>,
}

impl OutboxItem {
    /// Whether it is of no use any more.
    pub fn is_too_late(&self, now: Timestamp) -> bool {
        self.useful_until.is_some_and(|until| until <= now)
    }
}

/// The code of a row that failed because it was of no use any more when it could have been done: it was not sent.
pub const EXPIRED: &str = "expired";

/// How an attempt at an outbox item ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// Done.
    Done {
        /// The provider's id, where there is one.
        provider_id: Option<String>,
        /// Billable messages.
        billable: u32,
    },
    /// Not done; try again then.
    Retry {
        /// When.
        at: Timestamp,
        /// Why.
        kind: FaultKind,
        /// The provider's code.
        code: Option<String>,
    },
    /// It may have been done. A status or an echo may still tell; at `resolve_at` the engine decides.
    Unknown {
        /// When to decide.
        resolve_at: Timestamp,
    },
    /// It will never be done.
    Failed {
        /// Why.
        kind: FaultKind,
        /// The provider's code.
        code: Option<String>,
    },
}

impl Attempt {
    /// The end of a row that is of no use any more.
    pub fn expired() -> Self {
        Self::Failed { kind: FaultKind::Rejected, code: Some(EXPIRED.to_owned()) }
    }
}

/// Where an outbox item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutboxStatus {
    /// Waiting for its time, or being tried.
    Pending,
    /// May have been done.
    Unknown,
    /// Done.
    Done,
    /// Will never be done.
    Failed,
}

/// Why a lane has to take a turn: a row of the inbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "cause", rename_all = "snake_case", deny_unknown_fields)]
pub enum Cause {
    /// The customer wrote.
    Message {
        /// What.
        message: Box<InboundMessage>,
    },
    /// The owner answered past us.
    OwnerSpoke {
        /// The customer's side.
        address: Address,
        /// The words.
        text: String,
    },
    /// An admin acts on this customer's thread.
    Admin {
        /// Who.
        admin: Phone,
        /// What.
        act: AdminAct,
    },
    /// A thread's deadline.
    Timer {
        /// The thread that had armed it.
        thread: ThreadId,
        /// Which.
        timer: TimerName,
    },
    /// Something about a payment.
    Payment {
        /// Which.
        payment: PaymentId,
        /// What.
        fact: PaymentFact,
    },
    /// A reminder is due.
    Reminder {
        /// Of which appointment.
        appointment: AppointmentId,
        /// Hours before the start that it stands for.
        hours_before: u32,
    },
    /// A visit should be over.
    VisitOver {
        /// Which.
        appointment: AppointmentId,
    },
    /// Time to ask how a visit was.
    FollowUp {
        /// Which.
        appointment: AppointmentId,
    },
    /// A span of somebody's time has opened up that could answer a wish of this customer.
    SlotFreed {
        /// The wish.
        wait: WaitId,
        /// Whose time.
        staff: StaffId,
        /// The span.
        span: TimeWindow,
    },
    /// The time to answer an offer has passed.
    OfferOver {
        /// The wish that it answered.
        wait: WaitId,
        /// Whose time was offered.
        staff: StaffId,
        /// The span.
        span: TimeWindow,
    },
    /// Something outside failed for good, so a person should look at the thread.
    ToolFailed {
        /// Which thread.
        thread: ThreadId,
    },
    /// What a model made of an earlier turn.
    Thought {
        /// Of which thread.
        thread: ThreadId,
        /// Which turn.
        turn: u64,
        /// What.
        thought: Thought,
    },
}

/// What an admin does with a thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub enum AdminAct {
    /// Takes it over.
    Engage,
    /// Says something to the customer.
    Say {
        /// The words.
        text: String,
    },
    /// Gives it back.
    HandBack,
    /// Calls an appointment of the customer off, for the house.
    CallOff {
        /// Which.
        appointment: AppointmentId,
    },
    /// Moves an appointment of the customer, for the house.
    Move {
        /// Which.
        appointment: AppointmentId,
        /// To where.
        slot: Slot,
    },
}

/// Something about a payment, from whoever told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case", deny_unknown_fields)]
pub enum PaymentFact {
    /// The provider took the request.
    Submitted {
        /// Its id of it.
        provider_ref: String,
        /// A page for the payer.
        pay_url: Option<String>,
    },
    /// The provider refused the request; no money can come.
    SubmitRefused {
        /// What to do about it.
        kind: FaultKind,
        /// The provider's code.
        code: Option<String>,
    },
    /// Nobody knows whether the provider took the request.
    SubmitUnknown,
    /// A callback.
    Callback {
        /// What it says.
        report: Report,
    },
    /// An answer to a query.
    Queried {
        /// What it says.
        report: Report,
    },
    /// It is time to ask the provider.
    QueryDue,
    /// The payment window has ended.
    WindowEnded,
    /// The customer has had the page for a while.
    NudgeDue,
    /// A refund should have been answered by now.
    RefundOverdue,
    /// The provider told what became of a refund.
    Refund {
        /// What.
        report: RefundReport,
    },
}

impl PaymentFact {
    /// What the payment machine is told.
    ///
    /// A refusal's kind becomes a reason that can be said: our set-up, the number, or the rail itself.
    pub fn into_event(self) -> PaymentEvent {
        match self {
            Self::Submitted { provider_ref, pay_url } => {
                PaymentEvent::Submitted { provider_ref, pay_url }
            }
            Self::SubmitRefused { kind, code } => {
                PaymentEvent::SubmitRefused { reason: refusal_reason(kind, code.as_deref()), code }
            }
            Self::SubmitUnknown => PaymentEvent::SubmitUnknown,
            Self::Callback { report } => PaymentEvent::Reported(report),
            Self::Queried { report } => PaymentEvent::Queried(report),
            Self::QueryDue => PaymentEvent::QueryDue,
            Self::WindowEnded => PaymentEvent::WindowEnded,
            Self::NudgeDue => PaymentEvent::NudgeDue,
            Self::RefundOverdue => PaymentEvent::RefundOverdue,
            Self::Refund { report: RefundReport::Done } => PaymentEvent::RefundDone,
            Self::Refund { report: RefundReport::Refused { code } } => {
                PaymentEvent::RefundRefused { code: Some(code) }
            }
            Self::Refund { report: RefundReport::Undecided } => PaymentEvent::RefundUndecided,
        }
    }
}

/// Why the provider would not ask the customer, in terms that can be said to them.
fn refusal_reason(kind: FaultKind, code: Option<&str>) -> FailureReason {
    match kind {
        FaultKind::Transient | FaultKind::RateLimited => FailureReason::ProviderDown,
        FaultKind::Unauthorised | FaultKind::Blocked | FaultKind::Misconfigured => {
            FailureReason::Misconfigured
        }
        FaultKind::Rejected if code == Some(INVALID_PAYER) => FailureReason::InvalidNumber,
        FaultKind::Rejected if code == Some(PAYER_BUSY) => FailureReason::Busy,
        FaultKind::Rejected if code == Some(OVER_LIMIT) => FailureReason::Limit,
        FaultKind::Rejected | FaultKind::Unknown | FaultKind::WindowClosed => FailureReason::Other,
    }
}

/// A row of the inbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InboxItem {
    /// Its id. Items of a lane are in the order in which they were stored.
    pub id: InboxId,
    /// Whose lane.
    pub customer: CustomerId,
    /// Why a turn is needed.
    pub cause: Cause,
    /// When it was stored.
    pub received_at: Timestamp,
}

/// A deadline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timer {
    /// Its id.
    pub id: TimerId,
    /// Whose lane it wakes.
    pub customer: CustomerId,
    /// What it is about; with the customer it is unique, so that setting it again replaces it.
    pub key: TimerKey,
    /// When.
    pub due_at: Timestamp,
}

/// What a deadline is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case", deny_unknown_fields)]
pub enum TimerKey {
    /// A thread's own.
    Thread {
        /// Which thread.
        thread: ThreadId,
        /// Which deadline.
        name: TimerName,
    },
    /// Ask the provider about a payment.
    PaymentQuery {
        /// Which.
        payment: PaymentId,
    },
    /// A payment's window ends.
    PaymentWindow {
        /// Which.
        payment: PaymentId,
    },
    /// Remind of a page that nobody has paid on.
    PaymentNudge {
        /// Which.
        payment: PaymentId,
    },
    /// A refund should have been answered.
    RefundOverdue {
        /// Which payment.
        payment: PaymentId,
    },
    /// Remind of an appointment.
    Reminder {
        /// Which.
        appointment: AppointmentId,
        /// Hours before the start.
        hours_before: u32,
    },
    /// A visit ends; who has not been marked by then came.
    VisitOver {
        /// Which.
        appointment: AppointmentId,
    },
    /// Ask how a visit was.
    FollowUp {
        /// Which.
        appointment: AppointmentId,
    },
    /// See whether a freed span answers a wish.
    SlotFreed {
        /// The wish.
        wait: WaitId,
        /// Whose time.
        staff: StaffId,
        /// The span.
        span: TimeWindow,
    },
    /// An offer to somebody who waits runs out.
    OfferOver {
        /// The wish.
        wait: WaitId,
        /// Whose time.
        staff: StaffId,
        /// The span.
        span: TimeWindow,
    },
}

impl TimerKey {
    /// What the lane is told when the deadline is reached.
    pub fn cause(&self) -> Cause {
        match self {
            Self::Thread { thread, name } => Cause::Timer { thread: *thread, timer: *name },
            Self::PaymentQuery { payment } => {
                Cause::Payment { payment: *payment, fact: PaymentFact::QueryDue }
            }
            Self::PaymentWindow { payment } => {
                Cause::Payment { payment: *payment, fact: PaymentFact::WindowEnded }
            }
            Self::PaymentNudge { payment } => {
                Cause::Payment { payment: *payment, fact: PaymentFact::NudgeDue }
            }
            Self::RefundOverdue { payment } => {
                Cause::Payment { payment: *payment, fact: PaymentFact::RefundOverdue }
            }
            Self::Reminder { appointment, hours_before } => {
                Cause::Reminder { appointment: *appointment, hours_before: *hours_before }
            }
            Self::VisitOver { appointment } => Cause::VisitOver { appointment: *appointment },
            Self::FollowUp { appointment } => Cause::FollowUp { appointment: *appointment },
            Self::SlotFreed { wait, staff, span } => {
                Cause::SlotFreed { wait: *wait, staff: *staff, span: *span }
            }
            Self::OfferOver { wait, staff, span } => {
                Cause::OfferOver { wait: *wait, staff: *staff, span: *span }
            }
        }
    }
}
