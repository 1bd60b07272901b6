//! Who works when on a date: the week, then the country's holidays, then exceptions, which win.

use std::borrow::Cow;

use jiff::civil::Date;

use super::holidays::holiday;
use crate::domain::catalogue::Staff;
use crate::domain::hours::{DaySpan, HolidayRule};
use crate::domain::tenant::Business;

/// The spans of a date in which the business is open: in order, without overlaps, touching ones joined; none when closed.
pub fn spans_on(business: &Business, date: Date) -> Vec<DaySpan> {
    opening_on(business, date).into_owned()
}

/// The spans of a date in which a member of staff works, inside the business's; none on a day off.
pub fn staff_spans_on(business: &Business, staff: &Staff, date: Date) -> Vec<DaySpan> {
    let opening = opening_on(business, date);
    working_on(staff, date, &opening).into_owned()
}

/// [`spans_on`], borrowed where the stored list is in order already.
pub(super) fn opening_on(business: &Business, date: Date) -> Cow<'_, [DaySpan]> {
    let hours = &business.opening;
    if let Some(own) = hours.exceptions.get(&date) {
        return tidy(own);
    }
    let usual = hours.week.on(date.weekday());
    if usual.is_empty() {
        return Cow::Borrowed(&[]);
    }
    let holiday = || holiday(business.tenant.country, date).is_some();
    match &hours.holidays {
        HolidayRule::Closed if holiday() => Cow::Borrowed(&[]),
        HolidayRule::Open(shorter) if holiday() => tidy(shorter),
        HolidayRule::Ignore | HolidayRule::Closed | HolidayRule::Open(_) => tidy(usual),
    }
}

/// [`staff_spans_on`] for a day whose opening hours are known; shares them with everybody who has no hours of their own.
pub(super) fn working_on<'a>(
    staff: &Staff,
    date: Date,
    opening: &'a [DaySpan],
) -> Cow<'a, [DaySpan]> {
    let own = match (staff.hours.exceptions.get(&date), &staff.hours.week) {
        (Some(own), _) => own.as_slice(),
        (None, Some(week)) => week.on(date.weekday()),
        (None, None) => return Cow::Borrowed(opening),
    };
    Cow::Owned(intersection(opening, &tidy(own)))
}

/// In order, without overlaps or empty spans, touching ones joined. What an owner typed need not be.
fn tidy(spans: &[DaySpan]) -> Cow<'_, [DaySpan]> {
    let is_tidy =
        spans.iter().all(|s| s.from < s.to) && spans.windows(2).all(|w| w[0].to < w[1].from);
    if is_tidy {
        return Cow::Borrowed(spans);
    }
    let mut sorted: Vec<DaySpan> = spans.iter().copied().filter(|s| s.from < s.to).collect();
    sorted.sort_unstable();
    let mut joined: Vec<DaySpan> = Vec::with_capacity(sorted.len());
    for span in sorted {
        match joined.last_mut() {
            Some(last) if span.from <= last.to => last.to = last.to.max(span.to),
            _ => joined.push(span),
        }
    }
    Cow::Owned(joined)
}

/// What two tidy lists have in common.
fn intersection(a: &[DaySpan], b: &[DaySpan]) -> Vec<DaySpan> {
    a.iter()
        .flat_map(|x| b.iter().filter_map(|y| DaySpan::new(x.from.max(y.from), x.to.min(y.to))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hours::WeekHours;
    use crate::scheduling::fixture::{self, span};
    use jiff::civil::{Weekday, date};

    const MONDAY: Date = date(2026, 11, 23);
    const JAMHURI: Date = date(2026, 12, 12);

    #[test]
    fn holidays_change_the_week_and_exceptions_change_both() {
        let mut shop = fixture::business();
        let usual = vec![span("08:00", "20:00")];
        assert_eq!(spans_on(&shop, MONDAY), usual);
        assert_eq!(spans_on(&shop, JAMHURI), usual, "holidays are ignored unless a rule says so");

        shop.opening.holidays = HolidayRule::Open(vec![span("10:00", "16:00")]);
        assert_eq!(spans_on(&shop, JAMHURI), [span("10:00", "16:00")]);
        shop.opening.holidays = HolidayRule::Closed;
        assert_eq!(spans_on(&shop, JAMHURI), []);

        shop.opening.exceptions.insert(JAMHURI, vec![span("12:00", "13:00")]);
        assert_eq!(spans_on(&shop, JAMHURI), [span("12:00", "13:00")]);
        shop.opening.exceptions.insert(MONDAY, vec![]);
        assert_eq!(spans_on(&shop, MONDAY), []);
    }

    #[test]
    fn a_day_off_stays_off_on_a_holiday_with_hours() {
        let mut shop = fixture::business();
        shop.opening.week.set(Weekday::Saturday, vec![]);
        shop.opening.holidays = HolidayRule::Open(vec![span("10:00", "16:00")]);
        assert_eq!(spans_on(&shop, JAMHURI), [], "Jamhuri Day 2026 is a Saturday");
    }

    #[test]
    fn staff_work_inside_the_opening_hours() {
        let mut shop = fixture::business();
        let mut week = WeekHours::default();
        week.set(Weekday::Monday, vec![span("06:00", "13:00"), span("14:00", "23:00")]);
        shop.catalogue.staff[0].hours.week = Some(week);
        let brian = &shop.catalogue.staff[0];
        let tuesday = MONDAY.tomorrow().unwrap();
        assert_eq!(
            staff_spans_on(&shop, brian, MONDAY),
            [span("08:00", "13:00"), span("14:00", "20:00")]
        );
        assert_eq!(staff_spans_on(&shop, brian, tuesday), [], "not in the person's week");
        let kevin = &shop.catalogue.staff[1];
        assert_eq!(staff_spans_on(&shop, kevin, tuesday), [span("08:00", "20:00")]);
    }

    #[test]
    fn spans_that_overlap_or_touch_are_joined() {
        let typed = [span("14:00", "17:00"), span("08:00", "13:00"), span("13:00", "14:00")];
        assert_eq!(tidy(&typed).as_ref(), [span("08:00", "17:00")]);
    }
}
