//! After the yes at `CONFIRM`: a second service, offered at `CROSS_SELL_OFFER` and agreed at `BUNDLE_CONFIRM`.

use jiff::{SignedDuration, Timestamp};

use super::asking::Then;
use super::booking::pursue;
use super::confirm::{changes, keep_means, retake};
use super::effect::{Effect, Query};
use super::event::TimerName;
use super::find::appointment;
use super::flow::{Flow, Held, Wish};
use super::heard::Heard;
use super::inquiry::digress;
use super::line::Line;
use super::paying;
use super::turn::Turn;
use super::upsell;
use crate::domain::id::ServiceId;
use crate::language::understanding::Intent;
use crate::scheduling::slot::{Found, Slot, SlotQuery, Wish as When};

/// How long after the first visit a second may start (product text, section 6).
const MAX_GAP: SignedDuration = SignedDuration::from_mins(15);

/// The customer has agreed: a second service if one was named or fits, then payment, else booked.
pub(super) fn agree(first: Held, mut wish: Wish, until: Timestamp, t: &mut Turn<'_>) -> Flow {
    if !wish.also.is_empty() {
        let service = wish.also.remove(0);
        let query = SlotQuery {
            service,
            staff: None,
            wish: When::At { start: first.slot.window.end },
            ignoring: None,
            skip: 0,
        };
        let then = Then::OfferNamedSecond { first, service, wish, until };
        return t.ask(Query::Slots { query }, then);
    }
    if upsell::may_offer(t) {
        let query = Query::CrossSell { after: first.slot };
        return t.ask(query, Then::OfferSecond { first, wish, until });
    }
    paying::settle(vec![first], wish, t)
}

/// The answer to whether a second service fits.
pub(super) fn second_found(
    first: Held,
    offer: Option<Slot>,
    wish: Wish,
    until: Timestamp,
    t: &mut Turn<'_>,
) -> Flow {
    match offer {
        Some(offer) if t.bookable(offer.service).is_some() => {
            t.memory.cross_sell_done = true;
            Flow::CrossSellOffer { first, offer, wish, until }.repeat_plainly(t)
        }
        Some(_) | None => paying::settle(vec![first], wish, t),
    }
}

/// The answer to whether the second service that was named fits right after.
pub(super) fn named_second_found(
    first: Held,
    service: ServiceId,
    found: Found,
    wish: Wish,
    until: Timestamp,
    t: &mut Turn<'_>,
) -> Flow {
    let end = first.slot.window.end;
    let fits = |s: &Slot| {
        let start = s.window.start;
        start >= end && start.duration_since(end) <= MAX_GAP
    };
    let slots = match found {
        Found::Free { slot } => vec![slot],
        Found::NotFree { nearest, .. } => nearest,
        Found::Offers { slots, .. } => slots,
    };
    let offer = slots.into_iter().find(fits);
    if offer.is_none() {
        t.say(Line::NoRoomRightAfter { next: service });
    }
    second_found(first, offer, wish, until, t)
}

