//! The free starts of one service over many days, as bits: one row per person and day, and one per resource and day.
//!
//! Each booking is looked at once and clears a run of bits, so the cost grows with the bookings and not with
//! bookings times starts. Bits stand for starts on the grid, so nothing is rounded.

mod all;

use std::ops::Range;

use super::fair::Records;
use super::frame::{Frame, Second, seconds, window};
use super::hours::{opening_on, working_on};
use super::ids::IdIndex;
use super::slot::Slot;
use crate::domain::appointment::Busy;
use crate::domain::catalogue::{Service, Staff};
use crate::domain::hours::DaySpan;
use crate::domain::id::{AppointmentId, ResourceId, StaffId};
use crate::domain::tenant::Business;

/// A start at which somebody is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Start {
    /// Position in the frame's days.
    pub(super) day: usize,
    /// Position on the day's grid.
    pub(super) nth: usize,
    /// The moment.
    pub(super) at: Second,
}

/// Lengths of a service in seconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lengths {
    pub(super) work: i64,
    pub(super) before: i64,
    pub(super) after: i64,
}

impl Lengths {
    pub(super) fn of(service: &Service) -> Self {
        let seconds = |minutes: u32| i64::from(minutes) * 60;
        Self {
            work: seconds(service.duration_min.max(1)),
            before: seconds(service.buffer_before_min),
            after: seconds(service.buffer_after_min),
        }
    }
}

/// Who and what is free when, for one service.
#[derive(Debug)]
pub(super) struct Board<'a> {
    frame: Frame<'a>,
    service: &'a Service,
    lengths: Lengths,
    team: Vec<StaffId>,
    words: usize,
    /// By day, then person, then word; one word more at the end, see [`clear`].
    people: Vec<u64>,
    /// By day, then resource, then word; one word more at the end.
    rooms: Vec<u64>,
    records: Records,
}

