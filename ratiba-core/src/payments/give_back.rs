//! Giving money back: one request to the provider at a time, booked when it is done, handed to a person when it is refused.

use super::event::{PayCtx, PaymentEffect, Refusal};
use super::ledger::{self, Move};
use super::machine::rejected;
use super::news::{Alert, PaymentNews};
use super::schedule;
use crate::domain::money::Money;
use crate::domain::payment::{Account, Movement, Payment, PaymentState, Returned};

/// Starts to give back all of what came.
pub(super) fn whole(
    payment: &mut Payment,
    received: Money,
    from: Account,
    ctx: &PayCtx,
) -> Vec<PaymentEffect> {
    let done = Money::zero(received.currency);
    ask(payment, Returned { received, from, done }, received, ctx)
}

/// Asks the provider to give `amount` back. A page's order can be refunded once, in whole or in part: what is left after that is for a person.
fn ask(payment: &mut Payment, back: Returned, amount: Money, ctx: &PayCtx) -> Vec<PaymentEffect> {
    if payment.has_page() && back.done.is_positive() {
        payment.state = PaymentState::RefundByHand { back, amount, code: None };
        return vec![PaymentEffect::Alert(Alert::RefundByHand { code: None })];
    }
    let queued = Money::zero(amount.currency);
    payment.state = PaymentState::Refunding { back, amount, queued, since: ctx.now };
    let overdue = schedule::refund_overdue_at(payment, ctx.now);
    let mut effects =
        vec![PaymentEffect::Refund { amount }, PaymentEffect::SetRefundTimer(overdue)];
    if payment.has_page() {
        effects.extend(schedule::next_query_at(payment, ctx.now).map(PaymentEffect::SetQueryTimer));
        effects.push(PaymentEffect::Alert(Alert::ApproveRefund));
    }
    effects
}

/// Money is to be given back.
pub(super) fn wanted(payment: &mut Payment, amount: Money, ctx: &PayCtx) -> Vec<PaymentEffect> {
    match payment.state.clone() {
        PaymentState::Paid { .. } => {
            let back = untouched(payment.amount, Account::Sales);
            start(payment, back, amount, ctx)
        }
        PaymentState::Review { received } => {
            start(payment, untouched(received, Account::Unapplied), amount, ctx)
        }
        PaymentState::Refunded { back } => start(payment, back, amount, ctx),
        PaymentState::Refunding { back, amount: asked, queued, since } => {
            let left = minus(minus(left(back), asked), queued);
            let Some(more) = capped(amount, left) else {
                return rejected(Refusal::NothingToReturn);
            };
            let queued = plus(queued, more);
            payment.state = PaymentState::Refunding { back, amount: asked, queued, since };
            Vec::new()
        }
        // A person may be at it already: asking the provider now could give the same money back twice.
        PaymentState::RefundByHand { back, amount: owed, code } => {
            let Some(more) = capped(amount, minus(left(back), owed)) else {
                return rejected(Refusal::NothingToReturn);
            };
            let amount = plus(owed, more);
            payment.state = PaymentState::RefundByHand { back, amount, code: code.clone() };
            vec![PaymentEffect::Alert(Alert::RefundByHand { code })]
        }
        PaymentState::Created
        | PaymentState::SubmitUnknown
        | PaymentState::Pending
        | PaymentState::Failed { .. }
        | PaymentState::TimedOut
        | PaymentState::Cancelled => rejected(Refusal::NothingToReturn),
    }
}

fn start(payment: &mut Payment, back: Returned, amount: Money, ctx: &PayCtx) -> Vec<PaymentEffect> {
    match capped(amount, left(back)) {
        Some(amount) => ask(payment, back, amount, ctx),
        None => rejected(Refusal::NothingToReturn),
    }
}

/// The money is back.
pub(super) fn done(payment: &mut Payment, ctx: &PayCtx) -> Vec<PaymentEffect> {
    match payment.state.clone() {
        PaymentState::Refunding { back, amount, queued, since: _ } => {
            let mut effects = booked(payment, back, amount, ctx);
            let back = Returned { done: plus(back.done, amount), ..back };
            if queued.is_positive() {
                effects.extend(ask(payment, back, queued, ctx));
            } else {
                payment.state = PaymentState::Refunded { back };
            }
            effects
        }
        PaymentState::RefundByHand { back, amount, code: _ } => {
            let effects = booked(payment, back, amount, ctx);
            let back = Returned { done: plus(back.done, amount), ..back };
            payment.state = PaymentState::Refunded { back };
            effects
        }
        PaymentState::Refunded { .. } => rejected(Refusal::Duplicate),
        PaymentState::Created
        | PaymentState::SubmitUnknown
        | PaymentState::Pending
        | PaymentState::Paid { .. }
        | PaymentState::Failed { .. }
        | PaymentState::TimedOut
        | PaymentState::Cancelled
        | PaymentState::Review { .. } => rejected(Refusal::Stale),
    }
}

