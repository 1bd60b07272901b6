//! The one service to offer beside another: related to it, and free right after it.

use super::board::Lengths;
use super::fair::LOOK_BACK_DAYS;
use super::frame::{is_on_grid, window};
use super::search::Calendar;
use super::slot::Slot;
use crate::domain::appointment::Busy;
use crate::domain::catalogue::Complement;
use crate::domain::dials::CrossSell;
use crate::domain::id::{AppointmentId, ServiceId};
use crate::domain::tenant::Business;
use crate::domain::time::TimeWindow;
use jiff::{SignedDuration, Timestamp};

/// The second service starts at most so many minutes after the first ends.
pub const TOLERANCE_MIN: u32 = 15;

/// A second slot that can be offered beside a first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Companion {
    /// The second slot.
    pub slot: Slot,
    /// How well it fits, in thousandths: confidence times (1 - gap / tolerance), rounded down.
    pub rank_permille: u16,
}

/// The best complement of `primary`, if the dial allows one and somebody is free for it.
///
/// Each related service is tried at the first free start within the tolerance, with the same person if free, else with
/// whoever's turn it is. The gap is what the customer waits: from the end of one service to the start of the other,
/// buffers not counted. The highest rank wins, on a tie the lower service id. `busy` holds at least the bookings in
/// [`busy_range`], with or without the hold on `primary` itself.
pub fn pick(
    business: &Business,
    dial: CrossSell,
    primary: &Slot,
    busy: &[Busy],
    now: Timestamp,
) -> Option<Companion> {
    let related = related(business, dial, primary.service);
    if related.is_empty() {
        return None;
    }
    let mut taken = busy.to_vec();
    taken.push(Busy {
        staff: primary.staff,
        resource: primary.resource,
        blocked: primary.blocked,
        appointment: AppointmentId::from_ulid(ulid::Ulid(0)),
    });
    let calendar = Calendar::new(business, &taken, now);
    related
        .into_iter()
        .filter_map(|(then, confidence)| {
            let (gap, slot) = (0..=TOLERANCE_MIN).find_map(|gap| {
                let start = primary.window.end + SignedDuration::from_mins(i64::from(gap));
                if !is_on_grid(&business.tenant.zone, business.settings.grid_min, start) {
                    return None; // asking the calendar would look at every booking first
                }
                let with = |staff| calendar.at(then, staff, start, None).ok();
                with(Some(primary.staff)).or_else(|| with(None)).map(|slot| (gap, slot))
            })?;
            let weight = u32::from(confidence) * (TOLERANCE_MIN - gap);
            Some((weight, slot))
        })
        .max_by(|(a, x), (b, y)| a.cmp(b).then(y.service.cmp(&x.service)))
        .map(|(weight, slot)| {
            let rank_permille = u16::try_from(weight / TOLERANCE_MIN).unwrap_or(1000);
            Companion { slot, rank_permille }
        })
}

/// What may be offered beside a service, with how sure we are in thousandths.
///
/// The owner's relations; with `full-suggest` also those read backwards, at half their confidence, because what goes well after a service
/// mostly goes well before it too. Anything further would be a guess.
pub fn related(business: &Business, dial: CrossSell, primary: ServiceId) -> Vec<(ServiceId, u16)> {
    if dial == CrossSell::Never {
        return Vec::new();
    }
    let all = || business.catalogue.complements.iter().filter(|c| c.primary != c.then);
    let sure = |c: &Complement| c.confidence_permille.min(1000);
    let mut found: Vec<_> =
        all().filter(|c| c.primary == primary).map(|c| (c.then, sure(c))).collect();
    if dial == CrossSell::FullSuggest {
        for c in all().filter(|c| c.then == primary) {
            if found.iter().all(|(known, _)| *known != c.primary) {
                found.push((c.primary, sure(c) / 2));
            }
        }
    }
    found
}

