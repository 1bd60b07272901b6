//! What a report of the provider does to a payment: money is recorded once, whoever tells first, and never un-recorded.

use super::event::{PayCtx, PaymentEffect, Refusal};
use super::ledger::{self, Move};
use super::machine::{adopt, fail, rejected};
use super::news::{Alert, PaymentNews};
use super::report::{Outcome, Report};
use super::{give_back, schedule};
use crate::domain::money::Money;
use crate::domain::payment::{Account, Claim, FailureReason, Movement, Payment, PaymentState};
use crate::domain::phone::Phone;

/// Money, as told.
struct Told {
    amount: Option<Money>,
    receipt: Option<String>,
    payer: Option<Phone>,
}

/// A callback. It settles only failures, and what can't be asked about; the rest is a claim that the provider is asked about at once.
pub(super) fn told(payment: &mut Payment, report: Report, ctx: &PayCtx) -> Vec<PaymentEffect> {
    let Report { provider_ref, outcome, code } = report;
    if let Err(why) = adopt(payment, provider_ref) {
        return foreign(why, &outcome);
    }
    match outcome {
        Outcome::Paid { amount, receipt, payer } => {
            let told = Told { amount, receipt, payer };
            if told.amount.is_some_and(|amount| !amount.is_positive()) {
                no_money()
            } else if payment.received().is_some() {
                more_money(payment, told, ctx)
            } else if payment.provider_ref.is_some() {
                claimed(payment, told, ctx)
            } else {
                money_came(payment, told, ctx)
            }
        }
        Outcome::Failed { reason } => told_failed(payment, reason, code, ctx),
        Outcome::Undecided | Outcome::Reversed => hinted(payment, ctx),
    }
}

/// A callback says that it failed. Whoever waits is told at once, since money that comes all the same still counts; but nobody has signed it
/// either, so the provider is asked before the payment is laid aside.
fn told_failed(
    payment: &mut Payment,
    reason: FailureReason,
    code: Option<String>,
    ctx: &PayCtx,
) -> Vec<PaymentEffect> {
    let askable = payment.provider_ref.is_some() && !payment.is_claimed();
    match &payment.state {
        PaymentState::Created | PaymentState::SubmitUnknown | PaymentState::Pending if askable => {
            let mut effects = fail(payment, reason, code, ctx);
            effects.extend(hinted(payment, ctx));
            effects
        }
        PaymentState::TimedOut | PaymentState::Cancelled if askable => hinted(payment, ctx),
        PaymentState::Created
        | PaymentState::SubmitUnknown
        | PaymentState::Pending
        | PaymentState::Paid { .. }
        | PaymentState::Failed { .. }
        | PaymentState::TimedOut
        | PaymentState::Cancelled
        | PaymentState::Review { .. }
        | PaymentState::Refunding { .. }
        | PaymentState::RefundByHand { .. }
        | PaymentState::Refunded { .. } => failed(payment, reason, code, ctx),
    }
}

/// The provider's own answer to our question.
pub(super) fn answered(payment: &mut Payment, report: Report, ctx: &PayCtx) -> Vec<PaymentEffect> {
    let Report { provider_ref, outcome, code } = report;
    if let Err(why) = adopt(payment, provider_ref) {
        return foreign(why, &outcome);
    }
    match outcome {
        Outcome::Paid { amount, receipt, payer } => {
            if amount.is_some_and(|amount| !amount.is_positive()) {
                return no_money();
            }
            let mut told = Told { amount, receipt, payer };
            // A query may say nothing but "paid"; the callback that it confirms knows the rest.
            if payment.received().is_none()
                && let Some(claim) = payment.claim.take()
            {
                told.amount = told.amount.or(claim.amount);
                told.receipt = told.receipt.or(claim.receipt);
                told.payer = told.payer.or(claim.payer);
            }
            money_came(payment, told, ctx)
        }
        Outcome::Failed { .. } if payment.is_claimed() && payment.received().is_none() => {
            disputed(payment)
        }
        Outcome::Failed { reason } => failed(payment, reason, code, ctx),
        Outcome::Undecided => rejected(Refusal::NothingNew),
        Outcome::Reversed => reversed(payment, ctx),
    }
}

