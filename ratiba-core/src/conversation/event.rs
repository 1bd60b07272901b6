//! What happens to a thread.

use serde::{Deserialize, Serialize};

use crate::domain::appointment::Appointment;
use crate::domain::id::{Mint, PaymentId, WaitId};
use crate::domain::knowledge::Snippet;
use crate::domain::phone::Phone;
use crate::domain::proof::Verdict;
use crate::domain::wait::Wait;
use crate::domain::{channel::Capabilities, customer::Customer, tenant::Business};
use crate::language::understanding::Understanding;
pub use crate::payments::news::PaymentNews;
use crate::scheduling::slot::{Found, Slot};

/// What a step may look at besides the thread and the event. Everything that varies comes in through here.
#[derive(Debug, Clone, Copy)]
pub struct StepCtx<'a> {
    /// Now.
    pub now: jiff::Timestamp,
    /// Where new ids come from; every step of a turn gets its own.
    pub mint: Mint,
    /// The tenant, as of this turn.
    pub business: &'a Business,
    /// The customer, as of this turn.
    pub customer: &'a Customer,
    /// What the channel of the customer's last message can do.
    pub capabilities: Capabilities,
}

/// What happens to a thread.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    /// The customer sent something.
    Heard {
        /// What.
        said: Said,
    },
    /// The answer to a question that the machine asked in this same turn, see `Effect::Ask`.
    Answered {
        /// The answer.
        answer: Answer,
    },
    /// Something became of a payment of this thread.
    Payment {
        /// Which.
        payment: PaymentId,
        /// What.
        news: PaymentNews,
    },
    /// A deadline that the thread had armed was reached.
    TimerFired {
        /// Which.
        timer: TimerName,
    },
    /// A time that the customer had asked to be told of can be had.
    SlotOpened {
        /// Their wish.
        wait: Wait,
        /// The time.
        slot: Slot,
        /// Nothing was heard for a while, so that an old question may give way to the offer.
        quiet: bool,
    },
    /// The time to answer such an offer has passed.
    WaitLapsed {
        /// The wish that it answered.
        wait: WaitId,
    },
    /// An admin took the thread over.
    Engaged {
        /// Who.
        admin: Phone,
    },
    /// An admin wrote to the customer through us while driving.
    AdminSaid {
        /// Their words, passed on verbatim.
        text: String,
    },
    /// The owner answered the customer from their own phone, past us: they have taken over.
    OwnerSpoke {
        /// Their words; already with the customer.
        text: String,
    },
    /// The thread was given back to the agent.
    HandedBack,
    /// Something outside failed again and again, so a person is needed (signal D7).
    ToolFailed,
    /// A model takes its time over what the customer sent; what it makes of it comes as a `Thought` of the same turn.
    Pondering {
        /// The turn.
        turn: u64,
        /// What the customer sent, as far as the ear understood it.
        said: Said,
    },
    /// What a model made of an earlier turn.
    Thought {
        /// Which turn.
        turn: u64,
        /// What.
        thought: Thought,
    },
    /// Models have cost what this booking may cost, and the ear alone is not sure (signal D3).
    CostCeiling,
}

/// What a model made of an earlier turn; where it made nothing of it, what the turn would have been without one.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Thought {
    /// What the customer meant.
    Heard {
        /// What they sent, understood.
        said: Box<Said>,
    },
    /// An answer to their question.
    Answered {
        /// The question.
        question: String,
        /// The best matching snippets.
        snippets: Vec<Snippet>,
        /// How the answer came about.
        shape: Shape,
    },
}

impl std::fmt::Debug for Thought {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Heard { said } => f.debug_tuple("Heard").field(said).finish(),
            Self::Answered { snippets, .. } => write!(f, "Answered({} snippets)", snippets.len()),
        }
    }
}

/// How an answer from the snippets comes about.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "shape", rename_all = "snake_case", deny_unknown_fields)]
pub enum Shape {
    /// The best snippet as it is, or none.
    #[default]
    Quoted,
    /// In words that rest on snippets.
    Shaped {
        /// The words.
        text: String,
    },
    /// Not yet: it comes as a `Thought` of this turn.
    Later {
        /// The turn.
        turn: u64,
    },
}

impl std::fmt::Debug for Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Quoted => f.write_str("Quoted"),
            Self::Shaped { text } => write!(f, "Shaped({} bytes)", text.len()),
            Self::Later { turn } => write!(f, "Later({turn})"),
        }
    }
}

impl Shape {
    /// Whether nothing was shaped.
    pub fn is_quoted(&self) -> bool {
        *self == Self::Quoted
    }
}

/// What a customer sent, understood.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// The words, personal numbers masked; empty for what has none.
    pub text: String,
    /// What the words mean.
    pub understanding: Understanding,
    /// What it was, where it was not words or a tap.
    #[serde(default)]
    pub medium: Medium,
    /// The sender's own phone, where this very message proves it.
    #[serde(default)]
    pub proven_phone: Option<Phone>,
}

impl std::fmt::Debug for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Said({} bytes, {:?}, {:?})",
            self.text.len(),
            self.understanding.intent,
            self.medium
        )
    }
}

/// The form in which something was sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Medium {
    /// Words.
    #[default]
    Text,
    /// A tap on a button or a row.
    Tap,
    /// A voice note.
    Audio,
    /// A picture.
    Image,
    /// A file, a video, a sticker.
    Attachment,
    /// A place.
    Location,
    /// A contact card.
    Contact,
    /// An emoji on one of our messages; never answered.
    Reaction,
    /// Something that the provider could not pass on.
    Unsupported,
}

/// The answer to an [`Effect::Ask`](super::effect::Effect::Ask).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "snake_case", deny_unknown_fields)]
pub enum Answer {
    /// To `Query::Slots`.
    Slots {
        /// What the calendar says.
        found: Found,
        /// How often the customer has lately stayed away; counted only where the tenant's rules ask.
        #[serde(default, skip_serializing_if = "is_zero")]
        no_shows: u32,
    },
    /// To `Query::CrossSell`.
    CrossSell {
        /// A second service that fits right after, if any.
        offer: Option<Slot>,
    },
    /// To `Query::MyAppointments`.
    MyAppointments {
        /// The customer's confirmed, upcoming appointments in order of start.
        upcoming: Vec<Appointment>,
    },
    /// To `Query::StillFree`.
    StillFree {
        /// Whether every one of them could be confirmed now.
        free: bool,
        /// Whether every one of them stands already, and nothing has been paid for any.
        #[serde(default)]
        unpaid: bool,
    },
    /// To `Query::Knowledge`.
    Knowledge {
        /// The best matching snippets, best first; empty when nothing answers the question.
        snippets: Vec<Snippet>,
        /// How the answer comes about.
        #[serde(default, skip_serializing_if = "Shape::is_quoted")]
        shape: Shape,
    },
    /// To `Query::PhoneOwner`.
    PhoneOwner {
        /// Whether the number already belongs to another known customer of this tenant.
        taken: bool,
        /// Whether a code can be sent to it now.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        can_prove: bool,
    },
    /// To `Query::CheckCode`.
    CodeChecked {
        /// What it was.
        verdict: Verdict,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// The deadlines that a thread can arm, at most one of each at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimerName {
    /// The hold at `CONFIRM` ends.
    HoldExpires,
    /// Nobody has engaged: remind the admins.
    HandoffRemind,
    /// Nobody has engaged: apologise to the customer.
    HandoffApologise,
    /// Nobody has engaged: hand back to the agent.
    HandoffGiveUp,
    /// An engaged thread in which nothing happened.
    HandoffIdle,
}
