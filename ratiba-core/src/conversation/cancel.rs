//! Cancelling: which booking, on what terms, and the customer's yes.

use jiff::{SignedDuration, Timestamp};

use super::asking::Then;
use super::effect::{AdminNote, Effect, Query};
use super::errand;
use super::flow::{Errand, Flow, Upcoming};
use super::heard::Heard;
use super::inquiry::digress;
use super::line::Line;
use super::turn::Turn;
use crate::domain::money::Money;
use crate::domain::tenant::CancelPolicy;
use crate::language::understanding::Intent;

/// What is given back of `paid` when an appointment is called off at `now`: everything until the free hours begin, then the
/// policy's share, in whole units and never more than was paid.
pub fn refund(paid: Money, start: Timestamp, now: Timestamp, policy: CancelPolicy) -> Money {
    let notice = SignedDuration::from_hours(i64::from(policy.free_until_hours));
    if start.duration_since(now) >= notice {
        return paid;
    }
    let share = paid.percent_rounded_up_to_unit(policy.late_refund_percent.min(100));
    Money { minor: share.minor.min(paid.minor), ..paid }
}

fn refund_now(booking: &Upcoming, t: &Turn<'_>) -> Money {
    refund(booking.paid, booking.slot.window.start, t.ctx.now, t.business().settings.cancel)
}

/// Says what cancelling means, and asks.
pub(super) fn ask(booking: Upcoming, t: &mut Turn<'_>) -> Flow {
    let refund = refund_now(&booking, t);
    Flow::CancelConfirm { booking, refund }.repeat_plainly(t)
}

/// A message at `CANCEL_SELECT`.
pub(super) fn select_heard(bookings: Vec<Upcoming>, heard: &Heard, t: &mut Turn<'_>) -> Flow {
    if let Some(booking) = errand::chosen(&bookings, heard, t) {
        return ask(booking, t);
    }
    match heard.intent {
        Intent::Deny => {
            t.say(Line::HowCanIHelp);
            Flow::Greet {}
        }
        Intent::Affirm | Intent::Provide | Intent::Cancel => {
            Flow::CancelSelect { bookings }.repeat_plainly(t)
        }
        Intent::Book => super::booking::begin(heard, t),
        Intent::Reschedule => errand::begin(true, heard, t),
        Intent::MyBookings
        | Intent::Services
        | Intent::Hours
        | Intent::Other
        | Intent::Greet
        | Intent::Thanks
        | Intent::Human
        | Intent::Stop
        | Intent::StartOver => digress(Flow::CancelSelect { bookings }, heard, t),
    }
}

/// A message at `CANCEL_CONFIRM`.
pub(super) fn confirm_heard(
    booking: Upcoming,
    refund: Money,
    heard: &Heard,
    t: &mut Turn<'_>,
) -> Flow {
    match heard.intent {
        // Looked up again: the terms may have changed since they were told, or the booking be gone.
        Intent::Affirm => t.ask(Query::MyAppointments, Then::Cancel { booking, refund }),
        Intent::Deny if !heard.tells_of_booking() => {
            t.say(Line::KeptBooking { slot: booking.slot });
            Flow::Greet {}
        }
        // "No, the Friday one."
        Intent::Deny | Intent::Cancel => errand::begin(false, heard, t),
        Intent::Provide if heard.tells_of_booking() => errand::begin(false, heard, t),
        Intent::Provide => Flow::CancelConfirm { booking, refund }.repeat_plainly(t),
        Intent::Book => super::booking::begin(heard, t),
        Intent::Reschedule => errand::resolve(
            Errand { to_move: true, slots: heard.slots.clone(), dropped: false },
            vec![booking],
            t,
        ),
        Intent::MyBookings
        | Intent::Services
        | Intent::Hours
        | Intent::Other
        | Intent::Greet
        | Intent::Thanks
        | Intent::Human
        | Intent::Stop
        | Intent::StartOver => digress(Flow::CancelConfirm { booking, refund }, heard, t),
    }
}

/// The booking has been looked up again after the yes.
pub(super) fn confirmed(
    booking: Upcoming,
    told: Money,
    upcoming: &[Upcoming],
    t: &mut Turn<'_>,
) -> Flow {
    let Some(booking) = upcoming.iter().find(|b| b.id == booking.id).copied() else {
        t.say(Line::NoBookings);
        return Flow::Greet {};
    };
    let refund = refund_now(&booking, t);
    if refund != told {
        return ask(booking, t);
    }
    t.write(Effect::Cancel { appointment: booking.id });
    if refund.is_positive() {
        t.write(Effect::Refund { appointment: booking.id, amount: refund });
    }
    t.write(Effect::TellAdmins { note: AdminNote::Cancelled { appointment: booking.id } });
    t.say(Line::Cancelled { slot: booking.slot, refund });
    Flow::Cancelled { booking }
}
