//! The opening hours as the ear needs them: from when to when a business is open on a day, breaks included.

use jiff::civil::{Date, Weekday};

use crate::domain::hours::{DaySpan, OpeningHours};
use crate::domain::phone::Country;

/// Opening hours of one tenant.
#[derive(Debug, Clone)]
pub(super) struct Hours {
    opening: OpeningHours,
    country: Country,
    week: Option<(u16, u16)>,
}

impl Hours {
    /// Takes a copy of what the tenant has set.
    pub(super) fn new(opening: &OpeningHours, country: Country) -> Self {
        let mut week: Option<(u16, u16)> = None;
        for spans in &opening.week.days {
            week = match (week, hull(spans)) {
                (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
                (one, other) => one.or(other),
            };
        }
        Self { opening: opening.clone(), country, week }
    }

    /// First minute of work and first minute after it, on a day or, where none is known, in the whole week. A break is inside:
    /// who asks for one o'clock means the afternoon, and scheduling says that nobody works then.
    pub(super) fn on(&self, day: Option<Date>) -> Option<(u16, u16)> {
        match day {
            Some(day) => hull(&crate::scheduling::hours::spans_of(&self.opening, self.country, day)),
            None => self.week,
        }
    }

    /// True when the business works on that weekday.
    pub(super) fn works_on(&self, day: Weekday) -> bool {
        !self.opening.week.on(day).is_empty()
    }
}

fn hull(spans: &[DaySpan]) -> Option<(u16, u16)> {
    let from = spans.iter().map(|s| s.from.minutes()).min()?;
    let to = spans.iter().map(|s| s.to.minutes()).max()?;
    Some((from, to))
}
