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
pub(super) fn phone_heard(slot: Slot, mut wish: Wish, heard: &Heard, t: &mut Turn<'_>) -> Flow {
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
        wish.phone = Some(phone.clone());
        let goal = Goal::Book(slot.service);
        let hunt = Hunt { with: Some(slot.staff), ..Hunt::new(goal, wish) };
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
