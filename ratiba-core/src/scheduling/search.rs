//! The calendar: whether a moment is free, what is nearest to one that is not, and what to offer for a vague wish.
//!
//! What "free" means here, where the rules leave room:
//! - The service itself lies inside one span of the opening hours and of the person's hours. Buffers may reach past
//!   them (clearing up after closing time is normal), but what is blocked, buffers included, never overlaps what is
//!   blocked by another booking of the same person or resource.
//! - The horizon counts local days: with 30 days, all of the thirtieth day after today can be booked.
//! - A person and a resource are chosen apart: any free one of each will do; of resources the first free one in the
//!   service's own order.
//! - To move an appointment, what is nearest or offered never begins when that appointment already does.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::board::{Board, Lengths, Start, first_span_of_next_day};
use super::fair::{LOOK_BACK_DAYS, Record};
use super::frame::{Frame, Second, is_on_grid, seconds, window};
use super::hours::{opening_on, working_on};
use super::slot::{Blocked, Found, Slot, SlotQuery, Wish};
use super::spread;
use crate::domain::appointment::Busy;
use crate::domain::catalogue::{Service, Staff};
use crate::domain::hours::DaySpan;
use crate::domain::id::{AppointmentId, ServiceId, StaffId};
use crate::domain::tenant::Business;
use crate::domain::time::{MinuteOfDay, TimeWindow};

/// No search looks further than this many days, whatever the horizon says.
const MAX_HORIZON_DAYS: u32 = 800;

/// How many slots an answer holds at most.
const OFFERS: usize = 3;

/// A business's time, with what others have already taken of it. Making one costs nothing; each question looks at
/// every booking once.
#[derive(Debug, Clone, Copy)]
pub struct Calendar<'a> {
    business: &'a Business,
    busy: &'a [Busy],
    now: Timestamp,
}

impl<'a> Calendar<'a> {
    /// The calendar of a business at a moment. `busy` holds at least the bookings in [`Calendar::busy_range`], in any order.
    pub const fn new(business: &'a Business, busy: &'a [Busy], now: Timestamp) -> Self {
        Self { business, busy, now }
    }

    /// Answers a question. A wish for one moment is found free or not; vaguer ones bring offers.
    pub fn answer(&self, query: &SlotQuery) -> Found {
        match query.wish {
            Wish::At { start } => {
                match self.at(query.service, query.staff, start, query.ignoring) {
                    Ok(slot) => Found::Free { slot },
                    Err(why) => Found::NotFree { why, nearest: self.nearest(query, start) },
                }
            }
            Wish::Between { from, to, after, before } => self.offers(
                query,
                from,
                to,
                |minute| after <= minute && minute < before,
                spread::wide,
            ),
            Wish::Soonest => {
                let (first, last) = self.days();
                self.offers(query, first, last, |_| true, spread::soonest)
            }
        }
    }

    /// The slot at exactly this moment, or the first reason against it.
    pub fn at(
        &self,
        service: ServiceId,
        staff: Option<StaffId>,
        start: Timestamp,
        ignoring: Option<AppointmentId>,
    ) -> Result<Slot, Blocked> {
        let zone = &self.business.tenant.zone;
        if start < self.now {
            return Err(Blocked::Past);
        }
        if start < self.earliest() {
            return Err(Blocked::TooSoon);
        }
        let date = zone.to_datetime(start).date();
        if date > self.days().1 {
            return Err(Blocked::TooFar);
        }
        let opening = opening_on(self.business, date);
        if opening.is_empty() {
            return Err(Blocked::ClosedThatDay);
        }
        let service = self.service(service).ok_or(Blocked::NotQualified)?;
        let lengths = Lengths::of(service);
        let frame = Frame::new(zone, self.business.settings.grid_min, date, date);
        let (from, _) = seconds(TimeWindow { start, end: start });
        let fits = |spans: &[DaySpan], staff| {
            lies_within(self.business, staff, &frame, spans, (from, from + lengths.work))
        };
        if !fits(&opening, None) {
            return Err(Blocked::Closed);
        }
        let mut team = self.team(service, staff);
        if team.is_empty() {
            return Err(Blocked::NotQualified);
        }
        team.retain(|staff| fits(&working_on(staff, date, &opening), Some(staff)));
        if team.is_empty() {
            return Err(Blocked::StaffOff);
        }
        let blocked = window(from - lengths.before, from + lengths.work + lengths.after);
        let others = || self.busy.iter().filter(|b| ignoring != Some(b.appointment));
        let conflicts: Vec<&Busy> = others().filter(|b| b.blocked.overlaps(blocked)).collect();
        team.retain(|staff| conflicts.iter().all(|b| b.staff != staff.id));
        if team.is_empty() {
            return Err(Blocked::StaffTaken);
        }
        let is_free = |room| conflicts.iter().all(|b| b.resource != Some(room));
        let resource = service.resources.iter().copied().find(|room| is_free(*room));
        if resource.is_none() && !service.resources.is_empty() {
            return Err(Blocked::ResourceTaken);
        }
        if !is_on_grid(zone, self.business.settings.grid_min, start) {
            return Err(Blocked::OffGrid);
        }
        let turn = whose_turn(&team, others(), from, frame.bounds()).ok_or(Blocked::StaffTaken)?;
        Ok(Slot {
            service: service.id,
            staff: turn,
            resource,
            window: window(from, from + lengths.work),
            blocked,
        })
    }

