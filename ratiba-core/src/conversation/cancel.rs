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
    match heard.intent {
        Intent::Affirm | Intent::Deny | Intent::Provide | Intent::Cancel | Intent::Other
            if let Some(booking) = errand::chosen(&bookings, heard, t) =>
        {
            ask(booking, t)
        }
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

#[cfg(test)]
mod tests {
    use super::super::world::{World, day, service};
    use super::*;
    use crate::domain::appointment::AppointmentStatus as Status;
    use crate::domain::money::Currency;

    const TOMORROW: &str = "2026-11-24T15:00:00+03:00";
    const FRIDAY: &str = "2026-11-27T10:00:00+03:00";

    #[test]
    fn all_is_given_back_in_time_and_the_policys_share_later() {
        let paid = Money::whole(1_250, Currency::Kes);
        let start: Timestamp = TOMORROW.parse().unwrap();
        let policy = CancelPolicy { free_until_hours: 24, late_refund_percent: 50 };
        let before = |hours| start - SignedDuration::from_hours(hours);
        assert_eq!(refund(paid, start, before(24), policy), paid);
        assert_eq!(refund(paid, start, before(23), policy), Money::whole(625, Currency::Kes));
        let strict = CancelPolicy { late_refund_percent: 0, ..policy };
        assert_eq!(refund(paid, start, before(23), strict).minor, 0);
        let nothing = Money::zero(Currency::Kes);
        assert_eq!(refund(nothing, start, before(0), policy), nothing);
    }

    #[test]
    fn one_booking_is_asked_about_with_its_terms_and_yes_cancels_and_refunds() {
        let mut w = World::salon();
        let row = w.given("Braids", FRIDAY, 1_250);
        let did = w.bare(Intent::Cancel);
        assert_eq!(w.state(), "CANCEL_CONFIRM");
        let amount = Money::whole(1_250, Currency::Kes);
        assert!(
            matches!(did.lines.as_slice(), [Line::ConfirmCancel { refund, kept, free_until_hours: 24, .. }] if *refund == amount && kept.minor == 0)
        );
        let did = w.bare(Intent::Affirm);
        assert_eq!((w.state(), w.statuses()), ("CANCELLED", vec![Status::Cancelled]));
        assert!(did.has(&Effect::Refund { appointment: row.id, amount }));
        assert!(
            did.has(&Effect::TellAdmins { note: AdminNote::Cancelled { appointment: row.id } })
        );
    }

    #[test]
    fn terms_that_changed_while_the_customer_thought_are_told_again() {
        let mut w = World::salon();
        w.given("Braids", TOMORROW, 1_250);
        w.bare(Intent::Cancel);
        w.wait(8 * 60);
        let did = w.bare(Intent::Affirm);
        assert!(
            matches!(did.lines.as_slice(), [Line::ConfirmCancel { refund, .. }] if refund.minor == 0)
        );
        assert_eq!((w.state(), w.statuses()), ("CANCEL_CONFIRM", vec![Status::Confirmed]));
        let did = w.bare(Intent::Affirm);
        assert_eq!(w.state(), "CANCELLED");
        assert!(!did.effects.iter().any(|e| matches!(e, Effect::Refund { .. })));
    }

    #[test]
    fn no_keeps_the_booking() {
        let mut w = World::barber();
        w.given("Haircut", FRIDAY, 500);
        w.bare(Intent::Cancel);
        let did = w.bare(Intent::Deny);
        assert!(matches!(did.lines.as_slice(), [Line::KeptBooking { .. }]));
        assert_eq!((w.state(), w.statuses()), ("GREET", vec![Status::Confirmed]));
    }

    #[test]
    fn with_nothing_booked_there_is_nothing_to_cancel() {
        let mut w = World::barber();
        let did = w.bare(Intent::Cancel);
        assert_eq!((w.state(), did.lines), ("GREET", vec![Line::NoBookings]));
    }

    #[test]
    fn several_bookings_are_listed_unless_words_single_one_out() {
        let mut w = World::barber();
        w.given("Haircut", TOMORROW, 500);
        let friday = w.given("Beard Trim", FRIDAY, 300);
        w.bare(Intent::Cancel);
        assert_eq!((w.state(), w.thread.offered().len()), ("CANCEL_SELECT", 2));
        let mut by_tap = w.clone();
        by_tap.tap(&format!("apt:{}", friday.id));
        assert_eq!(by_tap.thread.draft().service, Some(friday.service));
        w.says(Intent::Provide, day("2026-11-27"));
        assert_eq!((w.state(), w.thread.draft().service), ("CANCEL_CONFIRM", Some(friday.service)));
        let mut w = World::barber();
        w.given("Haircut", TOMORROW, 500);
        w.given("Beard Trim", FRIDAY, 300);
        let slots = service(&w, "Beard Trim");
        w.says(Intent::Cancel, slots);
        assert_eq!(w.state(), "CANCEL_CONFIRM");
    }

    #[test]
    fn a_booking_that_went_away_meanwhile_is_not_cancelled_twice() {
        let mut w = World::barber();
        w.given("Haircut", FRIDAY, 500);
        w.bare(Intent::Cancel);
        w.rows[0].status = Status::Cancelled;
        let did = w.bare(Intent::Affirm);
        assert_eq!((w.state(), did.effects.len()), ("GREET", 0));
        assert_eq!(did.lines, [Line::NoBookings]);
    }
}
