//! `COLLECT_SLOT`: what an answer about the time picks, and what it changes.

use super::asking::{Goal, Hunt};
use super::booking::{drop_it, pursue};
use super::effect::Effect;
use super::find::{self, hunt, merged};
use super::flow::{Asked, Flow, Search, Wish};
use super::heard::Heard;
use super::inquiry::digress;
use super::turn::Turn;
use super::upsell::{self, Answered};
use super::waitlist;
use crate::domain::id::ServiceId;
use crate::language::understanding::{Intent, TimeMention};
use crate::scheduling::slot::Slot;

/// A message at `COLLECT_SLOT`.
pub(super) fn heard(
    service: ServiceId,
    mut search: Search,
    heard: &Heard,
    t: &mut Turn<'_>,
) -> Flow {
    match upsell::answered(&mut search, heard) {
        Answered::TakenUp { left, .. } if left.tells_of_booking() => {
            return pursue(Some(service), search.wish, &left, t);
        }
        Answered::TakenUp { next, .. } => return upsell::ask_again(service, search, Some(next), t),
        Answered::TurnedDown => return upsell::ask_again(service, search, None, t),
        Answered::Not => {}
    }
    if let Some(wanted) = answer(Goal::Book(service), &search, heard, t) {
        return hunt(wanted, t);
    }
    if heard.slots.notify && !heard.tells_of_booking() {
        return waitlist::asked(service, search, t);
    }
    if let Asked::Freed { slot, wait, .. } = search.asked
        && waitlist::turns_down(heard)
    {
        return waitlist::turned_down(slot, wait, search, heard, t);
    }
    if heard.slots.wants_more && !heard.tells_of_time() {
        return find::more(Goal::Book(service), search, t);
    }
    match heard.intent {
        Intent::Book | Intent::Provide | Intent::Affirm | Intent::Deny
            if heard.tells_of_booking() =>
        {
            pursue(Some(service), search.wish, heard, t)
        }
        Intent::Deny => match search.asked {
            // "No" to a list: none of these.
            Asked::Offers { more: true, .. } => find::more(Goal::Book(service), search, t),
            Asked::Offers { more: false, .. } => {
                let wish = Wish { date: None, time: None, ..search.wish };
                find::collect(Goal::Book(service), wish, Asked::When {}, t)
            }
            Asked::When {}
            | Asked::Day { .. }
            | Asked::WhichTime { .. }
            | Asked::Lapsed { agreed: false, .. }
            | Asked::Freed { .. } => drop_it(t),
            // It may have been asked to be paid before it lapsed.
            Asked::Lapsed { agreed: true, .. } => {
                t.write(Effect::CallOffPayments);
                drop_it(t)
            }
        },
        Intent::Book | Intent::Provide | Intent::Affirm => {
            let wish = merged(search.wish, &heard.slots, &t.business().tenant.zone);
            let search = Search { wish, ..search };
            Flow::CollectSlot { service, search }.repeat_plainly(t)
        }
        Intent::Cancel
        | Intent::Reschedule
        | Intent::MyBookings
        | Intent::Services
        | Intent::Hours
        | Intent::Other
        | Intent::Greet
        | Intent::Thanks
        | Intent::Human
        | Intent::Stop
        | Intent::StartOver => digress(Flow::CollectSlot { service, search }, heard, t),
    }
}

/// What a message picks of what was asked about the time, if anything.
pub(super) fn answer(goal: Goal, search: &Search, heard: &Heard, t: &Turn<'_>) -> Option<Hunt> {
    if heard.tells_of_booking() {
        return None;
    }
    let yes = heard.intent == Intent::Affirm;
    match &search.asked {
        Asked::Offers { slots, .. } => {
            let at = heard.position(slots.len()).or((yes && slots.len() == 1).then_some(0))?;
            Some(pick(goal, search.wish.clone(), slots.get(at)?, t))
        }
        Asked::WhichTime { readings } => {
            let minute = *readings.get(heard.position(readings.len())?)?;
            let time = Some(TimeMention::At { minute, about: false });
            Some(Hunt::new(goal, Wish { time, ..search.wish.clone() }))
        }
        Asked::Lapsed { held, agreed } if yes => {
            let agreed = agreed.then_some((held.slot, held.price));
            Some(Hunt { agreed, ..pick(goal, search.wish.clone(), &held.slot, t) })
        }
        Asked::Freed { slot, wait, .. } if yes => {
            let price = t.bookable(slot.service)?.price;
            let picked = pick(goal, search.wish.clone(), slot, t);
            Some(Hunt { agreed: Some((*slot, price)), wait: Some(*wait), ..picked })
        }
        Asked::Lapsed { .. } | Asked::Freed { .. } | Asked::When {} | Asked::Day { .. } => None,
    }
}

