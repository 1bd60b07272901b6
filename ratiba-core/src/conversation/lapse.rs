//! A hold runs out: the time goes back to others, and the customer is asked whether it is still wanted.

use super::asking::Goal;
use super::effect::{Effect, Rejection};
use super::event::TimerName;
use super::find::collect;
use super::flow::{Asked, Flow, Held, Wish};
use super::reschedule;
use super::turn::Turn;

/// The deadline of a hold was reached. One that has been set anew meanwhile, or is not there any more, is stale.
pub(super) fn hold_expired(flow: Flow, t: &mut Turn<'_>) -> Flow {
    let now = t.ctx.now;
    match flow {
        Flow::Confirm { held, wish, until } if until <= now => book_again(held, wish, false, t),
        Flow::CrossSellOffer { first, wish, until, .. } if until <= now => {
            book_again(first, wish, true, t)
        }
        Flow::BundleConfirm { first, second, wish, until } if until <= now => {
            t.release(vec![second.id]);
            book_again(first, wish, true, t)
        }
        Flow::PaymentFailed { order, until, .. } if until <= now => {
            let mut visits = order.visits.into_iter();
            let Some(first) = visits.next() else { return Flow::Greet {} };
            t.release(visits.map(|h| h.id).collect());
            book_again(first, order.wish, true, t)
        }
        Flow::RescheduleConfirm { old, new, wish, until } if until <= now => {
            t.release(reschedule::holds(&old, &new));
            collect(Goal::Move(old), wish, Asked::Lapsed { held: new, agreed: false }, t)
        }
        Flow::DropDraft { draft, .. } if !draft.holds().is_empty() => hold_expired(*draft, t),
        // Too early: the hold was extended meanwhile, or the clock has been set back. The deadline is set again, which changes nothing
        // where it still is.
        Flow::Confirm { until, .. }
        | Flow::CrossSellOffer { until, .. }
        | Flow::BundleConfirm { until, .. }
        | Flow::PaymentFailed { until, .. }
        | Flow::RescheduleConfirm { until, .. } => {
            t.reject(Rejection::StaleTimer);
            t.write(Effect::Arm { timer: TimerName::HoldExpires, at: until });
            flow
        }
        same @ (Flow::Greet {}
        | Flow::CollectService { .. }
        | Flow::CollectStaff { .. }
        | Flow::CollectSlot { .. }
        | Flow::CollectPhone { .. }
        | Flow::AwaitingPayment { .. }
        | Flow::PaymentConfirmed { .. }
        | Flow::PaymentTimeout { .. }
        | Flow::PaymentCancelled { .. }
        | Flow::Booked { .. }
        | Flow::CancelSelect { .. }
        | Flow::CancelConfirm { .. }
        | Flow::Cancelled { .. }
        | Flow::RescheduleSelect { .. }
        | Flow::RescheduleSlot { .. }
        | Flow::Rescheduled { .. }
        | Flow::DropDraft { .. }
        | Flow::Asking(_)) => {
            t.reject(Rejection::StaleTimer);
            same
        }
    }
}

fn book_again(held: Held, wish: Wish, agreed: bool, t: &mut Turn<'_>) -> Flow {
    t.release(vec![held.id]);
    collect(Goal::Book(held.slot.service), wish, Asked::Lapsed { held, agreed }, t)
}

#[cfg(test)]
mod tests {
    use super::super::effect::Effect;
    use super::super::event::{Event, TimerName};
    use super::super::line::Line;
    use super::super::world::{Did, World, at, when};
    use super::*;
    use crate::domain::appointment::AppointmentStatus as Status;
    use crate::domain::payment::FailureReason;
    use crate::language::understanding::Intent;
    use crate::payments::news::PaymentNews;

    const TOMORROW_3PM: &str = "2026-11-24T15:00:00+03:00";

    fn expire(w: &mut World) -> Did {
        w.turn(Event::TimerFired { timer: TimerName::HoldExpires })
    }

    #[test]
    fn silence_at_confirm_gives_the_slot_back_and_yes_has_it_again() {
        let mut w = World::barber();
        w.book("Haircut", TOMORROW_3PM);
        w.wait(10);
        let did = expire(&mut w);
        assert_eq!(
            (w.state(), w.statuses(), did.lines),
            ("COLLECT_SLOT", vec![Status::Expired], vec![Line::HoldExpired])
        );
        assert!(!w.thread.draft().held);
        w.bare(Intent::Affirm);
        assert_eq!((w.state(), w.statuses()), ("CONFIRM", vec![Status::Expired, Status::Held]));
    }

    #[test]
    fn a_slot_that_went_meanwhile_is_said_so_with_others() {
        let mut w = World::barber();
        w.book("Haircut", TOMORROW_3PM);
        w.wait(10);
        expire(&mut w);
        w.taken.push(at(TOMORROW_3PM));
        let did = w.bare(Intent::Affirm);
        assert!(matches!(did.lines.as_slice(), [Line::SlotGone, Line::OfferSlots { .. }]));
    }

    #[test]
    fn a_yes_that_comes_before_the_late_timer_still_looks_again() {
        let mut w = World::barber();
        w.book("Haircut", TOMORROW_3PM);
        w.wait(11);
        w.bare(Intent::Affirm);
        assert_eq!(
            (w.state(), w.statuses()),
            ("AWAITING_PAYMENT", vec![Status::Expired, Status::Held])
        );
        assert_eq!(expire(&mut w).effects, [Effect::Rejected { why: Rejection::StaleTimer }]);
    }

    #[test]
    fn a_deadline_that_was_set_anew_is_stale() {
        let mut w = World::barber();
        w.book("Haircut", TOMORROW_3PM);
        let until = w.rows[0].hold_expires_at.unwrap();
        w.wait(5);
        let again = Effect::Arm { timer: TimerName::HoldExpires, at: until };
        let stale = Effect::Rejected { why: Rejection::StaleTimer };
        assert_eq!(expire(&mut w).effects, [stale, again], "set again, should a clock have jumped");
        assert_eq!(w.state(), "CONFIRM");
    }

    #[test]
    fn after_a_failed_payment_yes_asks_for_the_money_again_without_another_question() {
        let mut w = World::barber();
        let (payment, _) = w.pay("Haircut", TOMORROW_3PM);
        w.news(payment, PaymentNews::Failed { reason: FailureReason::WrongPin });
        w.wait(10);
        expire(&mut w);
        assert_eq!((w.state(), w.statuses()), ("COLLECT_SLOT", vec![Status::Expired]));
        w.bare(Intent::Affirm);
        assert_eq!(w.state(), "AWAITING_PAYMENT");
    }

    #[test]
    fn a_move_that_is_not_answered_keeps_the_old_booking() {
        let mut w = World::barber();
        w.given("Haircut", TOMORROW_3PM, 500);
        w.says(Intent::Reschedule, when("2026-11-27T10:00:00+03:00"));
        w.wait(10);
        expire(&mut w);
        assert_eq!(
            (w.state(), w.statuses()),
            ("RESCHEDULE_SLOT", vec![Status::Confirmed, Status::Expired])
        );
        w.bare(Intent::Affirm);
        assert_eq!(w.state(), "RESCHEDULE_CONFIRM");
    }
}
