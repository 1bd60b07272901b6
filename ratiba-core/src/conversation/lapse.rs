//! A hold runs out: the time goes back to others, and the customer is asked whether it is still wanted.

use super::asking::Goal;
use super::effect::Rejection;
use super::find::collect;
use super::flow::{Asked, Flow, Held, Wish};
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
            t.release(vec![new.id]);
            collect(Goal::Move(old), wish, Asked::Lapsed { held: new, agreed: false }, t)
        }
        Flow::DropDraft { draft, .. } if !draft.holds().is_empty() => hold_expired(*draft, t),
        same @ (Flow::Greet {}
        | Flow::CollectService { .. }
        | Flow::CollectStaff { .. }
        | Flow::CollectSlot { .. }
        | Flow::CollectPhone { .. }
        | Flow::Confirm { .. }
        | Flow::CrossSellOffer { .. }
        | Flow::BundleConfirm { .. }
        | Flow::AwaitingPayment { .. }
        | Flow::PaymentConfirmed { .. }
        | Flow::PaymentFailed { .. }
        | Flow::PaymentTimeout { .. }
        | Flow::PaymentCancelled { .. }
        | Flow::Booked { .. }
        | Flow::CancelSelect { .. }
        | Flow::CancelConfirm { .. }
        | Flow::Cancelled { .. }
        | Flow::RescheduleSelect { .. }
        | Flow::RescheduleSlot { .. }
        | Flow::RescheduleConfirm { .. }
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
