//! One attempt to be paid, and the rows of the ledger.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::id::{AppointmentId, CustomerId, LedgerId, PaymentId, ThreadId};
use super::money::Money;
use super::phone::Phone;
use super::tenant::Rail;

/// Where a payment is in its life. The machine in `payments` moves it; nothing else does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case", deny_unknown_fields)]
pub enum PaymentState {
    /// Written down, not yet submitted.
    Created,
    /// Submitted; no answer yet, or an answer that says nothing. Never submitted again.
    SubmitUnknown,
    /// The provider took it; the customer is being asked.
    Pending,
    /// Money came, as asked. Its receipt is in [`Payment::receipts`] as soon as it is known (a query settles without one).
    Paid {
        /// When we learnt of it.
        at: Timestamp,
    },
    /// It definitely failed. Should money come all the same, it still counts.
    Failed {
        /// Why.
        reason: FailureReason,
    },
    /// The window ended without an answer; money may still come.
    TimedOut,
    /// The customer called it off in the chat; money may still come and is given back.
    Cancelled,
    /// Money came that does not agree with what was asked; a person decides.
    Review {
        /// What came.
        received: Money,
    },
    /// The provider has been asked to give money back and has not said what became of it.
    Refunding {
        /// What came, and what of it is back.
        back: Returned,
        /// What the provider has been asked to give back now.
        amount: Money,
        /// What is to be given back after that; one request at a time.
        queued: Money,
        /// When the provider was asked.
        since: Timestamp,
    },
    /// The provider did not give the money back; a person has to.
    RefundByHand {
        /// What came, and what of it is back.
        back: Returned,
        /// What is owed.
        amount: Money,
        /// The provider's code, where it refused.
        code: Option<String>,
    },
    /// Given back, in whole or in part.
    Refunded {
        /// What came, and what of it is back.
        back: Returned,
    },
}

/// How much of the money that came has gone back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Returned {
    /// What came: no more than this can go back.
    pub received: Money,
    /// The account that it was booked to and leaves again.
    pub from: Account,
    /// What has gone back so far.
    pub done: Money,
}

impl PaymentState {
    /// The stored name.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::SubmitUnknown => "submit_unknown",
            Self::Pending => "pending",
            Self::Paid { .. } => "paid",
            Self::Failed { .. } => "failed",
            Self::TimedOut => "timed_out",
            Self::Cancelled => "cancelled",
            Self::Review { .. } => "review",
            Self::Refunding { .. } => "refunding",
            Self::RefundByHand { .. } => "refund_by_hand",
            Self::Refunded { .. } => "refunded",
        }
    }

    /// Whether the customer may still be looking at a prompt; at most one such payment per thread.
    pub const fn in_flight(&self) -> bool {
        matches!(self, Self::Created | Self::SubmitUnknown | Self::Pending)
    }
}

/// Why a payment failed, in terms that can be said to a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FailureReason {
    /// The PIN was wrong.
    WrongPin,
    /// Not enough money.
    InsufficientFunds,
    /// Dismissed on the phone.
    CancelledOnPhone,
    /// The phone could not be reached, or nobody answered.
    Unreachable,
    /// Another payment of this person was under way.
    Busy,
    /// Over a daily or account limit.
    Limit,
    /// The number can't pay this way.
    InvalidNumber,
    /// The rail is down or refused us for now.
    ProviderDown,
    /// Our set-up is wrong; the customer can do nothing, the operator must.
    Misconfigured,
    /// The card was declined.
    Declined,
    /// Anything else.
    Other,
}

/// What an unsigned callback says came. A hint until the provider, asked, has confirmed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// How much; `None` where the callback only says that something has changed.
    pub amount: Option<Money>,
    /// The receipt, as told.
    pub receipt: Option<String>,
    /// Who paid, as told.
    pub payer: Option<Phone>,
    /// When it was told.
    pub at: Timestamp,
    /// The provider, asked, has said the opposite, and people know.
    #[serde(default)]
    pub disputed: bool,
}

impl Claim {
    /// Whether it says that money came.
    pub const fn is_of_money(&self) -> bool {
        self.amount.is_some()
    }
}

