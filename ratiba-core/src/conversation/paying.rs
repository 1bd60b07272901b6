//! From agreement to money: `AWAITING_PAYMENT`, `PAYMENT_FAILED` and what a payment's news mean in every state.

use jiff::Timestamp;

use super::booking::{drop_it, pursue};
use super::choice::Pick;
use super::confirm;
use super::effect::{AdminNote, Effect, Fact};
use super::event::TimerName;
use super::flow::{Flow, Held, Order, Wish};
use super::heard::Heard;
use super::inquiry::digress;
use super::line::Line;
use super::turn::{Turn, sum};
use crate::domain::id::{AppointmentId, PaymentId};
use crate::domain::payment::FailureReason;
use crate::domain::phone::Phone;
use crate::domain::tenant::Rail;
use crate::language::understanding::Intent;

/// Minutes after which a card page is given up (product text, section 5.4).
const CARD_WINDOW_MIN: u32 = 30;

/// Everything is agreed: asks for what is due, or books at once when nothing is.
pub(super) fn settle(visits: Vec<Held>, wish: Wish, t: &mut Turn<'_>) -> Flow {
    let due = sum(&visits, |h| h.due, t.business());
    let rails = &t.business().settings.payment.rails;
    let wanted = wish.rail.filter(|rail| rails.contains(rail));
    match wanted.or_else(|| rails.first().copied()).filter(|_| due.is_positive()) {
        Some(rail) => {
            let payer = payer(rail, &wish, t);
            charge(Order { visits, due, rail, payer, wish }, 0, t)
        }
        None => book(visits, t),
    }
}

/// As [`settle`] for a visit that is still held; one whose hold has run out is first had again.
pub(super) fn settle_unless_lapsed(
    first: Held,
    wish: Wish,
    until: Timestamp,
    t: &mut Turn<'_>,
) -> Flow {
    if until <= t.ctx.now {
        t.release(vec![first.id]);
        return confirm::retake(first, wish, t);
    }
    settle(vec![first], wish, t)
}

/// Books without a payment.
fn book(visits: Vec<Held>, t: &mut Turn<'_>) -> Flow {
    let at_venue = sum(&visits, |h| h.price, t.business());
    confirm_all(&visits, t);
    t.say(Line::Booked { slots: visits.iter().map(|h| h.slot).collect(), at_venue });
    Flow::Booked { visits }
}

pub(super) fn confirm_all(visits: &[Held], t: &mut Turn<'_>) {
    let appointments: Vec<AppointmentId> = visits.iter().map(|h| h.id).collect();
    t.write(Effect::Disarm { timer: TimerName::HoldExpires });
    t.write(Effect::Confirm { appointments: appointments.clone() });
    t.write(Effect::TellAdmins { note: AdminNote::Booked { appointments } });
}

/// The number that pays: the one named for it, else the customer's own.
fn payer(rail: Rail, wish: &Wish, t: &Turn<'_>) -> Option<Phone> {
    match rail {
        Rail::Mpesa => wish.phone.clone().or_else(|| t.known_phone()),
        Rail::Card | Rail::Cash => None,
    }
}

/// Asks to be paid, and keeps the slots until the window ends.
fn charge(order: Order, failures: u8, t: &mut Turn<'_>) -> Flow {
    if order.rail == Rail::Mpesa && order.payer.is_none() {
        return ask_number(order, FailureReason::InvalidNumber, failures, t);
    }
    let minutes = match order.rail {
        Rail::Mpesa => t.business().settings.payment_window_min,
        Rail::Card | Rail::Cash => CARD_WINDOW_MIN,
    };
    let expires_at = t.in_minutes(minutes);
    let appointments = ids(&order.visits);
    let payment = t.mint();
    t.write(Effect::Disarm { timer: TimerName::HoldExpires });
    t.write(Effect::Extend { appointments: appointments.clone(), until: expires_at });
    t.write(Effect::Charge {
        payment,
        rail: order.rail,
        payer: order.payer.clone(),
        amount: order.due,
        appointments,
        expires_at,
    });
    if let Some(phone) = order.payer.clone() {
        t.say(Line::PromptSent { phone, amount: order.due });
    }
    Flow::AwaitingPayment { order, payment, failures }
}