/// The hunt for one slot that was on offer.
pub(super) fn pick(goal: Goal, mut wish: Wish, slot: &Slot, t: &Turn<'_>) -> Hunt {
    find::set_exact(&mut wish, slot.window.start, None, &t.business().tenant.zone);
    Hunt { with: Some(slot.staff), picked: true, ..Hunt::new(goal, wish) }
}

#[cfg(test)]
mod tests {
    use super::super::effect::Query;
    use super::super::line::Line;
    use super::super::world::{World, at, day, service};
    use super::*;
    use crate::language::understanding::{DateMention, Ordinal, Slots};

    const TOMORROW_3PM: &str = "2026-11-24T15:00:00+03:00";

    fn nth(n: u8) -> Slots {
        Slots { ordinal: Some(Ordinal::Nth(n)), ..Slots::default() }
    }

    #[test]
    fn a_taken_time_brings_the_nearest_ones_and_a_tap_books() {
        let mut w = World::barber();
        w.taken.push(at(TOMORROW_3PM));
        let did = w.book("Haircut", TOMORROW_3PM);
        assert_eq!(w.state(), "COLLECT_SLOT");
        assert!(
            matches!(did.lines.as_slice(), [Line::NotFree { .. }, Line::OfferSlots { slots, .. }] if slots.len() == 2)
        );
        let id = w.thread.offered()[1].clone();
        w.tap(&id);
        assert_eq!(w.thread.draft().start, Some(at("2026-11-24T16:00:00+03:00")));
        assert_eq!(w.state(), "CONFIRM");
    }

    #[test]
    fn a_vague_day_brings_offers_and_more_of_them() {
        let mut w = World::barber();
        let slots = Slots { services: vec![w.service("Haircut")], ..day("2026-11-24") };
        let did = w.says(Intent::Book, slots);
        assert!(
            matches!(did.lines.as_slice(), [Line::OfferSlots { slots, more: true, .. }] if slots.len() == 3)
        );
        let did = w.tap("more");
        let [Query::Slots { query }] = did.asked.as_slice() else { panic!() };
        assert_eq!(query.skip, 3);
        let did = w.tap("more");
        let [Query::Slots { query }] = did.asked.as_slice() else { panic!() };
        assert_eq!(query.skip, 6);
        w.says(Intent::Provide, nth(1));
        assert_eq!(w.state(), "CONFIRM");
    }

    #[test]
    fn an_hour_with_two_readings_is_asked_about_and_a_reading_can_be_tapped() {
        let mut w = World::barber();
        let readings: Vec<_> = ["08:00", "20:00"].iter().map(|m| m.parse().unwrap()).collect();
        let slots = Slots {
            services: vec![w.service("Haircut")],
            time: Some(TimeMention::Unclear { readings: readings.clone() }),
            ..day("2026-11-24")
        };
        let did = w.says(Intent::Book, slots);
        assert!(
            matches!(did.lines.as_slice(), [Line::AskWhichTime { day: Some(_), readings: r }] if *r == readings)
        );
        assert_eq!(w.thread.known_date(), Some("2026-11-24".parse().unwrap()));
        w.tap("time:20:00");
        assert_eq!(w.thread.draft().start, Some(at("2026-11-24T20:00:00+03:00")));
    }

    #[test]
    fn as_soon_as_possible_asks_for_the_first_free_times() {
        let mut w = World::barber();
        let slots = Slots {
            time: Some(TimeMention::Any),
            date: Some(DateMention::Any),
            ..service(&w, "Haircut")
        };
        let did = w.says(Intent::Book, slots);
        assert!(
            matches!(did.asked.as_slice(), [Query::Slots { query }] if query.wish == crate::scheduling::slot::Wish::Soonest)
        );
    }

    #[test]
    fn a_tap_on_an_old_list_means_what_it_said_at_any_state() {
        let mut w = World::barber();
        w.book("Beard Trim", TOMORROW_3PM);
        let id =
            format!("slot:{}:{}:2026-11-25T10:00:00+03:00", w.service("Haircut"), w.staff("Kevin"));
        w.tap(&id);
        let draft = w.thread.draft();
        assert_eq!((w.state(), draft.service), ("CONFIRM", Some(w.service("Haircut"))));
        assert_eq!(draft.staff, Some(w.staff("Kevin")));
        let rows = w.rows.len();
        w.tap(&id);
        assert_eq!(
            (w.state(), w.rows.len()),
            ("CONFIRM", rows),
            "the same tap again changes nothing"
        );
        w.taken.push(at("2026-11-25T11:00:00+03:00"));
        let gone = id.replace("T10:", "T11:");
        let did = w.tap(&gone);
        assert!(matches!(did.lines.as_slice(), [Line::SlotGone, Line::OfferSlots { .. }]));
    }
}
