//! What can go wrong on demand. Each fault is used once, by the next request or callback of its kind.

use super::state::Ending;

/// What happens to the next request for a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenFault {
    /// 400 without a body, as for a wrong secret.
    Empty400,
    /// The edge's page with status 503.
    Html503,
    /// A token whose `expires_in` is a number.
    NumericExpiry,
    /// A token that the API refuses.
    Stillborn,
}

/// What happens to the next STK push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PushFault {
    /// The connection never answers.
    NoAnswer {
        /// Whether the customer is prompted.
        prompted: bool,
    },
    /// The connection breaks before the answer.
    Reset {
        /// Whether the customer is prompted.
        prompted: bool,
    },
    /// The answer ends in the middle.
    Truncated {
        /// Whether the customer is prompted.
        prompted: bool,
    },
    /// 200 without a body.
    Empty200 {
        /// Whether the customer is prompted.
        prompted: bool,
    },
    /// The edge's page with status 503.
    Html503 {
        /// Whether the customer is prompted.
        prompted: bool,
    },
    /// The customer is quicker than the answer: the callback is delivered first.
    CallbackFirst {
        /// What the customer does.
        ending: Ending,
    },
    /// A refusal in the API's words; nobody is prompted.
    Refused {
        /// The HTTP status.
        status: u16,
        /// `errorCode`.
        code: &'static str,
        /// `errorMessage`.
        message: &'static str,
    },
    /// A status with a body that is no JSON; nobody is prompted.
    Plain {
        /// The HTTP status.
        status: u16,
        /// The body.
        body: &'static str,
    },
}

/// What happens to the next STK query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueryFault {
    /// `500.001.1001`, for no reason.
    Spurious,
    /// Still processing, whatever has happened.
    StillProcessing,
    /// The older way to say so: `500.001.1001` "being processed".
    BeingProcessed,
    /// The id is called invalid.
    InvalidId,
    /// The edge's page with status 503.
    Html503,
    /// The connection breaks before the answer.
    Reset,
}

/// What happens to the next callback of an STK push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallbackFault {
    /// It never comes.
    Lost,
    /// It comes twice.
    Twice,
    /// A failure comes after it.
    FailureAfter,
    /// A failure comes before it.
    FailureBefore,
    /// It tells this many shillings.
    WrongAmount(i64),
    /// It names another request.
    WrongReference,
    /// It names another payer.
    WrongPayer,
    /// The payer is masked.
    MaskedPayer,
    /// The metadata are in another order, the balance without a value.
    Shuffled,
    /// There is no receipt.
    NoReceipt,
    /// There are no metadata at all.
    NoMetadata,
    /// The code is a string.
    StringCode,
    /// The amount is a string, without decimals.
    StringAmount,
    /// The description says something else.
    OtherText,
    /// A code that nobody knows.
    UnknownCode,
    /// `SFC_IC0003`.
    SfcCode,
}

/// What happens to the next reversal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReversalFault {
    /// It is done, and the result never comes.
    NoResult,
    /// It is not done, and the time-out address is told.
    QueueTimeout,
    /// It is done, and the time-out address is told.
    DoneButQueueTimeout,
    /// It is done; the result has objects where lists should be.
    Collapsed,
    /// It is refused with this code.
    Refused(&'static str),
    /// It is done, and the request is never answered.
    NoAnswer,
}