/// Asks for the number that shall pay, and keeps the slots meanwhile.
fn ask_number(order: Order, reason: FailureReason, failures: u8, t: &mut Turn<'_>) -> Flow {
    let until = keep(&order, t);
    Flow::PaymentFailed { order, reason, failures, asks_number: true, until }.repeat_plainly(t)
}

/// Gives the customer the time of a hold to think again.
pub(super) fn keep(order: &Order, t: &mut Turn<'_>) -> Timestamp {
    let until = t.in_minutes(t.business().settings.hold_min);
    t.write(Effect::Extend { appointments: ids(&order.visits), until });
    t.write(Effect::Arm { timer: TimerName::HoldExpires, at: until });
    until
}

pub(super) fn ids(visits: &[Held]) -> Vec<AppointmentId> {
    visits.iter().map(|h| h.id).collect()
}

/// The customer calls the payment off, without a further question.
pub(super) fn call_off(order: Order, payment: PaymentId, t: &mut Turn<'_>) -> Flow {
    t.write(Effect::AbandonPayment { payment });
    t.write(Effect::Release { appointments: ids(&order.visits) });
    t.say(Line::PaymentCancelled { rail: order.rail });
    Flow::PaymentCancelled { order }
}

/// The customer gives up after a failed payment.
pub(super) fn give_up(order: Order, t: &mut Turn<'_>) -> Flow {
    t.release(ids(&order.visits));
    t.say(Line::NotBooked);
    Flow::PaymentCancelled { order }
}

/// A message while the customer is asked to pay.
pub(super) fn awaiting_heard(
    order: Order,
    payment: PaymentId,
    failures: u8,
    heard: &Heard,
    t: &mut Turn<'_>,
) -> Flow {
    let calls_off = matches!(heard.intent, Intent::Cancel | Intent::StartOver);
    if !calls_off && let Some(order) = paid_otherwise(&order, heard, t) {
        t.write(Effect::AbandonPayment { payment });
        return charge(order, failures, t);
    }
    if let Some(first) = order.visits.first().copied().filter(|h| corrects(h, &order, heard, t)) {
        t.write(Effect::AbandonPayment { payment });
        t.release(ids(&order.visits));
        t.say(Line::PaymentCancelled { rail: order.rail });
        return pursue(Some(first.slot.service), order.wish, heard, t);
    }
    match heard.intent {
        Intent::Cancel | Intent::StartOver => call_off(order, payment, t),
        Intent::Deny if heard.slots.phone.is_none() && !heard.tells_of_booking() => {
            call_off(order, payment, t)
        }
        // A payment is open: first finish it or call it off.
        Intent::Deny | Intent::Affirm | Intent::Book | Intent::Provide | Intent::Reschedule => {
            Flow::AwaitingPayment { order, payment, failures }.repeat_plainly(t)
        }
        Intent::MyBookings
        | Intent::Services
        | Intent::Hours
        | Intent::Other
        | Intent::Greet
        | Intent::Thanks
        | Intent::Human
        | Intent::Stop => digress(Flow::AwaitingPayment { order, payment, failures }, heard, t),
    }
}

/// "No, Thursday", "make it 4": a correction holds in any state, so also for what is being paid. Should the prompt that is out be
/// paid all the same, that money is given back. A wish for something else besides is no correction, and waits.
fn corrects(first: &Held, order: &Order, heard: &Heard, t: &Turn<'_>) -> bool {
    let says_so = match heard.intent {
        Intent::Provide | Intent::Deny | Intent::Affirm | Intent::Book => heard.slots.correction,
        Intent::Reschedule => heard.tells_of_time(),
        Intent::Cancel
        | Intent::MyBookings
        | Intent::Services
        | Intent::Hours
        | Intent::Other
        | Intent::Greet
        | Intent::Thanks
        | Intent::Human
        | Intent::Stop
        | Intent::StartOver => false,
    };
    says_so && confirm::changes(first, &order.wish, heard, t)
}