/// Which bookings must be loaded for [`pick`]: all whose blocked time overlaps this window.
pub fn busy_range(business: &Business, dial: CrossSell, primary: &Slot) -> TimeWindow {
    let related = related(business, dial, primary.service).into_iter();
    let services = related.filter_map(|(id, _)| business.catalogue.service(id)).map(Lengths::of);
    let (mut before, mut after) = (0, 0);
    for lengths in services {
        before = before.max(lengths.before);
        after = after.max(lengths.work + lengths.after);
    }
    let end = primary.window.end.as_second() + i64::from(TOLERANCE_MIN) * 60;
    // A day more, because fairness looks back from the midnight before.
    let look_back = (LOOK_BACK_DAYS + 1) * 86_400;
    let start = primary.window.end.as_second() - before.max(look_back);
    window(start, (end + after).max(primary.blocked.end.as_second()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheduling::fixture::{self, BRIAN, CUT, DYE, KEVIN, at, busy, id, service};

    const TRIM: u128 = 3;

    /// A cut at 15:00 by Brian; `related` are services with their confidence.
    fn offer(shop: &mut Business, related: &[(u128, u16)], taken: &[Busy]) -> Option<Companion> {
        shop.catalogue.complements = related
            .iter()
            .map(|(then, permille)| Complement {
                primary: id(CUT),
                then: id(*then),
                confidence_permille: *permille,
            })
            .collect();
        let now = at("2026-11-23 09:00");
        let primary = Calendar::new(shop, taken, now)
            .at(id(CUT), Some(id(BRIAN)), at("2026-11-24 15:00"), None)
            .unwrap();
        pick(shop, CrossSell::RelatedOnly, &primary, taken, now)
    }

    fn shop() -> Business {
        let mut shop = fixture::business();
        shop.catalogue.services.push(service(TRIM, 20));
        shop
    }

    #[test]
    fn the_second_service_follows_at_once_with_the_same_person() {
        let found = offer(&mut shop(), &[(DYE, 800)], &[]).unwrap();
        assert_eq!(found.slot.window.start, at("2026-11-24 15:30"));
        assert_eq!((found.slot.staff, found.rank_permille), (id(BRIAN), 800));
    }

    #[test]
    fn another_person_takes_over_when_the_same_one_is_taken() {
        let taken = [busy(50, BRIAN, "2026-11-24 15:30", 60)];
        let found = offer(&mut shop(), &[(DYE, 800)], &taken).unwrap();
        assert_eq!((found.slot.staff, found.rank_permille), (id(KEVIN), 800));
    }

    #[test]
    fn a_gap_costs_rank_and_past_the_tolerance_there_is_no_offer() {
        let mut shop = shop();
        shop.settings.grid_min = 5;
        let until =
            |minutes| [BRIAN, KEVIN].map(|who| busy(50 + who, who, "2026-11-24 15:30", minutes));
        let rank = |shop: &mut Business, minutes| {
            offer(shop, &[(DYE, 900)], &until(minutes)).map(|c| c.rank_permille)
        };
        assert_eq!(rank(&mut shop, 5), Some(600));
        assert_eq!(rank(&mut shop, 10), Some(300));
        assert_eq!(rank(&mut shop, 15), Some(0), "within 15 minutes includes the fifteenth");
        assert_eq!(rank(&mut shop, 20), None);
    }

    #[test]
    fn the_higher_rank_wins_and_on_a_tie_the_lower_id() {
        let best = |related: &[(u128, u16)]| -> ServiceId {
            offer(&mut shop(), related, &[]).unwrap().slot.service
        };
        assert_eq!(best(&[(DYE, 500), (TRIM, 800)]), id(TRIM));
        assert_eq!(best(&[(TRIM, 800), (DYE, 800)]), id(DYE));
    }

    #[test]
    fn the_persons_own_buffer_is_respected() {
        let mut shop = shop();
        shop.catalogue.services[0].buffer_after_min = 15;
        shop.catalogue.services[1].staff = vec![id(BRIAN)];
        let found = offer(&mut shop, &[(DYE, 900)], &[]).unwrap();
        assert_eq!(found.slot.window.start, at("2026-11-24 15:45"), "clearing up comes first");
    }

    #[test]
    fn full_suggest_reads_relations_backwards_too_at_half_their_confidence() {
        let mut shop = shop();
        let relation = |primary, then, confidence_permille| Complement {
            primary: id(primary),
            then: id(then),
            confidence_permille,
        };
        shop.catalogue.complements =
            vec![relation(DYE, CUT, 900), relation(CUT, TRIM, 300), relation(TRIM, CUT, 800)];
        let of = |dial| related(&shop, dial, id(CUT));
        assert_eq!(of(CrossSell::Never), []);
        assert_eq!(of(CrossSell::RelatedOnly), [(id(TRIM), 300)]);
        assert_eq!(of(CrossSell::FullSuggest), [(id(TRIM), 300), (id(DYE), 450)]);
        let now = at("2026-11-23 09:00");
        let calendar = Calendar::new(&shop, &[], now);
        let primary = calendar.at(id(CUT), None, at("2026-11-24 15:00"), None).unwrap();
        let best = |dial| pick(&shop, dial, &primary, &[], now).map(|c| c.slot.service);
        assert_eq!(best(CrossSell::RelatedOnly), Some(id(TRIM)));
        assert_eq!(best(CrossSell::FullSuggest), Some(id(DYE)));
    }

    #[test]
    fn the_dial_decides() {
        let shop = shop();
        let now = at("2026-11-23 09:00");
        let calendar = Calendar::new(&shop, &[], now);
        let primary = calendar.at(id(CUT), None, at("2026-11-24 15:00"), None).unwrap();
        assert_eq!(pick(&shop, CrossSell::Never, &primary, &[], now), None);
        assert_eq!(
            pick(&shop, CrossSell::FullSuggest, &primary, &[], now),
            None,
            "nothing related"
        );
    }
}
