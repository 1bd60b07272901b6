//! What is done outside after a commit: the rows of the outbox.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::fault::FaultKind;
use super::notify::Notice;
use crate::conversation::event::Said;
use crate::domain::channel::Address;
use crate::domain::id::{CustomerId, InboxId, OutboxId, PaymentId, ThreadId};
use crate::domain::message::{Language, Reply};
use crate::domain::money::Money;
use crate::domain::phone::Phone;
use crate::domain::route::Route;

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

/// How a message that failed was seen to.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case", deny_unknown_fields)]
pub enum Settled {
    /// Somebody had it sent again.
    SentAgain {
        /// The row that it went out as.
        by: OutboxId,
    },
    /// It went another way at once.
    Replaced {
        /// The row that it went out as.
        by: OutboxId,
    },
    /// It needs nothing more.
    Dismissed {
        /// Why.
        because: String,
    },
}

/// A reason may name people.
impl std::fmt::Debug for Settled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::SentAgain { by } => write!(f, "SentAgain({by})"),
            Self::Replaced { by } => write!(f, "Replaced({by})"),
            Self::Dismissed { because } => write!(f, "Dismissed({} bytes)", because.len()),
        }
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