/// The customer writes a word for "stop" while they are asked to pay: what they want stopped first of all is that. The word itself
/// opts out besides, as it does everywhere.
pub(super) fn stop_heard(
    order: Order,
    payment: PaymentId,
    heard: &Heard,
    t: &mut Turn<'_>,
) -> Flow {
    if heard.text.0.trim().eq_ignore_ascii_case("stop") {
        t.write(Effect::Remember { fact: Fact::OptedOut });
        t.say(Line::OptedOut);
    }
    call_off(order, payment, t)
}

/// The order as it is now to be paid, when a message names another number or another way that the tenant takes. The prompt that
/// is out is called off for it: should it be paid all the same, that money is given back.
fn paid_otherwise(order: &Order, heard: &Heard, t: &Turn<'_>) -> Option<Order> {
    let rails = &t.business().settings.payment.rails;
    let wanted = heard.slots.rail.filter(|rail| rails.contains(rail));
    match (heard.slots.phone.clone(), wanted.unwrap_or(order.rail)) {
        (Some(phone), _)
            if rails.contains(&Rail::Mpesa) && order.payer.as_ref() != Some(&phone) =>
        {
            Some(Order { rail: Rail::Mpesa, payer: Some(phone), ..order.clone() })
        }
        (_, rail) if rail != order.rail => {
            Some(Order { rail, payer: payer(rail, &order.wish, t), ..order.clone() })
        }
        (Some(_) | None, Rail::Mpesa | Rail::Card | Rail::Cash) => None,
    }
}

/// A message at `PAYMENT_FAILED`.
pub(super) fn failed_heard(
    mut order: Order,
    reason: FailureReason,
    failures: u8,
    asks_number: bool,
    until: Timestamp,
    heard: &Heard,
    t: &mut Turn<'_>,
) -> Flow {
    let rails = &t.business().settings.payment.rails;
    let venue = heard.pick == Some(Pick::Venue) || heard.slots.at_venue;
    if until <= t.ctx.now && (venue || heard.intent == Intent::Affirm || heard.pick.is_some()) {
        let first = order.visits.first().copied();
        t.release(ids(&order.visits));
        if let Some(first) = first {
            return confirm::retake(first, order.wish, t);
        }
    }
    if venue && t.business().settings.payment.venue_fallback {
        return book(order.visits, t);
    }
    if heard.pick == Some(Pick::OtherNumber) {
        return ask_number(order, reason, failures, t);
    }
    if let Some(phone) = heard.slots.phone.clone().filter(|_| rails.contains(&Rail::Mpesa)) {
        order.rail = Rail::Mpesa;
        order.payer = Some(phone);
        return charge(order, failures, t);
    }
    let card = heard.pick == Some(Pick::Card) || heard.slots.rail == Some(Rail::Card);
    if card && rails.contains(&Rail::Card) {
        order.rail = Rail::Card;
        order.payer = None;
        return charge(order, failures, t);
    }
    let mpesa = heard.slots.rail == Some(Rail::Mpesa) && rails.contains(&Rail::Mpesa);
    let same = Flow::PaymentFailed { order: order.clone(), reason, failures, asks_number, until };
    match heard.intent {
        Intent::Affirm | Intent::Deny | Intent::Book | Intent::Provide
            if heard.tells_of_booking() =>
        {
            t.release(ids(&order.visits));
            let service = order.visits.first().map(|h| h.slot.service);
            pursue(service, order.wish, heard, t)
        }
        Intent::Affirm | Intent::Book | Intent::Provide
            if mpesa || heard.intent == Intent::Affirm || heard.pick == Some(Pick::Retry) =>
        {
            if mpesa {
                order.rail = Rail::Mpesa;
            }
            order.payer = order.payer.or_else(|| payer(order.rail, &order.wish, t));
            charge(order, failures, t)
        }
        Intent::Deny | Intent::Cancel | Intent::StartOver => give_up(order, t),
        Intent::Reschedule => {
            t.release(ids(&order.visits));
            let service = order.visits.first().map(|h| h.slot.service);
            let wish = Wish { date: None, time: None, ..order.wish };
            pursue(service, wish, heard, t)
        }
        Intent::Affirm | Intent::Book | Intent::Provide => same.repeat_plainly(t),
        Intent::MyBookings
        | Intent::Services
        | Intent::Hours
        | Intent::Other
        | Intent::Greet
        | Intent::Thanks
        | Intent::Human
        | Intent::Stop => digress(same, heard, t),
    }
}

