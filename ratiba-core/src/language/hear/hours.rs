//! The opening hours as the ear needs them: from when to when a business is open on a day, breaks included.

use std::sync::Arc;

use jiff::civil::Date;

use crate::domain::hours::DaySpan;
use crate::domain::tenant::Business;
use crate::scheduling::hours::spans_on;

/// Opening hours of one tenant.
#[derive(Debug, Clone)]
pub(super) struct Hours {
    business: Arc<Business>,
    week: Option<(u16, u16)>,
}

impl Hours {
    /// Reads what the tenant has set.
    pub(super) fn new(business: Arc<Business>) -> Self {
        let days = business.opening.week.days.iter();
        let week = days.filter_map(|spans| hull(spans)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        Self { business, week }
    }

    /// First minute of work and first minute after it, on a day or, where none is known, in the whole week. A break is
    /// inside: who asks for one o'clock means the afternoon, and scheduling says that nobody works then.
    pub(super) fn on(&self, day: Option<Date>) -> Option<(u16, u16)> {
        match day {
            Some(day) => hull(&spans_on(&self.business, day)),
            None => self.week,
        }
    }
}

fn hull(spans: &[DaySpan]) -> Option<(u16, u16)> {
    let from = spans.iter().map(|s| s.from.minutes()).min()?;
    let to = spans.iter().map(|s| s.to.minutes()).max()?;
    Some((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_day_is_one_span_with_its_break_and_holidays_shorten_it() {
        let hours = |slug: &str| Hours::new(Arc::new(crate::demo::tenant(slug).unwrap().business));
        assert_eq!(hours("demo-dental").on(Some(date(2026, 11, 24))), Some((480, 1020)));
        assert_eq!(hours("demo-salon").on(Some(date(2026, 11, 29))), None);
        assert_eq!(hours("demo-salon").on(None), Some((540, 1140)));
        assert_eq!(hours("demo-barbershop").on(Some(date(2026, 12, 12))), Some((600, 960)));
    }
}
