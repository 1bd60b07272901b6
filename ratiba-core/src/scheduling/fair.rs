//! Whose turn it is: who has the least booked that day, then whose last booking lies longest ago, then the lower id.
//!
//! "Booked that day" counts blocked minutes of the bookings that begin on the slot's local day. The "last booking" is
//! the latest that is over when the slot starts, in steps of five minutes: who was done two minutes earlier is not owed
//! the next customer, and a coarse step keeps a month of twenty people in the nearest cache. One that ended more than
//! [`LOOK_BACK_DAYS`] before that day counts as none, so that the answer does not depend on how much history was loaded.

use std::cmp::Ordering;

use super::frame::{Frame, Second};

/// How far back bookings matter for fairness.
pub(super) const LOOK_BACK_DAYS: i64 = 14;

/// Seconds between moments that fairness tells apart.
const STEP_SECONDS: u32 = 300;
const STEP: i64 = STEP_SECONDS as i64;

/// Enough steps for a day of 25 hours.
const WORDS: usize = 5;

/// What one person's day looks like when a slot is to be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Record {
    /// Minutes booked that day.
    pub(super) booked: i64,
    /// When the last booking before the slot ended.
    pub(super) last_end: Option<Second>,
}

impl Record {
    /// The one that comes first has the turn.
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        // `None` sorts before any moment: never booked is longest ago.
        self.booked.cmp(&other.booked).then(self.last_end.cmp(&other.last_end))
    }

    /// Takes a booking into account, for a slot at `start` on the day that begins at `midnight` and ends at `next`.
    pub(super) fn add(
        &mut self,
        (from, to): (Second, Second),
        start: Second,
        day: (Second, Second),
    ) {
        if (day.0..day.1).contains(&from) {
            self.booked += (to - from) / 60;
        }
        let to = stepped(to);
        if to <= start && to >= day.0 - LOOK_BACK_DAYS * 86_400 {
            self.last_end = self.last_end.max(Some(to));
        }
    }
}

/// One person's place among those who may have the turn on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Turn {
    booked: i64,
    person: usize,
}

/// Records of a team over the days of a frame.
#[derive(Debug)]
pub(super) struct Records {
    team: usize,
    midnights: Vec<Second>,
    /// By day, then person.
    days: Vec<Noted>,
    /// The last end before each day, by day, then person: that before the first day while bookings are noted, the rest by
    /// [`Records::carry`].
    carried: Vec<Second>,
}

/// What is noted of one person's day; in one place, because every booking touches all of it.
#[derive(Debug, Clone, Copy, Default)]
struct Noted {
    /// Minutes booked.
    booked: i64,
    /// Steps of the day in which a booking ends, as bits.
    ends: [u64; WORDS],
}

/// An end that lies further back than any.
const NEVER: Second = Second::MIN;

impl Records {
    pub(super) fn new(frame: &Frame<'_>, team: usize) -> Self {
        // With nobody to choose from, nothing is recorded.
        let team = if team > 1 { team } else { 0 };
        let days = frame.days().len();
        Self {
            team,
            midnights: frame.days().iter().map(|d| d.midnight).collect(),
            days: vec![Noted::default(); days * team],
            carried: vec![NEVER; days * team],
        }
    }

    /// Notes a booking of a person.
    pub(super) fn add(&mut self, frame: &Frame<'_>, person: usize, from: Second, to: Second) {
        if self.team == 0 {
            return;
        }
        if let Some((day, _)) = frame.position(from) {
            self.days[day * self.team + person].booked += (to - from) / 60;
        }
        if let Some((day, since_midnight)) = frame.position(to) {
            if let Ok(step) = usize::try_from(since_midnight / STEP)
                && step < WORDS * 64
            {
                self.days[day * self.team + person].ends[step / 64] |= 1 << (step % 64);
            }
        } else if to < frame.bounds().0
            && let Some(before) = self.carried.get_mut(person)
        {
            *before = stepped(to).max(*before);
        }
    }

    /// Notes a booking that lies within one day of 24 hours, by its seconds since midnight and its length.
    pub(super) fn add_within(&mut self, day: usize, person: usize, since: u32, length: u32) {
        if self.team == 0 {
            return;
        }
        let noted = &mut self.days[day * self.team + person];
        noted.booked += i64::from(length / 60);
        let step = (since + length) / STEP_SECONDS;
        if let Some(word) = noted.ends.get_mut(step as usize / 64) {
            *word |= 1 << (step % 64);
        }
    }