/// A message after `PAYMENT_TIMEOUT` that asks to try once more.
pub(super) fn try_again(order: Order, t: &mut Turn<'_>) -> Flow {
    match order.visits.first().copied() {
        Some(first) => confirm::retake(first, order.wish, t),
        None => drop_it(t),
    }
}

#[cfg(test)]
mod tests {
    use super::super::world::{Did, World, day, when};
    use super::*;
    use crate::domain::appointment::AppointmentStatus as Status;
    use crate::domain::money::{Currency, Money};
    use crate::language::understanding::Slots;
    use crate::payments::news::PaymentNews;

    const TOMORROW_3PM: &str = "2026-11-24T15:00:00+03:00";

    fn shillings(whole: i64) -> Money {
        Money::whole(whole, Currency::Kes)
    }

    fn still_open() -> Line {
        Line::PaymentStillOpen { amount: shillings(500), rail: Rail::Mpesa }
    }

    fn failed(w: &mut World, payment: PaymentId) -> Did {
        w.news(payment, PaymentNews::Failed { reason: FailureReason::WrongPin })
    }

    #[test]
    fn the_hold_lasts_as_long_as_the_payment_window() {
        let mut w = World::barber();
        let (_, did) = w.pay("Haircut", TOMORROW_3PM);
        let until = w.now + jiff::SignedDuration::from_mins(5);
        assert!(did.has(&Effect::Extend { appointments: vec![w.rows[0].id], until }));
        assert!(did.has(&Effect::Disarm { timer: TimerName::HoldExpires }));
    }

    #[test]
    fn only_the_deposit_is_asked_for_and_the_rest_is_told() {
        let mut w = World::salon();
        let (payment, did) = w.pay("Braids", TOMORROW_3PM);
        let amount = shillings(1_250);
        assert!(
            did.effects
                .iter()
                .any(|e| matches!(e, Effect::Charge { amount: a, .. } if *a == amount))
        );
        let did = w.news(payment, PaymentNews::Paid { receipt: None, amount });
        assert!(
            matches!(did.lines.as_slice(), [Line::PaidAndBooked { remaining, .. }] if *remaining == shillings(1_250))
        );
    }

    #[test]
    fn a_second_yes_never_makes_a_second_prompt() {
        let mut w = World::barber();
        w.pay("Haircut", TOMORROW_3PM);
        let did = w.tap("yes");
        assert_eq!(w.state(), "AWAITING_PAYMENT");
        assert!(did.effects.is_empty());
        assert_eq!(did.lines, [still_open()]);
    }

    #[test]
    fn a_new_wish_waits_until_the_open_payment_is_done() {
        let mut w = World::barber();
        w.pay("Haircut", TOMORROW_3PM);
        let did = w.book("Beard Trim", TOMORROW_3PM);
        assert_eq!(did.lines, [still_open()]);
        assert!(did.effects.is_empty() && did.asked.is_empty());
    }

    #[test]
    fn a_correction_while_paying_calls_the_prompt_off_and_holds_the_other_time() {
        let mut w = World::barber();
        let (payment, _) = w.pay("Haircut", TOMORROW_3PM);
        let slots = Slots { correction: true, ..when("2026-11-24T16:00:00+03:00") };
        let did = w.says(Intent::Provide, slots);
        assert!(did.has(&Effect::AbandonPayment { payment }));
        assert!(matches!(
            did.lines.as_slice(),
            [Line::PaymentCancelled { .. }, Line::ConfirmBooking { .. }]
        ));
        assert_eq!((w.state(), w.statuses()), ("CONFIRM", vec![Status::Expired, Status::Held]));
        w.bare(Intent::Affirm);
        assert_eq!(w.state(), "AWAITING_PAYMENT");
    }

