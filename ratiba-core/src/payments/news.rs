//! What the payment machine tells: news for the conversation, alerts for people.

use serde::{Deserialize, Serialize};

use crate::domain::id::AppointmentId;
use crate::domain::money::Money;
use crate::domain::payment::FailureReason;

/// What became of a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "news", rename_all = "snake_case", deny_unknown_fields)]
pub enum PaymentNews {
    /// The page on which to pay is ready (rails with a page; until then nothing was said).
    PageReady {
        /// Its address.
        url: String,
    },
    /// The page has been open for a while and nobody has paid on it.
    StillUnpaid {
        /// Its address.
        url: String,
    },
    /// Money came, in time and as agreed.
    Paid {
        /// The provider's receipt, once known.
        receipt: Option<String>,
        /// How much.
        amount: Money,
    },
    /// Money came after the window had ended or after a failure: the slot may be gone.
    PaidLate {
        /// The provider's receipt, once known.
        receipt: Option<String>,
        /// How much.
        amount: Money,
        /// What it was meant to pay for.
        appointments: Vec<AppointmentId>,
    },
    /// It definitely failed.
    Failed {
        /// Why.
        reason: FailureReason,
    },
    /// The provider did not say whether it took the request: a prompt may be on the phone or not.
    MayHaveBeenAsked,
    /// The window ended without an answer.
    TimedOut,
    /// Money came that is not what was asked; a person looks at it. The thread waits its window out.
    UnderReview,
    /// The window has ended, and a person still looks at the money that came.
    StillUnderReview,
    /// The payment that the customer had called off came nevertheless, and is being given back.
    ReturnedAfterCancel,
    /// Money was given back.
    Refunded {
        /// How much.
        amount: Money,
    },
}

/// Something about a payment that a person has to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "alert", rename_all = "snake_case", deny_unknown_fields)]
pub enum Alert {
    /// Money is said to have come that does not agree with what was asked, in amount or payer.
    WrongMoney,
    /// A report names another request of the provider's than ours: forged, or two prompts were sent.
    ForeignReference,
    /// A callback says that money came and the provider does not confirm it.
    Unconfirmed,
    /// The provider took money back that had been paid: a chargeback, or a refund that somebody made by hand.
    TakenBack {
        /// How much.
        amount: Money,
    },
    /// The provider has taken the request to give money back and waits for somebody to approve it there.
    ApproveRefund,
    /// A second payment came on one request; it is in the ledger as unapplied.
    Surplus,
    /// Money came after the customer had called it off, and is given back.
    ReturnedAfterCancel,
    /// The provider did not give money back; a person has to.
    RefundByHand {
        /// The provider's code, where it refused.
        code: Option<String>,
    },
    /// The rail refuses because of our set-up; the operator has to act.
    RailMisconfigured {
        /// The provider's code.
        code: Option<String>,
    },
}