/// The receipt that was told belongs to another payment: a callback that was copied, or books that are mixed up. A person looks at it.
pub(super) fn receipt_of_another(payment: &mut Payment) -> Vec<PaymentEffect> {
    if payment.received().is_some() {
        return vec![
            PaymentEffect::Alert(Alert::WrongMoney),
            PaymentEffect::Rejected(Refusal::AlreadyPaid),
        ];
    }
    let waits = payment.state.in_flight();
    payment.claim = None;
    payment.state = PaymentState::Review { received: Money::zero(payment.amount.currency) };
    let mut effects = vec![PaymentEffect::ClearTimers];
    if waits {
        effects.push(PaymentEffect::SetWindowTimer(payment.expires_at));
    }
    effects.push(PaymentEffect::News(PaymentNews::UnderReview));
    effects.push(PaymentEffect::Alert(Alert::WrongMoney));
    effects
}

fn foreign(why: Refusal, outcome: &Outcome) -> Vec<PaymentEffect> {
    let mut effects = rejected(why);
    if matches!(outcome, Outcome::Paid { .. }) {
        effects.push(PaymentEffect::Alert(Alert::ForeignReference));
    }
    effects
}

fn no_money() -> Vec<PaymentEffect> {
    vec![PaymentEffect::Alert(Alert::WrongMoney), PaymentEffect::Rejected(Refusal::NoMoney)]
}

/// A callback says that money came. Of two that differ, one that agrees with what was asked is kept: it gains a forger nothing, since
/// the provider still has to confirm it.
fn claimed(payment: &mut Payment, told: Told, ctx: &PayCtx) -> Vec<PaymentEffect> {
    let amount = told.amount.unwrap_or(payment.amount);
    let fits = amount == payment.amount && same_payer(payment, told.payer.as_ref());
    let known = payment.claim.as_ref().filter(|claim| claim.is_of_money());
    let known_fits = known.map(|claim| {
        claim.amount == Some(payment.amount) && same_payer(payment, claim.payer.as_ref())
    });
    if known_fits.is_some_and(|known_fits| known_fits || !fits) {
        return rejected(Refusal::Duplicate);
    }
    payment.claim = Some(Claim {
        amount: Some(amount),
        receipt: told.receipt,
        payer: told.payer,
        at: ctx.now,
        disputed: false,
    });
    ask_soon(payment, ctx)
}

/// Something has changed, says somebody whom nobody has to believe: then the provider is asked.
fn hinted(payment: &mut Payment, ctx: &PayCtx) -> Vec<PaymentEffect> {
    if payment.provider_ref.is_none() {
        return rejected(Refusal::NothingNew);
    }
    if payment.received().is_some() {
        // A page's provider tells no other way that money has gone back.
        let query = payment.has_page().then_some(PaymentEffect::Query);
        return query.map_or_else(|| rejected(Refusal::NothingNew), |query| vec![query]);
    }
    match &mut payment.claim {
        Some(claim) if claim.is_of_money() => {}
        Some(claim) => claim.at = ctx.now,
        none => {
            let (amount, receipt, payer) = (None, None, None);
            *none = Some(Claim { amount, receipt, payer, at: ctx.now, disputed: false });
        }
    }
    ask_soon(payment, ctx)
}

fn ask_soon(payment: &Payment, ctx: &PayCtx) -> Vec<PaymentEffect> {
    let again = schedule::next_query_at(payment, ctx.now);
    [PaymentEffect::Query].into_iter().chain(again.map(PaymentEffect::SetQueryTimer)).collect()
}

/// The provider denies what a callback says. Nothing is decided: it is asked on, and people know.
fn disputed(payment: &mut Payment) -> Vec<PaymentEffect> {
    match &mut payment.claim {
        Some(claim) if !claim.disputed => {
            claim.disputed = true;
            vec![PaymentEffect::Alert(Alert::Unconfirmed)]
        }
        Some(_) | None => rejected(Refusal::NothingNew),
    }
}

