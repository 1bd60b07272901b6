//! Local days in a row laid over real time: where each day begins and which moments of it are starts on the grid.
//!
//! A day of 24 hours is arithmetic. A day on which the clock is put forward or back keeps a list of its real starts, so
//! that nothing is offered at 02:30 when there is no 02:30, and once only when there are two.

use std::ops::Range;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::domain::hours::DaySpan;
use crate::domain::time::{MinuteOfDay, TimeWindow};

const DAY: i64 = 86_400;

/// Whole seconds since 1970.
pub(super) type Second = i64;

/// A row of local days with their starts.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    zone: &'a TimeZone,
    grid: Grid,
    days: Vec<Day>,
    /// The midnight after the last day.
    end: Second,
    /// True when every day has 24 hours, as always in Nairobi: then positions are plain arithmetic.
    even: bool,
}

/// One local day.
#[derive(Debug)]
pub(super) struct Day {
    pub(super) date: Date,
    pub(super) midnight: Second,
    /// Only for a day that is longer or shorter than 24 hours.
    shifted: Option<Vec<Start>>,
}

/// A grid start of a day on which the clock changes.
#[derive(Debug, Clone, Copy)]
struct Start {
    at: Second,
    /// False where the clock jumps over this time; `at` is then that of the next real start.
    exists: bool,
}

/// Minutes between starts, with the division by them prepared.
#[derive(Debug, Clone, Copy)]
struct Grid {
    minutes: u32,
    /// 2^40 / seconds between starts, rounded up: exact for the seconds of two days.
    reciprocal: u64,
}

impl Grid {
    fn new(minutes: u32) -> Self {
        let minutes = minutes.clamp(1, 1440);
        Self { minutes, reciprocal: (1_u64 << 40).div_ceil(u64::from(minutes) * 60) }
    }

    /// How many starts come before this second of a 24-hour day.
    fn starts_before(self, second: u32) -> usize {
        // The k-th start comes before it when k * minutes * 60 < second.
        let rounded_up = u64::from(second + self.minutes * 60 - 1);
        ((rounded_up * self.reciprocal) >> 40) as usize
    }

    fn per_day(self) -> usize {
        1440_usize.div_ceil(self.minutes as usize)
    }
}

/// A frame whose days all have 24 hours: small enough to stay in registers while ten thousand bookings pass.
#[derive(Debug, Clone, Copy)]
pub(super) struct Even {
    first: Second,
    length: u32,
    grid: Grid,
}

impl Even {
    /// The day in which all of `from..=to` lies, and how long after its midnight `from` is.
    pub(super) fn within_one_day(self, from: Second, to: Second) -> Option<(usize, u32)> {
        const DAY: u32 = 86_400;
        let since_first = u32::try_from(from - self.first).ok()?;
        let length = u32::try_from(to - from).ok()?;
        let (day, since) = (since_first / DAY, since_first % DAY);
        (since_first < self.length && length < DAY - since).then_some((day as usize, since))
    }

    /// Which starts of a day lie between two seconds since its midnight.
    pub(super) fn starts(self, from: u32, to: u32) -> Range<usize> {
        self.grid.starts_before(from)..self.grid.starts_before(to)
    }
}

impl<'a> Frame<'a> {
    /// The days from `from` to `to`, both included; none when `to` comes before.
    pub(super) fn new(zone: &'a TimeZone, grid_min: u32, from: Date, to: Date) -> Self {
        let grid = Grid::new(grid_min);
        let mut days = Vec::new();
        let mut date = from;
        let mut midnight = MinuteOfDay::START.on(date, zone).as_second();
        while date <= to {
            let Ok(next) = date.tomorrow() else { break };
            let next_midnight = MinuteOfDay::START.on(next, zone).as_second();
            let shifted = (next_midnight - midnight != DAY)
                .then(|| shifted_starts(zone, grid, date, next_midnight));
            days.push(Day { date, midnight, shifted });
            (date, midnight) = (next, next_midnight);
        }
        let even = days.iter().all(|day| day.shifted.is_none());
        Self { zone, grid, days, end: midnight, even }
    }

    pub(super) fn days(&self) -> &[Day] {
        &self.days
    }

    /// How many starts a day has at most.
    pub(super) fn starts_per_day(&self) -> usize {
        self.grid.per_day()
    }

    /// The first midnight and the last.
    pub(super) fn bounds(&self) -> (Second, Second) {
        (self.days.first().map_or(self.end, |d| d.midnight), self.end)
    }