impl<'a> Board<'a> {
    /// Lays out the free starts of a service for a team over the days of a frame.
    pub(super) fn new(
        business: &'a Business,
        service: &'a Service,
        team: &[&'a Staff],
        frame: Frame<'a>,
        busy: &[Busy],
        ignoring: Option<AppointmentId>,
    ) -> Self {
        let words = frame.starts_per_day().div_ceil(64);
        let days = frame.days().len();
        let mut board = Self {
            service,
            lengths: Lengths::of(service),
            team: team.iter().map(|s| s.id).collect(),
            words,
            people: vec![0; days * team.len() * words + 1],
            rooms: vec![u64::MAX; days * service.resources.len() * words + 1],
            records: Records::new(&frame, team.len()),
            frame,
        };
        board.open(business, team);
        board.occupy(busy, ignoring);
        board
    }

    /// Sets the bits of the starts at which each person works long enough.
    fn open(&mut self, business: &Business, team: &[&Staff]) {
        for day in 0..self.frame.days().len() {
            let date = self.frame.days()[day].date;
            let opening = opening_on(business, date);
            if opening.is_empty() {
                continue;
            }
            for (person, staff) in team.iter().enumerate() {
                for span in working_on(staff, date, &opening).iter() {
                    let (from, to) = self
                        .frame
                        .window(day, *span, || first_span_of_next_day(business, Some(staff), date));
                    let starts = self.frame.starts_in(day, from, to - self.lengths.work + 1);
                    let row = (day * team.len() + person) * self.words;
                    fill(&mut self.people[row..row + self.words], starts, true);
                }
            }
        }
    }

    /// Clears the bits that bookings stand in the way of, and notes what fairness needs to know.
    fn occupy(&mut self, busy: &[Busy], ignoring: Option<AppointmentId>) {
        let Lengths { work, before, after } = self.lengths;
        let team: IdIndex<StaffId> = self.team.iter().copied().collect();
        let rooms: IdIndex<ResourceId> = self.service.resources.iter().copied().collect();
        let words = self.words;
        let (people_count, room_count) = (self.team.len(), self.service.resources.len());
        let even = self.frame.even();
        let seconds_of = |length: Second| u32::try_from(length).unwrap_or(0);
        let mut uneven: Vec<&Busy> = Vec::new();
        for booking in busy {
            let (from, to) = seconds(booking.blocked);
            // A start from `low` to before `high` would overlap.
            let (low, high) = (from - work - after + 1, to + before);
            // Nearly every booking keeps to one day of 24 hours: then its place is found once, by arithmetic.
            let place = even.and_then(|even| Some((even, even.within_one_day(low, high)?)));
            let Some((even, (day, since))) = place else {
                uneven.push(booking);
                continue;
            };
            if ignoring == Some(booking.appointment) {
                continue;
            }
            let starts = even.starts(since, since + seconds_of(high - low));
            if let Some(person) = team.get(booking.staff) {
                let row = (day * people_count + person) * words;
                clear(&mut self.people, row, starts.clone());
                let begins = since + seconds_of(from - low);
                self.records.add_within(day, person, begins, seconds_of(to - from));
            }
            if let Some(room) = booking.resource.and_then(|room| rooms.get(room)) {
                let row = (day * room_count + room) * words;
                clear(&mut self.rooms, row, starts);
            }
        }
        for booking in uneven.into_iter().filter(|b| ignoring != Some(b.appointment)) {
            let (from, to) = seconds(booking.blocked);
            let starts = (from - work - after + 1, to + before);
            let room = booking.resource.and_then(|room| rooms.get(room));
            self.occupy_days(starts, (from, to), team.get(booking.staff), room);
        }
        self.records.carry();
    }

    /// One booking that goes past a midnight, stands partly outside the frame, or meets a change of clock.
    #[cold]
    fn occupy_days(
        &mut self,
        starts: (Second, Second),
        (from, to): (Second, Second),
        person: Option<usize>,
        room: Option<usize>,
    ) {
        let (words, people_count, room_count) =
            (self.words, self.team.len(), self.service.resources.len());
        self.frame.each_day_of(starts, |day, starts| {
            if let Some(person) = person {
                let row = (day * people_count + person) * words;
                fill(&mut self.people[row..], starts.clone(), false);
            }
            if let Some(room) = room {
                fill(&mut self.rooms[(day * room_count + room) * words..], starts, false);
            }
        });
        if let Some(person) = person {
            self.records.add(&self.frame, person, from, to);
        }
    }

    /// Every start from `earliest` on at which somebody is free on something, in order of time.
    pub(super) fn starts(&self, earliest: Second) -> impl Iterator<Item = Start> {
        let words = (0..self.frame.days().len())
            .flat_map(move |day| (0..self.words).map(move |word| (day, word)));
        words.flat_map(move |(day, word)| {
            let nths = ones(self.any_free(day, word)).map(move |bit| word * 64 + bit);
            nths.filter_map(move |nth| {
                let at = self.frame.start_at(day, nth).filter(|at| *at >= earliest)?;
                Some(Start { day, nth, at })
            })
        })
    }

    /// How many starts there are at most; quick.
    pub(super) fn count(&self) -> usize {
        let day = |day| (0..self.words).map(move |word| self.any_free(day, word).count_ones());
        (0..self.frame.days().len()).flat_map(day).map(|ones| ones as usize).sum()
    }

    /// One word of the starts of a day at which some person and some room are free.
    fn any_free(&self, day: usize, word: usize) -> u64 {
        let any = |rows: &[u64], count: usize| {
            let base = day * count * self.words + word;
            (0..count).fold(0, |bits, row| bits | rows[base + row * self.words])
        };
        let people = any(&self.people, self.team.len());
        if self.service.resources.is_empty() {
            people
        } else {
            people & any(&self.rooms, self.service.resources.len())
        }
    }

    /// True when this person is free at a start.
    pub(super) fn is_free(&self, start: Start, staff: StaffId) -> bool {
        let person = self.team.iter().position(|t| *t == staff);
        person.is_some_and(|person| self.bit(&self.people, self.team.len(), person, start))
    }

    fn bit(&self, rows: &[u64], count: usize, row: usize, start: Start) -> bool {
        let word = rows[(start.day * count + row) * self.words + start.nth / 64];
        word >> (start.nth % 64) & 1 == 1
    }

    /// The slot at a start: by the wanted person when that one is free, else by whoever's turn it fairly is.
    pub(super) fn slot(&self, start: Start, wanted: Option<StaffId>) -> Option<Slot> {
        let free = |rows: &[u64], count, row| self.bit(rows, count, row, start);
        let count = self.team.len();
        let wanted = wanted.and_then(|id| self.team.iter().position(|t| *t == id));
        let person = wanted.filter(|person| free(&self.people, count, *person)).or_else(|| {
            let order = self.records.order(start.day, count);
            self.records.turn(
                &order,
                |person| free(&self.people, count, person),
                start.day,
                start.at,
            )
        })?;
        let resources = &self.service.resources;
        let room = (0..resources.len()).find(|room| free(&self.rooms, resources.len(), *room));
        if room.is_none() && !resources.is_empty() {
            return None;
        }
        Some(self.given(start.at, person, room))
    }

    /// The slot of one person and, where the service needs one, one room.
    fn given(&self, at: Second, person: usize, room: Option<usize>) -> Slot {
        let Lengths { work, before, after } = self.lengths;
        Slot {
            service: self.service.id,
            staff: self.team[person],
            resource: room.map(|room| self.service.resources[room]),
            window: window(at, at + work),
            blocked: window(at - before, at + work + after),
        }
    }

    pub(super) fn frame(&self) -> &Frame<'a> {
        &self.frame
    }
}

