//! What is asked of a calendar, and what it answers.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::id::{AppointmentId, ResourceId, ServiceId, StaffId};
use crate::domain::time::{MinuteOfDay, TimeWindow};

/// A time at which a service can be done by somebody, on something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slot {
    /// What.
    pub service: ServiceId,
    /// By whom.
    pub staff: StaffId,
    /// On what.
    pub resource: Option<ResourceId>,
    /// What the customer is told: without buffers.
    pub window: TimeWindow,
    /// What is kept free of others: with buffers.
    pub blocked: TimeWindow,
}

/// When the customer would like to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Wish {
    /// At this moment.
    At {
        /// The moment.
        start: Timestamp,
    },
    /// Some time between two days (both included) and two minutes of each day.
    Between {
        /// First day.
        from: Date,
        /// Last day.
        to: Date,
        /// First minute of each day.
        after: MinuteOfDay,
        /// First minute of each day that is too late to start.
        before: MinuteOfDay,
    },
    /// As soon as possible.
    Soonest,
}

/// A question to the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlotQuery {
    /// What is to be done.
    pub service: ServiceId,
    /// By whom; `None` lets the calendar choose fairly.
    pub staff: Option<StaffId>,
    /// When.
    pub wish: Wish,
    /// An appointment of the same customer to look past, because it would be moved.
    pub ignoring: Option<AppointmentId>,
    /// How many offers of an earlier answer to skip ("more").
    pub skip: u16,
}

/// What stands in the way of a moment. The first that applies, from the most general to the most particular.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Blocked {
    /// The moment has passed.
    Past,
    /// It is too soon: inside the lead time.
    TooSoon,
    /// It is too far: beyond the horizon.
    TooFar,
    /// The business is closed that whole day.
    ClosedThatDay,
    /// The business is closed at that time, or closes before the service would end.
    Closed,
    /// The wanted member of staff does not do this service.
    NotQualified,
    /// The wanted member of staff (or every qualified one) does not work then.
    StaffOff,
    /// The wanted member of staff (or every qualified one) is taken then.
    StaffTaken,
    /// Every chair, room or machine that it needs is taken then.
    ResourceTaken,
    /// Starts are offered on a grid, and this is not on it.
    OffGrid,
}

/// The calendar's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Found {
    /// The moment asked for is free.
    Free {
        /// The slot there.
        slot: Slot,
    },
    /// It is not; these are the nearest (at most three, in order of time; possibly none within the horizon).
    NotFree {
        /// Why not.
        why: Blocked,
        /// Same day first, same staff first, then by distance, the earlier on a tie.
        nearest: Vec<Slot>,
    },
    /// A vague wish: these are spread over it (at most three, in order of time; none when nothing is free).
    Offers {
        /// The offers.
        slots: Vec<Slot>,
        /// Whether asking again with a larger `skip` would bring others.
        more: bool,
    },
}