    /// The day that a moment lies in and the seconds since its midnight; `None` for a moment outside the frame.
    pub(super) fn position(&self, second: Second) -> Option<(usize, Second)> {
        let first = self.days.first()?.midnight;
        if second < first || second >= self.end {
            return None;
        }
        let guess = usize::try_from((second - first) / DAY).ok()?;
        if self.even {
            return Some((guess, (second - first) % DAY));
        }
        // An hour more or less moves the guess by one day at most.
        let mut day = guess.min(self.days.len() - 1);
        while self.days[day].midnight > second {
            day -= 1;
        }
        while self.days.get(day + 1).is_some_and(|next| next.midnight <= second) {
            day += 1;
        }
        Some((day, second - self.days[day].midnight))
    }

    /// Which starts of a day lie in `from..to`, by their position on the grid.
    pub(super) fn starts_in(&self, day: usize, from: Second, to: Second) -> Range<usize> {
        let day = &self.days[day];
        match &day.shifted {
            None => {
                let since = |second: Second| {
                    u32::try_from((second - day.midnight).clamp(0, DAY)).unwrap_or(0)
                };
                self.grid.starts_before(since(from))..self.grid.starts_before(since(to))
            }
            Some(starts) => {
                starts.partition_point(|s| s.at < from)..starts.partition_point(|s| s.at < to)
            }
        }
    }

    /// The frame by value, when every day has 24 hours.
    pub(super) fn even(&self) -> Option<Even> {
        let first = self.days.first().filter(|_| self.even)?.midnight;
        Some(Even { first, length: u32::try_from(self.end - first).ok()?, grid: self.grid })
    }

    /// Calls `each` with every day that `from..to` touches and the starts of it that lie inside.
    pub(super) fn each_day_of(
        &self,
        (from, to): (Second, Second),
        mut each: impl FnMut(usize, Range<usize>),
    ) {
        let (first, end) = self.bounds();
        let (from, to) = (from.max(first), to.min(end));
        if from >= to {
            return;
        }
        let Some((day, _)) = self.position(from) else { return };
        for day in day..self.days.len() {
            if self.days[day].midnight >= to {
                break;
            }
            each(day, self.starts_in(day, from, to));
        }
    }

    /// The moment of a start, unless the clock jumps over it.
    pub(super) fn start_at(&self, day: usize, nth: usize) -> Option<Second> {
        let day = &self.days[day];
        match &day.shifted {
            None => {
                let step = i64::from(self.grid.minutes) * 60;
                Some(day.midnight + i64::try_from(nth).unwrap_or(0) * step)
            }
            Some(starts) => starts.get(nth).filter(|s| s.exists).map(|s| s.at),
        }
    }

    /// The local minute of a start.
    pub(super) fn minute_of(&self, nth: usize) -> MinuteOfDay {
        let minutes = nth * self.grid.minutes as usize;
        u16::try_from(minutes).ok().and_then(MinuteOfDay::new).unwrap_or(MinuteOfDay::END)
    }

    /// A span of a day in real time. A span that ends at midnight goes on into `next`, the first span of the next day,
    /// when that begins at midnight: a night spa is open from 22:00 to 02:00 in two spans.
    pub(super) fn window(
        &self,
        day: usize,
        span: DaySpan,
        next: impl FnOnce() -> Option<DaySpan>,
    ) -> (Second, Second) {
        let Day { date, midnight, shifted } = &self.days[day];
        let moment = |minute: MinuteOfDay| match shifted {
            None => midnight + i64::from(minute.minutes()) * 60,
            Some(_) => minute.on(*date, self.zone).as_second(),
        };
        let mut end = moment(span.to);
        if span.to == MinuteOfDay::END
            && let Some(next) = next().filter(|n| n.from == MinuteOfDay::START)
            && let Ok(tomorrow) = date.tomorrow()
        {
            end = next.to.on(tomorrow, self.zone).as_second();
        }
        (moment(span.from), end)
    }
}

fn shifted_starts(zone: &TimeZone, grid: Grid, date: Date, end: Second) -> Vec<Start> {
    let mut next = end;
    let mut starts: Vec<Start> = (0..grid.per_day())
        .rev()
        .map(|nth| {
            let start =
                u32::try_from(nth).ok().and_then(|nth| on_clock(zone, date, nth * grid.minutes));
            next = start.unwrap_or(next);
            Start { at: next, exists: start.is_some() }
        })
        .collect();
    starts.reverse();
    starts
}

