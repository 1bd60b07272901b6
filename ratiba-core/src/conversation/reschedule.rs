//! Moving a booking: the new slot is held before the old one is given up; if it can't be had, the old one stays.
//!
//! Decision: moving is free until the start. The policy of the tenant speaks of cancelling only; what was paid moves along.

use jiff::Timestamp;

use super::asking::{Goal, Hunt, Then};
use super::booking;
use super::effect::{AdminNote, Effect, Query};
use super::errand;
use super::event::TimerName;
use super::find::{self, exact, hunt, hunt_for, merged};
use super::flow::{Asked, Flow, Held, Search, Upcoming, Wish};
use super::heard::Heard;
use super::inquiry::digress;
use super::line::Line;
use super::pending::qualified;
use super::times::{self, answer};
use super::turn::Turn;
use crate::domain::id::AppointmentId;
use crate::language::understanding::{DateMention, Intent, StaffMention};
use crate::scheduling::slot::Slot;

/// Whether the new time needs some of what the old one has, so that it can't be held while the old one stands: "half an hour later".
/// Then it is taken and the other given up in one step, at the yes.
pub(super) fn share_time(old: &Slot, new: &Slot) -> bool {
    let same_room = old.resource.is_some() && old.resource == new.resource;
    (old.staff == new.staff || same_room) && old.blocked.overlaps(new.blocked)
}

/// What is held for a move that waits for its yes.
pub(super) fn holds(old: &Upcoming, new: &Held) -> Vec<AppointmentId> {
    if share_time(&old.slot, &new.slot) { Vec::new() } else { vec![new.id] }
}

/// Looks for the new time; with the same member of staff unless another was named.
pub(super) fn look(old: Upcoming, mut wish: Wish, t: &mut Turn<'_>) -> Flow {
    if wish.staff.is_none() {
        wish.staff = Some(StaffMention::Named { id: old.slot.staff });
    }
    // "move it to 5 pm": on the day that it is booked for.
    if wish.date.is_none() && wish.time.is_some() {
        let zone = t.business().tenant.zone.clone();
        wish.date =
            Some(DateMention::On { date: old.slot.window.start.to_zoned(zone).date(), or: None });
    }
    hunt(checked(Hunt::new(Goal::Move(old), wish), t), t)
}

/// Somebody who does not do this service can't be wished for.
fn checked(mut wanted: Hunt, t: &mut Turn<'_>) -> Hunt {
    let service = wanted.goal.service();
    if let Some(staff) = wanted.wish.named_staff()
        && !qualified(t, service).contains(&staff)
    {
        t.say(Line::StaffNotQualified { staff, service });
        wanted.wish.staff = Some(StaffMention::Anyone);
    }
    wanted
}

/// A message at `RESCHEDULE_SELECT`.
pub(super) fn select_heard(
    bookings: Vec<Upcoming>,
    wish: Wish,
    heard: &Heard,
    t: &mut Turn<'_>,
) -> Flow {
    match heard.intent {
        Intent::Affirm | Intent::Deny | Intent::Provide | Intent::Reschedule | Intent::Other
            if let Some(old) = errand::chosen(&bookings, heard, t) =>
        {
            look(old, wish, t)
        }
        Intent::Deny => {
            t.say(Line::HowCanIHelp);
            Flow::Greet {}
        }
        Intent::Affirm | Intent::Provide | Intent::Reschedule => {
            let wish = merged(wish, &heard.slots, &t.business().tenant.zone);
            Flow::RescheduleSelect { bookings, wish }.repeat_plainly(t)
        }
        Intent::Book => booking::begin(heard, t),
        Intent::Cancel => errand::begin(false, heard, t),
        Intent::MyBookings
        | Intent::Services
        | Intent::Hours
        | Intent::Other
        | Intent::Greet
        | Intent::Thanks
        | Intent::Human
        | Intent::Stop
        | Intent::StartOver => digress(Flow::RescheduleSelect { bookings, wish }, heard, t),
    }
}

