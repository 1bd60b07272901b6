//! Booking up to `CONFIRM`: service, staff, time and phone, each skipped when it is known already.

use super::asking::{Goal, Hunt};
use super::find::{hunt, hunt_for, merged};
use super::flow::{Flow, Wish};
use super::heard::Heard;
use super::inquiry::digress;
use super::line::Line;
use super::pending::qualified;
use super::turn::Turn;
use crate::domain::id::ServiceId;
use crate::language::understanding::{Intent, StaffMention};

/// Begins a booking from nothing.
pub(super) fn begin(heard: &Heard, t: &mut Turn<'_>) -> Flow {
    let about = t.memory.about.take();
    pursue(about, Wish::default(), heard, t)
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

/// The customer does not want it after all.
pub(super) fn drop_it(t: &mut Turn<'_>) -> Flow {
    t.say(Line::NotBooked);
    Flow::Greet {}
}

#[cfg(test)]
mod tests {
    use super::super::world::{World, at, day, service, time, when};
    use super::*;

    use crate::language::understanding::{Ordinal, Slots};

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
}
