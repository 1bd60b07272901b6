//! `CONFIRM`, `CROSS_SELL_OFFER` and `BUNDLE_CONFIRM`: a slot is held and the customer says yes, no or something else.

use jiff::{SignedDuration, Timestamp};

use super::asking::{Goal, Hunt, Then};
use super::booking::{self, pursue};
use super::effect::{Effect, Query};
use super::event::TimerName;
use super::find::{self, appointment, exact, hunt, merged};
use super::flow::{Asked, Flow, Held, Search, Wish};
use super::heard::Heard;
use super::inquiry::digress;
use super::line::Line;
use super::paying;
use super::turn::Turn;
use crate::domain::dials::CrossSell;
use crate::domain::id::ServiceId;
use crate::language::understanding::Intent;
use crate::scheduling::slot::{Found, Slot, SlotQuery, Wish as When};

/// How long after the first visit a second may start (product text, section 6).
const MAX_GAP: SignedDuration = SignedDuration::from_mins(15);

/// A message at `CONFIRM`.
pub(super) fn heard(
    held: Held,
    wish: Wish,
    until: Timestamp,
    heard: &Heard,
    t: &mut Turn<'_>,
) -> Flow {
    let wish = keep_means(wish, heard);
    match heard.intent {
        Intent::Affirm | Intent::Deny | Intent::Book | Intent::Provide
            if changes(&held, &wish, heard, t) =>
        {
            t.release(vec![held.id]);
            pursue(Some(held.slot.service), wish, heard, t)
        }
        Intent::Affirm => yes(held, wish, until, t),
        Intent::Deny => {
            t.release(vec![held.id]);
            t.say(Line::NotBooked);
            // They may want another time; what was wished before is no hint any more.
            let wish = Wish { date: None, time: None, ..wish };
            find::collect(Goal::Book(held.slot.service), wish, Asked::When {}, t)
        }
        Intent::Book | Intent::Provide if heard.slots.wants_more => {
            t.release(vec![held.id]);
            let search = Search { wish, asked: Asked::When {} };
            find::more(Goal::Book(held.slot.service), search, t)
        }
        Intent::Book | Intent::Provide => Flow::Confirm { held, wish, until }.repeat_plainly(t),
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
        | Intent::StartOver => digress(Flow::Confirm { held, wish, until }, heard, t),
    }
}

/// Keeps a number or a way to pay that was named.
fn keep_means(mut wish: Wish, heard: &Heard) -> Wish {
    wish.phone = heard.slots.phone.clone().or(wish.phone);
    wish.rail = heard.slots.rail.or(wish.rail);
    wish
}

/// Whether a message asks for something other than what is held.
fn changes(held: &Held, wish: &Wish, heard: &Heard, t: &Turn<'_>) -> bool {
    if !heard.tells_of_booking() {
        return false;
    }
    if let Some((service, staff, start)) = heard.picked_slot() {
        return (service, staff, start)
            != (held.slot.service, held.slot.staff, held.slot.window.start);
    }
    let slots = &heard.slots;
    let wished = merged(wish.clone(), slots, &t.business().tenant.zone);
    let service = slots.services.first().is_none_or(|s| *s == held.slot.service)
        && slots.services.len() < 2
        && (slots.service_candidates.is_empty() || !slots.services.is_empty());
    let staff = wished.named_staff().is_none_or(|s| s == held.slot.staff);
    let start = exact(&wished, &t.business().tenant.zone) == Some(held.slot.window.start);
    !(service && staff && start)
}

/// Yes at `CONFIRM`. A hold that has run out is first had again.
fn yes(held: Held, wish: Wish, until: Timestamp, t: &mut Turn<'_>) -> Flow {
    if until <= t.ctx.now {
        t.release(vec![held.id]);
        return retake(held, wish, t);
    }
    agree(held, wish, until, t)
}

