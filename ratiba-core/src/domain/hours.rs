//! When a business or a member of staff works: weekly spans, exceptions by date, holidays.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use super::time::MinuteOfDay;

/// A span of one local day, start included, end excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DaySpan {
    /// First minute of work.
    pub from: MinuteOfDay,
    /// First minute after work.
    pub to: MinuteOfDay,
}

impl DaySpan {
    /// A span, or `None` when it would be empty.
    pub fn new(from: MinuteOfDay, to: MinuteOfDay) -> Option<Self> {
        (from < to).then_some(Self { from, to })
    }

    /// True when the minute lies inside.
    pub fn contains(self, minute: MinuteOfDay) -> bool {
        self.from <= minute && minute < self.to
    }
}

/// The spans of each day of an ordinary week, Monday first. A break is the gap between two spans; no span is a day off.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeekHours {
    /// Seven lists, Monday first, each in order and without overlaps.
    pub days: [Vec<DaySpan>; 7],
}

impl WeekHours {
    /// The spans of a weekday.
    pub fn on(&self, day: Weekday) -> &[DaySpan] {
        &self.days[usize::from(day.to_monday_zero_offset().unsigned_abs())]
    }

    /// Replaces the spans of a weekday.
    pub fn set(&mut self, day: Weekday, spans: Vec<DaySpan>) {
        self.days[usize::from(day.to_monday_zero_offset().unsigned_abs())] = spans;
    }
}

/// What a business does on its country's public holidays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HolidayRule {
    /// Works as on any other day.
    Ignore,
    /// Stays closed.
    Closed,
    /// Works these hours, on days when it would otherwise be open at all.
    Open(Vec<DaySpan>),
}

/// All that decides whether a business is open: its week, its holidays, and its exceptions, which win over both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpeningHours {
    /// An ordinary week.
    pub week: WeekHours,
    /// What public holidays change.
    pub holidays: HolidayRule,
    /// Dates with hours of their own; an empty list is a closed day.
    #[serde(default)]
    pub exceptions: BTreeMap<Date, Vec<DaySpan>>,
}

/// When a member of staff works, inside the business's opening hours.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffHours {
    /// The person's own week; `None` means whenever the business is open.
    #[serde(default)]
    pub week: Option<WeekHours>,
    /// Dates with hours of their own; an empty list is a day off.
    #[serde(default)]
    pub exceptions: BTreeMap<Date, Vec<DaySpan>>,
}