/// A message at `RESCHEDULE_SLOT`.
pub(super) fn slot_heard(old: Upcoming, search: Search, heard: &Heard, t: &mut Turn<'_>) -> Flow {
    let goal = Goal::Move(old);
    if let Some(wanted) = answer(goal, &search, heard, t) {
        return hunt(wanted, t);
    }
    if heard.slots.wants_more && !heard.tells_of_time() {
        return find::more(goal, search, t);
    }
    match heard.intent {
        Intent::Book | Intent::Provide | Intent::Affirm | Intent::Deny | Intent::Reschedule
            if heard.slots.staff.is_some() || heard.tells_of_time() =>
        {
            let wanted = checked(hunt_for(goal, search.wish, heard, t), t);
            hunt(wanted, t)
        }
        Intent::Deny => match search.asked {
            Asked::Offers { more: true, .. } => find::more(goal, search, t),
            Asked::Offers { more: false, .. }
            | Asked::When {}
            | Asked::Day { .. }
            | Asked::WhichTime { .. }
            | Asked::Lapsed { .. }
            | Asked::Freed { .. } => {
                t.say(Line::KeptBooking { slot: old.slot });
                Flow::Greet {}
            }
        },
        Intent::Affirm | Intent::Provide | Intent::Reschedule => {
            Flow::RescheduleSlot { old, search }.repeat_plainly(t)
        }
        Intent::Book => booking::begin(heard, t),
        Intent::Cancel => errand::begin(false, heard, t),
        Intent::MyBookings
        | Intent::Services
        | Intent::Hours
        | Intent::Other
        | Intent::Greet
        | Intent::Thanks
        | Intent::Human
        | Intent::Stop
        | Intent::StartOver => digress(Flow::RescheduleSlot { old, search }, heard, t),
    }
}

/// A message at `RESCHEDULE_CONFIRM`.
pub(super) fn confirm_heard(
    old: Upcoming,
    new: Held,
    wish: Wish,
    until: Timestamp,
    heard: &Heard,
    t: &mut Turn<'_>,
) -> Flow {
    match heard.intent {
        Intent::Affirm | Intent::Deny | Intent::Book | Intent::Provide | Intent::Reschedule
            if changes(&new, &wish, heard, t) =>
        {
            t.release(holds(&old, &new));
            let wanted = checked(hunt_for(Goal::Move(old), wish, heard, t), t);
            hunt(wanted, t)
        }
        // What is not held is looked for again.
        Intent::Affirm if until <= t.ctx.now || share_time(&old.slot, &new.slot) => {
            t.release(holds(&old, &new));
            let agreed = Some((new.slot, new.price));
            hunt(Hunt { agreed, ..times::pick(Goal::Move(old), wish, &new.slot, t) }, t)
        }
        Intent::Affirm => agree(old, new, t),
        Intent::Deny => {
            t.release(holds(&old, &new));
            t.say(Line::KeptBooking { slot: old.slot });
            Flow::Greet {}
        }
        Intent::Book | Intent::Provide if heard.slots.wants_more => {
            t.release(holds(&old, &new));
            find::more(Goal::Move(old), Search { wish, asked: Asked::When {}, missed: None }, t)
        }
        Intent::Book | Intent::Provide | Intent::Reschedule => {
            Flow::RescheduleConfirm { old, new, wish, until }.repeat_plainly(t)
        }
        Intent::Cancel => {
            t.release(holds(&old, &new));
            errand::begin(false, heard, t)
        }
        Intent::MyBookings
        | Intent::Services
        | Intent::Hours
        | Intent::Other
        | Intent::Greet
        | Intent::Thanks
        | Intent::Human
        | Intent::Stop
        | Intent::StartOver => digress(Flow::RescheduleConfirm { old, new, wish, until }, heard, t),
    }
}

/// Whether a message asks for another time or person than what is held.
fn changes(new: &Held, wish: &Wish, heard: &Heard, t: &Turn<'_>) -> bool {
    if let Some((_, staff, start)) = heard.picked_slot() {
        return (staff, start) != (new.slot.staff, new.slot.window.start);
    }
    if heard.slots.staff.is_none() && !heard.tells_of_time() {
        return false;
    }
    let zone = &t.business().tenant.zone;
    let wished = merged(wish.clone(), &heard.slots, zone);
    let staff = wished.named_staff().is_none_or(|s| s == new.slot.staff);
    !(staff && exact(&wished, zone) == Some(new.slot.window.start))
}

/// The customer has agreed; the old one is looked up once more, because it may be gone.
pub(super) fn agree(old: Upcoming, new: Held, t: &mut Turn<'_>) -> Flow {
    t.ask(Query::MyAppointments, Then::Move { old, new })
}

