//! The waitlist: who wants to be told when a time opens up.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::id::{CustomerId, ServiceId, StaffId, WaitId};
use super::time::{MinuteOfDay, TimeWindow};

/// Where a wait is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitStatus {
    /// Nothing has opened up yet.
    Waiting,
    /// A time was offered and is being thought about.
    Offered,
    /// The customer took one.
    Taken,
    /// Over without: declined, not answered, withdrawn.
    Closed,
}

impl WaitStatus {
    /// The status of a stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Waiting, Self::Offered, Self::Taken, Self::Closed]
            .into_iter()
            .find(|s| s.as_str() == name)
    }

    /// The stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Offered => "offered",
            Self::Taken => "taken",
            Self::Closed => "closed",
        }
    }
}

/// A customer who found no time and asked to be told. Days and minutes are local, both days included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wait {
    /// Its id.
    pub id: WaitId,
    /// Who.
    pub customer: CustomerId,
    /// For what.
    pub service: ServiceId,
    /// With whom; `None` for anybody.
    pub staff: Option<StaffId>,
    /// First day that would suit.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// First minute of each day.
    pub after: MinuteOfDay,
    /// First minute of each day that is too late to start.
    pub before: MinuteOfDay,
    /// Where it is.
    pub status: WaitStatus,
    /// When they asked.
    pub created_at: Timestamp,
}

impl Wait {
    /// Whether a start would suit.
    pub fn suits(&self, start: Timestamp, zone: &TimeZone) -> bool {
        let local = start.to_zoned(zone.clone());
        let minute = MinuteOfDay::of(local.time());
        (self.from..=self.to).contains(&local.date()) && (self.after..self.before).contains(&minute)
    }

    /// From the first moment that could suit to the first after the last.
    pub fn span(&self, zone: &TimeZone) -> TimeWindow {
        TimeWindow { start: self.after.on(self.from, zone), end: self.before.on(self.to, zone) }
    }
}
