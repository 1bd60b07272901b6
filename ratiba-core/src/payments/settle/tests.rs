//! What each report does to a payment in each state.

use super::*;
use crate::payments::event::PaymentEvent;
use crate::payments::fixture::{at, created, ctx, failed, kes, paid, paid_by_query, pending};
use crate::payments::ledger::balance;
use crate::payments::machine::step;
use PaymentEffect as Fx;

fn callback(payment: &Payment, report: Report) -> (Payment, Vec<PaymentEffect>) {
    step(payment, PaymentEvent::Reported(report), &ctx(2))
}

/// A callback that the provider, asked, confirms.
fn confirmed(payment: &Payment, report: Report) -> (Payment, Vec<PaymentEffect>) {
    let (claimed, effects) = callback(payment, report);
    assert_eq!((&claimed.state, effects.first()), (&payment.state, Some(&Fx::Query)));
    step(&claimed, PaymentEvent::Queried(paid_by_query()), &ctx(2))
}

fn sales_and_unapplied(effects: &[PaymentEffect]) -> (i64, i64) {
    let rows: Vec<_> = effects
        .iter()
        .filter_map(|effect| if let Fx::Ledger(rows) = effect { Some(rows) } else { None })
        .flatten()
        .collect();
    let of = |account| balance(rows.iter().copied(), account, kes(0).currency).minor / 100;
    (of(Account::Sales), of(Account::Unapplied))
}

#[test]
fn a_success_is_told_and_booked_once() {
    let (after, effects) = confirmed(&pending(), paid(500, "R1"));
    assert_eq!(after.state, PaymentState::Paid { at: at(2) });
    assert_eq!(after.receipt(), Some("R1"));
    assert_eq!(sales_and_unapplied(&effects), (-500, 0));
    let news = PaymentNews::Paid { receipt: Some("R1".to_owned()), amount: kes(500) };
    assert_eq!(effects[1..], [Fx::ClearTimers, Fx::News(news)]);
    for again in [paid(500, "R1"), paid_by_query()] {
        assert_eq!(
            callback(&after, again),
            (after.clone(), vec![Fx::Rejected(Refusal::Duplicate)])
        );
    }
}

#[test]
fn a_callback_that_overtakes_the_answer_to_the_submission_counts() {
    let (after, _) = confirmed(&created(), paid(500, "R1"));
    assert_eq!(after.state, PaymentState::Paid { at: at(2) });
    let late = PaymentEvent::Submitted { provider_ref: "ws_CO_1".to_owned(), pay_url: None };
    let (same, effects) = step(&after, late, &ctx(3));
    assert_eq!((same, effects), (after, vec![Fx::Rejected(Refusal::Duplicate)]));
}

#[test]
fn a_failure_never_undoes_a_success() {
    let (paid, _) = confirmed(&pending(), paid(500, "R1"));
    let (after, effects) = callback(&paid, failed());
    assert_eq!((after, effects), (paid, vec![Fx::Rejected(Refusal::AlreadyPaid)]));
}

#[test]
fn a_query_settles_without_a_receipt_and_a_callback_brings_it_without_a_second_credit() {
    let (after, effects) = step(&pending(), PaymentEvent::Queried(paid_by_query()), &ctx(1));
    assert_eq!(after.receipt(), None);
    assert_eq!(sales_and_unapplied(&effects), (-500, 0));
    let (after, effects) = callback(&after, paid(500, "R1"));
    assert_eq!((after.receipt(), effects), (Some("R1"), vec![]));
}

#[test]
fn a_receipt_over_another_amount_than_the_query_implied_puts_the_books_right() {
    let (settled, _) = step(&pending(), PaymentEvent::Queried(paid_by_query()), &ctx(1));
    let (after, effects) = callback(&settled, paid(450, "R1"));
    assert_eq!(after.state, settled.state);
    assert_eq!(sales_and_unapplied(&effects), (0, 50), "50 shillings are missing");
    assert_eq!(effects[1..], [Fx::Alert(Alert::WrongMoney)]);
}