/// The moment at which the clock first shows a minute of a day, unless it jumps over it.
fn on_clock(zone: &TimeZone, date: Date, minute: u32) -> Option<Second> {
    let minute = u16::try_from(minute).ok().and_then(MinuteOfDay::new)?;
    let moment = minute.on(date, zone);
    let shown = zone.to_datetime(moment);
    (shown.date() == date && MinuteOfDay::of(shown.time()) == minute).then(|| moment.as_second())
}

/// True when a moment is a start on the grid of its local day.
pub(super) fn is_on_grid(zone: &TimeZone, grid_min: u32, moment: Timestamp) -> bool {
    let shown = zone.to_datetime(moment);
    let minute = MinuteOfDay::of(shown.time());
    u32::from(minute.minutes()).is_multiple_of(grid_min.clamp(1, 1440))
        && minute.on(shown.date(), zone) == moment
}

/// A span of real time between two whole seconds.
pub(super) fn window(start: Second, end: Second) -> TimeWindow {
    let moment = |second| Timestamp::from_second(second).unwrap_or(Timestamp::MAX);
    TimeWindow { start: moment(start), end: moment(end) }
}

/// A span of real time in whole seconds, grown outward by what is less than a second.
pub(super) fn seconds(window: TimeWindow) -> (Second, Second) {
    let part = i64::from(window.end.subsec_nanosecond() > 0);
    (window.start.as_second(), window.end.as_second() + part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheduling::fixture::in_zone;
    use jiff::civil::date;

    fn starts(zone: &str, on: Date, grid: u32) -> Vec<String> {
        let zone = TimeZone::get(zone).unwrap();
        let frame = Frame::new(&zone, grid, on, on);
        (0..frame.starts_per_day())
            .filter_map(|nth| frame.start_at(0, nth))
            .map(|s| {
                Timestamp::from_second(s)
                    .unwrap()
                    .to_zoned(zone.clone())
                    .strftime("%H:%M%:z")
                    .to_string()
            })
            .collect()
    }

    #[test]
    fn a_day_put_forward_has_no_start_in_the_gap() {
        let found = starts("Europe/London", date(2026, 3, 29), 30);
        assert_eq!(found[..4], ["00:00+00:00", "00:30+00:00", "02:00+01:00", "02:30+01:00"]);
        assert_eq!(found.len(), 46);
    }

    #[test]
    fn a_day_put_back_has_each_start_once() {
        let found = starts("Europe/London", date(2026, 10, 25), 30);
        assert_eq!(found[2..5], ["01:00+01:00", "01:30+01:00", "02:00+00:00"]);
        assert_eq!(found.len(), 48);
    }

    #[test]
    fn cairo_springs_forward_at_midnight_itself() {
        let found = starts("Africa/Cairo", date(2026, 4, 24), 60);
        assert_eq!(found[0], "01:00+03:00");
        assert_eq!(found.len(), 23);
    }

    #[test]
    fn the_grid_counts_like_long_division() {
        for minutes in [1, 5, 7, 15, 20, 25, 45, 60, 1440] {
            let grid = Grid::new(minutes);
            for second in (0..=DAY).step_by(59) {
                let step = i64::from(minutes) * 60;
                let expected = (0..1440).take_while(|k| k * step < second).count();
                let second = u32::try_from(second).unwrap();
                assert_eq!(grid.starts_before(second), expected, "{minutes} {second}");
            }
        }
    }

    #[test]
    fn a_moment_finds_its_day_across_a_change_of_clock() {
        let zone = TimeZone::get("Europe/London").unwrap();
        let frame = Frame::new(&zone, 15, date(2026, 3, 27), date(2026, 4, 2));
        let second = |text| in_zone(text, "Europe/London").as_second();
        assert_eq!(frame.position(second("2026-03-29 23:59")), Some((2, 22 * 3600 + 59 * 60)));
        assert_eq!(frame.position(second("2026-03-30 00:00")), Some((3, 0)));
        assert_eq!(frame.position(second("2026-01-01 00:00")), None);
        assert_eq!(frame.position(second("2026-04-03 00:00")), None);
    }

    #[test]
    fn only_the_first_of_two_equal_clock_times_is_on_the_grid() {
        let zone = TimeZone::get("Europe/London").unwrap();
        let first = in_zone("2026-10-25 01:30", "Europe/London");
        assert!(is_on_grid(&zone, 15, first));
        assert!(!is_on_grid(&zone, 15, first + jiff::SignedDuration::from_hours(1)));
        assert!(!is_on_grid(&zone, 15, first + jiff::SignedDuration::from_mins(5)));
    }
}
