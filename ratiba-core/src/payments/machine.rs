//! The payment machine: one payment, one event, one context in; the next payment and the effects out. Total and pure.
//!
//! What it never does: submit twice, undo a success that was recorded, count a receipt twice, or move money without two rows in the ledger.

use super::event::{PayCtx, PaymentEffect, PaymentEvent, Refusal};
use super::news::{Alert, PaymentNews};
use super::{give_back, schedule, settle};
use crate::domain::payment::{FailureReason, Payment, PaymentState};

/// What to do when a payment has been written down: its window ends even if it is never submitted.
pub fn open(payment: &Payment) -> Vec<PaymentEffect> {
    vec![PaymentEffect::SetWindowTimer(payment.expires_at)]
}

/// Takes one step. Same payment, event and context: same result.
///
/// An event that changes nothing answers with [`PaymentEffect::Rejected`]; it may still alert somebody.
pub fn step(payment: &Payment, event: PaymentEvent, ctx: &PayCtx) -> (Payment, Vec<PaymentEffect>) {
    let mut next = payment.clone();
    let effects = match event {
        PaymentEvent::Submitted { provider_ref, pay_url } => {
            submitted(&mut next, provider_ref, pay_url, ctx)
        }
        PaymentEvent::SubmitRefused { reason, code } => refused(&mut next, reason, code),
        PaymentEvent::SubmitUnknown => submit_unknown(&mut next),
        PaymentEvent::Reported(report) | PaymentEvent::Queried(report) => {
            settle::reported(&mut next, report, ctx)
        }
        PaymentEvent::QueryDue => query_due(&next, ctx),
        PaymentEvent::WindowEnded => window_ended(&mut next, ctx),
        PaymentEvent::Abandoned => abandoned(&mut next, ctx),
        PaymentEvent::RefundWanted { amount } => give_back::wanted(&mut next, amount, ctx),
        PaymentEvent::RefundDone => give_back::done(&mut next, ctx),
        PaymentEvent::RefundRefused { code } => give_back::refused(&mut next, code),
        PaymentEvent::RefundUndecided => give_back::undecided(&next),
        PaymentEvent::RefundOverdue => give_back::overdue(&mut next, ctx),
    };
    (next, effects)
}

/// Just the reason why nothing changed.
pub(super) fn rejected(why: Refusal) -> Vec<PaymentEffect> {
    vec![PaymentEffect::Rejected(why)]
}

/// Takes the provider's id of the request as ours, or says that it is another's.
pub(super) fn adopt(payment: &mut Payment, told: Option<String>) -> Result<(), Refusal> {
    match (&payment.provider_ref, told) {
        (Some(ours), Some(told)) if *ours != told => Err(Refusal::ForeignReference),
        (None, Some(told)) => {
            payment.provider_ref = Some(told);
            Ok(())
        }
        (Some(_) | None, _) => Ok(()),
    }
}

fn submitted(
    payment: &mut Payment,
    provider_ref: String,
    pay_url: Option<String>,
    ctx: &PayCtx,
) -> Vec<PaymentEffect> {
    let known = payment.provider_ref.is_some();
    if let Err(why) = adopt(payment, Some(provider_ref)) {
        // The result of another request than the one that we know of: two prompts, or a forged callback was believed.
        return vec![PaymentEffect::Alert(Alert::ForeignReference), PaymentEffect::Rejected(why)];
    }
    payment.pay_url = payment.pay_url.take().or(pay_url);
    match &payment.state {
        PaymentState::Created | PaymentState::SubmitUnknown => {
            payment.state = PaymentState::Pending;
            vec![
                PaymentEffect::SetQueryTimer(schedule::first_query_at(ctx.now)),
                PaymentEffect::SetWindowTimer(payment.expires_at),
            ]
        }
        // The answer came late, but now there is an id to ask about.
        PaymentState::TimedOut | PaymentState::Cancelled if !known => {
            vec![PaymentEffect::SetQueryTimer(schedule::first_query_at(ctx.now))]
        }
        PaymentState::Pending
        | PaymentState::Paid { .. }
        | PaymentState::Failed { .. }
        | PaymentState::TimedOut
        | PaymentState::Cancelled
        | PaymentState::Review { .. }
        | PaymentState::Refunding { .. }
        | PaymentState::RefundByHand { .. }
        | PaymentState::Refunded { .. } => {
            rejected(if known { Refusal::Duplicate } else { Refusal::Stale })
        }
    }
}