/// The old booking has been looked up again after the yes.
pub(super) fn confirmed(old: Upcoming, new: Held, upcoming: &[Upcoming], t: &mut Turn<'_>) -> Flow {
    if !upcoming.iter().any(|b| b.id == old.id) {
        t.release(holds(&old, &new));
        t.say(Line::NoBookings);
        return Flow::Greet {};
    }
    t.write(Effect::Disarm { timer: TimerName::HoldExpires });
    if share_time(&old.slot, &new.slot) {
        let until = t.in_minutes(t.business().settings.hold_min);
        let appointment = find::appointment(&new, until, t);
        t.write(Effect::Hold { appointments: vec![appointment] });
    }
    t.write(Effect::Replace { old: old.id, new: new.id });
    t.write(Effect::TellAdmins { note: AdminNote::Moved { old: old.id, new: new.id } });
    t.say(Line::Moved { old: old.slot, new: new.slot });
    Flow::Rescheduled { old: old.slot, new }
}

#[cfg(test)]
mod tests {
    use super::super::world::{World, at, day, time, when};
    use super::*;
    use crate::domain::appointment::AppointmentStatus as Status;
    use crate::language::understanding::Slots;

    const TOMORROW: &str = "2026-11-24T15:00:00+03:00";
    const FRIDAY: &str = "2026-11-27T10:00:00+03:00";

    #[test]
    fn a_new_time_in_the_first_message_goes_straight_to_the_question() {
        let mut w = World::barber();
        let old = w.given("Haircut", TOMORROW, 500);
        let did = w.says(Intent::Reschedule, when(FRIDAY));
        assert_eq!(w.state(), "RESCHEDULE_CONFIRM");
        assert_eq!(w.thread.draft().start, Some(at(FRIDAY)));
        assert_eq!(w.statuses(), [Status::Confirmed, Status::Held], "the new one is held first");
        assert!(matches!(did.lines.as_slice(), [Line::ConfirmMove { .. }]));
        let Query::Slots { query } = did.asked[1].clone() else { panic!() };
        assert_eq!((query.ignoring, query.staff), (Some(old.id), Some(old.staff)));
        let did = w.bare(Intent::Affirm);
        assert_eq!(
            (w.state(), w.statuses()),
            ("RESCHEDULED", vec![Status::Cancelled, Status::Confirmed])
        );
        assert!(did.has(&Effect::Replace { old: old.id, new: w.rows[1].id }));
        assert!(!did.effects.iter().any(|e| matches!(e, Effect::Charge { .. })));
    }

    #[test]
    fn a_little_later_is_taken_in_one_step_because_it_can_not_be_held_beside_the_old() {
        let mut w = World::barber();
        w.given("Haircut", TOMORROW, 500);
        w.says(Intent::Reschedule, when("2026-11-24T15:15:00+03:00"));
        assert_eq!((w.state(), w.statuses()), ("RESCHEDULE_CONFIRM", vec![Status::Confirmed]));
        let mut other = w.clone();
        let did = w.bare(Intent::Affirm);
        assert_eq!(
            (w.state(), w.statuses()),
            ("RESCHEDULED", vec![Status::Cancelled, Status::Confirmed])
        );
        let at_once = did.effects.iter().position(|e| matches!(e, Effect::Hold { .. }));
        let replaced = did.effects.iter().position(|e| matches!(e, Effect::Replace { .. }));
        assert!(at_once.is_some() && at_once < replaced);
        // Somebody else takes the rest of it meanwhile.
        other.taken.push(at("2026-11-24T15:15:00+03:00"));
        let did = other.bare(Intent::Affirm);
        assert_eq!((other.state(), other.statuses()), ("RESCHEDULE_SLOT", vec![Status::Confirmed]));
        assert_eq!(did.lines[0], Line::SlotGone);
    }

    #[test]
    fn a_move_to_where_it_is_keeps_it() {
        let mut w = World::barber();
        w.given("Haircut", TOMORROW, 500);
        let did = w.says(Intent::Reschedule, when(TOMORROW));
        assert!(matches!(did.lines.as_slice(), [Line::KeptBooking { .. }]));
        assert_eq!((w.state(), w.statuses()), ("GREET", vec![Status::Confirmed]));
    }