#[test]
fn success_after_a_failure_or_a_timeout_is_late_money() {
    let (failed, _) = callback(&pending(), failed());
    let (timed_out, _) = step(&pending(), PaymentEvent::WindowEnded, &ctx(5));
    for before in [failed, timed_out] {
        let (after, effects) = confirmed(&before, paid(500, "R1"));
        assert_eq!(after.state, PaymentState::Paid { at: at(2) });
        let news = PaymentNews::PaidLate {
            receipt: Some("R1".to_owned()),
            amount: kes(500),
            appointments: before.appointments.clone(),
        };
        assert_eq!(effects.last(), Some(&Fx::News(news)));
        assert_eq!(sales_and_unapplied(&effects), (-500, 0));
    }
}

#[test]
fn a_wrong_amount_or_payer_is_never_a_payment_and_the_thread_waits_its_window_out() {
    let mut stranger = paid(500, "R1");
    if let Outcome::Paid { payer, .. } = &mut stranger.outcome {
        *payer = Some(Phone::from_provider("254799999999").unwrap());
    }
    for (report, came) in [(paid(300, "R1"), 300), (paid(900, "R1"), 900), (stranger, 500)] {
        let (after, effects) = confirmed(&pending(), report);
        assert_eq!(after.state, PaymentState::Review { received: kes(came) });
        assert_eq!(sales_and_unapplied(&effects), (0, -came));
        assert_eq!(
            effects[1..],
            [
                Fx::ClearTimers,
                Fx::SetWindowTimer(at(5)),
                Fx::News(PaymentNews::UnderReview),
                Fx::Alert(Alert::WrongMoney)
            ]
        );
        let (same, effects) = step(&after, PaymentEvent::WindowEnded, &ctx(5));
        assert_eq!((same, effects), (after, vec![Fx::News(PaymentNews::StillUnderReview)]));
    }
}

#[test]
fn money_that_was_called_off_goes_back() {
    let (cancelled, _) = step(&pending(), PaymentEvent::Abandoned, &ctx(1));
    let (after, effects) = confirmed(&cancelled, paid(500, "R1"));
    assert_eq!(after.state.as_str(), "refunding");
    assert_eq!(sales_and_unapplied(&effects), (0, -500));
    assert_eq!(
        effects[1..],
        [
            Fx::ClearTimers,
            Fx::Refund { amount: kes(500) },
            Fx::SetRefundTimer(at(24 * 60 + 2)),
            Fx::News(PaymentNews::ReturnedAfterCancel),
            Fx::Alert(Alert::ReturnedAfterCancel)
        ]
    );
    let (after, effects) = step(&after, PaymentEvent::RefundDone, &ctx(3));
    assert_eq!(after.state.as_str(), "refunded");
    assert_eq!(sales_and_unapplied(&effects), (0, 500));
}

#[test]
fn a_forged_reference_is_alarming_and_changes_nothing() {
    let forged = Report { provider_ref: Some("ws_CO_9".to_owned()), ..paid(500, "R1") };
    let (after, effects) = callback(&pending(), forged);
    assert_eq!(after, pending());
    assert_eq!(
        effects,
        [Fx::Rejected(Refusal::ForeignReference), Fx::Alert(Alert::ForeignReference)]
    );
}

#[test]
fn a_second_receipt_is_surplus_that_a_person_looks_at() {
    let (paid_once, _) = confirmed(&pending(), paid(500, "R1"));
    let (after, effects) = callback(&paid_once, paid(500, "R2"));
    assert_eq!(after.state, paid_once.state);
    assert_eq!(after.receipt(), Some("R1"));
    assert_eq!(sales_and_unapplied(&effects), (0, -500));
    assert_eq!(effects[1..], [Fx::Alert(Alert::Surplus)]);
    let (_, effects) = callback(&after, paid(500, "R2"));
    assert_eq!(effects, [Fx::Rejected(Refusal::Duplicate)]);
}

