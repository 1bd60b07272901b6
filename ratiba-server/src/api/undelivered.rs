//! What the operations on dead letters and on messages that did not arrive share.

use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object};
use ratiba_core::engine::{Dismissed, LONGEST_REASON, Recipient, Replayed, Undelivered};

use crate::api::view::Done;
use crate::http::{ApiError, Code};

/// A message that did not arrive.
#[derive(Debug, Object)]
#[oai(rename = "FailedDelivery")]
pub(crate) struct UndeliveredView {
    /// Its id.
    id: String,
    /// `customer`, `owner` or `code`: whom it was for; a one-time code is listed and not sent again.
    recipient: String,
    /// The channel that it went over, or `sms`.
    source: String,
    /// The end of the number or id that it went to.
    to: String,
    /// The customer whom it is about.
    customer: String,
    /// The conversation that wrote it.
    thread: Option<String>,
    /// Why it did not arrive.
    reason: String,
    /// The provider's code of that, or `expired`.
    code: Option<String>,
    /// How often it was tried.
    attempts: u32,
    /// When it was written.
    written_at: String,
    /// When it was given up.
    failed_at: Option<String>,
    /// Until when it is of use; absent: for ever.
    useful_until: Option<String>,
    /// Why it would not be sent again; absent where it can be tried.
    not_again: Option<String>,
    /// When somebody saw to it.
    settled_at: Option<String>,
    /// The message that went out in its place.
    sent_as: Option<String>,
    /// Whether that was another way which was taken at once.
    replaced: bool,
    /// Why it was dismissed.
    dismissed_because: Option<String>,
    /// Its words; only when one message is shown, and never those of a code.
    text: Option<String>,
}

impl UndeliveredView {
    /// A line of a list.
    pub(crate) fn line(seen: Undelivered) -> Self {
        Self {
            id: seen.id.to_string(),
            recipient: match seen.recipient {
                Recipient::Customer => "customer",
                Recipient::Owner => "owner",
                Recipient::Code => "code",
            }
            .to_owned(),
            source: seen.source,
            to: seen.to,
            customer: seen.customer.to_string(),
            thread: seen.thread.map(|thread| thread.to_string()),
            reason: seen.reason,
            code: seen.code,
            attempts: seen.attempts,
            written_at: seen.written_at.to_string(),
            failed_at: seen.failed_at.map(|at| at.to_string()),
            useful_until: seen.useful_until.map(|at| at.to_string()),
            not_again: seen.not_again.map(|why| why.to_string()),
            settled_at: seen.settled_at.map(|at| at.to_string()),
            sent_as: seen.sent_as.map(|id| id.to_string()),
            replaced: seen.replaced,
            dismissed_because: seen.dismissed_because,
            text: None,
        }
    }

    /// With its words.
    pub(crate) fn whole(seen: Undelivered, words: Option<String>) -> Self {
        Self { text: words, ..Self::line(seen) }
    }
}

/// What became of a replay.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
enum Outcome {
    /// It was taken and is settled.
    Taken,
    /// Somebody had settled it before; nothing was done.
    SettledBefore,
    /// It can't be handled now either and stays.
    StillDead,
}

/// How a replay ended.
#[derive(Object)]
pub(crate) struct Replay {
    /// What became of it.
    outcome: Outcome,
    /// Why it still can't be handled.
    reason: Option<String>,
}

impl From<Replayed> for Replay {
    fn from(replayed: Replayed) -> Self {
        let (outcome, reason) = match replayed {
            Replayed::Taken => (Outcome::Taken, None),
            Replayed::SettledBefore => (Outcome::SettledBefore, None),
            Replayed::StillDead(reason) => (Outcome::StillDead, Some(reason)),
        };
        Self { outcome, reason }
    }
}

/// Why a letter needs nothing more.
#[derive(Object)]
#[oai(rename = "Dismissal")]
pub(crate) struct Dismissal {
    /// In one line of at most 500 characters; it is kept with the letter.
    pub(crate) reason: String,
}

/// The answer to a dismissal; `None`: there is no such letter.
pub(crate) fn dismissed(done: Option<Dismissed>) -> Result<Json<Done>, ApiError> {
    match done {
        Some(Dismissed::Done) => Ok(Json(Done::YES)),
        Some(Dismissed::NoReason) => Err(ApiError::new(Code::Unfit)
            .detail(format!("give a reason of 1 to {LONGEST_REASON} characters"))),
        Some(Dismissed::SettledBefore) => Err(ApiError::new(Code::Conflict)),
        None => Err(ApiError::new(Code::Unknown)),
    }
}