    #[test]
    fn the_new_time_is_asked_for_piece_by_piece() {
        let mut w = World::barber();
        w.given("Haircut", TOMORROW, 500);
        let did = w.bare(Intent::Reschedule);
        assert_eq!(w.state(), "RESCHEDULE_SLOT");
        assert!(matches!(did.lines.as_slice(), [Line::AskNewTime { .. }]));
        let did = w.says(Intent::Provide, day("2026-11-27"));
        assert!(matches!(did.lines.as_slice(), [Line::OfferSlots { .. }]));
        w.says(Intent::Provide, time("10:00"));
        assert_eq!((w.state(), w.thread.draft().start), ("RESCHEDULE_CONFIRM", Some(at(FRIDAY))));
    }

    #[test]
    fn no_gives_the_new_time_back_and_the_old_stands() {
        let mut w = World::barber();
        w.given("Haircut", TOMORROW, 500);
        w.says(Intent::Reschedule, when(FRIDAY));
        let did = w.bare(Intent::Deny);
        assert_eq!(w.statuses(), [Status::Confirmed, Status::Expired]);
        assert!(matches!(did.lines.as_slice(), [Line::KeptBooking { .. }]));
    }

    #[test]
    fn a_taken_new_time_brings_offers_and_keeps_the_old() {
        let mut w = World::barber();
        w.given("Haircut", TOMORROW, 500);
        w.taken.push(at(FRIDAY));
        let did = w.says(Intent::Reschedule, when(FRIDAY));
        assert_eq!((w.state(), w.statuses()), ("RESCHEDULE_SLOT", vec![Status::Confirmed]));
        assert!(matches!(did.lines.as_slice(), [Line::NotFree { .. }, Line::OfferSlots { .. }]));
        w.says(
            Intent::Provide,
            Slots {
                ordinal: Some(crate::language::understanding::Ordinal::Last),
                ..Slots::default()
            },
        );
        assert_eq!(w.state(), "RESCHEDULE_CONFIRM");
    }

    #[test]
    fn another_time_at_the_question_swaps_the_hold() {
        let mut w = World::barber();
        w.given("Haircut", TOMORROW, 500);
        w.says(Intent::Reschedule, when(FRIDAY));
        w.says(Intent::Deny, Slots { correction: true, ..time("12:00") });
        assert_eq!(w.thread.draft().start, Some(at("2026-11-27T12:00:00+03:00")));
        assert_eq!(w.statuses(), [Status::Confirmed, Status::Expired, Status::Held]);
    }

    #[test]
    fn several_bookings_are_asked_about_and_the_new_time_is_kept() {
        let mut w = World::barber();
        w.given("Haircut", TOMORROW, 500);
        let second = w.given("Beard Trim", "2026-11-25T10:00:00+03:00", 300);
        w.says(Intent::Reschedule, when(FRIDAY));
        assert_eq!(w.state(), "RESCHEDULE_SELECT");
        w.tap(&format!("apt:{}", second.id));
        assert_eq!((w.state(), w.thread.draft().start), ("RESCHEDULE_CONFIRM", Some(at(FRIDAY))));
        assert_eq!(w.thread.draft().service, Some(second.service));
    }

    #[test]
    fn to_cancel_one_instead_of_moving_it_is_heard_as_that() {
        let mut w = World::barber();
        w.given("Haircut", TOMORROW, 500);
        let second = w.given("Beard Trim", "2026-11-25T10:00:00+03:00", 300);
        w.bare(Intent::Reschedule);
        let slots = Slots { services: vec![second.service], ..Slots::default() };
        w.says(Intent::Cancel, slots);
        assert_eq!((w.state(), w.thread.draft().service), ("CANCEL_CONFIRM", Some(second.service)));
    }

    #[test]
    fn an_old_booking_that_is_gone_can_not_be_replaced() {
        let mut w = World::barber();
        w.given("Haircut", TOMORROW, 500);
        w.says(Intent::Reschedule, when(FRIDAY));
        w.rows[0].status = Status::Cancelled;
        let did = w.bare(Intent::Affirm);
        assert_eq!((w.state(), w.statuses()), ("GREET", vec![Status::Cancelled, Status::Expired]));
        assert_eq!(did.lines, [Line::NoBookings]);
    }
}