    /// Every start from one day to another (both included) that can be booked now, each with the person whose turn it
    /// fairly is, in order of time.
    pub fn free_slots(
        &self,
        service: ServiceId,
        staff: Option<StaffId>,
        from: Date,
        to: Date,
    ) -> Vec<Slot> {
        let Some(board) = self.board(service, staff, None, from, to) else { return Vec::new() };
        board.all(self.earliest().as_second())
    }

    /// Which bookings must be loaded to answer a question rightly: all whose blocked time overlaps this window.
    ///
    /// Beside the days searched it spans the days before them that fairness looks at; completed appointments count
    /// there too. Where nothing can be found the window is empty.
    pub fn busy_range(query: &SlotQuery, business: &Business, now: Timestamp) -> TimeWindow {
        let (first, last) = Calendar::new(business, &[], now).days();
        let (from, to) = match query.wish {
            // The nearest free slot may be on any day.
            Wish::At { .. } | Wish::Soonest => (first, last),
            Wish::Between { from, to, .. } => (from.max(first), to.min(last)),
        };
        if from > to {
            return TimeWindow { start: now, end: now };
        }
        let zone = &business.tenant.zone;
        let lengths = business.catalogue.service(query.service).map(Lengths::of);
        let (work, before, after) = lengths.map_or((0, 0, 0), |l| (l.work, l.before, l.after));
        let start = MinuteOfDay::START.on(from, zone).as_second();
        let end = MinuteOfDay::END.on(to, zone).as_second();
        window(start - before.max(LOOK_BACK_DAYS * 86_400), end + work + after)
    }

    /// The first moment that may be booked.
    fn earliest(&self) -> Timestamp {
        let lead = SignedDuration::from_mins(i64::from(self.business.settings.lead_min));
        self.now.saturating_add(lead).unwrap_or(Timestamp::MAX)
    }

    /// The first and the last day that may be booked.
    fn days(&self) -> (Date, Date) {
        let today = self.business.tenant.zone.to_datetime(self.now).date();
        let horizon = self.business.settings.horizon_days.min(MAX_HORIZON_DAYS);
        (today, today.saturating_add(i64::from(horizon).days()))
    }