fn refused(
    payment: &mut Payment,
    reason: FailureReason,
    code: Option<String>,
) -> Vec<PaymentEffect> {
    match &payment.state {
        PaymentState::Created => fail(payment, reason, code),
        // Nothing is out, so nothing can come: stop asking.
        PaymentState::TimedOut | PaymentState::Cancelled if payment.provider_ref.is_none() => {
            vec![PaymentEffect::ClearTimers]
        }
        // One attempt may have reached the provider, or did; that another was refused says nothing of the first.
        PaymentState::SubmitUnknown
        | PaymentState::Pending
        | PaymentState::Paid { .. }
        | PaymentState::Failed { .. }
        | PaymentState::TimedOut
        | PaymentState::Cancelled
        | PaymentState::Review { .. }
        | PaymentState::Refunding { .. }
        | PaymentState::RefundByHand { .. }
        | PaymentState::Refunded { .. } => rejected(Refusal::Stale),
    }
}

/// It definitely failed while the thread was waiting for it.
pub(super) fn fail(
    payment: &mut Payment,
    reason: FailureReason,
    code: Option<String>,
) -> Vec<PaymentEffect> {
    payment.state = PaymentState::Failed { reason };
    let mut effects =
        vec![PaymentEffect::ClearTimers, PaymentEffect::News(PaymentNews::Failed { reason })];
    if reason == FailureReason::Misconfigured {
        effects.push(PaymentEffect::Alert(Alert::RailMisconfigured { code }));
    }
    effects
}

fn submit_unknown(payment: &mut Payment) -> Vec<PaymentEffect> {
    match &payment.state {
        PaymentState::Created => {
            payment.state = PaymentState::SubmitUnknown;
            vec![PaymentEffect::SetWindowTimer(payment.expires_at)]
        }
        PaymentState::SubmitUnknown => rejected(Refusal::Duplicate),
        PaymentState::Pending
        | PaymentState::Paid { .. }
        | PaymentState::Failed { .. }
        | PaymentState::TimedOut
        | PaymentState::Cancelled
        | PaymentState::Review { .. }
        | PaymentState::Refunding { .. }
        | PaymentState::RefundByHand { .. }
        | PaymentState::Refunded { .. } => rejected(Refusal::Stale),
    }
}

fn query_due(payment: &Payment, ctx: &PayCtx) -> Vec<PaymentEffect> {
    match &payment.state {
        PaymentState::SubmitUnknown
        | PaymentState::Pending
        | PaymentState::TimedOut
        | PaymentState::Cancelled
            if payment.provider_ref.is_some() =>
        {
            let again = schedule::next_query_at(payment, ctx.now);
            [PaymentEffect::Query]
                .into_iter()
                .chain(again.map(PaymentEffect::SetQueryTimer))
                .collect()
        }
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
        | PaymentState::Refunded { .. } => rejected(Refusal::Stale),
    }
}

fn window_ended(payment: &mut Payment, ctx: &PayCtx) -> Vec<PaymentEffect> {
    match &payment.state {
        PaymentState::Created
        | PaymentState::SubmitUnknown
        | PaymentState::Pending
        | PaymentState::Review { .. }
            if ctx.now < payment.expires_at =>
        {
            vec![
                PaymentEffect::SetWindowTimer(payment.expires_at),
                PaymentEffect::Rejected(Refusal::TooEarly),
            ]
        }
        PaymentState::Created | PaymentState::SubmitUnknown | PaymentState::Pending => {
            payment.state = PaymentState::TimedOut;
            let again = schedule::next_query_at(payment, ctx.now);
            [PaymentEffect::News(PaymentNews::TimedOut)]
                .into_iter()
                .chain(again.map(PaymentEffect::SetQueryTimer))
                .collect()
        }
        // The thread has waited while a person looked, and stops waiting; what came stays with the person.
        PaymentState::Review { .. } => vec![PaymentEffect::News(PaymentNews::TimedOut)],
        PaymentState::Paid { .. }
        | PaymentState::Failed { .. }
        | PaymentState::TimedOut
        | PaymentState::Cancelled
        | PaymentState::Refunding { .. }
        | PaymentState::RefundByHand { .. }
        | PaymentState::Refunded { .. } => rejected(Refusal::Stale),
    }
}

