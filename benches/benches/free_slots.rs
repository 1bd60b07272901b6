//! Free slots of one service: 30 days, 20 members of staff, 5 resources and 10,000 bookings in no order.
//!
//! The aim is under 100 microseconds for every start of the 30 days with its fair member of staff.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::{SignedDuration, Timestamp, ToSpan};
use ratiba_core::demo;
use ratiba_core::domain::appointment::Busy;
use ratiba_core::domain::catalogue::{Resource, Staff};
use ratiba_core::domain::hours::StaffHours;
use ratiba_core::domain::id::Mint;
use ratiba_core::domain::tenant::Business;
use ratiba_core::domain::time::TimeWindow;
use ratiba_core::scheduling::search::Calendar;
use ratiba_core::scheduling::slot::{SlotQuery, Wish};

const STAFF: u32 = 20;
const RESOURCES: u32 = 5;
const DAYS: i32 = 30;
const BOOKINGS: u32 = 10_000;

/// The demo barbershop grown to a chain's size: its first service can be done by all and needs one of the resources.
fn large_business(mint: Mint) -> Business {
    let mut shop = demo::tenants().swap_remove(0).business;
    shop.settings.horizon_days = 60;
    shop.catalogue.staff = (0..STAFF)
        .map(|n| Staff {
            id: mint.id(n),
            name: format!("Staff {n}"),
            hours: StaffHours::default(),
            active: true,
            commission_percent: 0,
        })
        .collect();
    shop.catalogue.resources = (0..RESOURCES)
        .map(|n| Resource { id: mint.id(1_000 + n), name: format!("Chair {n}") })
        .collect();
    let service = &mut shop.catalogue.services[0];
    service.staff = shop.catalogue.staff.iter().map(|s| s.id).collect();
    service.resources = shop.catalogue.resources.iter().map(|r| r.id).collect();
    shop
}

/// Bookings of 15 to 60 minutes, spread over people and days by a fixed stride; one in fifty takes a resource, so that
/// the resources do not decide everything.
fn bookings(mint: Mint, opens: Timestamp) -> Vec<Busy> {
    let mut scattered = mint.seed;
    (0..BOOKINGS)
        .map(|n| {
            // Knuth's MMIX multiplier: any fixed scatter will do, it only has to be the same each time.
            scattered = scattered
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let draw =
                |below: u64, shift: u32| i64::try_from((scattered >> shift) % below).unwrap_or(0);
            let minutes = draw(30, 20) * 24 * 60 + draw(44, 30) * 15;
            let start = opens + SignedDuration::from_mins(minutes);
            Busy {
                staff: mint.id(u32::try_from(draw(u64::from(STAFF), 40)).unwrap_or(0)),
                resource: (n % 50 == 0).then(|| mint.id(1_000 + n / 50 % RESOURCES)),
                blocked: TimeWindow::of_minutes(start, 15 * (1 + n % 4)),
                appointment: mint.id(10_000 + n),
            }
        })
        .collect()
}

fn free_slots(c: &mut Criterion) {
    let now: Timestamp = "2026-11-23T02:00:00+03:00".parse().expect("a valid moment");
    let opens: Timestamp = "2026-11-23T08:00:00+03:00".parse().expect("a valid moment");
    let mint = Mint { at: now, seed: 7 };
    let shop = large_business(mint);
    let mut busy = bookings(mint, opens);
    let service = shop.catalogue.services[0].id;
    let from = shop.tenant.zone.to_datetime(now).date();
    let to = from.checked_add((DAYS - 1).days()).expect("a date of this century");
    let found = Calendar::new(&shop, &busy, now).free_slots(service, None, from, to);
    assert!(found.len() > 100, "a bench of nothing: {} slots", found.len());

    let mut group = c.benchmark_group("free_slots");
    group.bench_function("30d_20staff_5resources_10k_bookings", |b| {
        b.iter(|| {
            Calendar::new(black_box(&shop), black_box(&busy), now)
                .free_slots(service, None, from, to)
        });
    });
    busy.sort_unstable_by_key(|b| b.blocked.start);
    group.bench_function("the_same_sorted", |b| {
        b.iter(|| {
            Calendar::new(black_box(&shop), black_box(&busy), now)
                .free_slots(service, None, from, to)
        });
    });
    let start = opens + SignedDuration::from_hours(50);
    let wish = Wish::At { start };
    let query = SlotQuery { service, staff: None, wish, ignoring: None, skip: 0 };
    group.bench_function("one_moment", |b| {
        b.iter(|| Calendar::new(black_box(&shop), black_box(&busy), now).answer(&query));
    });
    group.finish();
}

criterion_group!(benches, free_slots);
criterion_main!(benches);