    fn service(&self, id: ServiceId) -> Option<&'a Service> {
        self.business.catalogue.service(id).filter(|s| s.active)
    }

    /// Who can be booked for a service, in order of id: everybody qualified, or only the one who is wanted.
    fn team(&self, service: &Service, wanted: Option<StaffId>) -> Vec<&'a Staff> {
        let able = |s: &&Staff| s.active && service.staff.contains(&s.id);
        let mut team: Vec<&Staff> = self.business.catalogue.staff.iter().filter(able).collect();
        team.retain(|s| wanted.is_none_or(|id| id == s.id));
        team.sort_unstable_by_key(|s| s.id);
        team.dedup_by_key(|s| s.id);
        team
    }

    /// The free starts of a service between two days, as far as these may be booked.
    fn board(
        &self,
        service: ServiceId,
        staff: Option<StaffId>,
        ignoring: Option<AppointmentId>,
        from: Date,
        to: Date,
    ) -> Option<Board<'a>> {
        let service = self.service(service)?;
        let team = self.team(service, staff);
        let (first, last) = self.days();
        let settings = &self.business.settings;
        let zone = &self.business.tenant.zone;
        let frame = Frame::new(zone, settings.grid_min, from.max(first), to.min(last));
        Some(Board::new(self.business, service, &team, frame, self.busy, ignoring))
    }

    /// The starts that may be offered to this customer.
    fn offerable(&self, board: &Board<'_>, query: &SlotQuery) -> Vec<Start> {
        let moved = query.ignoring.and_then(|id| self.busy.iter().find(|b| b.appointment == id));
        let before = self.service(query.service).map_or(0, |s| Lengths::of(s).before);
        let present = moved.map(|b| seconds(b.blocked).0 + before);
        let starts = board.starts(self.earliest().as_second());
        starts.filter(|start| Some(start.at) != present).collect()
    }

    fn offers(
        &self,
        query: &SlotQuery,
        from: Date,
        to: Date,
        suits: impl Fn(MinuteOfDay) -> bool,
        choose: impl Fn(&[Start], usize, usize) -> (Vec<Start>, bool),
    ) -> Found {
        let board = self.board(query.service, query.staff, query.ignoring, from, to);
        let Some(board) = board else { return Found::Offers { slots: Vec::new(), more: false } };
        let mut starts = self.offerable(&board, query);
        starts.retain(|start| suits(board.frame().minute_of(start.nth)));
        let (chosen, more) = choose(&starts, usize::from(query.skip), OFFERS);
        let slots = chosen.into_iter().filter_map(|start| board.slot(start, None)).collect();
        Found::Offers { slots, more }
    }

    /// Up to three free slots near a moment: same day first, same staff first, then by distance, the earlier on a tie;
    /// listed in order of time.
    fn nearest(&self, query: &SlotQuery, wanted: Timestamp) -> Vec<Slot> {
        let (first, last) = self.days();
        let Some(board) = self.board(query.service, None, query.ignoring, first, last) else {
            return Vec::new();
        };
        let day = self.business.tenant.zone.to_datetime(wanted).date();
        let wanted = wanted.as_second();
        let mut near: Vec<_> = self
            .offerable(&board, query)
            .into_iter()
            .map(|start| {
                let same_day = board.frame().days()[start.day].date == day;
                let same_staff = query.staff.is_none_or(|id| board.is_free(start, id));
                (!same_day, !same_staff, start.at.abs_diff(wanted), start)
            })
            .collect();
        near.sort_unstable();
        near.truncate(OFFERS);
        near.sort_unstable_by_key(|(.., start)| start.at);
        near.into_iter().filter_map(|(.., start)| board.slot(start, query.staff)).collect()
    }
}

/// True when a window lies inside one of the spans of a frame's first day, or of the night that goes on from it.
pub(super) fn lies_within(
    business: &Business,
    staff: Option<&Staff>,
    day: &Frame<'_>,
    spans: &[DaySpan],
    (from, to): (Second, Second),
) -> bool {
    let Some(date) = day.days().first().map(|d| d.date) else { return false };
    spans.iter().any(|span| {
        let (opens, closes) =
            day.window(0, *span, || first_span_of_next_day(business, staff, date));
        opens <= from && to <= closes
    })
}