/// The provider will not do it.
pub(super) fn refused(payment: &mut Payment, code: Option<String>) -> Vec<PaymentEffect> {
    match payment.state.clone() {
        PaymentState::Refunding { back, amount, queued, since: _ } => {
            let amount = plus(amount, queued);
            payment.state = PaymentState::RefundByHand { back, amount, code: code.clone() };
            vec![PaymentEffect::Alert(Alert::RefundByHand { code })]
        }
        PaymentState::RefundByHand { .. } => rejected(Refusal::Duplicate),
        PaymentState::Created
        | PaymentState::SubmitUnknown
        | PaymentState::Pending
        | PaymentState::Paid { .. }
        | PaymentState::Failed { .. }
        | PaymentState::TimedOut
        | PaymentState::Cancelled
        | PaymentState::Review { .. }
        | PaymentState::Refunded { .. } => rejected(Refusal::Stale),
    }
}

/// The provider has it in hand, or may have.
pub(super) fn undecided(payment: &Payment) -> Vec<PaymentEffect> {
    rejected(match &payment.state {
        PaymentState::Refunding { .. } => Refusal::NothingNew,
        PaymentState::Created
        | PaymentState::SubmitUnknown
        | PaymentState::Pending
        | PaymentState::Paid { .. }
        | PaymentState::Failed { .. }
        | PaymentState::TimedOut
        | PaymentState::Cancelled
        | PaymentState::Review { .. }
        | PaymentState::RefundByHand { .. }
        | PaymentState::Refunded { .. } => Refusal::Stale,
    })
}

/// The provider has not told for too long. Unknown is not failed, so a person looks before anything is sent again.
pub(super) fn overdue(payment: &mut Payment, ctx: &PayCtx) -> Vec<PaymentEffect> {
    match &payment.state {
        PaymentState::Refunding { since, .. }
            if ctx.now < schedule::refund_overdue_at(payment, *since) =>
        {
            rejected(Refusal::TooEarly)
        }
        PaymentState::Refunding { .. } => refused(payment, None),
        PaymentState::Created
        | PaymentState::SubmitUnknown
        | PaymentState::Pending
        | PaymentState::Paid { .. }
        | PaymentState::Failed { .. }
        | PaymentState::TimedOut
        | PaymentState::Cancelled
        | PaymentState::Review { .. }
        | PaymentState::RefundByHand { .. }
        | PaymentState::Refunded { .. } => rejected(Refusal::Stale),
    }
}

/// The provider has taken back all that is left of it without being asked.
pub(super) fn taken_back(payment: &mut Payment, ctx: &PayCtx) -> Vec<PaymentEffect> {
    let back = match payment.state.clone() {
        PaymentState::Paid { .. } => untouched(payment.amount, Account::Sales),
        PaymentState::Review { received } => untouched(received, Account::Unapplied),
        PaymentState::Created
        | PaymentState::SubmitUnknown
        | PaymentState::Pending
        | PaymentState::Failed { .. }
        | PaymentState::TimedOut
        | PaymentState::Cancelled
        | PaymentState::Refunding { .. }
        | PaymentState::RefundByHand { .. }
        | PaymentState::Refunded { .. } => return rejected(Refusal::Stale),
    };
    let amount = left(back);
    if !amount.is_positive() {
        return rejected(Refusal::Duplicate);
    }
    payment.state = PaymentState::Refunded { back: Returned { done: back.received, ..back } };
    let out = Money { minor: -amount.minor, ..amount };
    let movement = Movement::Reversed;
    let of = Move { movement, other: back.from, amount: out, receipt: payment.receipt() };
    vec![
        PaymentEffect::Ledger(ledger::rows(payment, of, ctx)),
        PaymentEffect::Alert(Alert::TakenBack { amount }),
    ]
}

