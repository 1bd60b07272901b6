//! Which time a freed span of somebody's day can give to a customer who waits.

use jiff::SignedDuration;

use super::frame::{is_on_grid, window};
use super::search::Calendar;
use super::slot::Slot;
use crate::domain::appointment::Busy;
use crate::domain::id::StaffId;
use crate::domain::tenant::Business;
use crate::domain::time::TimeWindow;
use crate::domain::wait::Wait;
use jiff::Timestamp;

/// Whether it is worth looking: the wait could be served by this member of staff on a day that the span touches. Says nothing of
/// what else is in the way.
pub fn may_suit(business: &Business, wait: &Wait, staff: StaffId, freed: TimeWindow) -> bool {
    let Some(service) = business.catalogue.service(wait.service).filter(|s| s.active) else {
        return false;
    };
    let zone = &business.tenant.zone;
    let qualified = service.staff.contains(&staff) && wait.staff.is_none_or(|id| id == staff);
    let (first, last) =
        (freed.start.to_zoned(zone.clone()).date(), freed.end.to_zoned(zone.clone()).date());
    qualified && wait.from <= last && first <= wait.to
}

/// The first time that suits the wait, needs some of the freed span, and can be had now. What was free before is no news.
pub fn opening(
    business: &Business,
    wait: &Wait,
    staff: StaffId,
    freed: TimeWindow,
    busy: &[Busy],
    now: Timestamp,
) -> Option<Slot> {
    if !may_suit(business, wait, staff, freed) {
        return None;
    }
    let service = business.catalogue.service(wait.service)?;
    let zone = &business.tenant.zone;
    let calendar = Calendar::new(business, busy, now);
    let before = i64::from(service.duration_min + service.buffer_after_min);
    let after = i64::from(service.buffer_before_min);
    let first = freed.start - SignedDuration::from_mins(before);
    let span = before + freed.minutes() + after;
    (0..=span).find_map(|minute| {
        let start = first + SignedDuration::from_mins(minute);
        // Asking the calendar is dear; most minutes are ruled out without.
        if !is_on_grid(zone, business.settings.grid_min, start) || !wait.suits(start, zone) {
            return None;
        }
        let slot = calendar.at(wait.service, Some(staff), start, None).ok()?;
        slot.blocked.overlaps(freed).then_some(slot)
    })
}

/// Which bookings must be loaded for [`opening`]: all whose blocked time overlaps this window.
pub fn busy_range(business: &Business, wait: &Wait, freed: TimeWindow) -> TimeWindow {
    let minutes = business.catalogue.service(wait.service).map_or(0, |s| {
        i64::from(s.buffer_before_min) + i64::from(s.duration_min) + i64::from(s.buffer_after_min)
    });
    let reach = minutes * 60;
    window(freed.start.as_second() - reach, freed.end.as_second() + reach)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::Mint;
    use crate::domain::wait::WaitStatus;
    use crate::scheduling::fixture::{self, BRIAN, CUT, KEVIN, at, busy, id};

    fn wait(from: &str, to: &str) -> Wait {
        let mint = Mint { at: Timestamp::UNIX_EPOCH, seed: 1 };
        Wait {
            id: mint.id(0),
            customer: mint.id(1),
            service: id(CUT),
            staff: None,
            from: "2026-11-24".parse().unwrap(),
            to: "2026-11-24".parse().unwrap(),
            after: from.parse().unwrap(),
            before: to.parse().unwrap(),
            status: WaitStatus::Waiting,
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn freed(from: &str, to: &str) -> TimeWindow {
        TimeWindow {
            start: at(&format!("2026-11-24 {from}")),
            end: at(&format!("2026-11-24 {to}")),
        }
    }

    fn opens(wait: &Wait, span: TimeWindow, taken: &[Busy]) -> Option<String> {
        let shop = fixture::business();
        let slot = opening(&shop, wait, id(BRIAN), span, taken, at("2026-11-23 09:00"))?;
        Some(slot.window.start.to_zoned(shop.tenant.zone.clone()).strftime("%H:%M").to_string())
    }

    #[test]
    fn the_freed_time_itself_is_offered_to_who_waits_for_it() {
        let span = freed("15:00", "15:30");
        assert_eq!(opens(&wait("15:00", "15:01"), span, &[]).as_deref(), Some("15:00"));
        assert_eq!(opens(&wait("16:00", "16:01"), span, &[]), None, "another time is no news");
    }

    #[test]
    fn a_longer_service_may_need_only_a_part_of_it() {
        let taken = [busy(7, BRIAN, "2026-11-24 14:00", 45)];
        let start = opens(&wait("14:00", "17:00"), freed("15:00", "15:30"), &taken);
        assert_eq!(start.as_deref(), Some("14:45"));
    }

    #[test]
    fn what_is_taken_meanwhile_or_by_another_is_not_offered() {
        let span = freed("15:00", "15:30");
        let taken = [busy(7, BRIAN, "2026-11-24 14:00", 180)];
        assert_eq!(opens(&wait("14:00", "17:00"), span, &taken), None);
        let named = Wait { staff: Some(id(KEVIN)), ..wait("14:00", "17:00") };
        assert_eq!(opens(&named, span, &[]), None);
        let other = Wait {
            to: "2026-11-23".parse().unwrap(),
            from: "2026-11-23".parse().unwrap(),
            ..wait("00:00", "24:00")
        };
        assert_eq!(opens(&other, span, &[]), None);
    }

    #[test]
    fn the_window_says_which_bookings_matter() {
        let shop = fixture::business();
        let span = freed("15:00", "15:30");
        let range = busy_range(&shop, &wait("00:00", "24:00"), span);
        assert!(range.start <= span.start && span.end <= range.end);
    }
}
