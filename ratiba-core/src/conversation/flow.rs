//! Where a conversation is: one variant per named state, each with exactly the facts that are true in it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::asking::Asking;
use crate::domain::appointment::Appointment;
use crate::domain::id::{AppointmentId, PaymentId, ServiceId, WaitId};
use crate::domain::money::Money;
use crate::domain::payment::FailureReason;
use crate::domain::phone::Phone;
use crate::domain::tenant::Rail;
use crate::domain::time::MinuteOfDay;
use crate::language::understanding::{DateMention, DayPart, Slots, StaffMention, TimeMention};
use crate::scheduling::slot::Slot;

/// Where a conversation is. The names of the states are fixed, see [`Flow::state_name`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub enum Flow {
    /// Nothing is under way. (Braces, so that unknown fields are refused here too.)
    Greet {},
    /// Which service?
    CollectService {
        /// What is known besides.
        wish: Wish,
        /// What was offered, in order.
        offered: Vec<ServiceId>,
    },
    /// With whom?
    CollectStaff {
        /// For what.
        service: ServiceId,
        /// What is known besides.
        wish: Wish,
    },
    /// When?
    CollectSlot {
        /// For what.
        service: ServiceId,
        /// What is known of the time, and what was asked.
        search: Search,
    },
    /// On which number can we reach or charge you? The slot is not held yet.
    CollectPhone {
        /// What was free.
        slot: Slot,
        /// The wish that led there.
        wish: Wish,
    },
    /// Shall I book it?
    Confirm {
        /// What is held.
        held: Held,
        /// The wish that led there.
        wish: Wish,
        /// When the hold ends.
        until: Timestamp,
    },
    /// Would you like this too?
    CrossSellOffer {
        /// What is held and agreed.
        first: Held,
        /// What is offered; not held.
        offer: Slot,
        /// The wish that led there.
        wish: Wish,
        /// When the hold ends.
        until: Timestamp,
    },
    /// Both together: shall I?
    BundleConfirm {
        /// Held and agreed.
        first: Held,
        /// Held.
        second: Held,
        /// The wish that led there.
        wish: Wish,
        /// When both holds end.
        until: Timestamp,
    },
    /// The customer has been asked to pay.
    AwaitingPayment {
        /// For what, how and how much.
        order: Order,
        /// The one payment in flight.
        payment: PaymentId,
        /// How many payments for this order have failed before.
        failures: u8,
        /// What came does not agree with what was asked, and a person looks at it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        in_review: bool,
    },
    /// Paid and booked.
    PaymentConfirmed {
        /// What is booked.
        visits: Vec<Held>,
    },
    /// It failed; it may be tried again while the hold lasts.
    PaymentFailed {
        /// For what, how and how much.
        order: Order,
        /// Why the last payment failed.
        reason: FailureReason,
        /// How many have failed.
        failures: u8,
        /// Whether another number was asked for.
        asks_number: bool,
        /// When the hold ends.
        until: Timestamp,
    },
    /// No answer came in time; the hold is released.
    PaymentTimeout {
        /// What it was for.
        order: Order,
    },
    /// Called off in the chat; the hold is released.
    #[serde(rename = "PAYMENT_CANCELLED_BY_CUSTOMER")]
    PaymentCancelled {
        /// What it was for.
        order: Order,
    },
    /// Booked; nothing was due.
    Booked {
        /// What is booked.
        visits: Vec<Held>,
    },
    /// Cancel which one?
    CancelSelect {
        /// Those to choose from, in order of start.
        bookings: Vec<Upcoming>,
    },
    /// Shall I cancel it?
    CancelConfirm {
        /// Which.
        booking: Upcoming,
        /// What the customer was told they get back.
        refund: Money,
    },
    /// Cancelled.
    Cancelled {
        /// Which.
        booking: Upcoming,
    },
    /// Move which one?
    RescheduleSelect {
        /// Those to choose from, in order of start.
        bookings: Vec<Upcoming>,
        /// What is known of the new time.
        wish: Wish,
    },
    /// To when?
    RescheduleSlot {
        /// What is to be moved.
        old: Upcoming,
        /// What is known of the new time, and what was asked.
        search: Search,
    },
    /// From here to there: shall I?
    RescheduleConfirm {
        /// What would be given up.
        old: Upcoming,
        /// What is held instead.
        new: Held,
        /// The wish that led there.
        wish: Wish,
        /// When the hold ends.
        until: Timestamp,
    },
    /// Moved.
    Rescheduled {
        /// From.
        old: Slot,
        /// To.
        new: Held,
    },
    /// In mid-booking the customer wants to cancel or move another: shall the draft be dropped? Shown under the draft's own name.
    DropDraft {
        /// What would be dropped.
        draft: Box<Flow>,
        /// What they want to do instead.
        errand: Errand,
    },
    /// Between two steps of one turn, while the engine looks something up. Never committed, so never stored.
    #[serde(skip)]
    Asking(Box<Asking>),
}

