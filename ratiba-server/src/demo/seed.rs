//! Bookings that stand in the diaries when the demo starts, so that they look like a working week.

use jiff::civil::{Date, Weekday};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use ratiba_core::domain::appointment::{Appointment, AppointmentStatus};
use ratiba_core::domain::id::{AppointmentId, CustomerId, Mint};
use ratiba_core::domain::money::Money;
use ratiba_core::domain::tenant::Business;
use ratiba_core::domain::time::{MinuteOfDay, TimeWindow};
use ratiba_core::scheduling::hours::spans_on;

/// Days that are filled, from today on.
const DAYS: i8 = 9;

/// People who had booked before the demo began.
pub(super) const REGULARS: [&str; 12] = [
    "Kamau", "Njeri", "Ali", "Mutiso", "Akinyi", "Chebet", "Omondi", "Wairimu", "Fatuma",
    "Kiprono", "Nafula", "Mwangi",
];

/// One booking of a pattern: which member of staff, when, and the service's English name.
type Entry = (usize, (u16, u16), &'static str);

const BARBERSHOP: [&[Entry]; 3] = [
    &[
        (0, (8, 30), "Haircut"),
        (1, (9, 0), "Kids Haircut"),
        (0, (9, 15), "Haircut & Beard"),
        (1, (10, 0), "Hair Dye"),
        (0, (11, 0), "Beard Trim"),
        (1, (12, 0), "Haircut"),
        (0, (12, 30), "Haircut"),
        (1, (14, 0), "Haircut & Beard"),
        (0, (16, 30), "Hair Dye"),
        (1, (17, 30), "Beard Trim"),
        (0, (18, 0), "Haircut"),
    ],
    &[
        (1, (8, 30), "Beard Trim"),
        (0, (9, 0), "Haircut"),
        (0, (10, 30), "Kids Haircut"),
        (1, (11, 30), "Haircut"),
        (0, (13, 0), "Haircut & Beard"),
        (1, (15, 0), "Hair Dye"),
        (1, (17, 0), "Haircut"),
    ],
    &[
        (0, (10, 0), "Haircut & Beard"),
        (1, (10, 45), "Haircut"),
        (1, (13, 30), "Kids Haircut"),
        (0, (17, 0), "Haircut"),
    ],
];

const SALON: [&[Entry]; 3] = [
    &[
        (0, (9, 30), "Braids"),
        (1, (10, 0), "Wash & Blow-dry"),
        (2, (10, 30), "Manicure"),
        (1, (11, 30), "Pedicure"),
        (2, (13, 0), "Braids"),
        (0, (14, 30), "Weave"),
        (1, (15, 0), "Hair Treatment"),
        (2, (17, 0), "Pedicure"),
    ],
    &[
        (1, (9, 0), "Hair Treatment"),
        (2, (10, 0), "Braids"),
        (1, (11, 0), "Manicure"),
        (0, (14, 0), "Wash & Blow-dry"),
        (2, (15, 30), "Pedicure"),
        (1, (16, 0), "Wash & Blow-dry"),
    ],
    &[(0, (11, 0), "Weave"), (1, (12, 0), "Pedicure"), (2, (14, 0), "Manicure")],
];

const DENTAL: [&[Entry]; 3] = [
    &[
        (0, (8, 0), "Filling"),
        (1, (8, 30), "Cleaning"),
        (0, (9, 30), "Consultation"),
        (1, (10, 30), "Whitening"),
        (0, (11, 0), "Extraction"),
        (0, (14, 0), "Filling"),
        (1, (15, 0), "Consultation"),
    ],
    &[
        (0, (8, 30), "Consultation"),
        (1, (10, 0), "Cleaning"),
        (0, (10, 30), "Filling"),
        (1, (14, 30), "Consultation"),
        (0, (15, 30), "Extraction"),
    ],
    &[(1, (9, 0), "Cleaning"), (0, (11, 30), "Consultation")],
];

/// The appointments of a business from today on, of `customers` in the order of [`REGULARS`]. Nothing is paid: they pay at the venue.
pub(super) fn appointments(
    business: &Business,
    customers: &[CustomerId],
    now: Timestamp,
    mint: Mint,
) -> Vec<Appointment> {
    let patterns = match business.tenant.slug.as_str() {
        "demo-salon" => &SALON,
        "demo-dental" => &DENTAL,
        _ => &BARBERSHOP,
    };
    let today = now.to_zoned(business.tenant.zone.clone()).date();
    let days = (0..DAYS).filter_map(|day| Some((day, today.checked_add(day.days()).ok()?)));
    let entries = days.flat_map(|(day, date)| {
        patterns[pattern_of(day, date)].iter().map(move |entry| (date, *entry))
    });
    (0..)
        .zip(entries)
        .zip(customers.iter().cycle())
        .filter_map(|((number, (date, entry)), customer)| {
            appointment(business, *customer, date, entry, mint.id(number), now)
        })
        .collect()
}

/// Today and Saturdays are busy, tomorrow and Fridays less so, the rest is thin.
fn pattern_of(day: i8, date: Date) -> usize {
    match (day, date.weekday()) {
        (0, _) | (_, Weekday::Saturday) => 0,
        (1, _) | (_, Weekday::Friday) => 1,
        _ => 2,
    }
}

/// `None` where the shop is closed, or the service or the person is not there any more.
fn appointment(
    business: &Business,
    customer: CustomerId,
    date: Date,
    (staff, (hour, minute), service): Entry,
    id: AppointmentId,
    now: Timestamp,
) -> Option<Appointment> {
    let service = business.catalogue.services.iter().find(|s| s.name.en == service)?;
    let staff = business.catalogue.staff.get(staff).filter(|s| service.staff.contains(&s.id))?;
    let from = MinuteOfDay::hm(hour, minute)?;
    let minutes = u16::try_from(service.duration_min).ok()?;
    let to = MinuteOfDay::new(from.minutes() + minutes)?;
    if !spans_on(business, date).iter().any(|span| span.from <= from && to <= span.to) {
        return None;
    }
    let start = from.on(date, &business.tenant.zone);
    let window = TimeWindow::of_minutes(start, service.duration_min);
    let buffer = SignedDuration::from_mins(i64::from(service.buffer_after_min));
    Some(Appointment {
        id,
        customer,
        thread: None,
        service: service.id,
        staff: staff.id,
        resource: None,
        window,
        blocked: TimeWindow { start, end: window.end + buffer },
        status: AppointmentStatus::Confirmed,
        hold_expires_at: None,
        price: service.price,
        paid: Money::zero(service.price.currency),
        created_at: now,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seeded(slug: &str) -> (Business, Vec<Appointment>) {
        let business = ratiba_core::demo::tenant(slug).unwrap().business;
        let now = "2026-11-23T09:00:00+03:00".parse().unwrap();
        let mint = Mint { at: now, seed: 1 };
        let customers: Vec<CustomerId> = (0..12).map(|n| mint.id(1000 + n)).collect();
        let made = appointments(&business, &customers, now, mint);
        (business, made)
    }

    #[test]
    fn no_two_of_one_person_overlap_and_every_day_has_some() {
        for slug in ["demo-barbershop", "demo-salon", "demo-dental"] {
            let (_, made) = seeded(slug);
            assert!(made.len() > 15, "{slug}: {}", made.len());
            for (n, a) in made.iter().enumerate() {
                for b in &made[n + 1..] {
                    let clash = a.staff == b.staff && a.blocked.overlaps(b.blocked);
                    assert!(!clash, "{slug}: {a:?} and {b:?}");
                }
            }
        }
    }

    #[test]
    fn what_the_page_suggests_is_free() {
        for (slug, start, service) in [
            ("demo-barbershop", "2026-11-24T15:00:00+03:00", "Haircut"),
            ("demo-salon", "2026-11-24T10:00:00+03:00", "Braids"),
            ("demo-dental", "2026-11-24T09:00:00+03:00", "Cleaning"),
        ] {
            let (business, made) = seeded(slug);
            let service =
                business.catalogue.services.iter().find(|s| s.name.en == service).unwrap();
            let minutes = service.duration_min + service.buffer_after_min;
            let wanted = TimeWindow::of_minutes(start.parse().unwrap(), minutes);
            let free = service
                .staff
                .iter()
                .any(|staff| !made.iter().any(|a| a.staff == *staff && a.blocked.overlaps(wanted)));
            assert!(free, "{slug}");
        }
    }
}
