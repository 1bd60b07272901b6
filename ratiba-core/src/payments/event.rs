//! What happens to a payment, and what a step wants done about it.

use jiff::Timestamp;

use super::news::{Alert, PaymentNews};
use super::report::Report;
use crate::domain::id::Mint;
use crate::domain::money::Money;
use crate::domain::payment::{FailureReason, LedgerEntry};

/// What a step may look at besides the payment and the event.
#[derive(Debug, Clone, Copy)]
pub struct PayCtx {
    /// Now.
    pub now: Timestamp,
    /// Where the ids of ledger rows come from; every step of a turn gets its own.
    pub mint: Mint,
}

/// What happens to a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaymentEvent {
    /// The provider took the request.
    Submitted {
        /// Its id of it.
        provider_ref: String,
        /// A page for the payer, where the rail has one.
        pay_url: Option<String>,
    },
    /// The provider refused the request, so that no money can come of it.
    SubmitRefused {
        /// Why.
        reason: FailureReason,
        /// The provider's code.
        code: Option<String>,
    },
    /// Nobody knows whether the provider took the request.
    SubmitUnknown,
    /// The provider called back: a hint, since nobody signs callbacks. Money counts once the provider, asked, confirms it.
    Reported(Report),
    /// The provider answered a query.
    Queried(Report),
    /// It is time to ask the provider.
    QueryDue,
    /// The payment window has ended.
    WindowEnded,
    /// The customer has had the page for a while.
    NudgeDue,
    /// The receipt that was told is one of another payment's.
    ReceiptOfAnother,
    /// The customer called it off in the chat.
    Abandoned,
    /// Money is to be given back, by policy or because the time is gone. More than what is left is cut down to it.
    RefundWanted {
        /// How much.
        amount: Money,
    },
    /// The money is back, by the provider or by hand.
    RefundDone,
    /// The provider will not give it back.
    RefundRefused {
        /// Its code.
        code: Option<String>,
    },
    /// The provider has taken the request to give it back, or may have; the answer is still to come.
    RefundUndecided,
    /// The answer is long overdue: a person has to look.
    RefundOverdue,
}

/// What a step wants done. The engine commits ledger rows and timers with the new payment, and acts on the rest after that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaymentEffect {
    /// Write these rows; they sum to zero.
    Ledger(Vec<LedgerEntry>),
    /// Tell the thread.
    News(PaymentNews),
    /// Tell people.
    Alert(Alert),
    /// Ask the provider what became of it.
    Query,
    /// Ask the provider to give this much back. At most one such request is under way for a payment.
    Refund {
        /// How much.
        amount: Money,
    },
    /// Come back with [`PaymentEvent::QueryDue`] then, and no sooner.
    SetQueryTimer(Timestamp),
    /// Come back with [`PaymentEvent::WindowEnded`] then, and no sooner.
    SetWindowTimer(Timestamp),
    /// Come back with [`PaymentEvent::NudgeDue`] then, and no sooner.
    SetNudgeTimer(Timestamp),
    /// Come back with [`PaymentEvent::RefundOverdue`] then, and no sooner.
    SetRefundTimer(Timestamp),
    /// Ask the provider to close the page, so that nobody pays for what is given up. A payment may still win the race.
    Withdraw,
    /// Forget the timers of query, window and nudge. A timer set by the same step is set after this.
    ClearTimers,
    /// The event changed nothing that was told before, and this is why.
    Rejected(Refusal),
}

/// Why an event changed nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// It was told before.
    Duplicate,
    /// Money has come; a failure can't undo that.
    AlreadyPaid,
    /// It names another request of the provider's than ours.
    ForeignReference,
    /// It says nothing new.
    NothingNew,
    /// The payment is no longer where this would matter.
    Stale,
    /// Its time has not come.
    TooEarly,
    /// It speaks of an amount of nothing, or of less.
    NoMoney,
    /// There is no money that could be given back.
    NothingToReturn,
}
