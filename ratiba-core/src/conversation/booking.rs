//! Booking up to `CONFIRM`: service, staff, time and phone, each skipped when it is known already.

use super::asking::{Goal, Hunt, Then};
use super::effect::{Effect, Fact, Query};
use super::find::{self, hunt, hunt_for, merged};
use super::flow::{Asked, Flow, Search, Wish};
use super::heard::Heard;
use super::inquiry::digress;
use super::line::Line;
use super::turn::Turn;
use super::view::qualified;
use crate::domain::id::ServiceId;
use crate::domain::phone::Phone;
use crate::language::understanding::{Intent, StaffMention};
use crate::scheduling::slot::Slot;

/// Begins a booking from nothing.
pub(super) fn begin(heard: &Heard, t: &mut Turn<'_>) -> Flow {
    pursue(None, Wish::default(), heard, t)
}

/// Goes on with a booking after a message that told something of it: what is said again replaces what was known.
pub(super) fn pursue(
    service: Option<ServiceId>,
    wish: Wish,
    heard: &Heard,
    t: &mut Turn<'_>,
) -> Flow {
    if heard.slots.services.is_empty() && !heard.slots.service_candidates.is_empty() {
        let wish = merged(wish, &heard.slots, &t.business().tenant.zone);
        return which_service(wish, heard.slots.service_candidates.clone(), t);
    }
    let picked = heard.picked_slot().map(|(service, _, _)| service);
    match picked.or_else(|| heard.slots.services.first().copied()).or(service) {
        Some(service) => want(hunt_for(Goal::Book(service), wish, heard, t), t),
        None => ask_service(merged(wish, &heard.slots, &t.business().tenant.zone), t),
    }
}

/// The service is known: who, then when.
fn want(mut wanted: Hunt, t: &mut Turn<'_>) -> Flow {
    let service = wanted.goal.service();
    if t.bookable(service).is_none() {
        return no_such_service(wanted.wish, t);
    }
    let team = qualified(t, service);
    if let Some(staff) = wanted.wish.named_staff().filter(|id| !team.contains(id)) {
        t.say(Line::StaffNotQualified { staff, service });
        wanted.wish.staff = None;
        return ask_staff(service, wanted.wish, t);
    }
    if t.business().settings.asks_staff
        && wanted.wish.staff.is_none()
        && wanted.with.is_none()
        && team.len() > 1
    {
        return ask_staff(service, wanted.wish, t);
    }
    hunt(wanted, t)
}

/// Asks which service, of all.
fn ask_service(wish: Wish, t: &mut Turn<'_>) -> Flow {
    let services: Vec<ServiceId> = t.business().catalogue.bookable().map(|s| s.id).collect();
    t.say(Line::AskService { services: services.clone() });
    Flow::CollectService { wish, offered: services }
}

/// Asks which of some services was meant.
fn which_service(wish: Wish, candidates: Vec<ServiceId>, t: &mut Turn<'_>) -> Flow {
    t.say(Line::AskWhichService { services: candidates.clone() });
    Flow::CollectService { wish, offered: candidates }
}

/// What was wished is not on offer; these are.
pub(super) fn no_such_service(wish: Wish, t: &mut Turn<'_>) -> Flow {
    t.say(Line::NoSuchService);
    ask_service(wish, t)
}

fn ask_staff(service: ServiceId, wish: Wish, t: &mut Turn<'_>) -> Flow {
    Flow::CollectStaff { service, wish }.repeat_plainly(t)
}

