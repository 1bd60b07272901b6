//! What a report of the provider does to a payment: money is recorded once, whoever tells first, and never un-recorded.

use super::event::{PayCtx, PaymentEffect, Refusal};
use super::give_back;
use super::ledger::{self, Move};
use super::machine::{adopt, fail, rejected};
use super::news::{Alert, PaymentNews};
use super::report::{Outcome, Report};
use crate::domain::money::Money;
use crate::domain::payment::{Account, FailureReason, Movement, Payment, PaymentState};
use crate::domain::phone::Phone;

/// Money, as told.
struct Told {
    amount: Option<Money>,
    receipt: Option<String>,
    payer: Option<Phone>,
}

/// A callback or the answer to a query.
pub(super) fn reported(payment: &mut Payment, report: Report, ctx: &PayCtx) -> Vec<PaymentEffect> {
    let Report { provider_ref, outcome, code } = report;
    if let Err(why) = adopt(payment, provider_ref) {
        let mut effects = rejected(why);
        if matches!(outcome, Outcome::Paid { .. }) {
            effects.push(PaymentEffect::Alert(Alert::ForeignReference));
        }
        return effects;
    }
    match outcome {
        Outcome::Paid { amount, receipt, payer } => {
            money_came(payment, Told { amount, receipt, payer }, ctx)
        }
        Outcome::Failed { reason } => failed(payment, reason, code),
        Outcome::Undecided => rejected(Refusal::NothingNew),
    }
}

fn failed(
    payment: &mut Payment,
    reason: FailureReason,
    code: Option<String>,
) -> Vec<PaymentEffect> {
    match &payment.state {
        PaymentState::Created | PaymentState::SubmitUnknown | PaymentState::Pending => {
            fail(payment, reason, code)
        }
        // Explained at last. The thread has moved on, so there is no news in it.
        PaymentState::TimedOut => {
            payment.state = PaymentState::Failed { reason };
            vec![PaymentEffect::ClearTimers]
        }
        // Explained too, but it stays called off: should money come after all, it goes back.
        PaymentState::Cancelled => vec![PaymentEffect::ClearTimers],
        PaymentState::Failed { .. } => rejected(Refusal::Duplicate),
        PaymentState::Paid { .. }
        | PaymentState::Review { .. }
        | PaymentState::Refunding { .. }
        | PaymentState::RefundByHand { .. }
        | PaymentState::Refunded { .. } => rejected(Refusal::AlreadyPaid),
    }
}

fn money_came(payment: &mut Payment, told: Told, ctx: &PayCtx) -> Vec<PaymentEffect> {
    if told.amount.is_some_and(|amount| !amount.is_positive()) {
        return vec![
            PaymentEffect::Alert(Alert::WrongMoney),
            PaymentEffect::Rejected(Refusal::NoMoney),
        ];
    }
    match &payment.state {
        PaymentState::Created | PaymentState::SubmitUnknown | PaymentState::Pending => {
            first_money(payment, told, When::InTime, ctx)
        }
        PaymentState::Failed { .. } | PaymentState::TimedOut => {
            first_money(payment, told, When::Late, ctx)
        }
        PaymentState::Cancelled => first_money(payment, told, When::CalledOff, ctx),
        PaymentState::Paid { .. }
        | PaymentState::Review { .. }
        | PaymentState::Refunding { .. }
        | PaymentState::RefundByHand { .. }
        | PaymentState::Refunded { .. } => more_money(payment, told, ctx),
    }
}

/// How the thread stood when money came.
#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    InTime,
    Late,
    CalledOff,
}

/// Nothing had come before.
fn first_money(payment: &mut Payment, told: Told, when: When, ctx: &PayCtx) -> Vec<PaymentEffect> {
    let received = told.amount.unwrap_or(payment.amount);
    // A payer that is masked or not told says nothing; another number than the one that was asked does.
    let same_payer = match (&payment.payer, &told.payer) {
        (Some(asked), Some(paid)) => asked == paid,
        (Some(_) | None, None) | (None, Some(_)) => true,
    };
    let agreed = received == payment.amount && same_payer;
    let account =
        if agreed && when != When::CalledOff { Account::Sales } else { Account::Unapplied };
    let receipt = told.receipt;
    let rows = charged(payment, account, received, receipt.as_deref(), ctx);
    payment.receipts.extend(receipt.clone());

    let mut effects = vec![rows, PaymentEffect::ClearTimers];
    if !agreed {
        payment.state = PaymentState::Review { received };
        if when == When::InTime {
            effects.push(PaymentEffect::SetWindowTimer(payment.expires_at));
        }
        effects.push(PaymentEffect::News(PaymentNews::UnderReview));
        effects.push(PaymentEffect::Alert(Alert::WrongMoney));
        return effects;
    }
    match when {
        When::InTime => {
            payment.state = PaymentState::Paid { at: ctx.now };
            effects.push(PaymentEffect::News(PaymentNews::Paid { receipt, amount: received }));
        }
        When::Late => {
            payment.state = PaymentState::Paid { at: ctx.now };
            effects.push(PaymentEffect::News(PaymentNews::PaidLate {
                receipt,
                amount: received,
                appointments: payment.appointments.clone(),
            }));
        }
        When::CalledOff => {
            effects.extend(give_back::whole(payment, received, Account::Unapplied, ctx));
            effects.push(PaymentEffect::News(PaymentNews::ReturnedAfterCancel));
            effects.push(PaymentEffect::Alert(Alert::ReturnedAfterCancel));
        }
    }
    effects
}

