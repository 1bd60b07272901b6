//! Paying, message by message.

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
        did.effects.iter().any(|e| matches!(e, Effect::Charge { amount: a, .. } if *a == amount))
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
        assert!(did.has(&Effect::CallOffPayments));
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
    let did = w.says(Intent::Provide, day("2026-11-26"));
    assert!(did.asked.len() == 1 && did.has(&Effect::CallOffPayments));
    assert_eq!((w.state(), w.statuses()), ("CONFIRM", vec![Status::Expired, Status::Held]));
}

#[test]
fn giving_up_after_a_failure_releases_the_hold() {
    let mut w = World::barber();
    let (payment, _) = w.pay("Haircut", TOMORROW_3PM);
    failed(&mut w, payment);
    let did = w.bare(Intent::Deny);
    assert!(did.has(&Effect::CallOffPayments), "money that still comes goes back");
    assert_eq!((w.state(), w.statuses()), ("PAYMENT_CANCELLED_BY_CUSTOMER", vec![Status::Expired]));
}

#[test]
fn a_number_beside_another_wish_pays_nothing() {
    let mut w = World::barber();
    let (payment, _) = w.pay("Haircut", TOMORROW_3PM);
    let phone = Phone::from_provider("254733000111").ok();
    let did = w.says(Intent::Hours, Slots { phone: phone.clone(), ..Slots::default() });
    assert!(!did.has(&Effect::AbandonPayment { payment }));
    failed(&mut w, payment);
    w.says(Intent::Hours, Slots { phone, ..Slots::default() });
    assert_eq!(w.state(), "PAYMENT_FAILED");
}

#[test]
fn a_number_named_with_the_yes_pays() {
    let mut w = World::barber();
    w.book("Haircut", TOMORROW_3PM);
    let phone = Phone::from_provider("254733000111").unwrap();
    let did = w.says(Intent::Affirm, Slots { phone: Some(phone.clone()), ..when(TOMORROW_3PM) });
    assert!(
        did.effects
            .iter()
            .any(|e| matches!(e, Effect::Charge { payer: Some(p), .. } if *p == phone))
    );
}