/// Who of a team (in order of id) fairly comes next for a slot at `start` on the day with these bounds.
fn whose_turn<'b>(
    team: &[&Staff],
    busy: impl Iterator<Item = &'b Busy>,
    start: Second,
    day: (Second, Second),
) -> Option<StaffId> {
    if let [only] = team {
        return Some(only.id);
    }
    let mut records: Vec<(Record, StaffId)> =
        team.iter().map(|s| (Record::default(), s.id)).collect();
    let oldest = day.0 - LOOK_BACK_DAYS * 86_400;
    for booking in busy {
        let (from, to) = seconds(booking.blocked);
        // Most bookings are of other days; whose they are needs no looking up.
        if to < oldest || from >= day.1 {
            continue;
        }
        if let Some((record, _)) = records.iter_mut().find(|(_, id)| *id == booking.staff) {
            record.add((from, to), start, day);
        }
    }
    let first = records.iter().min_by(|(a, a_id), (b, b_id)| a.compare(b).then(a_id.cmp(b_id)));
    first.map(|(_, id)| *id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hours::WeekHours;
    use crate::scheduling::fixture::{self, BRIAN, CUT, KEVIN, at, busy, id, span};
    use jiff::civil::{Weekday, date};

    const NOW: &str = "2026-11-23 09:00";

    fn query(wish: Wish) -> SlotQuery {
        SlotQuery { service: id(CUT), staff: None, wish, ignoring: None, skip: 0 }
    }

    fn wish_at(text: &str) -> Wish {
        Wish::At { start: at(text) }
    }

    /// Starts as `23 15:00`, with the staff's first id where asked for.
    fn local(slots: &[Slot]) -> Vec<String> {
        let zone = jiff::tz::TimeZone::get("Africa/Nairobi").unwrap();
        let shown =
            |s: &Slot| s.window.start.to_zoned(zone.clone()).strftime("%d %H:%M").to_string();
        slots.iter().map(shown).collect()
    }

    fn why(shop: &Business, taken: &[Busy], staff: Option<u128>, start: &str) -> Option<Blocked> {
        let calendar = Calendar::new(shop, taken, at(NOW));
        calendar.at(id(CUT), staff.map(id), at(start), None).err()
    }

    fn nearest(shop: &Business, taken: &[Busy], query: &SlotQuery) -> Vec<Slot> {
        match Calendar::new(shop, taken, at(NOW)).answer(query) {
            Found::NotFree { nearest, .. } => nearest,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_rule_has_its_reason() {
        let mut shop = fixture::business();
        shop.opening.week.set(Weekday::Sunday, vec![]);
        let mut brians = WeekHours::default();
        brians.set(Weekday::Tuesday, vec![span("08:00", "13:00"), span("14:00", "20:00")]);
        shop.catalogue.staff[0].hours.week = Some(brians);
        let taken = [busy(50, KEVIN, "2026-11-24 15:00", 30)];
        let brian = Some(BRIAN);
        assert_eq!(why(&shop, &taken, None, "2026-11-23 08:59"), Some(Blocked::Past));
        assert_eq!(why(&shop, &taken, None, "2026-11-23 09:29"), Some(Blocked::TooSoon));
        assert_eq!(why(&shop, &taken, None, "2026-11-23 09:30"), None);
        assert_eq!(why(&shop, &taken, None, "2026-12-23 19:30"), None, "the thirtieth day");
        assert_eq!(why(&shop, &taken, None, "2026-12-24 08:00"), Some(Blocked::TooFar));
        assert_eq!(why(&shop, &taken, None, "2026-11-29 10:00"), Some(Blocked::ClosedThatDay));
        assert_eq!(why(&shop, &taken, None, "2026-11-24 19:45"), Some(Blocked::Closed));
        assert_eq!(why(&shop, &taken, Some(99), "2026-11-24 10:00"), Some(Blocked::NotQualified));
        assert_eq!(why(&shop, &taken, brian, "2026-11-24 12:45"), Some(Blocked::StaffOff));
        assert_eq!(why(&shop, &taken, brian, "2026-11-25 10:00"), Some(Blocked::StaffOff));
        assert_eq!(why(&shop, &taken, Some(KEVIN), "2026-11-24 14:45"), Some(Blocked::StaffTaken));
        assert_eq!(why(&shop, &taken, Some(KEVIN), "2026-11-24 15:30"), None);
        assert_eq!(why(&shop, &taken, None, "2026-11-24 15:05"), Some(Blocked::OffGrid));
    }

    #[test]
    fn buffers_keep_others_away_but_may_reach_past_closing() {
        let mut shop = fixture::business();
        shop.catalogue.services[0].buffer_after_min = 15;
        shop.catalogue.services[0].buffer_before_min = 15;
        let taken = [busy(50, KEVIN, "2026-11-24 15:00", 30)];
        let kevin = Some(KEVIN);
        assert_eq!(why(&shop, &taken, kevin, "2026-11-24 14:30"), Some(Blocked::StaffTaken));
        assert_eq!(why(&shop, &taken, kevin, "2026-11-24 14:15"), None);
        assert_eq!(why(&shop, &taken, kevin, "2026-11-24 15:30"), Some(Blocked::StaffTaken));
        assert_eq!(why(&shop, &taken, kevin, "2026-11-24 15:45"), None);
        assert_eq!(why(&shop, &taken, kevin, "2026-11-24 19:30"), None, "ends as the doors close");
    }

    #[test]
    fn a_service_waits_for_its_chair_whoever_sits_on_it() {
        let mut shop = fixture::business();
        shop.catalogue.services[0].resources = vec![id(20), id(21)];
        let on =
            |n, chair| Busy { resource: Some(id(chair)), ..busy(n, 99, "2026-11-24 15:00", 30) };
        let calendar_at = |taken: &[Busy]| {
            Calendar::new(&shop, taken, at(NOW)).at(id(CUT), None, at("2026-11-24 15:00"), None)
        };
        assert_eq!(calendar_at(&[on(50, 20)]).map(|s| s.resource), Ok(Some(id(21))));
        assert_eq!(calendar_at(&[on(50, 20), on(51, 21)]), Err(Blocked::ResourceTaken));
    }

    #[test]
    fn the_fair_choice_is_least_booked_then_longest_idle_then_id() {
        let shop = fixture::business();
        let turn = |taken: &[Busy]| {
            let slot = Calendar::new(&shop, taken, at(NOW)).at(
                id(CUT),
                None,
                at("2026-11-24 15:00"),
                None,
            );
            slot.map(|s| s.staff)
        };
        assert_eq!(turn(&[]), Ok(id(BRIAN)));
        assert_eq!(turn(&[busy(50, BRIAN, "2026-11-24 09:00", 30)]), Ok(id(KEVIN)));
        let both =
            [busy(50, BRIAN, "2026-11-24 11:00", 30), busy(51, KEVIN, "2026-11-24 09:00", 30)];
        assert_eq!(turn(&both), Ok(id(KEVIN)), "idle since 09:30");
        assert_eq!(turn(&[busy(50, BRIAN, "2026-11-20 11:00", 30)]), Ok(id(KEVIN)), "never booked");
        assert_eq!(turn(&[busy(50, BRIAN, "2026-10-20 11:00", 30)]), Ok(id(BRIAN)), "too long ago");
        assert_eq!(turn(&[busy(50, BRIAN, "2026-11-24 17:00", 30)]), Ok(id(KEVIN)));
    }

    #[test]
    fn the_nearest_keep_to_the_day_then_to_the_person() {
        let shop = fixture::business();
        let taken =
            [busy(50, BRIAN, "2026-11-24 14:00", 120), busy(51, KEVIN, "2026-11-24 14:00", 120)];
        let found = nearest(&shop, &taken, &query(wish_at("2026-11-24 15:00")));
        assert_eq!(local(&found), ["24 13:30", "24 16:00", "24 16:15"]);

        let brians = SlotQuery { staff: Some(id(BRIAN)), ..query(wish_at("2026-11-24 15:00")) };
        let found = nearest(&shop, &taken[..1], &brians);
        assert_eq!(local(&found), ["24 13:30", "24 16:00", "24 16:15"], "Kevin is free at 15:00");
        assert!(found.iter().all(|s| s.staff == id(BRIAN)));

        let day = [busy(50, BRIAN, "2026-11-24 08:00", 720)];
        let found = nearest(&shop, &day, &brians);
        assert_eq!(local(&found), ["24 14:45", "24 15:00", "24 15:15"]);
        assert!(found.iter().all(|s| s.staff == id(KEVIN)), "the day before the person");
    }

    #[test]
    fn past_and_far_wishes_get_the_ends_of_what_can_be_booked() {
        let shop = fixture::business();
        let found = nearest(&shop, &[], &query(wish_at("2026-11-22 10:00")));
        assert_eq!(local(&found), ["23 09:30", "23 09:45", "23 10:00"]);
        let found = nearest(&shop, &[], &query(wish_at("2027-06-01 10:00")));
        assert_eq!(local(&found), ["23 19:00", "23 19:15", "23 19:30"]);
    }

    #[test]
    fn a_vague_wish_gets_three_that_lie_apart_and_then_three_others() {
        let shop = fixture::business();
        let day = date(2026, 11, 24);
        let (after, before) = ("12:00".parse().unwrap(), "17:00".parse().unwrap());
        let afternoon = query(Wish::Between { from: day, to: day, after, before });
        let ask = |skip| match Calendar::new(&shop, &[], at(NOW))
            .answer(&SlotQuery { skip, ..afternoon })
        {
            Found::Offers { slots, more } => (local(&slots), more),
            other => panic!("{other:?}"),
        };
        assert_eq!(ask(0), (["24 12:00", "24 14:30", "24 16:45"].map(String::from).to_vec(), true));
        let (next, _) = ask(3);
        assert_eq!(next, ["24 13:30", "24 13:45", "24 15:30"]);
        assert_eq!(ask(20), (vec![], false));
    }

    #[test]
    fn a_week_is_offered_on_three_days() {
        let shop = fixture::business();
        let (from, to) = (date(2026, 11, 30), date(2026, 12, 6));
        let (after, before) = (MinuteOfDay::START, MinuteOfDay::END);
        let week = query(Wish::Between { from, to, after, before });
        let Found::Offers { slots, .. } = Calendar::new(&shop, &[], at(NOW)).answer(&week) else {
            panic!("a vague wish is answered by offers");
        };
        assert_eq!(local(&slots), ["30 08:00", "03 14:00", "06 19:30"]);
    }

    #[test]
    fn the_soonest_begins_after_the_lead_time() {
        let shop = fixture::business();
        let Found::Offers { slots, more } =
            Calendar::new(&shop, &[], at(NOW)).answer(&query(Wish::Soonest))
        else {
            panic!("a vague wish is answered by offers");
        };
        assert_eq!(local(&slots), ["23 09:30", "23 10:30", "23 11:30"]);
        assert!(more);
    }

    #[test]
    fn a_move_looks_past_the_appointment_itself_and_never_offers_it_again() {
        let shop = fixture::business();
        let taken =
            [busy(50, BRIAN, "2026-11-24 15:00", 30), busy(51, KEVIN, "2026-11-24 14:00", 60)];
        let moved =
            |wish| SlotQuery { staff: Some(id(BRIAN)), ignoring: Some(id(50)), ..query(wish) };
        let calendar = Calendar::new(&shop, &taken, at(NOW));
        assert!(matches!(calendar.answer(&moved(wish_at("2026-11-24 15:15"))), Found::Free { .. }));
        let found = nearest(&shop, &taken, &moved(wish_at("2026-11-24 15:05")));
        assert_eq!(local(&found), ["24 14:45", "24 15:15", "24 15:30"]);
    }

    #[test]
    fn a_night_that_goes_on_past_midnight_is_one_night() {
        let mut shop = fixture::business();
        shop.opening.week.set(Weekday::Friday, vec![span("20:00", "24:00")]);
        shop.opening.week.set(Weekday::Saturday, vec![span("00:00", "02:00")]);
        assert_eq!(why(&shop, &[], None, "2026-11-27 23:45"), None);
        assert_eq!(why(&shop, &[], None, "2026-11-28 01:30"), None);
        assert_eq!(why(&shop, &[], None, "2026-11-28 01:45"), Some(Blocked::Closed));
        let (friday, saturday) = (date(2026, 11, 27), date(2026, 11, 28));
        let found = Calendar::new(&shop, &[], at(NOW)).free_slots(id(CUT), None, friday, saturday);
        assert_eq!(found.len(), 16 + 7);
    }

    #[test]
    fn whoever_is_not_active_is_not_booked() {
        let mut shop = fixture::business();
        shop.catalogue.staff[0].active = false;
        assert_eq!(why(&shop, &[], Some(BRIAN), "2026-11-24 10:00"), Some(Blocked::NotQualified));
        assert_eq!(why(&shop, &[], None, "2026-11-24 10:00"), None);
        shop.catalogue.services[0].active = false;
        assert_eq!(why(&shop, &[], None, "2026-11-24 10:00"), Some(Blocked::NotQualified));
    }
}
