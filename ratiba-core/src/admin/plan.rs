//! What an owner is asked to confirm, with everything that carrying it out needs, and where that leaves the rail.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::change::Change;
use super::takings::Taking;
use crate::domain::id::{AppointmentId, CustomerId, PaymentId};
use crate::scheduling::slot::Slot;

/// How long a question to an owner stands.
pub const STANDS: SignedDuration = SignedDuration::from_mins(15);

/// Something that would change something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "plan", rename_all = "snake_case", deny_unknown_fields)]
pub enum Plan {
    /// Call an appointment off; what was paid goes back in full, for the house cancels.
    CallOff {
        /// Which.
        appointment: AppointmentId,
        /// Whose.
        customer: CustomerId,
        /// It came from a conversation, which goes on from here.
        in_conversation: bool,
    },
    /// Move one to a time that is free.
    Move {
        /// Which.
        appointment: AppointmentId,
        /// Whose.
        customer: CustomerId,
        /// To where.
        slot: Slot,
    },
    /// Change the business document.
    Change {
        /// How.
        change: Change,
    },
    /// Enter money that was taken at the venue.
    Take {
        /// It.
        taking: Box<Taking>,
    },
    /// Take back money that was entered by mistake.
    TakeBack {
        /// Its payment.
        payment: PaymentId,
    },
}

/// What an owner was asked last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "asked", rename_all = "snake_case", deny_unknown_fields)]
pub enum Asked {
    /// Whether to do something.
    Confirm {
        /// What.
        plan: Plan,
    },
    /// Which of several appointments was meant.
    WhichOne {
        /// Them, in the order in which they were listed.
        options: Vec<AppointmentId>,
        /// What is to be done with it.
        errand: Errand,
    },
}

/// What is to be done with an appointment once it is known which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "errand", rename_all = "snake_case", deny_unknown_fields)]
pub enum Errand {
    /// Call it off.
    CallOff,
    /// Move it.
    Move {
        /// To when.
        to: Timestamp,
    },
    /// It was paid for.
    Paid {
        /// How much, in minor units, where it is not all that is left.
        minor: Option<i64>,
        /// How.
        rail: crate::domain::tenant::Rail,
    },
}

/// A question that waits for an owner's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pending {
    /// What was asked.
    pub asked: Asked,
    /// When.
    pub at: Timestamp,
}

impl Pending {
    /// Whether an answer still counts: nobody remembers for longer what a yes was to.
    pub fn stands(&self, now: Timestamp) -> bool {
        now.duration_since(self.at) < STANDS
    }
}

/// Where an admin is on the rail. The names are shown, so they are fixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RailState {
    /// Nobody waits.
    IdleFree,
    /// A customer waits for a person.
    IdleAvailable,
    /// Talking to a customer.
    EngagedActive,
    /// Asked something, while talking to a customer or not.
    EngagedConfirming,
}

impl RailState {
    /// From what is so.
    pub const fn of(engaged: bool, asked: bool, somebody_waits: bool) -> Self {
        match (asked, engaged, somebody_waits) {
            (true, _, _) => Self::EngagedConfirming,
            (false, true, _) => Self::EngagedActive,
            (false, false, true) => Self::IdleAvailable,
            (false, false, false) => Self::IdleFree,
        }
    }

    /// The name that is shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::IdleFree => "IDLE_FREE",
            Self::IdleAvailable => "IDLE_AVAILABLE",
            Self::EngagedActive => "ENGAGED_ACTIVE",
            Self::EngagedConfirming => "ENGAGED_CONFIRMING",
        }
    }
}
