//! A thread: one booking's conversation, as it is checkpointed after every turn.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::event::{Event, Thought};
use super::flow::{DraftView, Flow};
use super::heard::Heard;
use super::{inquiry, version};
use crate::domain::id::ServiceId;
use crate::domain::message::Language;
use crate::domain::phone::Phone;
use crate::domain::tenant::Business;
use crate::language::understanding::Expecting;

/// A thread. Read one with [`Thread::load`], never with serde alone: that skips the migration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thread {
    /// The shape that it is stored in.
    pub graph_version: u32,
    /// Who speaks for the business.
    pub driver: Driver,
    /// Where the conversation is.
    pub flow: Flow,
    /// What is remembered besides.
    pub memory: Memory,
}

/// Who speaks for the business: the second dimension, beside the flow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub enum Driver {
    /// The machine.
    #[default]
    AgentDriving,
    /// Nobody yet: the admins have been paged.
    SuspendedForHuman,
    /// A person.
    HumanDriving {
        /// The admin who engaged; `None` for an owner who answers from their own phone, past us.
        admin: Option<Phone>,
    },
    /// The machine again, for the customer's next turn.
    ResumedByAgent {
        /// The customer has been told so already.
        told: bool,
    },
}

impl Driver {
    /// The fixed name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::AgentDriving => "AGENT_DRIVING",
            Self::SuspendedForHuman => "SUSPENDED_FOR_HUMAN",
            Self::HumanDriving { .. } => "HUMAN_DRIVING",
            Self::ResumedByAgent { .. } => "RESUMED_BY_AGENT",
        }
    }
}

/// What is remembered beside the flow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Memory {
    /// The language of the customer's last clear message.
    pub language: Option<Language>,
    /// The customer has been told that this is an assistant, and how to reach a person.
    pub introduced: bool,
    /// The customer has been greeted.
    pub greeted: bool,
    /// The service whose price was asked about last, while nothing was under way: "book me for that".
    pub about: Option<ServiceId>,
    /// A number that was given and looked up in this conversation.
    pub phone: Option<Phone>,
    /// Turns running that were not understood.
    pub unclear: u8,
    /// Negative turns running.
    pub negative: u8,
    /// Turns running without progress.
    pub stalled: u16,
    /// A second service has been offered, or was turned down.
    pub cross_sell_done: bool,
    /// What was begun to prove a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<Proving>,
    /// A model takes its time over a turn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thinking: Option<Thinking>,
}

/// What a model takes its time over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thinking {
    /// The turn. What is made of any other turn comes too late.
    pub turn: u64,
    /// A question is to be answered, which the next message does not change; else it is what the customer meant, which they may say better meanwhile.
    pub answering: bool,
}

/// How far a customer is with proving that a number is theirs. It goes on beside the flow: nobody has to prove anything to book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "proving", rename_all = "snake_case", deny_unknown_fields)]
pub enum Proving {
    /// Which number was asked for.
    Number {},
    /// A code is on its way to this number.
    Code {
        /// Which.
        phone: Phone,
    },
}

impl Thread {
    /// The thread of a customer who writes for the first time.
    pub fn fresh() -> Self {
        Self {
            graph_version: version::CURRENT,
            driver: Driver::AgentDriving,
            flow: Flow::Greet {},
            memory: Memory::default(),
        }
    }

    /// A new thread of the same customer. It keeps what outlives one booking: language, introduction, greeting, number.
    #[must_use]
    pub fn successor(&self) -> Self {
        let Memory { language, introduced, greeted, phone, proof, thinking, .. } =
            self.memory.clone();
        Self {
            memory: Memory {
                language,
                introduced,
                greeted,
                phone,
                proof,
                thinking,
                ..Memory::default()
            },
            ..Self::fresh()
        }
    }

    /// The fixed name of the state.
    pub fn state_name(&self) -> &'static str {
        self.flow.state_name()
    }

    /// The fixed name of the driver's state.
    pub fn driver_name(&self) -> &'static str {
        self.driver.name()
    }

    /// What the draft holds so far.
    pub fn draft(&self) -> DraftView {
        self.flow.draft()
    }

    /// What was asked last, so that the ear reads a bare answer as one.
    pub fn expecting(&self) -> Expecting {
        self.flow.expecting()
    }

    /// The ids of the choices that belong to the pending question, in order. Their titles are the speaker's.
    pub fn offered(&self) -> Vec<String> {
        self.flow.offered().iter().map(ToString::to_string).collect()
    }

    /// The day that is already known, so that the ear can place a bare time on it.
    pub fn known_date(&self) -> Option<Date> {
        self.flow.known_date()
    }

    /// The service that is already known.
    pub fn known_service(&self) -> Option<ServiceId> {
        self.flow.draft().service
    }

    /// Whether this booking's conversation has come to its end. A new wish then gets a new thread, see [`Thread::needs_new`].
    pub fn is_finished(&self) -> bool {
        self.flow.is_finished()
    }

    /// Whether the event begins something new in a finished thread, so that it belongs to a [`Thread::successor`]:
    /// every booking has its own thread. Thanks, greetings and questions stay where they are.
    pub fn needs_new(&self, event: &Event) -> bool {
        let said = match event {
            Event::Heard { said } | Event::Pondering { said, .. } => said,
            Event::Thought { thought: Thought::Heard { said }, .. } => said.as_ref(),
            Event::SlotOpened { .. } => return self.is_listening() && self.is_finished(),
            Event::Answered { .. }
            | Event::Payment { .. }
            | Event::WaitLapsed { .. }
            | Event::TimerFired { .. }
            | Event::Engaged { .. }
            | Event::AdminSaid { .. }
            | Event::OwnerSpoke { .. }
            | Event::HandedBack
            | Event::ToolFailed
            | Event::Thought { thought: Thought::Answered { .. }, .. }
            | Event::CostCeiling => return false,
        };
        self.is_listening()
            && self.is_finished()
            && inquiry::begins_something(&self.flow, &Heard::read(said))
    }

    /// Whether the machine speaks for the business.
    fn is_listening(&self) -> bool {
        match self.driver {
            Driver::AgentDriving | Driver::ResumedByAgent { .. } => true,
            Driver::SuspendedForHuman | Driver::HumanDriving { .. } => false,
        }
    }

    /// The language in which the customer is answered: the dial if it prefers one, else the customer's own, else the tenant's.
    pub fn reply_language(
        &self,
        business: &Business,
        customer: &crate::domain::customer::Customer,
    ) -> Language {
        super::turn::reply_language(&self.memory, business, customer)
    }
}