#[test]
fn a_late_failure_explains_a_timeout_without_news() {
    let (timed_out, _) = step(&pending(), PaymentEvent::WindowEnded, &ctx(5));
    let (asked, effects) = callback(&timed_out, failed());
    assert_eq!((asked.state.as_str(), effects.first()), ("timed_out", Some(&Fx::Query)));
    let (after, effects) = step(&asked, PaymentEvent::Queried(failed()), &ctx(6));
    assert_eq!(after.state, PaymentState::Failed { reason: FailureReason::WrongPin });
    assert_eq!(effects, [Fx::ClearTimers]);
}

#[test]
fn a_callback_alone_never_settles_where_the_provider_can_be_asked() {
    for payment in [created(), pending()] {
        let (after, effects) = callback(&payment, paid(500, "R1"));
        assert_eq!((&after.state, after.received()), (&payment.state, None));
        assert!(after.is_claimed());
        let soon = at(2) + jiff::SignedDuration::from_secs(5);
        assert_eq!(effects, [Fx::Query, Fx::SetQueryTimer(soon)]);
        let again = callback(&after, paid(500, "R2"));
        assert_eq!(again, (after, vec![Fx::Rejected(Refusal::Duplicate)]));
    }
}

#[test]
fn what_the_provider_denies_waits_and_people_know_once() {
    let (claimed, _) = callback(&pending(), paid(500, "R1"));
    let (denied, effects) = step(&claimed, PaymentEvent::Queried(failed()), &ctx(3));
    assert_eq!((denied.state.as_str(), effects), ("pending", vec![Fx::Alert(Alert::Unconfirmed)]));
    let (same, effects) = step(&denied, PaymentEvent::Queried(failed()), &ctx(4));
    assert_eq!((&same, effects), (&denied, vec![Fx::Rejected(Refusal::NothingNew)]));
    let (after, _) = step(&denied, PaymentEvent::Queried(paid_by_query()), &ctx(4));
    assert_eq!((after.state.as_str(), after.receipt()), ("paid", Some("R1")));
}

#[test]
fn a_failure_that_is_only_told_is_asked_about_and_money_behind_it_still_books() {
    let (told, effects) = callback(&pending(), failed());
    assert_eq!(told.state.as_str(), "failed");
    assert!(effects.contains(&Fx::Query) && effects.contains(&Fx::ClearTimers));
    let (after, effects) = step(&told, PaymentEvent::Queried(paid_by_query()), &ctx(3));
    assert_eq!(after.state.as_str(), "paid");
    assert!(matches!(effects.last(), Some(Fx::News(PaymentNews::PaidLate { .. }))));
    let (explained, effects) = step(&told, PaymentEvent::Queried(failed()), &ctx(3));
    assert_eq!((explained.claim.is_none(), effects), (true, vec![Fx::ClearTimers]));
}

#[test]
fn of_two_callbacks_that_differ_the_one_that_agrees_is_confirmed() {
    let (forged, _) = callback(&pending(), paid(5, "R9"));
    let (true_one, effects) = callback(&forged, paid(500, "R1"));
    assert_eq!(effects.first(), Some(&Fx::Query));
    let (after, _) = step(&true_one, PaymentEvent::Queried(paid_by_query()), &ctx(3));
    assert_eq!((after.state.as_str(), after.receipt()), ("paid", Some("R1")));
}

#[test]
fn a_receipt_of_another_payment_goes_to_a_person_and_moves_no_money() {
    let (after, effects) = step(&pending(), PaymentEvent::ReceiptOfAnother, &ctx(2));
    assert_eq!(after.state, PaymentState::Review { received: kes(0) });
    assert_eq!(effects[2..], [Fx::News(PaymentNews::UnderReview), Fx::Alert(Alert::WrongMoney)]);
}

#[test]
fn money_that_a_bank_takes_back_leaves_the_books_and_people_know() {
    let (paid_once, _) = confirmed(&pending(), paid(500, "R1"));
    let report = Report { outcome: Outcome::Reversed, ..paid_by_query() };
    let (after, effects) = step(&paid_once, PaymentEvent::Queried(report), &ctx(9));
    assert_eq!(after.state.as_str(), "refunded");
    assert_eq!(sales_and_unapplied(&effects), (500, 0));
    assert_eq!(effects[1..], [Fx::Alert(Alert::TakenBack { amount: kes(500) })]);
}