    /// The team in the order of their turns on a day, as far as its bookings alone decide: by minutes booked, then by position. Only between
    /// those who are booked alike does the moment decide.
    pub(super) fn order(&self, day: usize, people: usize) -> Vec<Turn> {
        let mut order: Vec<_> = match self.team {
            0 => (0..people).map(|person| Turn { booked: 0, person }).collect(),
            team => {
                let noted = &self.days[day * team..][..team];
                let turn = |(person, day): (usize, &Noted)| Turn { booked: day.booked, person };
                noted.iter().enumerate().map(turn).collect()
            }
        };
        order.sort_unstable();
        order
    }

    /// Whose turn it is at a moment of a day, of those who are free, by the day's [`Records::order`].
    pub(super) fn turn(
        &self,
        order: &[Turn],
        is_free: impl Fn(usize) -> bool,
        day: usize,
        at: Second,
    ) -> Option<usize> {
        let first = order.iter().position(|turn| is_free(turn.person))?;
        let Turn { booked, mut person } = order[first];
        let mut last_end = None;
        let alike = order[first + 1..].iter().take_while(|turn| turn.booked == booked);
        for other in alike.filter(|turn| is_free(turn.person)) {
            let best = *last_end.get_or_insert_with(|| self.last_end(person, day, at));
            let end = self.last_end(other.person, day, at);
            if end < best {
                (person, last_end) = (other.person, Some(end));
            }
        }
        Some(person)
    }

    /// After all bookings are noted: carries the last end of each day over to the days after it, so that nobody's has to be looked
    /// for through two idle weeks at each start.
    pub(super) fn carry(&mut self) {
        for row in self.team..self.carried.len() {
            let earlier = row - self.team;
            let last = highest(&self.days[earlier].ends, i64::MAX);
            self.carried[row] = match last {
                Some(step) => self.midnights[earlier / self.team] + step * STEP,
                None => self.carried[earlier],
            };
        }
    }

    fn last_end(&self, person: usize, day: usize, at: Second) -> Second {
        let midnight = self.midnights[day];
        let row = day * self.team + person;
        let end = match highest(&self.days[row].ends, (at - midnight) / STEP) {
            Some(step) => midnight + step * STEP,
            None => self.carried[row],
        };
        if end >= midnight - LOOK_BACK_DAYS * 86_400 { end } else { NEVER }
    }
}

/// The highest set bit that is not above `limit`.
fn highest(bits: &[u64; WORDS], limit: i64) -> Option<i64> {
    let limit = usize::try_from(limit).ok()?.min(WORDS * 64 - 1);
    for word in (0..=limit / 64).rev() {
        let mask = if word == limit / 64 { u64::MAX >> (63 - limit % 64) } else { u64::MAX };
        let found = bits[word] & mask;
        if found != 0 {
            return i64::try_from(word * 64 + 63 - found.leading_zeros() as usize).ok();
        }
    }
    None
}

/// The step that a moment lies in. Midnights lie on steps in every zone of today.
fn stepped(second: Second) -> Second {
    second.div_euclid(STEP) * STEP
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_booked_comes_first_then_the_longest_idle() {
        let record = |booked, last_end| Record { booked, last_end };
        let mut team =
            [record(30, Some(100)), record(0, Some(500)), record(0, Some(200)), record(0, None)];
        team.sort_by(Record::compare);
        assert_eq!(team.map(|r| r.last_end), [None, Some(200), Some(500), Some(100)]);
    }

    #[test]
    fn the_highest_bit_below_a_limit_is_found_across_words() {
        let mut bits = [0; WORDS];
        bits[0] = 0b100;
        bits[2] = 0b1000;
        assert_eq!(highest(&bits, 1), None);
        assert_eq!(highest(&bits, 2), Some(2));
        assert_eq!(highest(&bits, 130), Some(2));
        assert_eq!(highest(&bits, 131), Some(131));
        assert_eq!(highest(&bits, 99_999), Some(131));
        assert_eq!(highest(&bits, -1), None);
    }
}