    #[test]
    fn another_number_or_a_card_named_while_paying_takes_the_place_of_the_open_prompt() {
        let mut w = World::salon();
        let (first, _) = w.pay("Braids", TOMORROW_3PM);
        let phone = Phone::from_provider("254733000111").unwrap();
        let did = w.says(Intent::Provide, Slots { phone: Some(phone.clone()), ..Slots::default() });
        assert!(did.has(&Effect::AbandonPayment { payment: first }));
        let second = did.payment();
        let same = w.says(Intent::Provide, Slots { phone: Some(phone), ..Slots::default() });
        assert!(same.effects.is_empty(), "the number that is asked already");
        let did = w.says(Intent::Other, Slots { rail: Some(Rail::Card), ..Slots::default() });
        assert!(did.has(&Effect::AbandonPayment { payment: second }));
        assert!(did.effects.iter().any(|e| matches!(e, Effect::Charge { rail: Rail::Card, .. })));
        assert_eq!((w.state(), w.statuses()), ("AWAITING_PAYMENT", vec![Status::Held]));
        let mut w = World::barber();
        w.pay("Haircut", TOMORROW_3PM);
        let did = w.says(Intent::Provide, Slots { rail: Some(Rail::Card), ..Slots::default() });
        assert!(did.effects.is_empty(), "this tenant takes no cards");
    }

    #[test]
    fn calling_it_off_while_paying_needs_no_question() {
        for intent in [Intent::Cancel, Intent::Deny, Intent::StartOver, Intent::Stop] {
            let mut w = World::barber();
            let (payment, _) = w.pay("Haircut", TOMORROW_3PM);
            let did = w.bare(intent);
            assert_eq!(w.state(), "PAYMENT_CANCELLED_BY_CUSTOMER");
            assert!(did.has(&Effect::AbandonPayment { payment }));
            assert_eq!(
                (w.statuses(), did.lines),
                (vec![Status::Expired], vec![Line::PaymentCancelled { rail: Rail::Mpesa }])
            );
            let did = w.news(payment, PaymentNews::ReturnedAfterCancel);
            assert_eq!(did.lines, [Line::ReturnedAfterCancel]);
            assert_eq!(w.statuses(), [Status::Expired]);
        }
    }

    #[test]
    fn the_word_stop_itself_opts_out_besides() {
        let mut w = World::barber();
        w.pay("Haircut", TOMORROW_3PM);
        let mut said = super::super::world::said(Intent::Stop, Slots::default());
        said.text = "STOP".into();
        let did = w.turn(super::super::event::Event::Heard { said });
        assert!(did.has(&Effect::Remember { fact: Fact::OptedOut }));
        assert_eq!(
            (w.state(), did.lines),
            (
                "PAYMENT_CANCELLED_BY_CUSTOMER",
                vec![Line::OptedOut, Line::PaymentCancelled { rail: Rail::Mpesa }]
            )
        );
    }

    #[test]
    fn a_failed_payment_says_why_and_may_be_tried_again_while_the_hold_lasts() {
        let mut w = World::barber();
        let (payment, _) = w.pay("Haircut", TOMORROW_3PM);
        let did = failed(&mut w, payment);
        assert_eq!(w.state(), "PAYMENT_FAILED");
        assert_eq!(
            did.lines,
            [Line::PaymentFailed {
                reason: FailureReason::WrongPin,
                rail: Rail::Mpesa,
                offer_number: true,
                offer_card: false,
                offer_venue: true
            }]
        );
        assert_eq!(w.statuses(), [Status::Held]);
        let did = w.tap("retry");
        assert_ne!(did.payment(), payment);
        assert_eq!((w.state(), w.rows.len()), ("AWAITING_PAYMENT", 1));
    }

    #[test]
    fn another_number_pays_after_a_failure() {
        let mut w = World::barber();
        let (payment, _) = w.pay("Haircut", TOMORROW_3PM);
        failed(&mut w, payment);
        let did = w.tap("number");
        assert_eq!(did.lines, [Line::AskPayerPhone]);
        assert_eq!(w.thread.expecting(), crate::language::understanding::Expecting::Phone);
        let phone = Phone::from_provider("254733000111").unwrap();
        let did = w.says(Intent::Provide, Slots { phone: Some(phone.clone()), ..Slots::default() });
        assert!(
            did.effects
                .iter()
                .any(|e| matches!(e, Effect::Charge { payer: Some(p), .. } if *p == phone))
        );
    }

