//! Spans of real time, and minutes of a local day.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A span of real time, start included, end excluded. Never empty or negative when built by [`TimeWindow::new`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TimeWindow {
    /// First moment inside.
    pub start: Timestamp,
    /// First moment after.
    pub end: Timestamp,
}

impl TimeWindow {
    /// A window, or `None` when `end` is not after `start`.
    pub fn new(start: Timestamp, end: Timestamp) -> Option<Self> {
        (start < end).then_some(Self { start, end })
    }

    /// A window of so many minutes; it ends with the calendar at the latest.
    pub fn of_minutes(start: Timestamp, minutes: u32) -> Self {
        let length = SignedDuration::from_mins(i64::from(minutes));
        Self { start, end: start.checked_add(length).unwrap_or(Timestamp::MAX) }
    }

    /// True when the two share a moment; windows that only touch do not.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// True when the moment lies inside.
    pub fn contains(self, moment: Timestamp) -> bool {
        self.start <= moment && moment < self.end
    }

    /// Length in whole minutes.
    pub fn minutes(self) -> i64 {
        self.end.duration_since(self.start).as_mins()
    }
}

/// A minute of a local day, 0 to 1440; 1440 is the midnight that ends it. Written `HH:MM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MinuteOfDay(u16);

impl MinuteOfDay {
    /// The midnight that begins a day.
    pub const START: Self = Self(0);
    /// The midnight that ends a day.
    pub const END: Self = Self(1440);

    /// So many minutes after midnight, or `None` past 1440.
    pub const fn new(minutes: u16) -> Option<Self> {
        if minutes <= 1440 { Some(Self(minutes)) } else { None }
    }

    /// An hour and a minute, or `None` past 24:00.
    pub const fn hm(hour: u16, minute: u16) -> Option<Self> {
        if minute < 60 && hour <= 24 { Self::new(hour * 60 + minute) } else { None }
    }

    /// Minutes after midnight.
    pub const fn minutes(self) -> u16 {
        self.0
    }

    /// The minute that a clock time lies in.
    pub fn of(time: Time) -> Self {
        Self(u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs()))
    }

    /// The real moment of this minute on a date. In a gap of the clock the moment after the gap, in a fold the first.
    pub fn on(self, date: Date, tz: &TimeZone) -> Timestamp {
        let (date, minutes) =
            if self.0 == 1440 { (date.tomorrow().unwrap_or(date), 0) } else { (date, self.0) };
        let hour = i8::try_from(minutes / 60).unwrap_or(0);
        let minute = i8::try_from(minutes % 60).unwrap_or(0);
        let local = date.at(hour, minute, 0, 0);
        tz.to_ambiguous_timestamp(local).compatible().unwrap_or(Timestamp::MAX)
    }
}

impl fmt::Display for MinuteOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// The text is no time of day of the form `HH:MM`, `00:00` to `24:00`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time of day of the form HH:MM")]
pub struct ParseMinuteError(String);

impl FromStr for MinuteOfDay {
    type Err = ParseMinuteError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || ParseMinuteError(text.chars().take(16).collect());
        let (hour, minute) = text.trim().split_once(':').ok_or_else(wrong)?;
        let hour = hour.parse().map_err(|_| wrong())?;
        let minute = minute.parse().map_err(|_| wrong())?;
        Self::hm(hour, minute).ok_or_else(wrong)
    }
}

impl TryFrom<String> for MinuteOfDay {
    type Error = ParseMinuteError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<MinuteOfDay> for String {
    fn from(minute: MinuteOfDay) -> Self {
        minute.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_that_touch_do_not_overlap() {
        let first = TimeWindow::of_minutes(Timestamp::UNIX_EPOCH, 30);
        let next = TimeWindow::of_minutes(first.end, 30);
        assert!(!first.overlaps(next) && first.overlaps(first));
        assert_eq!(TimeWindow::new(first.end, first.start), None);
    }

    #[test]
    fn minutes_of_day_read_back_and_end_at_the_next_midnight() {
        let tz = TimeZone::get("Africa/Nairobi").unwrap();
        let date = jiff::civil::date(2026, 11, 23);
        assert_eq!("24:00".parse(), Ok(MinuteOfDay::END));
        assert!("24:01".parse::<MinuteOfDay>().is_err());
        assert_eq!(
            MinuteOfDay::END.on(date, &tz),
            MinuteOfDay::START.on(date.tomorrow().unwrap(), &tz)
        );
        assert_eq!("09:05".parse::<MinuteOfDay>().unwrap().to_string(), "09:05");
    }
}