/// Money has been recorded before: the same told again, its receipt at last, or a second payment.
fn more_money(payment: &mut Payment, told: Told, ctx: &PayCtx) -> Vec<PaymentEffect> {
    let Some(receipt) = told.receipt else {
        return rejected(Refusal::Duplicate);
    };
    if payment.receipts.contains(&receipt) {
        return rejected(Refusal::Duplicate);
    }
    let recorded = payment.received().unwrap_or(payment.amount);
    if payment.receipts.is_empty() {
        return receipt_came(payment, receipt, recorded, told.amount.unwrap_or(recorded), ctx);
    }
    let surplus = told.amount.unwrap_or(payment.amount);
    let rows = charged(payment, Account::Unapplied, surplus, Some(&receipt), ctx);
    payment.receipts.push(receipt);
    vec![rows, PaymentEffect::Alert(Alert::Surplus)]
}

/// The receipt of money that a query had told of. When the amount turns out to be another than was taken for granted,
/// the books are put right and a person looks; the success stands.
fn receipt_came(
    payment: &mut Payment,
    receipt: String,
    recorded: Money,
    told: Money,
    ctx: &PayCtx,
) -> Vec<PaymentEffect> {
    let mut effects = Vec::new();
    if told != recorded {
        if told.currency == recorded.currency {
            let minor = told.minor.saturating_sub(recorded.minor);
            let difference = Money { minor, ..told };
            effects.push(charged(payment, Account::Unapplied, difference, Some(&receipt), ctx));
        }
        effects.push(PaymentEffect::Alert(Alert::WrongMoney));
    }
    payment.receipts.push(receipt);
    effects
}

fn charged(
    payment: &Payment,
    other: Account,
    amount: Money,
    receipt: Option<&str>,
    ctx: &PayCtx,
) -> PaymentEffect {
    let movement = Movement::Charged;
    PaymentEffect::Ledger(ledger::rows(payment, Move { movement, other, amount, receipt }, ctx))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payments::event::PaymentEvent;
    use crate::payments::fixture::{at, created, ctx, failed, kes, paid, paid_by_query, pending};
    use crate::payments::ledger::balance;
    use crate::payments::machine::step;
    use PaymentEffect as Fx;

    fn callback(payment: &Payment, report: Report) -> (Payment, Vec<PaymentEffect>) {
        step(payment, PaymentEvent::Reported(report), &ctx(2))
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
        let (after, effects) = callback(&pending(), paid(500, "R1"));
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
        let (after, _) = callback(&created(), paid(500, "R1"));
        assert_eq!(after.state, PaymentState::Paid { at: at(2) });
        let late = PaymentEvent::Submitted { provider_ref: "ws_CO_1".to_owned(), pay_url: None };
        let (same, effects) = step(&after, late, &ctx(3));
        assert_eq!((same, effects), (after, vec![Fx::Rejected(Refusal::Duplicate)]));
    }

    #[test]
    fn a_failure_never_undoes_a_success() {
        let (paid, _) = callback(&pending(), paid(500, "R1"));
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
            let (after, effects) = callback(&before, paid(500, "R1"));
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
            let (after, effects) = callback(&pending(), report);
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
            assert_eq!((same, effects), (after, vec![Fx::News(PaymentNews::TimedOut)]));
        }
    }

    #[test]
    fn money_that_was_called_off_goes_back() {
        let (cancelled, _) = step(&pending(), PaymentEvent::Abandoned, &ctx(1));
        let (after, effects) = callback(&cancelled, paid(500, "R1"));
        assert_eq!(after.state.as_str(), "refunding");
        assert_eq!(sales_and_unapplied(&effects), (0, -500));
        assert_eq!(
            effects[1..],
            [
                Fx::ClearTimers,
                Fx::Refund { amount: kes(500) },
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
        let (paid_once, _) = callback(&pending(), paid(500, "R1"));
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
        let (after, effects) = callback(&timed_out, failed());
        assert_eq!(after.state, PaymentState::Failed { reason: FailureReason::WrongPin });
        assert_eq!(effects, [Fx::ClearTimers]);
    }
}