/// A message at `CROSS_SELL_OFFER`.
pub(super) fn offer_heard(
    first: Held,
    offer: Slot,
    wish: Wish,
    until: Timestamp,
    heard: &Heard,
    t: &mut Turn<'_>,
) -> Flow {
    let wish = keep_means(wish, heard);
    let names_it = heard.slots.services == [offer.service] && !heard.tells_of_time();
    match heard.intent {
        Intent::Affirm | Intent::Provide | Intent::Book
            if names_it || (heard.intent == Intent::Affirm && !heard.tells_of_booking()) =>
        {
            if until <= t.ctx.now {
                t.release(vec![first.id]);
                return retake(first, wish, t);
            }
            // Looked up again: nothing was held while the customer thought about it.
            let query = SlotQuery {
                service: offer.service,
                staff: Some(offer.staff),
                wish: When::At { start: offer.window.start },
                ignoring: None,
                skip: 0,
            };
            t.ask(
                Query::Slots { query },
                Then::TakeSecond { first, service: offer.service, wish, until },
            )
        }
        Intent::Deny if !heard.tells_of_booking() || names_it => {
            paying::settle_unless_lapsed(first, wish, until, t)
        }
        Intent::Affirm | Intent::Deny | Intent::Provide | Intent::Book
            if changes(&first, &wish, heard, t) =>
        {
            t.release(vec![first.id]);
            pursue(Some(first.slot.service), wish, heard, t)
        }
        Intent::Affirm | Intent::Deny | Intent::Provide | Intent::Book => {
            Flow::CrossSellOffer { first, offer, wish, until }.repeat_plainly(t)
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
        | Intent::StartOver => {
            digress(Flow::CrossSellOffer { first, offer, wish, until }, heard, t)
        }
    }
}

/// The second slot has been looked up again: both are held from here on, all or nothing, or the first goes on alone.
pub(super) fn take_second(
    first: Held,
    service: ServiceId,
    found: &Found,
    wish: Wish,
    until: Timestamp,
    t: &mut Turn<'_>,
) -> Flow {
    let free = match found {
        Found::Free { slot } => t.bookable(slot.service).map(|service| (*slot, service)),
        Found::NotFree { .. } | Found::Offers { .. } => None,
    };
    let Some((slot, offered)) = free else {
        t.say(Line::NoRoomRightAfter { next: service });
        return paying::settle_unless_lapsed(first, wish, until, t);
    };
    let due = t.due_for(offered);
    let second = Held { id: t.mint(), slot, price: offered.price, due };
    let until = t.in_minutes(t.business().settings.hold_min);
    t.write(Effect::Extend { appointments: vec![first.id], until });
    let row = appointment(&second, until, t);
    t.write(Effect::Hold { appointments: vec![row] });
    t.write(Effect::Arm { timer: TimerName::HoldExpires, at: until });
    Flow::BundleConfirm { first, second, wish, until }.repeat_plainly(t)
}

/// A message at `BUNDLE_CONFIRM`.
pub(super) fn bundle_heard(
    first: Held,
    second: Held,
    wish: Wish,
    until: Timestamp,
    heard: &Heard,
    t: &mut Turn<'_>,
) -> Flow {
    let wish = keep_means(wish, heard);
    match heard.intent {
        Intent::Affirm if !heard.tells_of_booking() => {
            if until <= t.ctx.now {
                t.release(vec![first.id, second.id]);
                return retake(first, wish, t);
            }
            paying::settle(vec![first, second], wish, t)
        }
        Intent::Deny if !heard.tells_of_booking() => {
            t.write(Effect::Release { appointments: vec![second.id] });
            paying::settle_unless_lapsed(first, wish, until, t)
        }
        Intent::Affirm | Intent::Deny | Intent::Provide | Intent::Book
            if changes(&first, &wish, heard, t) =>
        {
            t.release(vec![first.id, second.id]);
            pursue(Some(first.slot.service), wish, heard, t)
        }
        Intent::Affirm | Intent::Deny | Intent::Provide | Intent::Book => {
            Flow::BundleConfirm { first, second, wish, until }.repeat_plainly(t)
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
        | Intent::StartOver => {
            digress(Flow::BundleConfirm { first, second, wish, until }, heard, t)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::world::{World, at, when};
    use super::*;
    use crate::domain::appointment::AppointmentStatus as Status;
    use crate::domain::money::{Currency, Money};
    use crate::language::understanding::Slots;
    use crate::payments::news::PaymentNews;

    const TOMORROW_3PM: &str = "2026-11-24T15:00:00+03:00";

    fn manicure_and_offer() -> World {
        let mut w = World::salon();
        let end = at("2026-11-24T15:45:00+03:00");
        w.cross_sell = Some(w.slot(w.service("Pedicure"), None, end));
        w.book("Manicure", TOMORROW_3PM);
        let did = w.bare(Intent::Affirm);
        assert_eq!(w.state(), "CROSS_SELL_OFFER");
        assert!(matches!(did.lines.as_slice(), [Line::OfferCrossSell { .. }]));
        w
    }

    #[test]
    fn yes_to_a_second_service_holds_both_and_asks_for_one_payment() {
        let mut w = manicure_and_offer();
        let did = w.bare(Intent::Affirm);
        assert_eq!((w.state(), w.statuses()), ("BUNDLE_CONFIRM", vec![Status::Held, Status::Held]));
        assert!(
            matches!(did.lines.as_slice(), [Line::ConfirmBundle { price, due, .. }] if price.minor == 220_000 && due.minor == 110_000)
        );
        let did = w.bare(Intent::Affirm);
        let payment = did.payment();
        let amount = Money::whole(1_100, Currency::Kes);
        w.news(payment, PaymentNews::Paid { receipt: None, amount });
        assert_eq!((w.state(), w.statuses()), ("PAYMENT_CONFIRMED", vec![Status::Confirmed; 2]));
    }

    #[test]
    fn no_to_a_second_service_goes_on_with_the_first_and_never_asks_again() {
        let mut w = manicure_and_offer();
        w.bare(Intent::Deny);
        assert_eq!((w.state(), w.statuses()), ("AWAITING_PAYMENT", vec![Status::Held]));
        assert!(w.thread.memory.cross_sell_done);
    }

    #[test]
    fn no_to_the_bundle_releases_the_second_only() {
        let mut w = manicure_and_offer();
        w.bare(Intent::Affirm);
        let did = w.bare(Intent::Deny);
        assert_eq!(
            (w.state(), w.statuses()),
            ("AWAITING_PAYMENT", vec![Status::Held, Status::Expired])
        );
        assert!(
            did.effects
                .iter()
                .any(|e| matches!(e, Effect::Charge { amount, .. } if amount.minor == 50_000))
        );
    }

    #[test]
    fn a_second_slot_that_is_gone_leaves_the_first_to_go_on() {
        let mut w = manicure_and_offer();
        w.taken.push(at("2026-11-24T15:45:00+03:00"));
        let did = w.bare(Intent::Affirm);
        assert_eq!((w.state(), w.statuses()), ("AWAITING_PAYMENT", vec![Status::Held]));
        assert!(matches!(
            did.lines.as_slice(),
            [Line::NoRoomRightAfter { .. }, Line::PromptSent { .. }]
        ));
    }

    #[test]
    fn a_tenant_that_never_cross_sells_is_not_asked_about_it() {
        let mut w = World::barber();
        let (_, did) = w.pay("Haircut", TOMORROW_3PM);
        assert!(did.asked.is_empty());
    }

    #[test]
    fn a_second_service_that_was_asked_for_is_offered_right_after_the_first() {
        let mut w = World::barber();
        let services = vec![w.service("Haircut"), w.service("Beard Trim")];
        let did = w.says(Intent::Book, Slots { services, ..when(TOMORROW_3PM) });
        assert!(matches!(
            did.lines.as_slice(),
            [Line::OneThenTheOther { .. }, Line::ConfirmBooking { .. }]
        ));
        let did = w.bare(Intent::Affirm);
        assert_eq!(w.state(), "CROSS_SELL_OFFER");
        assert!(
            matches!(did.lines.as_slice(), [Line::OfferCrossSell { slot, .. }] if slot.window.start == at("2026-11-24T15:30:00+03:00"))
        );
    }
}