/// The rows of money that went back, and the news of it.
fn booked(payment: &Payment, back: Returned, amount: Money, ctx: &PayCtx) -> Vec<PaymentEffect> {
    // What had counted as a sale is refunded; what should never have come is reversed.
    let movement = match back.from {
        Account::Unapplied => Movement::Reversed,
        Account::Provider | Account::Sales | Account::Fees => Movement::Refunded,
    };
    let out = Money { minor: -amount.minor, ..amount };
    let of = Move { movement, other: back.from, amount: out, receipt: payment.receipt() };
    vec![
        PaymentEffect::Ledger(ledger::rows(payment, of, ctx)),
        PaymentEffect::News(PaymentNews::Refunded { amount }),
    ]
}

/// What of a payment can still be asked back: what came, less what went, is asked for, or lies with a person.
pub(super) fn returnable(payment: &Payment) -> Money {
    match &payment.state {
        PaymentState::Paid { .. } => payment.amount,
        PaymentState::Review { received } => *received,
        PaymentState::Refunding { back, amount, queued, since: _ } => {
            minus(minus(left(*back), *amount), *queued)
        }
        PaymentState::RefundByHand { back, amount, code: _ } => minus(left(*back), *amount),
        PaymentState::Refunded { back } => left(*back),
        PaymentState::Created
        | PaymentState::SubmitUnknown
        | PaymentState::Pending
        | PaymentState::Failed { .. }
        | PaymentState::TimedOut
        | PaymentState::Cancelled => Money::zero(payment.amount.currency),
    }
}

const fn untouched(received: Money, from: Account) -> Returned {
    Returned { received, from, done: Money::zero(received.currency) }
}

const fn left(back: Returned) -> Money {
    minus(back.received, back.done)
}

/// `wanted`, or what is left where that is less; `None` for nothing, and for another currency.
fn capped(wanted: Money, left: Money) -> Option<Money> {
    let amount = Money { minor: wanted.minor.min(left.minor), ..left };
    (wanted.currency == left.currency && amount.is_positive()).then_some(amount)
}

/// Both amounts of one payment, so of one currency.
const fn plus(a: Money, b: Money) -> Money {
    Money { minor: a.minor.saturating_add(b.minor), ..a }
}

