//! Which booking a customer wants to cancel or move: own upcoming ones only, found by words, by choice, or by asking.

use super::asking::Then;
use super::choice::Pick;
use super::effect::Query;
use super::find::merged;
use super::flow::{Errand, Flow, Upcoming, Wish};
use super::heard::Heard;
use super::line::Line;
use super::turn::Turn;
use super::{booking, cancel, reschedule};
use crate::domain::time::MinuteOfDay;
use crate::language::understanding::{DateMention, Intent, Slots, StaffMention, TimeMention};

/// Looks up what the customer has booked.
pub(super) fn begin(to_move: bool, heard: &Heard, t: &mut Turn<'_>) -> Flow {
    start(Errand { to_move, slots: heard.slots.clone(), dropped: false }, t)
}

/// Looks up what the customer has booked.
pub(super) fn start(errand: Errand, t: &mut Turn<'_>) -> Flow {
    t.ask(Query::MyAppointments, Then::Errand(errand))
}

/// "No, Thursday" with nothing under way: about what is booked, or else a wish to book.
pub(super) fn corrected(slots: Slots, upcoming: Vec<Upcoming>, t: &mut Turn<'_>) -> Flow {
    if upcoming.is_empty() {
        return booking::begin(&Heard::to_book(slots), t);
    }
    resolve(Errand { to_move: true, slots, dropped: false }, upcoming, t)
}

/// What they have booked is known: one of them, or which one?
pub(super) fn resolve(errand: Errand, upcoming: Vec<Upcoming>, t: &mut Turn<'_>) -> Flow {
    let Errand { to_move, slots, dropped } = errand;
    if dropped {
        t.say(Line::NotBooked);
    }
    if upcoming.is_empty() {
        // "Cancel" with nothing but a draft was about the draft.
        if to_move || !dropped {
            t.say(Line::NoBookings);
        }
        return Flow::Greet {};
    }
    let fitting: Vec<Upcoming> =
        upcoming.iter().filter(|b| fits(b, &slots, to_move, t)).copied().collect();
    let one = match (upcoming.as_slice(), fitting.as_slice()) {
        ([only], _) | (_, [only]) => Some(*only),
        _ => None,
    };
    // The time of a move is the new one; what names the old is no part of the wish.
    let wish = if to_move {
        let said = Slots { services: Vec::new(), ..slots };
        merged(Wish::default(), &said, &t.business().tenant.zone)
    } else {
        Wish::default()
    };
    match (one, to_move) {
        (Some(booking), false) => cancel::ask(booking, t),
        (Some(booking), true) => reschedule::look(booking, wish, t),
        (None, to_move) => {
            let bookings = if fitting.is_empty() { upcoming } else { fitting };
            if to_move {
                Flow::RescheduleSelect { bookings, wish }.repeat_plainly(t)
            } else {
                Flow::CancelSelect { bookings }.repeat_plainly(t)
            }
        }
    }
}

/// Whether what was said of a booking is true of this one. Says nothing, fits all.
fn fits(booking: &Upcoming, slots: &Slots, to_move: bool, t: &Turn<'_>) -> bool {
    let service = slots.services.is_empty() || slots.services.contains(&booking.slot.service);
    if to_move {
        return service;
    }
    let staff = match slots.staff {
        Some(StaffMention::Named { id }) => id == booking.slot.staff,
        Some(StaffMention::Anyone) | None => true,
    };
    let local = booking.slot.window.start.to_zoned(t.business().tenant.zone.clone());
    let day = match slots.date {
        Some(DateMention::On { date, or }) => local.date() == date || Some(local.date()) == or,
        Some(DateMention::Within { from, to }) => (from..=to).contains(&local.date()),
        Some(DateMention::Any) | None => true,
    };
    let minute = MinuteOfDay::of(local.time());
    let time = match &slots.time {
        Some(TimeMention::At { minute: at, .. }) => minute == *at,
        Some(TimeMention::Unclear { readings }) => readings.contains(&minute),
        Some(TimeMention::Between { from, to }) => (*from..*to).contains(&minute),
        Some(TimeMention::Part { .. } | TimeMention::Any) | None => true,
    };
    service && staff && day && time
}

/// The booking that an answer to "which one?" picks, if it picks one.
pub(super) fn chosen(bookings: &[Upcoming], heard: &Heard, t: &Turn<'_>) -> Option<Upcoming> {
    if let Some(Pick::Booking(id)) = heard.pick {
        return bookings.iter().find(|b| b.id == id).copied();
    }
    if let Some(at) = heard.position(bookings.len()) {
        return bookings.get(at).copied();
    }
    if heard.tells_of_booking() {
        let mut fitting = bookings.iter().filter(|b| fits(b, &heard.slots, false, t));
        return match (fitting.next(), fitting.next()) {
            (Some(only), None) => Some(*only),
            (Some(_), Some(_)) | (None, _) => None,
        };
    }
    match (heard.intent, bookings) {
        (Intent::Affirm, [only]) => Some(*only),
        _ => None,
    }
}
