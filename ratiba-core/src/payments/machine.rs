//! The payment machine: one payment, one event, one context in; the next payment and the effects out. Total and pure.
//!
//! What it never does: submit twice, undo a success that was recorded, count a receipt twice, believe an unsigned callback where the provider can be
//! asked, or move money without two rows in the ledger.

use super::event::{PayCtx, PaymentEffect, PaymentEvent, Refusal};
use super::news::{Alert, PaymentNews};
use super::{give_back, schedule, settle};
use crate::domain::payment::{FailureReason, Payment, PaymentState};
use crate::domain::tenant::Rail;

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
        PaymentEvent::SubmitRefused { reason, code } => refused(&mut next, reason, code, ctx),
        PaymentEvent::SubmitUnknown => submit_unknown(&mut next, ctx),
        PaymentEvent::Reported(report) => settle::told(&mut next, report, ctx),
        PaymentEvent::Queried(report) => settle::answered(&mut next, report, ctx),
        PaymentEvent::QueryDue => query_due(&next, ctx),
        PaymentEvent::WindowEnded => window_ended(&mut next, ctx),
        PaymentEvent::NudgeDue => nudge_due(&next, ctx),
        PaymentEvent::ReceiptOfAnother => settle::receipt_of_another(&mut next),
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
            // A callback that was quicker than the answer is being asked about already.
            let first = schedule::first_query_at(ctx.now);
            let next =
                schedule::next_query_at(payment, ctx.now).filter(|_| payment.claim.is_some());
            let mut effects = vec![
                PaymentEffect::SetQueryTimer(next.unwrap_or(first)),
                PaymentEffect::SetWindowTimer(payment.expires_at),
            ];
            if let Some(url) = payment.pay_url.clone() {
                effects.push(PaymentEffect::SetNudgeTimer(schedule::nudge_at(payment)));
                effects.push(PaymentEffect::News(PaymentNews::PageReady { url }));
            }
            effects
        }
        // The answer came late, but now there is an id to ask about.
        PaymentState::TimedOut | PaymentState::Cancelled if !known => {
            let query = PaymentEffect::SetQueryTimer(schedule::first_query_at(ctx.now));
            [query].into_iter().chain(withdrawn(payment)).collect()
        }
        // The page that nobody was told of, since the answer seemed lost: nobody shall find it.
        PaymentState::Failed { .. } if !known && payment.has_page() => {
            vec![PaymentEffect::Withdraw]
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
    ctx: &PayCtx,
) -> Vec<PaymentEffect> {
    match &payment.state {
        PaymentState::Created if payment.provider_ref.is_none() => fail(payment, reason, code, ctx),
        // Nothing is out, so nothing can come: that explains it.
        PaymentState::TimedOut if payment.provider_ref.is_none() => {
            payment.state = PaymentState::Failed { reason };
            vec![PaymentEffect::ClearTimers]
        }
        PaymentState::Cancelled if payment.provider_ref.is_none() && !payment.laid_aside => {
            payment.laid_aside = true;
            vec![PaymentEffect::ClearTimers]
        }
        // One attempt may have reached the provider, or did; that another was refused says nothing of the first.
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

/// It definitely failed while the thread was waiting for it.
pub(super) fn fail(
    payment: &mut Payment,
    reason: FailureReason,
    code: Option<String>,
    ctx: &PayCtx,
) -> Vec<PaymentEffect> {
    payment.state = PaymentState::Failed { reason };
    let mut effects = vec![PaymentEffect::ClearTimers];
    if payment.has_page() {
        // Another try on the same page may still succeed, until the page is withdrawn at the end of its window.
        effects.extend(schedule::next_query_at(payment, ctx.now).map(PaymentEffect::SetQueryTimer));
        effects.push(PaymentEffect::SetWindowTimer(payment.expires_at));
    }
    effects.push(PaymentEffect::News(PaymentNews::Failed { reason }));
    if reason == FailureReason::Misconfigured {
        effects.push(PaymentEffect::Alert(Alert::RailMisconfigured { code }));
    }
    effects
}

/// A prompt may be on the phone, so it is waited for. A page whose address nobody knows can't be paid on: whoever waits may try another.
fn submit_unknown(payment: &mut Payment, ctx: &PayCtx) -> Vec<PaymentEffect> {
    match &payment.state {
        PaymentState::Created if payment.rail == Rail::Card => {
            fail(payment, FailureReason::ProviderDown, None, ctx)
        }
        PaymentState::Created => {
            payment.state = PaymentState::SubmitUnknown;
            vec![
                PaymentEffect::SetWindowTimer(payment.expires_at),
                PaymentEffect::News(PaymentNews::MayHaveBeenAsked),
            ]
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
        PaymentState::Created
        | PaymentState::SubmitUnknown
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
        // A page may have been tried again, a refund approved, and a callback may know better than the answer before.
        PaymentState::Failed { .. } | PaymentState::Refunding { .. }
            if payment.provider_ref.is_some()
                && (payment.has_page() || payment.claim.is_some()) =>
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

/// The customer has had the page for some minutes.
fn nudge_due(payment: &Payment, ctx: &PayCtx) -> Vec<PaymentEffect> {
    let (PaymentState::Pending, Some(url)) = (&payment.state, &payment.pay_url) else {
        return rejected(Refusal::Stale);
    };
    let due = schedule::nudge_at(payment);
    if ctx.now < due {
        return vec![PaymentEffect::SetNudgeTimer(due), PaymentEffect::Rejected(Refusal::TooEarly)];
    }
    vec![PaymentEffect::News(PaymentNews::StillUnpaid { url: url.clone() })]
}

/// Closes the page, where there is one.
fn withdrawn(payment: &Payment) -> Option<PaymentEffect> {
    payment.has_page().then_some(PaymentEffect::Withdraw)
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
            // The thread lets go; the provider is asked on, and people know that money may have come.
            let doubt = payment.is_claimed().then_some(PaymentEffect::Alert(Alert::Unconfirmed));
            [PaymentEffect::News(PaymentNews::TimedOut)]
                .into_iter()
                .chain(withdrawn(payment))
                .chain(again.map(PaymentEffect::SetQueryTimer))
                .chain(doubt)
                .collect()
        }
        PaymentState::Failed { .. } if payment.has_page() => vec![PaymentEffect::Withdraw],
        // The thread has waited while a person looked, and stops waiting; what came stays with the person.
        PaymentState::Review { .. } => vec![PaymentEffect::News(PaymentNews::StillUnderReview)],
        // Told again when nobody has explained it for as long as the provider is asked.
        PaymentState::TimedOut | PaymentState::Cancelled
            if !payment.laid_aside && ctx.now > schedule::asking_ends_at(payment) =>
        {
            payment.laid_aside = true;
            vec![PaymentEffect::ClearTimers]
        }
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
                .chain(withdrawn(payment))
                .chain(again.map(PaymentEffect::SetQueryTimer))
                .collect()
        }
        // Nobody waits any more: from now on, late money is given back instead of booking again.
        PaymentState::TimedOut => {
            payment.state = PaymentState::Cancelled;
            withdrawn(payment).into_iter().collect()
        }
        PaymentState::Failed { .. } => {
            payment.state = PaymentState::Cancelled;
            // What the provider itself has called a failure stays explained; a page can be paid on until it is closed.
            payment.laid_aside = !payment.has_page() && payment.claim.is_none();
            withdrawn(payment).into_iter().collect()
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
    use crate::payments::fixture::{at, card, claimed, created, ctx, failed, pending};
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
        assert_eq!(effects, [Fx::SetWindowTimer(at(5)), Fx::News(PaymentNews::MayHaveBeenAsked)]);
        let (after, effects) = step(&after, PaymentEvent::WindowEnded, &ctx(5));
        assert_eq!(after.state, PaymentState::TimedOut);
        assert_eq!(effects, [Fx::News(PaymentNews::TimedOut)], "there is no id to ask about");
    }

    #[test]
    fn a_page_that_nobody_knows_of_has_failed_and_is_closed_should_it_turn_up() {
        let asked = Payment { rail: Rail::Card, payer: None, ..created() };
        let (after, effects) = step(&asked, PaymentEvent::SubmitUnknown, &ctx(0));
        let reason = FailureReason::ProviderDown;
        assert_eq!(after.state, PaymentState::Failed { reason });
        assert!(effects.contains(&Fx::News(PaymentNews::Failed { reason })));
        let pay_url = Some("https://pay.pesapal.com/1".to_owned());
        let event = PaymentEvent::Submitted { provider_ref: "t1".to_owned(), pay_url };
        let (after, effects) = step(&after, event, &ctx(1));
        assert_eq!((after.state.as_str(), effects), ("failed", vec![Fx::Withdraw]));
    }

    #[test]
    fn what_nobody_explains_in_a_day_is_laid_aside_and_money_still_counts() {
        let (timed_out, _) = step(&pending(), PaymentEvent::WindowEnded, &ctx(5));
        let (cancelled, _) = step(&pending(), PaymentEvent::Abandoned, &ctx(1));
        for before in [timed_out, cancelled] {
            let (after, effects) = step(&before, PaymentEvent::WindowEnded, &ctx(5 + 24 * 60));
            assert!(after.is_open(), "{effects:?}");
            let (after, effects) = step(&after, PaymentEvent::WindowEnded, &ctx(6 + 25 * 60));
            assert!(!after.is_open() && effects == [Fx::ClearTimers], "{effects:?}");
            let report = crate::payments::fixture::paid_by_query();
            let (late, _) = step(&after, PaymentEvent::Queried(report), &ctx(7 + 25 * 60));
            assert!(late.received().is_some() && !late.laid_aside);
        }
    }

    #[test]
    fn a_failure_that_is_called_off_stays_explained() {
        let (after, _) = step(&pending(), PaymentEvent::Queried(failed()), &ctx(1));
        let (after, _) = step(&after, PaymentEvent::Abandoned, &ctx(2));
        assert_eq!((after.state.as_str(), after.is_open()), ("cancelled", false));
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
    fn a_page_is_told_when_it_is_ready_nudged_about_and_withdrawn_at_the_end() {
        let state = PaymentState::Created;
        let asked = Payment { pay_url: None, provider_ref: None, state, ..card() };
        let event =
            PaymentEvent::Submitted { provider_ref: "ws_CO_1".to_owned(), pay_url: card().pay_url };
        let (open, effects) = step(&asked, event, &ctx(0));
        assert_eq!(open, card());
        let url = card().pay_url.unwrap();
        assert_eq!(
            effects[1..],
            [
                Fx::SetWindowTimer(at(30)),
                Fx::SetNudgeTimer(at(8)),
                Fx::News(PaymentNews::PageReady { url: url.clone() })
            ]
        );
        let (same, effects) = step(&open, PaymentEvent::NudgeDue, &ctx(8));
        assert_eq!((&same, effects), (&open, vec![Fx::News(PaymentNews::StillUnpaid { url })]));
        let (after, effects) = step(&open, PaymentEvent::WindowEnded, &ctx(30));
        assert_eq!(after.state, PaymentState::TimedOut);
        assert_eq!(
            effects,
            [Fx::News(PaymentNews::TimedOut), Fx::Withdraw, Fx::SetQueryTimer(at(32))]
        );
        let (_, effects) = step(&open, PaymentEvent::Abandoned, &ctx(9));
        assert_eq!(effects, [Fx::ClearTimers, Fx::Withdraw, Fx::SetQueryTimer(at(11))]);
    }

    #[test]
    fn a_failed_try_on_a_page_is_watched_until_the_page_is_withdrawn() {
        let (after, effects) = step(&card(), PaymentEvent::Queried(failed()), &ctx(4));
        assert_eq!(after.state.as_str(), "failed");
        assert_eq!(effects[1..3], [Fx::SetQueryTimer(at(5)), Fx::SetWindowTimer(at(30))]);
        let (_, effects) = step(&after, PaymentEvent::QueryDue, &ctx(5));
        assert_eq!(effects, [Fx::Query, Fx::SetQueryTimer(at(8))]);
        let (_, effects) = step(&after, PaymentEvent::WindowEnded, &ctx(30));
        assert_eq!(effects, [Fx::Withdraw]);
    }

    #[test]
    fn a_window_that_ends_on_an_unconfirmed_callback_is_known_to_people_and_asked_about() {
        let (after, effects) = step(&claimed(), PaymentEvent::WindowEnded, &ctx(5));
        assert_eq!(after.state, PaymentState::TimedOut);
        assert_eq!(
            effects,
            [
                Fx::News(PaymentNews::TimedOut),
                Fx::SetQueryTimer(at(6)),
                Fx::Alert(Alert::Unconfirmed)
            ]
        );
    }

    #[test]
    fn what_is_called_off_is_still_asked_about() {
        let (after, effects) = step(&pending(), PaymentEvent::Abandoned, &ctx(1));
        assert_eq!(after.state, PaymentState::Cancelled);
        assert_eq!(effects, [Fx::ClearTimers, Fx::SetQueryTimer(at(7))]);
    }
}