    #[test]
    fn a_card_is_offered_after_two_failures_where_the_tenant_takes_both() {
        let mut w = World::salon();
        let (first, _) = w.pay("Braids", TOMORROW_3PM);
        let did = failed(&mut w, first);
        assert!(matches!(did.lines.as_slice(), [Line::PaymentFailed { offer_card: false, .. }]));
        let second = w.tap("retry").payment();
        let did = failed(&mut w, second);
        assert!(matches!(did.lines.as_slice(), [Line::PaymentFailed { offer_card: true, .. }]));
        let did = w.tap("card");
        let third = did.payment();
        assert!(
            did.effects
                .iter()
                .any(|e| matches!(e, Effect::Charge { rail: Rail::Card, payer: None, .. }))
        );
        assert!(did.lines.is_empty(), "the page's address is still to come");
        let did = w.news(third, PaymentNews::PageReady { url: "https://pay.example/1".into() });
        assert!(matches!(did.lines.as_slice(), [Line::PayOnPage { .. }]));
        let did = w.news(third, PaymentNews::StillUnpaid { url: "https://pay.example/1".into() });
        assert!(matches!(did.lines.as_slice(), [Line::PageStillOpen { .. }]));
        assert_eq!(w.state(), "AWAITING_PAYMENT");
    }

    #[test]
    fn a_card_is_used_at_once_when_asked_for_and_only_where_it_is_taken() {
        let card = || Slots { rail: Some(Rail::Card), ..Slots::default() };
        let mut w = World::salon();
        w.book("Braids", TOMORROW_3PM);
        let did = w.says(Intent::Affirm, card());
        assert!(did.effects.iter().any(|e| matches!(e, Effect::Charge { rail: Rail::Card, .. })));
        let mut w = World::barber();
        w.book("Haircut", TOMORROW_3PM);
        let did = w.says(Intent::Affirm, card());
        assert!(did.effects.iter().any(|e| matches!(e, Effect::Charge { rail: Rail::Mpesa, .. })));
    }

    #[test]
    fn the_venue_is_a_way_out_only_where_the_tenant_allows_it() {
        for allowed in [true, false] {
            let mut w = World::barber();
            w.business.settings.payment.venue_fallback = allowed;
            let (payment, _) = w.pay("Haircut", TOMORROW_3PM);
            failed(&mut w, payment);
            w.tap("venue");
            assert_eq!(w.state(), if allowed { "BOOKED" } else { "PAYMENT_FAILED" });
        }
    }

    #[test]
    fn after_a_failure_another_time_may_be_had_and_the_old_one_goes() {
        let mut w = World::barber();
        let (payment, _) = w.pay("Haircut", TOMORROW_3PM);
        failed(&mut w, payment);
        w.says(Intent::Provide, day("2026-11-26"));
        assert_eq!((w.state(), w.statuses()), ("CONFIRM", vec![Status::Expired, Status::Held]));
    }

    #[test]
    fn giving_up_after_a_failure_releases_the_hold() {
        let mut w = World::barber();
        let (payment, _) = w.pay("Haircut", TOMORROW_3PM);
        failed(&mut w, payment);
        w.bare(Intent::Deny);
        assert_eq!(
            (w.state(), w.statuses()),
            ("PAYMENT_CANCELLED_BY_CUSTOMER", vec![Status::Expired])
        );
    }

    #[test]
    fn a_number_named_with_the_yes_pays() {
        let mut w = World::barber();
        w.book("Haircut", TOMORROW_3PM);
        let phone = Phone::from_provider("254733000111").unwrap();
        let did =
            w.says(Intent::Affirm, Slots { phone: Some(phone.clone()), ..when(TOMORROW_3PM) });
        assert!(
            did.effects
                .iter()
                .any(|e| matches!(e, Effect::Charge { payer: Some(p), .. } if *p == phone))
        );
    }
}
