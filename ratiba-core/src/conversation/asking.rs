//! What the machine was about to do when it had to look something up: the phases between two steps of one turn.

use std::fmt;

use jiff::Timestamp;

use super::effect::Query;
use super::flow::{DraftView, Errand, Flow, Held, Upcoming, Wish};
use super::line::Line;
use crate::domain::id::{AppointmentId, PaymentId, ServiceId, StaffId, WaitId};
use crate::domain::money::Money;
use crate::domain::phone::Phone;
use crate::language::understanding::Slots;
use crate::scheduling::slot::Slot;

/// A turn that waits for an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Asking {
    /// What was asked.
    pub query: Query,
    /// What to do with the answer.
    pub then: Then,
    /// What the turn wants to say so far.
    pub lines: Vec<Line>,
    /// Where the thread was when the turn began.
    pub began: Mark,
}

/// Where a thread is, as far as progress is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// The name of the state.
    pub state: &'static str,
    /// What is known.
    pub draft: DraftView,
}

/// What to do with an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Then {
    /// Hold the slot or offer others.
    Find(Hunt),
    /// Keep the number, then look for the slot again.
    Phone {
        /// The number.
        phone: Phone,
        /// The search to go on with.
        hunt: Hunt,
    },
    /// Send a code to the number if it is another's, then go back.
    Prove {
        /// The number.
        phone: Phone,
        /// To what.
        back: Flow,
    },
    /// See whether the code was right, then go back.
    Code {
        /// The number that it was sent to.
        phone: Phone,
        /// To what.
        back: Flow,
    },
    /// Offer a second service, if there is one, before payment.
    OfferSecond {
        /// Held and agreed.
        first: Held,
        /// The wish that led there.
        wish: Wish,
        /// When the hold ends.
        until: Timestamp,
    },
    /// Offer the second service that the customer has named, before payment.
    OfferNamedSecond {
        /// Held and agreed.
        first: Held,
        /// The service named.
        service: ServiceId,
        /// The wish that led there.
        wish: Wish,
        /// When the hold ends.
        until: Timestamp,
    },
    /// Hold the second slot too.
    TakeSecond {
        /// Held and agreed.
        first: Held,
        /// The second service.
        service: ServiceId,
        /// The wish that led there.
        wish: Wish,
        /// When the first hold ends.
        until: Timestamp,
    },
    /// Find out which booking an errand is about.
    Errand(Errand),
    /// Move what is booked to the time that was said, or book where there is nothing to move.
    Correct {
        /// What was said.
        slots: Slots,
    },
    /// Cancel, if it still stands and the terms are still those that were told.
    Cancel {
        /// Which.
        booking: Upcoming,
        /// What the customer was told they get back.
        refund: Money,
    },
    /// Move, if the old one still stands.
    Move {
        /// From.
        old: Upcoming,
        /// To.
        new: Held,
    },
    /// Show the customer's bookings, then go back.
    ShowBookings {
        /// To what.
        back: Flow,
    },
    /// Answer a question, then go back.
    AnswerQuestion {
        /// To what.
        back: Flow,
        /// The question.
        question: Words,
    },
    /// Book after all, or give the money back.
    LateMoney {
        /// Where the thread was.
        back: Flow,
        /// Which payment.
        payment: PaymentId,
        /// The provider's receipt.
        receipt: Option<String>,
        /// How much.
        amount: Money,
        /// For what.
        appointments: Vec<AppointmentId>,
    },
}

/// A search for a slot.
#[derive(Debug, Clone, PartialEq)]
pub struct Hunt {
    /// What for.
    pub goal: Goal,
    /// What is known.
    pub wish: Wish,
    /// Somebody picked with the time, for this once.
    pub with: Option<StaffId>,
    /// The time was picked from a list that we had offered.
    pub picked: bool,
    /// What the customer has agreed to already, should it still be had at that price.
    pub agreed: Option<(Slot, Money)>,
    /// How many offers to skip.
    pub skip: u16,
    /// The wish to be told that led here.
    pub wait: Option<WaitId>,
    /// The customer wants to be told, should there be nothing.
    pub notify: bool,
}

impl Hunt {
    /// A search that begins.
    pub fn new(goal: Goal, wish: Wish) -> Self {
        Self {
            goal,
            wish,
            with: None,
            picked: false,
            agreed: None,
            skip: 0,
            wait: None,
            notify: false,
        }
    }
}

/// What a slot is looked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Goal {
    /// A new booking.
    Book(ServiceId),
    /// A new time for a booking.
    Move(Upcoming),
}

impl Goal {
    /// The service to find a slot for.
    pub fn service(&self) -> ServiceId {
        match self {
            Self::Book(service) => *service,
            Self::Move(old) => old.slot.service,
        }
    }
}

/// A customer's words, kept out of Debug output.
#[derive(Clone, PartialEq, Eq)]
pub struct Words(pub String);

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Words({} bytes)", self.0.len())
    }
}