/// Looks for a slot again that the customer has agreed to.
pub(super) fn retake(held: Held, wish: Wish, t: &mut Turn<'_>) -> Flow {
    let goal = Goal::Book(held.slot.service);
    let agreed = Some((held.slot, held.price));
    hunt(Hunt { agreed, ..booking::pick(goal, wish, &held.slot, t) }, t)
}

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
    if t.business().dials().cross_sell != CrossSell::Never && !t.memory.cross_sell_done {
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
    use super::super::world::{World, at, day, time, when};
    use super::*;
    use crate::domain::appointment::AppointmentStatus as Status;
    use crate::domain::money::{Currency, Money};
    use crate::language::understanding::Slots;
    use crate::payments::news::PaymentNews;

    const TOMORROW_3PM: &str = "2026-11-24T15:00:00+03:00";

    #[test]
    fn one_message_with_everything_goes_from_greet_to_confirm_and_holds_the_slot() {
        let mut w = World::barber();
        assert_eq!(w.state(), "GREET");
        let did = w.book("Haircut", TOMORROW_3PM);
        assert_eq!(w.state(), "CONFIRM");
        let [Line::ConfirmBooking { slot, price, due, state_date: false }] = did.lines.as_slice()
        else {
            panic!("{:?}", did.lines)
        };
        assert_eq!(slot.window.start, at(TOMORROW_3PM));
        assert_eq!(
            (*price, *due),
            (Money::whole(500, Currency::Kes), Money::whole(500, Currency::Kes))
        );
        let until = w.now + SignedDuration::from_mins(10);
        assert_eq!(w.rows[0].hold_expires_at, Some(until));
        assert!(did.has(&Effect::Arm { timer: TimerName::HoldExpires, at: until }));
        assert!(w.thread.draft().held);
    }

    #[test]
    fn yes_asks_for_the_money_and_a_payment_books() {
        let mut w = World::barber();
        let (payment, did) = w.pay("Haircut", TOMORROW_3PM);
        assert_eq!(w.state(), "AWAITING_PAYMENT");
        let amount = Money::whole(500, Currency::Kes);
        assert_eq!(
            did.lines,
            [Line::PromptSent { phone: w.customer.phone.clone().unwrap(), amount }]
        );
        let did = w.news(payment, PaymentNews::Paid { receipt: Some("TKX1".into()), amount });
        assert_eq!(w.state(), "PAYMENT_CONFIRMED");
        assert_eq!(w.statuses(), [Status::Confirmed]);
        assert!(matches!(
            did.lines.as_slice(),
            [Line::PaidAndBooked { remaining, .. }] if remaining.minor == 0
        ));
    }

    #[test]
    fn where_nothing_is_due_yes_books_at_once() {
        let mut w = World::dental();
        w.book("Cleaning", TOMORROW_3PM);
        let did = w.bare(Intent::Affirm);
        assert_eq!((w.state(), w.statuses()), ("BOOKED", vec![Status::Confirmed]));
        assert!(
            matches!(did.lines.as_slice(), [Line::Booked { at_venue, .. }] if at_venue.minor == 350_000)
        );
    }

    #[test]
    fn no_gives_the_slot_back_and_asks_for_another_time() {
        let mut w = World::barber();
        w.book("Haircut", TOMORROW_3PM);
        let did = w.bare(Intent::Deny);
        assert_eq!((w.state(), w.statuses()), ("COLLECT_SLOT", vec![Status::Expired]));
        assert_eq!(did.lines[0], Line::NotBooked);
        assert!(!w.thread.draft().held);
    }

    #[test]
    fn a_correction_of_the_day_keeps_the_time_and_swaps_the_hold() {
        let mut w = World::barber();
        w.book("Haircut", TOMORROW_3PM);
        let did = w.says(Intent::Deny, Slots { correction: true, ..day("2026-11-26") });
        assert_eq!(w.state(), "CONFIRM");
        assert_eq!(w.thread.draft().start, Some(at("2026-11-26T15:00:00+03:00")));
        assert_eq!(w.statuses(), [Status::Expired, Status::Held]);
        let release = did.effects.iter().position(|e| matches!(e, Effect::Release { .. }));
        let hold = did.effects.iter().position(|e| matches!(e, Effect::Hold { .. }));
        assert!(release < hold, "the old hold goes first");
    }

    #[test]
    fn a_correction_of_the_time_keeps_the_day() {
        let mut w = World::barber();
        w.book("Haircut", TOMORROW_3PM);
        w.says(Intent::Provide, time("16:00"));
        assert_eq!(w.thread.draft().start, Some(at("2026-11-24T16:00:00+03:00")));
    }

    #[test]
    fn yes_with_the_same_time_is_a_yes() {
        let mut w = World::dental();
        w.book("Cleaning", TOMORROW_3PM);
        w.says(Intent::Affirm, when(TOMORROW_3PM));
        assert_eq!(w.state(), "BOOKED");
    }

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

    #[test]
    fn a_day_whose_name_could_mean_another_is_stated_in_full() {
        use crate::language::understanding::DateMention;
        let mut w = World::barber();
        let (date, or) = ("2026-11-27".parse().unwrap(), "2026-12-04".parse().ok());
        let date = Some(DateMention::On { date, or });
        let services = vec![w.service("Haircut")];
        let did =
            w.says(Intent::Book, Slots { services, date, ..when("2026-11-27T15:00:00+03:00") });
        assert!(matches!(did.lines.as_slice(), [Line::ConfirmBooking { state_date: true, .. }]));
    }
}