fn failed(
    payment: &mut Payment,
    reason: FailureReason,
    code: Option<String>,
    ctx: &PayCtx,
) -> Vec<PaymentEffect> {
    match &payment.state {
        // What says that it failed denies what says that it was paid: the provider decides.
        PaymentState::Created
        | PaymentState::SubmitUnknown
        | PaymentState::Pending
        | PaymentState::TimedOut
        | PaymentState::Cancelled
            if payment.is_claimed() =>
        {
            rejected(Refusal::NothingNew)
        }
        PaymentState::Created | PaymentState::SubmitUnknown | PaymentState::Pending => {
            fail(payment, reason, code, ctx)
        }
        // Explained at last. The thread has moved on, so there is no news in it.
        PaymentState::TimedOut => {
            payment.state = PaymentState::Failed { reason };
            explained(payment)
        }
        // Explained too, but it stays called off: should money come after all, it goes back.
        PaymentState::Cancelled if payment.has_page() => rejected(Refusal::NothingNew),
        PaymentState::Cancelled if payment.laid_aside => rejected(Refusal::Duplicate),
        PaymentState::Cancelled => {
            payment.laid_aside = true;
            explained(payment)
        }
        // What a callback had said is confirmed.
        PaymentState::Failed { .. } if payment.claim.is_some() && !payment.is_claimed() => {
            payment.claim = None;
            explained(payment)
        }
        PaymentState::Failed { .. } => rejected(Refusal::Duplicate),
        PaymentState::Paid { .. }
        | PaymentState::Review { .. }
        | PaymentState::Refunding { .. }
        | PaymentState::RefundByHand { .. }
        | PaymentState::Refunded { .. } => rejected(Refusal::AlreadyPaid),
    }
}

/// Nothing more is asked, except about a page: more tries may follow on it.
fn explained(payment: &Payment) -> Vec<PaymentEffect> {
    if payment.has_page() { Vec::new() } else { vec![PaymentEffect::ClearTimers] }
}

/// Money had come and has gone back, by the provider's own word.
fn reversed(payment: &mut Payment, ctx: &PayCtx) -> Vec<PaymentEffect> {
    match &payment.state {
        PaymentState::Created | PaymentState::SubmitUnknown | PaymentState::Pending => {
            payment.claim = None;
            fail(payment, FailureReason::Other, None, ctx)
        }
        PaymentState::TimedOut => {
            payment.claim = None;
            payment.state = PaymentState::Failed { reason: FailureReason::Other };
            vec![PaymentEffect::ClearTimers]
        }
        PaymentState::Cancelled | PaymentState::Failed { .. } => rejected(Refusal::NothingNew),
        // The provider says so for ever after a refund, also after one of a part.
        PaymentState::Refunded { .. } => rejected(Refusal::Duplicate),
        PaymentState::Refunding { back, .. } | PaymentState::RefundByHand { back, .. }
            if back.done.is_positive() =>
        {
            rejected(Refusal::NothingNew)
        }
        PaymentState::Refunding { .. } | PaymentState::RefundByHand { .. } => {
            give_back::done(payment, ctx)
        }
        PaymentState::Paid { .. } | PaymentState::Review { .. } => {
            give_back::taken_back(payment, ctx)
        }
    }
}

fn money_came(payment: &mut Payment, told: Told, ctx: &PayCtx) -> Vec<PaymentEffect> {
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

/// A payer that is masked or not told says nothing; another number than the one that was asked does.
fn same_payer(payment: &Payment, told: Option<&Phone>) -> bool {
    match (&payment.payer, told) {
        (Some(asked), Some(paid)) => asked == paid,
        (Some(_) | None, None) | (None, Some(_)) => true,
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
    let agreed = received == payment.amount && same_payer(payment, told.payer.as_ref());
    let account =
        if agreed && when != When::CalledOff { Account::Sales } else { Account::Unapplied };
    let receipt = told.receipt;
    let rows = charged(payment, account, received, receipt.as_deref(), ctx);
    payment.receipts.extend(receipt.clone());
    payment.claim = None;
    payment.laid_aside = false;

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
mod tests;