/// The first span of the day after, for a night that goes on past midnight.
pub(super) fn first_span_of_next_day(
    business: &Business,
    staff: Option<&Staff>,
    date: jiff::civil::Date,
) -> Option<DaySpan> {
    let tomorrow = date.tomorrow().ok()?;
    let opening = opening_on(business, tomorrow);
    match staff {
        Some(staff) => working_on(staff, tomorrow, &opening).first().copied(),
        None => opening.first().copied(),
    }
}

/// The positions of the bits that are set, from the lowest.
fn ones(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        (bits != 0).then(|| {
            let lowest = bits.trailing_zeros() as usize;
            bits &= bits - 1;
            lowest
        })
    })
}

/// Clears a run of bits of the row that begins at a word. Short runs without a branch on where they lie, because bookings come
/// in no order: there is always a next word, though it may keep all its bits.
fn clear(rows: &mut [u64], row: usize, run: Range<usize>) {
    let length = run.end.saturating_sub(run.start);
    if length > 64 {
        return fill(&mut rows[row..], run, false);
    }
    let word = rows.get_mut(row + run.start / 64..).and_then(|words| words.first_chunk_mut());
    if let Some([low, high]) = word {
        let (bits, shift) = (below(length), run.start % 64);
        *low &= !(bits << shift);
        *high &= !(bits >> 1 >> (63 - shift));
    }
}

/// A word with so many of its lowest bits set.
const fn below(count: usize) -> u64 {
    if count >= 64 { u64::MAX } else { (1 << count) - 1 }
}

/// Sets or clears a run of bits.
fn fill(words: &mut [u64], run: Range<usize>, value: bool) {
    let mut from = run.start;
    while from < run.end {
        let low = from % 64;
        let length = (run.end - from).min(64 - low);
        let mask = (u64::MAX >> (64 - length)) << low;
        let word = &mut words[from / 64];
        *word = if value { *word | mask } else { *word & !mask };
        from += length;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_of_bits_may_cross_words() {
        let mut words = [0_u64; 3];
        fill(&mut words, 60..130, true);
        assert_eq!(words, [0xF << 60, u64::MAX, 0b11]);
        fill(&mut words, 0..64, false);
        fill(&mut words, 70..70, false);
        assert_eq!(words, [0, u64::MAX, 0b11]);
    }

    #[test]
    fn clearing_is_filling_with_nothing_wherever_the_run_lies() {
        for from in 0..=128 {
            for to in from..=128 {
                let (mut cleared, mut filled) = ([u64::MAX; 4], [u64::MAX; 4]);
                clear(&mut cleared, 1, from..to);
                fill(&mut filled[1..], from..to, false);
                assert_eq!(cleared, filled, "{from}..{to}");
            }
        }
    }
}
