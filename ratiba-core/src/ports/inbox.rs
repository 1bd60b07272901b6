//! What a lane has to take turns on: the rows of its inbox, and the deadlines that become such rows.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::fault::FaultKind;
use super::payment::{INVALID_PAYER, OVER_LIMIT, PAYER_BUSY, RefundReport};
use crate::conversation::event::{Thought, TimerName};
use crate::domain::channel::Address;
use crate::domain::id::{
    AppointmentId, CustomerId, InboxId, PaymentId, StaffId, ThreadId, TimerId, WaitId,
};
use crate::domain::message::InboundMessage;
use crate::domain::payment::FailureReason;
use crate::domain::phone::Phone;
use crate::domain::time::TimeWindow;
use crate::payments::event::PaymentEvent;
use crate::payments::report::Report;
use crate::scheduling::slot::Slot;

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
