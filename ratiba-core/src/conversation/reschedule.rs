//! Moving a booking: the new slot is held before the old one is given up; if it can't be had, the old one stays.
//!
//! Decision: moving is free until the start. The policy of the tenant speaks of cancelling only; what was paid moves along.

use jiff::Timestamp;

use super::asking::{Goal, Hunt, Then};
use super::booking::{self, answer};
use super::effect::{AdminNote, Effect, Query};
use super::errand;
use super::event::TimerName;
use super::find::{self, exact, hunt, hunt_for, merged};
use super::flow::{Asked, Flow, Held, Search, Upcoming, Wish};
use super::heard::Heard;
use super::inquiry::digress;
use super::line::Line;
use super::turn::Turn;
use super::view::qualified;
use crate::language::understanding::{Intent, StaffMention};

/// Looks for the new time; with the same member of staff unless another was named.
pub(super) fn look(old: Upcoming, mut wish: Wish, t: &mut Turn<'_>) -> Flow {
    if wish.staff.is_none() {
        wish.staff = Some(StaffMention::Named { id: old.slot.staff });
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
    if let Some(old) = errand::chosen(&bookings, heard, t) {
        return look(old, wish, t);
    }
    match heard.intent {
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
    if heard.slots.wants_more && !heard.tells_of_booking() {
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
            | Asked::Lapsed { .. } => {
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
            t.release(vec![new.id]);
            let wanted = checked(hunt_for(Goal::Move(old), wish, heard, t), t);
            hunt(wanted, t)
        }
        Intent::Affirm if until <= t.ctx.now => {
            t.release(vec![new.id]);
            let agreed = Some((new.slot, new.price));
            hunt(Hunt { agreed, ..booking::pick(Goal::Move(old), wish, &new.slot, t) }, t)
        }
        Intent::Affirm => agree(old, new, t),
        Intent::Deny => {
            t.release(vec![new.id]);
            t.say(Line::KeptBooking { slot: old.slot });
            Flow::Greet {}
        }
        Intent::Book | Intent::Provide if heard.slots.wants_more => {
            t.release(vec![new.id]);
            find::more(Goal::Move(old), Search { wish, asked: Asked::When {} }, t)
        }
        Intent::Book | Intent::Provide | Intent::Reschedule => {
            Flow::RescheduleConfirm { old, new, wish, until }.repeat_plainly(t)
        }
        Intent::Cancel => {
            t.release(vec![new.id]);
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
        t.release(vec![new.id]);
        t.say(Line::NoBookings);
        return Flow::Greet {};
    }
    t.write(Effect::Disarm { timer: TimerName::HoldExpires });
    t.write(Effect::Replace { old: old.id, new: new.id });
    t.write(Effect::TellAdmins { note: AdminNote::Moved { old: old.id, new: new.id } });
    t.say(Line::Moved { old: old.slot, new: new.slot });
    Flow::Rescheduled { old: old.slot, new }
}