fn abandoned(payment: &mut Payment, ctx: &PayCtx) -> Vec<PaymentEffect> {
    match &payment.state {
        PaymentState::Created | PaymentState::SubmitUnknown | PaymentState::Pending => {
            payment.state = PaymentState::Cancelled;
            // The prompt is left to time out on the phone; afterwards we ask, so that money that came is given back.
            let again = schedule::next_query_at(payment, ctx.now);
            [PaymentEffect::ClearTimers]
                .into_iter()
                .chain(again.map(PaymentEffect::SetQueryTimer))
                .collect()
        }
        // Nobody waits any more: from now on, late money is given back instead of booking again.
        PaymentState::TimedOut | PaymentState::Failed { .. } => {
            payment.state = PaymentState::Cancelled;
            Vec::new()
        }
        PaymentState::Cancelled => rejected(Refusal::Duplicate),
        PaymentState::Paid { .. }
        | PaymentState::Review { .. }
        | PaymentState::Refunding { .. }
        | PaymentState::RefundByHand { .. }
        | PaymentState::Refunded { .. } => rejected(Refusal::AlreadyPaid),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payments::fixture::{at, created, ctx, pending};
    use PaymentEffect as Fx;

    #[test]
    fn a_submission_arms_the_one_query_and_the_window() {
        let event = PaymentEvent::Submitted { provider_ref: "ws_CO_1".to_owned(), pay_url: None };
        let (after, effects) = step(&created(), event, &ctx(0));
        assert_eq!(after, pending());
        assert_eq!(effects, [Fx::SetQueryTimer(at(1)), Fx::SetWindowTimer(at(5))]);
    }

    #[test]
    fn an_unknown_submission_waits_and_is_never_repeated() {
        let (after, effects) = step(&created(), PaymentEvent::SubmitUnknown, &ctx(0));
        assert_eq!(after.state, PaymentState::SubmitUnknown);
        assert_eq!(effects, [Fx::SetWindowTimer(at(5))]);
        let (after, effects) = step(&after, PaymentEvent::WindowEnded, &ctx(5));
        assert_eq!(after.state, PaymentState::TimedOut);
        assert_eq!(effects, [Fx::News(PaymentNews::TimedOut)], "there is no id to ask about");
    }

    #[test]
    fn the_window_times_out_and_the_provider_is_asked_afterwards() {
        let (after, effects) = step(&pending(), PaymentEvent::WindowEnded, &ctx(5));
        assert_eq!(after.state, PaymentState::TimedOut);
        assert_eq!(effects, [Fx::News(PaymentNews::TimedOut), Fx::SetQueryTimer(at(7))]);
        let (_, effects) = step(&after, PaymentEvent::QueryDue, &ctx(7));
        assert_eq!(effects, [Fx::Query, Fx::SetQueryTimer(at(10))]);
        let (_, effects) = step(&after, PaymentEvent::QueryDue, &ctx(5 + 24 * 60));
        assert_eq!(effects, [Fx::Query], "the last question");
    }

    #[test]
    fn a_window_that_is_said_to_end_early_is_waited_for() {
        let (after, effects) = step(&pending(), PaymentEvent::WindowEnded, &ctx(4));
        assert_eq!(after, pending());
        assert_eq!(effects, [Fx::SetWindowTimer(at(5)), Fx::Rejected(Refusal::TooEarly)]);
    }

    #[test]
    fn a_misconfigured_rail_is_told_to_customer_and_operator() {
        let code = Some("500.001.1001".to_owned());
        let reason = FailureReason::Misconfigured;
        let event = PaymentEvent::SubmitRefused { reason, code: code.clone() };
        let (after, effects) = step(&created(), event, &ctx(0));
        assert_eq!(after.state, PaymentState::Failed { reason });
        assert_eq!(
            effects,
            [
                Fx::ClearTimers,
                Fx::News(PaymentNews::Failed { reason }),
                Fx::Alert(Alert::RailMisconfigured { code })
            ]
        );
    }

    #[test]
    fn a_second_request_of_one_payment_raises_an_alarm_and_keeps_the_first() {
        let event = PaymentEvent::Submitted { provider_ref: "ws_CO_2".to_owned(), pay_url: None };
        let (after, effects) = step(&pending(), event, &ctx(1));
        assert_eq!(after, pending());
        assert_eq!(
            effects,
            [Fx::Alert(Alert::ForeignReference), Fx::Rejected(Refusal::ForeignReference)]
        );
    }

    #[test]
    fn what_is_called_off_is_still_asked_about() {
        let (after, effects) = step(&pending(), PaymentEvent::Abandoned, &ctx(1));
        assert_eq!(after.state, PaymentState::Cancelled);
        assert_eq!(effects, [Fx::ClearTimers, Fx::SetQueryTimer(at(7))]);
    }
}