/// Both amounts of one payment, so of one currency.
const fn minus(a: Money, b: Money) -> Money {
    Money { minor: a.minor.saturating_sub(b.minor), ..a }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payments::event::PaymentEvent;
    use crate::payments::fixture::{at, card, ctx, kes, paid, paid_by_query, pending};
    use crate::payments::machine::step;
    use crate::payments::report::{Outcome, Report};
    use PaymentEffect as Fx;

    fn settled() -> Payment {
        confirmed(paid(500, "R1"))
    }

    /// After a callback that the provider, asked, confirms.
    fn confirmed(report: Report) -> Payment {
        let claimed = step(&pending(), PaymentEvent::Reported(report), &ctx(1)).0;
        step(&claimed, PaymentEvent::Queried(paid_by_query()), &ctx(1)).0
    }

    /// What a refund of so many shillings asks for, two minutes after the payment was made.
    fn asked_back(units: i64) -> [Fx; 2] {
        [Fx::Refund { amount: kes(units) }, Fx::SetRefundTimer(at(24 * 60 + 2))]
    }

    fn take(payment: &Payment, event: PaymentEvent) -> (Payment, Vec<PaymentEffect>) {
        step(payment, event, &ctx(2))
    }

    fn want(payment: &Payment, units: i64) -> (Payment, Vec<PaymentEffect>) {
        take(payment, PaymentEvent::RefundWanted { amount: kes(units) })
    }

    #[test]
    fn a_refund_is_booked_when_it_is_done_and_not_before() {
        let (asked, effects) = want(&settled(), 500);
        assert_eq!(effects, asked_back(500));
        let (done, effects) = take(&asked, PaymentEvent::RefundDone);
        assert_eq!(done.state.as_str(), "refunded");
        let [Fx::Ledger(rows), Fx::News(PaymentNews::Refunded { amount })] = &effects[..] else {
            panic!("{effects:?}")
        };
        assert_eq!(
            (*amount, rows[0].amount, rows[0].movement),
            (kes(500), kes(-500), Movement::Refunded)
        );
        assert_eq!(rows[0].receipt.as_deref(), Some("R1"));
    }

    #[test]
    fn parts_go_back_one_after_another_and_never_more_than_came() {
        let (first, _) = want(&settled(), 200);
        let (queued, effects) = want(&first, 400);
        assert_eq!(effects, []);
        let (second, effects) = take(&queued, PaymentEvent::RefundDone);
        assert_eq!(effects[2..], asked_back(300), "200 of 500 are gone");
        let (done, _) = take(&second, PaymentEvent::RefundDone);
        assert_eq!(want(&done, 1), (done.clone(), vec![Fx::Rejected(Refusal::NothingToReturn)]));
    }

    #[test]
    fn what_the_provider_refuses_a_person_does() {
        let code = Some("21".to_owned());
        let (asked, _) = want(&settled(), 200);
        let (by_hand, effects) = take(&asked, PaymentEvent::RefundRefused { code: code.clone() });
        assert_eq!(effects, [Fx::Alert(Alert::RefundByHand { code: code.clone() })]);
        let (more, effects) = want(&by_hand, 300);
        assert_eq!(effects, [Fx::Alert(Alert::RefundByHand { code })], "the provider is not asked");
        let (done, _) = take(&more, PaymentEvent::RefundDone);
        let back = Returned { received: kes(500), from: Account::Sales, done: kes(500) };
        assert_eq!(done.state, PaymentState::Refunded { back });
    }

    #[test]
    fn a_refund_without_an_answer_is_looked_at_by_a_person_after_a_day() {
        let (asked, _) = want(&settled(), 500);
        let (same, effects) = step(&asked, PaymentEvent::RefundOverdue, &ctx(60));
        assert_eq!((same, effects), (asked.clone(), vec![Fx::Rejected(Refusal::TooEarly)]));
        let (after, effects) = step(&asked, PaymentEvent::RefundOverdue, &ctx(24 * 60 + 2));
        assert_eq!(effects, [Fx::Alert(Alert::RefundByHand { code: None })]);
        let (late, _) = step(&after, PaymentEvent::RefundDone, &ctx(24 * 60 + 3));
        assert_eq!(late.state.as_str(), "refunded", "a late answer still counts");
    }

    #[test]
    fn money_under_review_goes_back_as_reversed() {
        let review = confirmed(paid(300, "R1"));
        let (asked, effects) = want(&review, 500);
        assert_eq!(effects, asked_back(300), "no more than came");
        let (_, effects) = take(&asked, PaymentEvent::RefundDone);
        let Fx::Ledger(rows) = &effects[0] else { panic!("{effects:?}") };
        assert_eq!((rows[1].account, rows[1].movement), (Account::Unapplied, Movement::Reversed));
    }

    #[test]
    fn a_refund_to_a_card_waits_for_an_approval_and_is_asked_about() {
        let paid = step(&card(), PaymentEvent::Queried(paid(500, "R1")), &ctx(1)).0;
        let (asked, effects) = want(&paid, 200);
        assert_eq!(effects[2..], [Fx::SetQueryTimer(at(362)), Fx::Alert(Alert::ApproveRefund)]);
        let (_, effects) = step(&asked, PaymentEvent::QueryDue, &ctx(362));
        assert_eq!(effects, [Fx::Query, Fx::SetQueryTimer(at(722))]);
        let reversed = Report { outcome: Outcome::Reversed, ..paid_by_query() };
        let (done, _) = step(&asked, PaymentEvent::Queried(reversed), &ctx(400));
        assert_eq!(done.state.as_str(), "refunded");
        let (_, effects) = step(&asked, PaymentEvent::RefundOverdue, &ctx(72 * 60 + 2));
        assert_eq!(effects, [Fx::Alert(Alert::RefundByHand { code: None })]);
    }

    #[test]
    fn a_card_is_refunded_once_and_what_follows_is_for_a_person() {
        let paid = step(&card(), PaymentEvent::Queried(paid(500, "R1")), &ctx(1)).0;
        let reversed = || {
            let report = Report { outcome: Outcome::Reversed, ..paid_by_query() };
            PaymentEvent::Queried(report)
        };
        let (first, _) = step(&want(&paid, 200).0, reversed(), &ctx(400));
        let (second, effects) = want(&first, 300);
        assert_eq!(second.state.as_str(), "refund_by_hand");
        assert_eq!(effects, [Fx::Alert(Alert::RefundByHand { code: None })]);
        // The provider says for ever that the order is reversed: it means the first part.
        let (same, effects) = step(&second, reversed(), &ctx(500));
        assert_eq!((same, effects), (second.clone(), vec![Fx::Rejected(Refusal::NothingNew)]));
        let (done, effects) = take(&second, PaymentEvent::RefundDone);
        assert_eq!(done.state.as_str(), "refunded");
        assert!(matches!(&effects[..], [Fx::Ledger(_), Fx::News(_)]));
    }

    #[test]
    fn nothing_goes_back_of_what_never_came() {
        assert_eq!(want(&pending(), 500).1, [Fx::Rejected(Refusal::NothingToReturn)]);
    }
}
