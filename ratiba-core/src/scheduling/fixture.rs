//! A small barbershop for the tests of this room.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil::Weekday};

use crate::domain::appointment::Busy;
use crate::domain::catalogue::{Bilingual, Catalogue, Service, Staff};
use crate::domain::dials::{DialOverrides, Vertical};
use crate::domain::hours::{DaySpan, HolidayRule, OpeningHours, StaffHours, WeekHours};
use crate::domain::id::Id;
use crate::domain::message::Language;
use crate::domain::money::{Currency, Money};
use crate::domain::phone::Country;
use crate::domain::tenant::{Business, Settings, Tenant, TenantStatus};
use crate::domain::time::TimeWindow;

pub(crate) fn id<K>(n: u128) -> Id<K> {
    Id::from_ulid(ulid::Ulid(n))
}

pub(crate) const CUT: u128 = 1;
pub(crate) const DYE: u128 = 2;
pub(crate) const BRIAN: u128 = 11;
pub(crate) const KEVIN: u128 = 12;

pub(crate) fn span(from: &str, to: &str) -> DaySpan {
    DaySpan::new(from.parse().unwrap(), to.parse().unwrap()).unwrap()
}

/// A local moment in Nairobi, such as `2026-11-24 15:00`.
pub(crate) fn at(text: &str) -> Timestamp {
    in_zone(text, "Africa/Nairobi")
}

pub(crate) fn in_zone(text: &str, zone: &str) -> Timestamp {
    let local: DateTime = text.replace(' ', "T").parse().unwrap();
    local.to_zoned(TimeZone::get(zone).unwrap()).unwrap().timestamp()
}

pub(crate) fn service(n: u128, minutes: u32) -> Service {
    Service {
        id: id(n),
        name: Bilingual::new(format!("Service {n}"), ""),
        aliases: vec![],
        category: String::new(),
        description: Bilingual::default(),
        duration_min: minutes,
        buffer_before_min: 0,
        buffer_after_min: 0,
        price: Money::whole(500, Currency::Kes),
        deposit: None,
        staff: vec![id(BRIAN), id(KEVIN)],
        resources: vec![],
        active: true,
    }
}

pub(crate) fn staff(n: u128, name: &str) -> Staff {
    Staff {
        id: id(n),
        name: name.into(),
        hours: StaffHours::default(),
        active: true,
        commission_percent: 0,
    }
}

/// Open 08:00-20:00 every day, two barbers, a 30-minute cut and a 60-minute dye; grid 15, lead 30, horizon 30 days.
pub(crate) fn business() -> Business {
    let mut week = WeekHours::default();
    for day in Weekday::Monday.cycle_forward().take(7) {
        week.set(day, vec![span("08:00", "20:00")]);
    }
    Business {
        tenant: Tenant {
            id: id(100),
            slug: "kinyozi".parse().unwrap(),
            name: "Kinyozi".into(),
            vertical: Vertical::Barbershop,
            locale: Language::En,
            zone: TimeZone::get("Africa/Nairobi").unwrap(),
            country: Country::Ke,
            currency: Currency::Kes,
            status: TenantStatus::Active,
        },
        settings: Settings { lead_min: 30, horizon_days: 30, ..Settings::default() },
        opening: OpeningHours { week, holidays: HolidayRule::Ignore, exceptions: BTreeMap::new() },
        catalogue: Catalogue {
            services: vec![service(CUT, 30), service(DYE, 60)],
            staff: vec![staff(BRIAN, "Brian"), staff(KEVIN, "Kevin")],
            resources: vec![],
            complements: vec![],
        },
        dials: DialOverrides::default(),
        admins: vec![],
    }
}

/// A booking of `staff` from a local moment in Nairobi; `n` is its id.
pub(crate) fn busy(n: u128, staff: u128, from: &str, minutes: u32) -> Busy {
    Busy {
        staff: id(staff),
        resource: None,
        blocked: TimeWindow::of_minutes(at(from), minutes),
        appointment: id(n),
    }
}
