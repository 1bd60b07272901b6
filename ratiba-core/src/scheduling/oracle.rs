//! The rules once more, minute by minute and as slow as they read, to check the calendar against on random businesses.

use jiff::civil::{Date, Weekday, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;

use super::fixture::{self, id};
use super::hours::{spans_on, staff_spans_on};
use super::search::Calendar;
use super::slot::{Blocked, Found, Slot, SlotQuery, Wish};
use crate::domain::appointment::Busy;
use crate::domain::catalogue::{Service, Staff};
use crate::domain::hours::{DaySpan, HolidayRule, WeekHours};
use crate::domain::id::{AppointmentId, StaffId};
use crate::domain::tenant::Business;
use crate::domain::time::{MinuteOfDay, TimeWindow};

const MINUTE: i64 = 60;

/// A random business, its bookings and a moment.
#[derive(Debug, Clone)]
struct World {
    shop: Business,
    busy: Vec<Busy>,
    now: Timestamp,
}

impl World {
    fn zone(&self) -> &TimeZone {
        &self.shop.tenant.zone
    }

    fn service(&self) -> &Service {
        &self.shop.catalogue.services[0]
    }

    fn today(&self) -> Date {
        self.zone().to_datetime(self.now).date()
    }

    fn last_day(&self) -> Date {
        self.today().saturating_add(i64::from(self.shop.settings.horizon_days).days())
    }

    /// Each minute of the span must be shown by the clock inside one of the spans of its day.
    fn inside(&self, window: TimeWindow, spans: impl Fn(Date) -> Vec<DaySpan>) -> bool {
        let first = self.zone().to_datetime(window.start).date();
        let mut minute = window.start;
        while minute < window.end {
            let shown = self.zone().to_datetime(minute);
            let day = spans(shown.date());
            if shown.date() > first.tomorrow().unwrap()
                || !day.iter().any(|s| s.contains(MinuteOfDay::of(shown.time())))
            {
                return false;
            }
            minute += MINUTE.seconds();
        }
        true
    }

    fn window(&self, start: Timestamp) -> TimeWindow {
        TimeWindow::of_minutes(start, self.service().duration_min)
    }

    fn blocked(&self, start: Timestamp) -> TimeWindow {
        let service = self.service();
        let window = self.window(start);
        TimeWindow {
            start: window.start - i64::from(service.buffer_before_min).minutes(),
            end: window.end + i64::from(service.buffer_after_min).minutes(),
        }
    }

    fn others(&self, ignoring: Option<AppointmentId>) -> impl Iterator<Item = &Busy> {
        self.busy.iter().filter(move |b| Some(b.appointment) != ignoring)
    }

    fn turn(
        &self,
        staff: &Staff,
        start: Timestamp,
        ignoring: Option<AppointmentId>,
    ) -> (i64, Option<Timestamp>, StaffId) {
        let day = self.zone().to_datetime(start).date();
        let oldest = MinuteOfDay::START.on(day, self.zone()) - (14 * 24).hours();
        let mine = || self.others(ignoring).filter(|b| b.staff == staff.id);
        let booked = mine()
            .filter(|b| self.zone().to_datetime(b.blocked.start).date() == day)
            .map(|b| b.blocked.minutes())
            .sum();
        let last =
            mine().map(|b| b.blocked.end).filter(|end| *end <= start && *end >= oldest).max();
        (booked, last, staff.id)
    }

    /// The rules, from the most general to the most particular.
    fn at(
        &self,
        wanted: Option<StaffId>,
        start: Timestamp,
        ignoring: Option<AppointmentId>,
    ) -> Result<Slot, Blocked> {
        let shop = &self.shop;
        let shown = self.zone().to_datetime(start);
        if start < self.now {
            return Err(Blocked::Past);
        }
        if start < self.now + i64::from(shop.settings.lead_min).minutes() {
            return Err(Blocked::TooSoon);
        }
        if shown.date() > self.last_day() {
            return Err(Blocked::TooFar);
        }
        if spans_on(shop, shown.date()).is_empty() {
            return Err(Blocked::ClosedThatDay);
        }
        if !self.inside(self.window(start), |day| spans_on(shop, day)) {
            return Err(Blocked::Closed);
        }
        let able = |s: &&Staff| {
            s.active && self.service().staff.contains(&s.id) && wanted.is_none_or(|w| w == s.id)
        };
        let team: Vec<&Staff> = shop.catalogue.staff.iter().filter(able).collect();
        if team.is_empty() {
            return Err(Blocked::NotQualified);
        }
        let works =
            |s: &&Staff| self.inside(self.window(start), |day| staff_spans_on(shop, s, day));
        let team: Vec<&Staff> = team.into_iter().filter(works).collect();
        if team.is_empty() {
            return Err(Blocked::StaffOff);
        }
        let blocked = self.blocked(start);
        let taken = |claim: &dyn Fn(&Busy) -> bool| {
            self.others(ignoring).any(|b| claim(b) && b.blocked.overlaps(blocked))
        };
        let team: Vec<&Staff> = team.into_iter().filter(|s| !taken(&|b| b.staff == s.id)).collect();
        if team.is_empty() {
            return Err(Blocked::StaffTaken);
        }
        let rooms = &self.service().resources;
        let room = rooms.iter().copied().find(|room| !taken(&|b| b.resource == Some(*room)));
        if room.is_none() && !rooms.is_empty() {
            return Err(Blocked::ResourceTaken);
        }
        let minute = MinuteOfDay::of(shown.time());
        let on_grid = u32::from(minute.minutes()).is_multiple_of(shop.settings.grid_min)
            && minute.on(shown.date(), self.zone()) == start;
        if !on_grid {
            return Err(Blocked::OffGrid);
        }
        let turn = team.iter().map(|s| self.turn(s, start, ignoring)).min().unwrap();
        Ok(Slot {
            service: self.service().id,
            staff: turn.2,
            resource: room,
            window: self.window(start),
            blocked,
        })
    }

    /// Each minute of each day tried.
    fn free(
        &self,
        wanted: Option<StaffId>,
        from: Date,
        to: Date,
        ignoring: Option<AppointmentId>,
    ) -> Vec<Slot> {
        let mut found = Vec::new();
        let mut minute = MinuteOfDay::START.on(from, self.zone());
        let end = MinuteOfDay::END.on(to, self.zone());
        while minute < end {
            // Off the grid nothing is free; asking for the whole reason each minute takes too long.
            let shown = MinuteOfDay::of(self.zone().to_datetime(minute).time());
            if u32::from(shown.minutes()).is_multiple_of(self.shop.settings.grid_min) {
                found.extend(self.at(wanted, minute, ignoring));
            }
            minute += MINUTE.seconds();
        }
        found
    }
}

fn any_span() -> impl Strategy<Value = DaySpan> {
    (0_u16..96, 1_u16..64).prop_map(|(from, length)| {
        let minute = |quarters: u16| MinuteOfDay::new((quarters * 15).min(1440)).unwrap();
        DaySpan::new(minute(from), minute(from + length)).unwrap()
    })
}

fn any_week() -> impl Strategy<Value = WeekHours> {
    prop::collection::vec(prop::collection::vec(any_span(), 0..3), 7).prop_map(|days| {
        let mut week = WeekHours::default();
        for (day, spans) in Weekday::Monday.cycle_forward().zip(days) {
            week.set(day, spans);
        }
        week
    })
}

fn any_holidays() -> impl Strategy<Value = HolidayRule> {
    prop_oneof![
        Just(HolidayRule::Ignore),
        Just(HolidayRule::Closed),
        prop::collection::vec(any_span(), 0..2).prop_map(HolidayRule::Open),
    ]
}

/// A zone, and a first day near one of its changes of clock or a holiday.
fn any_place() -> impl Strategy<Value = (&'static str, Date)> {
    prop_oneof![
        Just(("Africa/Nairobi", date(2026, 12, 10))),
        Just(("Africa/Nairobi", date(2026, 4, 2))),
        Just(("Africa/Cairo", date(2026, 4, 22))),
        Just(("Africa/Cairo", date(2026, 10, 28))),
        Just(("Europe/London", date(2026, 3, 28))),
        Just(("Europe/London", date(2026, 10, 24))),
    ]
}

/// Minutes from now and length: most close by and on the five minutes, so that windows touch; some long ago, and odd.
fn any_booking() -> impl Strategy<Value = (i64, i64)> {
    prop_oneof![
        4 => (-100_i64..1_200, 1_i64..30).prop_map(|(start, length)| (start * 5, length * 5)),
        1 => (-25_000_i64..6_000, 1_i64..2_000),
    ]
}

prop_compose! {
    fn any_world()(
        (zone, first) in any_place(),
        now_minute in (0_u16..288).prop_map(|n| n * 5),
        week in any_week(),
        holidays in any_holidays(),
        exception in prop::option::of((0_i64..4, prop::collection::vec(any_span(), 0..2))),
        staff_weeks in prop::collection::vec(prop::option::of(any_week()), 1..4),
        day_off in prop::option::of((0_i64..4, prop::collection::vec(any_span(), 0..2))),
        unqualified in 0_usize..4,
        rooms in 0_u128..3,
        (duration, before, after) in (1_u32..150, 0_u32..25, 0_u32..25),
        (grid, lead, horizon) in (prop::sample::select(vec![5_u32, 7, 15, 20, 30, 60]), 0_u32..300, 0_u32..4),
        bookings in prop::collection::vec((0_u128..4, 0_u128..6, any_booking()), 0..50),
    ) -> World {
        let zone = TimeZone::get(zone).unwrap();
        let mut shop = fixture::business();
        let now = MinuteOfDay::new(now_minute).unwrap().on(first, &zone);
        shop.tenant.zone = zone;
        shop.settings.grid_min = grid;
        shop.settings.lead_min = lead;
        shop.settings.horizon_days = horizon;
        shop.opening.week = week;
        shop.opening.holidays = holidays;
        if let Some((days, spans)) = exception {
            shop.opening.exceptions.insert(first.saturating_add(days.days()), spans);
        }
        let staff_id = |n: usize| id(10 + u128::try_from(n).unwrap());
        shop.catalogue.staff = staff_weeks.into_iter().enumerate().map(|(n, week)| {
            let mut member = fixture::staff(10 + u128::try_from(n).unwrap(), "S");
            member.hours.week = week;
            member
        }).collect();
        if let Some((days, spans)) = day_off {
            shop.catalogue.staff[0].hours.exceptions.insert(first.saturating_add(days.days()), spans);
        }
        let mut service = fixture::service(1, duration);
        service.buffer_before_min = before;
        service.buffer_after_min = after;
        service.staff = (0..3).filter(|n| *n != unqualified).map(staff_id).collect();
        service.resources = (0..rooms).map(|n| id(20 + n)).collect();
        shop.catalogue.services = vec![service];
        let busy = bookings.into_iter().enumerate().map(|(n, (staff, room, (start, minutes)))| {
            let start = now + start.minutes();
            Busy {
                staff: id(10 + staff),
                resource: (room < 3).then(|| id(20 + room)),
                blocked: TimeWindow { start, end: start + minutes.minutes() },
                appointment: id(1000 + u128::try_from(n).unwrap()),
            }
        }).collect();
        World { shop, busy, now }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, rng_seed: prop::test_runner::RngSeed::Fixed(7), ..ProptestConfig::default() })]

    #[test]
    fn the_calendar_finds_what_trying_each_minute_finds(world in any_world(), named in prop::option::of(0_u128..4)) {
        let calendar = Calendar::new(&world.shop, &world.busy, world.now);
        let wanted = named.map(|n| id(10 + n));
        let (from, to) = (world.today(), world.last_day());
        prop_assert_eq!(
            calendar.free_slots(world.service().id, wanted, from, to),
            world.free(wanted, from, to, None)
        );
    }

    #[test]
    fn a_moment_is_blocked_for_the_reason_that_the_rules_name_first(
        world in any_world(),
        named in prop::option::of(0_u128..4),
        minutes in prop::collection::vec(-100_i64..9_000, 20),
        ignoring in prop::option::of(1000_u128..1040),
    ) {
        let calendar = Calendar::new(&world.shop, &world.busy, world.now);
        let (wanted, ignoring) = (named.map(|n| id(10 + n)), ignoring.map(id));
        for minute in minutes {
            let start = world.now + minute.minutes();
            prop_assert_eq!(
                calendar.at(world.service().id, wanted, start, ignoring),
                world.at(wanted, start, ignoring),
                "{}", start
            );
        }
    }

    #[test]
    fn the_nearest_are_the_first_three_by_the_rule(
        world in any_world(),
        named in prop::option::of(0_u128..3),
        minute in 0_i64..6_000,
    ) {
        let start = world.now + minute.minutes();
        let staff = named.map(|n| id(10 + n));
        let query = SlotQuery { service: world.service().id, staff, wish: Wish::At { start }, ignoring: None, skip: 0 };
        let Found::NotFree { nearest, .. } = Calendar::new(&world.shop, &world.busy, world.now).answer(&query) else {
            return Ok(());
        };
        let day = |slot: &Slot| world.zone().to_datetime(slot.window.start).date();
        let mut all = world.free(None, world.today(), world.last_day(), None);
        for slot in &mut all {
            if let Some(Ok(own)) = staff.map(|s| world.at(Some(s), slot.window.start, None)) {
                *slot = own;
            }
        }
        let wanted_day = world.zone().to_datetime(start).date();
        all.sort_by_key(|slot| {
            let other = staff.is_some_and(|s| s != slot.staff);
            let distance = slot.window.start.as_second().abs_diff(start.as_second());
            (day(slot) != wanted_day, other, distance, slot.window.start)
        });
        all.truncate(3);
        all.sort_by_key(|slot| slot.window.start);
        prop_assert_eq!(nearest, all);
    }

    #[test]
    fn only_bookings_in_the_range_matter(world in any_world(), offset in 0_i64..3) {
        let day = world.today().saturating_add(offset.days());
        let everything = Wish::Between { from: day, to: day, after: MinuteOfDay::START, before: MinuteOfDay::END };
        let query = SlotQuery { service: world.service().id, staff: None, wish: everything, ignoring: None, skip: 0 };
        let range = Calendar::busy_range(&query, &world.shop, world.now);
        let loaded: Vec<Busy> = world.busy.iter().copied().filter(|b| b.blocked.overlaps(range)).collect();
        let with_all = Calendar::new(&world.shop, &world.busy, world.now);
        let with_loaded = Calendar::new(&world.shop, &loaded, world.now);
        prop_assert_eq!(with_loaded.answer(&query), with_all.answer(&query));
        prop_assert_eq!(
            with_loaded.free_slots(query.service, None, day, day),
            with_all.free_slots(query.service, None, day, day)
        );
    }
}