/// One attempt to be paid for what a thread books.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payment {
    /// Its id.
    pub id: PaymentId,
    /// Ours, unique, shown to the payer where the rail shows one: at most 12 of `[A-Z0-9]`.
    pub merchant_reference: String,
    /// At least 128 unguessable bits in hex: the end of the callback's path, one per attempt.
    pub callback_token: String,
    /// The conversation that asked for it.
    pub thread: ThreadId,
    /// Who pays for.
    pub customer: CustomerId,
    /// What is paid for.
    pub appointments: Vec<AppointmentId>,
    /// How.
    pub rail: Rail,
    /// The number that is asked; `None` where the rail asks on a page.
    pub payer: Option<Phone>,
    /// A number by which a page knows the payer; nobody is asked on it.
    #[serde(default)]
    pub contact: Option<Phone>,
    /// How much.
    pub amount: Money,
    /// Where it is.
    pub state: PaymentState,
    /// The provider's receipts of all money that the ledger holds for it, first come first, so that none counts twice.
    #[serde(default)]
    pub receipts: Vec<String>,
    /// What a callback has said and the provider has not confirmed yet.
    #[serde(default)]
    pub claim: Option<Claim>,
    /// The provider has explained that nothing came, or had a day to: it is asked no more. Money that comes all the same still counts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub laid_aside: bool,
    /// The provider's id of the request (Daraja's `CheckoutRequestID`), once it answered.
    pub provider_ref: Option<String>,
    /// The page to send the payer to, where the rail has one.
    pub pay_url: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the window ends.
    pub expires_at: Timestamp,
}

/// Shows neither the callback's secret nor the provider's id of the request, which holds the payer's number on M-Pesa.
impl fmt::Debug for Payment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Payment")
            .field("id", &self.id)
            .field("amount", &self.amount)
            .field("state", &self.state)
            .field("receipts", &self.receipts)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

impl Payment {
    /// Whether the provider may still tell something new, so that reconciliation asks until it is explained.
    pub const fn is_open(&self) -> bool {
        match &self.state {
            PaymentState::Created
            | PaymentState::SubmitUnknown
            | PaymentState::Pending
            | PaymentState::Refunding { .. } => true,
            PaymentState::TimedOut | PaymentState::Cancelled => !self.laid_aside,
            PaymentState::Paid { .. }
            | PaymentState::Failed { .. }
            | PaymentState::Review { .. }
            | PaymentState::RefundByHand { .. }
            | PaymentState::Refunded { .. } => false,
        }
    }

    /// Whether it is paid on a page, which stays open for further tries until it is withdrawn.
    pub const fn has_page(&self) -> bool {
        self.pay_url.is_some()
    }

    /// Whether a callback says that money came which the provider has not confirmed.
    pub const fn is_claimed(&self) -> bool {
        matches!(&self.claim, Some(claim) if claim.is_of_money())
    }

    /// The provider's receipt of the money that was asked for, once known.
    pub fn receipt(&self) -> Option<&str> {
        self.receipts.first().map(String::as_str)
    }

    /// What came and counts towards this payment; `None` while nothing has.
    pub const fn received(&self) -> Option<Money> {
        match &self.state {
            PaymentState::Paid { .. } => Some(self.amount),
            PaymentState::Review { received } => Some(*received),
            PaymentState::Refunding { back, .. }
            | PaymentState::RefundByHand { back, .. }
            | PaymentState::Refunded { back } => Some(back.received),
            PaymentState::Created
            | PaymentState::SubmitUnknown
            | PaymentState::Pending
            | PaymentState::Failed { .. }
            | PaymentState::TimedOut
            | PaymentState::Cancelled => None,
        }
    }
}

/// An account of the tenant's books. What comes to the provider is positive there and negative in the account that explains it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// Money at the provider.
    Provider,
    /// What customers have paid for appointments.
    Sales,
    /// What the provider kept.
    Fees,
    /// Money that came and is not matched to a sale.
    Unapplied,
}

impl Account {
    /// The stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Sales => "sales",
            Self::Fees => "fees",
            Self::Unapplied => "unapplied",
        }
    }
}

/// Why money moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Movement {
    /// A customer paid.
    Charged,
    /// The provider kept its share.
    Fee,
    /// Given back by policy.
    Refunded,
    /// Undone: it should not have come.
    Reversed,
}

impl Movement {
    /// The stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Charged => "charged",
            Self::Fee => "fee",
            Self::Refunded => "refunded",
            Self::Reversed => "reversed",
        }
    }
}

/// One side of a movement. The sides of one movement sum to zero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerEntry {
    /// Its id.
    pub id: LedgerId,
    /// Which payment it belongs to.
    pub payment: PaymentId,
    /// Why money moved.
    pub movement: Movement,
    /// Which account.
    pub account: Account,
    /// How much; positive into the account, negative out of it.
    pub amount: Money,
    /// The provider's receipt, where there is one.
    pub receipt: Option<String>,
    /// When.
    pub at: Timestamp,
}