/// What the customer has said of a booking besides the service. Grows and is corrected with every message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    /// By whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff: Option<StaffMention>,
    /// Which day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<DateMention>,
    /// Which time of day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<TimeMention>,
    /// Services to be done right after.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<ServiceId>,
    /// A number given in this conversation, to pay from or to be reached on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// How they asked to pay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rail: Option<Rail>,
    /// What was suggested to be done right after, while it waits for an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggested: Option<ServiceId>,
}

impl Wish {
    /// True when nothing at all is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A search for a time: what is known, and what was asked last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// What is known.
    pub wish: Wish,
    /// What was asked.
    pub asked: Asked,
    /// The wish that led nowhere, should the customer want to be told when it can be had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missed: Option<Wish>,
}

/// What was asked about the time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "asked", rename_all = "snake_case", deny_unknown_fields)]
pub enum Asked {
    /// Which day and time?
    When {},
    /// Which day? The time is known.
    Day {
        /// The time.
        minute: MinuteOfDay,
    },
    /// Which of these times was meant?
    WhichTime {
        /// The readings.
        readings: Vec<MinuteOfDay>,
    },
    /// One of these?
    Offers {
        /// In order of time.
        slots: Vec<Slot>,
        /// Whether there are others.
        more: bool,
        /// How many were skipped before these.
        skip: u16,
        /// The part of day that was wished, where one was.
        part: Option<DayPart>,
    },
    /// The hold ran out: still interested?
    Lapsed {
        /// What was held.
        held: Held,
        /// Whether the customer had agreed to it already.
        agreed: bool,
    },
    /// This time, which the customer had waited for, has opened up: shall it be theirs? It is not held.
    Freed {
        /// Which.
        slot: Slot,
        /// The wish that it answers.
        wait: WaitId,
        /// Until when the offer is theirs to answer.
        until: Timestamp,
    },
}

/// An appointment that this thread holds or has booked, with its frozen price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Held {
    /// Its id.
    pub id: AppointmentId,
    /// What, by whom, when.
    pub slot: Slot,
    /// The price.
    pub price: Money,
    /// What is due when booking.
    pub due: Money,
}

/// A confirmed appointment of the customer, as it was when looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Upcoming {
    /// Its id.
    pub id: AppointmentId,
    /// What, by whom, when.
    pub slot: Slot,
    /// The price.
    pub price: Money,
    /// What has been paid of it.
    pub paid: Money,
}

impl From<&Appointment> for Upcoming {
    fn from(a: &Appointment) -> Self {
        let slot = Slot {
            service: a.service,
            staff: a.staff,
            resource: a.resource,
            window: a.window,
            blocked: a.blocked,
        };
        Self { id: a.id, slot, price: a.price, paid: a.paid }
    }
}

/// What is to be paid for, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// What it pays for; at least one.
    pub visits: Vec<Held>,
    /// The sum that is due.
    pub due: Money,
    /// How it is paid.
    pub rail: Rail,
    /// From which number; `None` for rails with a page, or while it is being asked for.
    pub payer: Option<Phone>,
    /// The wish that led there.
    pub wish: Wish,
}

/// Something to do with a booking that stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Errand {
    /// To move it, not to cancel it.
    pub to_move: bool,
    /// What was said with it.
    pub slots: Slots,
    /// Whether a draft was dropped for it.
    pub dropped: bool,
}

/// What a draft holds so far, for tests, tools and the understander.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DraftView {
    /// Which service.
    pub service: Option<ServiceId>,
    /// Which member of staff.
    pub staff: Option<crate::domain::id::StaffId>,
    /// The exact time; in a reschedule the new one.
    pub start: Option<Timestamp>,
    /// Whether a slot is held for this thread.
    pub held: bool,
}