/// A message at `COLLECT_SERVICE`.
pub(super) fn service_heard(
    wish: Wish,
    offered: Vec<ServiceId>,
    heard: &Heard,
    t: &mut Turn<'_>,
) -> Flow {
    let chosen = if heard.tells_of_booking() {
        None
    } else {
        heard.position(offered.len()).and_then(|at| offered.get(at).copied())
    };
    // "Yes" to a list of one.
    let only = match (heard.intent, offered.as_slice()) {
        (Intent::Affirm, [only]) => Some(*only),
        _ => None,
    };
    if let Some(service) = chosen.or(only) {
        return pursue(Some(service), wish, heard, t);
    }
    match heard.intent {
        Intent::Book | Intent::Provide | Intent::Affirm | Intent::Deny
            if heard.tells_of_booking() =>
        {
            pursue(None, wish, heard, t)
        }
        Intent::Deny => drop_it(t),
        Intent::Provide => {
            let wish = merged(wish, &heard.slots, &t.business().tenant.zone);
            if heard.slots.is_empty() {
                t.say(Line::NoSuchService);
            }
            Flow::CollectService { wish, offered }.repeat_plainly(t)
        }
        Intent::Book | Intent::Affirm => {
            let wish = merged(wish, &heard.slots, &t.business().tenant.zone);
            Flow::CollectService { wish, offered }.repeat_plainly(t)
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
        | Intent::StartOver => digress(Flow::CollectService { wish, offered }, heard, t),
    }
}

/// A message at `COLLECT_STAFF`.
pub(super) fn staff_heard(
    service: ServiceId,
    mut wish: Wish,
    heard: &Heard,
    t: &mut Turn<'_>,
) -> Flow {
    let team = qualified(t, service);
    if !heard.tells_of_booking() {
        // "Anyone" stands at the end of the list.
        let staff = match heard.position(team.len() + 1) {
            Some(at) => team
                .get(at)
                .map_or(StaffMention::Anyone, |id| StaffMention::Named { id: *id })
                .into(),
            None if heard.intent == Intent::Deny => Some(StaffMention::Anyone),
            None => None,
        };
        if staff.is_some() {
            wish.staff = staff;
            return pursue(Some(service), wish, heard, t);
        }
    }
    match heard.intent {
        Intent::Book | Intent::Provide | Intent::Affirm | Intent::Deny
            if heard.tells_of_booking() =>
        {
            pursue(Some(service), wish, heard, t)
        }
        Intent::Book | Intent::Provide | Intent::Affirm | Intent::Deny => {
            let wish = merged(wish, &heard.slots, &t.business().tenant.zone);
            Flow::CollectStaff { service, wish }.repeat_plainly(t)
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
        | Intent::StartOver => digress(Flow::CollectStaff { service, wish }, heard, t),
    }
}

/// A message at `COLLECT_SLOT`.
pub(super) fn slot_heard(
    service: ServiceId,
    search: Search,
    heard: &Heard,
    t: &mut Turn<'_>,
) -> Flow {
    if let Some(wanted) = answer(Goal::Book(service), &search, heard, t) {
        return hunt(wanted, t);
    }
    if heard.slots.wants_more && !heard.tells_of_booking() {
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
            Asked::When {} | Asked::Day { .. } | Asked::WhichTime { .. } | Asked::Lapsed { .. } => {
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
            let time =
                Some(crate::language::understanding::TimeMention::At { minute, about: false });
            Some(Hunt::new(goal, Wish { time, ..search.wish.clone() }))
        }
        Asked::Lapsed { held, agreed } if yes => {
            let agreed = agreed.then_some((held.slot, held.price));
            Some(Hunt { agreed, ..pick(goal, search.wish.clone(), &held.slot, t) })
        }
        Asked::Lapsed { .. } | Asked::When {} | Asked::Day { .. } => None,
    }
}

/// The hunt for one slot that was on offer.
pub(super) fn pick(goal: Goal, mut wish: Wish, slot: &Slot, t: &Turn<'_>) -> Hunt {
    find::set_exact(&mut wish, slot.window.start, None, &t.business().tenant.zone);
    Hunt { with: Some(slot.staff), picked: true, ..Hunt::new(goal, wish) }
}

/// A message at `COLLECT_PHONE`.
pub(super) fn phone_heard(slot: Slot, wish: Wish, heard: &Heard, t: &mut Turn<'_>) -> Flow {
    if heard.tells_of_booking() && heard.slots.phone.is_none() {
        match heard.intent {
            Intent::Book | Intent::Provide | Intent::Affirm | Intent::Deny => {
                return pursue(Some(slot.service), wish, heard, t);
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
            | Intent::StartOver => {}
        }
    }
    if let Some(phone) = heard.slots.phone.clone() {
        let service = heard.slots.services.first().copied().unwrap_or(slot.service);
        let mut hunt = hunt_for(Goal::Book(service), wish, heard, t);
        if !heard.tells_of_booking() {
            hunt.with = Some(slot.staff);
        }
        return t.ask(Query::PhoneOwner { phone: phone.clone() }, Then::Phone { phone, hunt });
    }
    match heard.intent {
        Intent::Deny => drop_it(t),
        Intent::Book | Intent::Provide | Intent::Affirm => {
            if looks_like_number(&heard.text.0) {
                t.say(Line::BadPhone);
            }
            Flow::CollectPhone { slot, wish }.repeat_plainly(t)
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
        | Intent::StartOver => digress(Flow::CollectPhone { slot, wish }, heard, t),
    }
}

/// The number has been looked up: keep it, and look for the slot again, because nothing was held meanwhile.
///
/// A number of another customer is good to be charged and reminded on, but joins nobody to anybody: that takes a proof.
pub(super) fn phone_answered(phone: Phone, taken: bool, next: Hunt, t: &mut Turn<'_>) -> Flow {
    if taken {
        t.say(Line::PhoneTaken { phone: phone.clone() });
    }
    t.memory.phone = Some(phone.clone());
    t.write(Effect::Remember { fact: Fact::Phone { phone, proven: false } });
    hunt(next, t)
}

/// The customer does not want it after all.
pub(super) fn drop_it(t: &mut Turn<'_>) -> Flow {
    t.say(Line::NotBooked);
    Flow::Greet {}
}

/// Six digits or more: an attempt at a number.
fn looks_like_number(text: &str) -> bool {
    text.bytes().filter(u8::is_ascii_digit).count() >= 6
}

#[cfg(test)]
mod tests {
    use super::super::world::{World, at, day, service, time, when};
    use super::*;
    use crate::domain::channel::ChannelKind;
    use crate::language::understanding::{DateMention, Ordinal, Slots, TimeMention};

    const TOMORROW_3PM: &str = "2026-11-24T15:00:00+03:00";

    fn nth(n: u8) -> Slots {
        Slots { ordinal: Some(Ordinal::Nth(n)), ..Slots::default() }
    }

    #[test]
    fn service_day_and_time_may_come_one_by_one_in_any_order() {
        let mut w = World::barber();
        let did = w.bare(Intent::Book);
        assert_eq!((w.state(), did.lines.len()), ("COLLECT_SERVICE", 1));
        w.says(Intent::Provide, time("15:00"));
        assert_eq!(w.state(), "COLLECT_SERVICE");
        let slots = service(&w, "Haircut");
        let did = w.says(Intent::Provide, slots);
        assert_eq!(w.state(), "COLLECT_SLOT");
        assert_eq!(did.lines, [Line::AskDay { minute: "15:00".parse().unwrap() }]);
        w.says(Intent::Provide, day("2026-11-24"));
        assert_eq!(w.state(), "CONFIRM");
        assert_eq!(w.thread.draft().start, Some(at(TOMORROW_3PM)));
    }

    #[test]
    fn a_service_may_be_picked_by_its_place_in_the_list() {
        let mut w = World::barber();
        w.bare(Intent::Book);
        let did = w.says(Intent::Provide, nth(2));
        assert_eq!(did.lines, [Line::AskWhen { service: w.service("Beard Trim") }]);
    }

    #[test]
    fn a_name_that_fits_several_services_is_asked_about() {
        let mut w = World::barber();
        let candidates = vec![w.service("Haircut"), w.service("Kids Haircut")];
        let slots = Slots { service_candidates: candidates.clone(), ..when(TOMORROW_3PM) };
        let did = w.says(Intent::Book, slots);
        assert_eq!(did.lines, [Line::AskWhichService { services: candidates }]);
        w.says(Intent::Provide, nth(2));
        assert_eq!(
            (w.state(), w.thread.draft().service),
            ("CONFIRM", Some(w.service("Kids Haircut")))
        );
    }

    #[test]
    fn an_unknown_service_is_said_so_and_the_list_offered() {
        let mut w = World::barber();
        w.bare(Intent::Book);
        let did = w.bare(Intent::Provide);
        assert!(matches!(did.lines.as_slice(), [Line::NoSuchService, Line::AskService { .. }]));
    }

    #[test]
    fn a_service_that_is_no_longer_offered_is_never_held() {
        let mut w = World::barber();
        w.business.catalogue.services[0].active = false;
        let did = w.book("Haircut", TOMORROW_3PM);
        assert_eq!((w.state(), did.lines[0].clone()), ("COLLECT_SERVICE", Line::NoSuchService));
        assert!(w.rows.is_empty());
    }

    #[test]
    fn staff_is_asked_only_where_the_tenant_wants_it_and_anyone_is_an_answer() {
        let mut w = World::barber();
        w.business.settings.asks_staff = true;
        w.book("Haircut", TOMORROW_3PM);
        assert_eq!(w.state(), "COLLECT_STAFF");
        w.tap("stf:any");
        assert_eq!(w.state(), "CONFIRM");
        let mut w = World::barber();
        w.business.settings.asks_staff = true;
        w.book("Haircut", TOMORROW_3PM);
        w.says(Intent::Provide, nth(2));
        assert_eq!(w.thread.draft().staff, Some(w.staff("Kevin")));
    }

    #[test]
    fn somebody_who_does_not_do_the_service_is_not_booked_for_it() {
        let mut w = World::salon();
        let wanjiku = w.staff("Wanjiku");
        let slots = Slots {
            staff: Some(StaffMention::Named { id: wanjiku }),
            services: vec![w.service("Braids")],
            ..when(TOMORROW_3PM)
        };
        let did = w.says(Intent::Book, slots);
        assert_eq!(w.state(), "COLLECT_STAFF");
        assert!(
            matches!(did.lines.as_slice(), [Line::StaffNotQualified { .. }, Line::AskStaff { staff, .. }] if !staff.contains(&wanjiku))
        );
        let amina = w.staff("Amina");
        w.tap(&format!("stf:{amina}"));
        assert_eq!((w.state(), w.thread.draft().staff), ("CONFIRM", Some(amina)));
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
    fn a_stranger_gives_the_number_before_anything_is_held() {
        let mut w = World::barber();
        w.channel = ChannelKind::Instagram;
        w.customer.phone = None;
        let did = w.book("Haircut", TOMORROW_3PM);
        assert_eq!((w.state(), did.lines), ("COLLECT_PHONE", vec![Line::AskPhone]));
        assert!(w.rows.is_empty(), "nothing is held for a stranger");
        let phone = Phone::from_provider("254700111222").unwrap();
        let slots = Slots { phone: Some(phone.clone()), ..Slots::default() };
        let did = w.says(Intent::Provide, slots);
        assert_eq!(w.state(), "CONFIRM");
        assert!(
            did.has(&Effect::Remember {
                fact: Fact::Phone { phone: phone.clone(), proven: false }
            })
        );
        let did = w.bare(Intent::Affirm);
        assert!(
            did.effects
                .iter()
                .any(|e| matches!(e, Effect::Charge { payer: Some(p), .. } if *p == phone))
        );
    }

    #[test]
    fn a_number_of_somebody_else_can_pay_but_proves_nothing() {
        let mut w = World::barber();
        w.channel = ChannelKind::Web;
        w.customer.phone = None;
        w.phone_taken = true;
        w.book("Haircut", TOMORROW_3PM);
        let phone = Phone::from_provider("254700111222").unwrap();
        let slots = Slots { phone: Some(phone.clone()), ..Slots::default() };
        let did = w.says(Intent::Provide, slots);
        assert!(matches!(
            did.lines.as_slice(),
            [Line::PhoneTaken { .. }, Line::ConfirmBooking { .. }]
        ));
        assert!(
            !did.effects
                .iter()
                .any(|e| matches!(e, Effect::Remember { fact: Fact::Phone { proven: true, .. } }))
        );
    }

    #[test]
    fn a_number_that_came_with_the_wish_is_not_asked_for_again() {
        let mut w = World::barber();
        w.channel = ChannelKind::Messenger;
        w.customer.phone = None;
        let slots = Slots {
            services: vec![w.service("Haircut")],
            phone: Phone::from_provider("254700111222").ok(),
            ..when(TOMORROW_3PM)
        };
        w.says(Intent::Book, slots);
        assert_eq!(w.state(), "CONFIRM");
    }

    #[test]
    fn whatsapp_without_a_number_asks_only_where_money_is_due() {
        let mut w = World::barber();
        w.customer.phone = None;
        w.book("Haircut", TOMORROW_3PM);
        assert_eq!(w.state(), "COLLECT_PHONE");
        let mut w = World::dental();
        w.customer.phone = None;
        w.book("Cleaning", TOMORROW_3PM);
        assert_eq!(w.state(), "CONFIRM");
    }

    #[test]
    fn digits_that_are_no_number_are_said_so() {
        let mut w = World::barber();
        w.customer.phone = None;
        w.book("Haircut", TOMORROW_3PM);
        let mut said = super::super::world::said(Intent::Provide, Slots::default());
        said.text = "0712 34567".into();
        let did = w.turn(super::super::event::Event::Heard { said });
        assert_eq!(did.lines, [Line::BadPhone, Line::AskPhone]);
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
