//! What becomes of a payment, in whatever state the thread is by then.

use super::asking::Then;
use super::effect::{AdminNote, Effect, Query, Rejection};
use super::event::TimerName;
use super::flow::{Flow, Order};
use super::line::Line;
use super::paying::{confirm_all, ids, keep};
use super::pending::failed_line;
use super::turn::{Turn, sum};
use crate::domain::id::{AppointmentId, PaymentId};
use crate::domain::money::Money;
use crate::domain::payment::FailureReason;
use crate::payments::news::PaymentNews;

/// News of a payment, in whatever state the thread is.
pub(super) fn news(flow: Flow, payment: PaymentId, news: PaymentNews, t: &mut Turn<'_>) -> Flow {
    match news {
        PaymentNews::PaidLate { receipt, amount, appointments } => {
            let query = Query::StillFree { appointments: appointments.clone() };
            let then = Then::LateMoney { back: flow, payment, receipt, amount, appointments };
            t.ask(query, then)
        }
        PaymentNews::UnderReview => under_review(flow, payment, t),
        PaymentNews::ReturnedAfterCancel => {
            t.say(Line::ReturnedAfterCancel);
            flow
        }
        PaymentNews::Refunded { amount } => {
            t.say(Line::Refunded { amount });
            flow
        }
        PaymentNews::PageReady { url } => awaited(flow, payment, Awaited::Page(url), t),
        PaymentNews::StillUnpaid { url } => awaited(flow, payment, Awaited::StillUnpaid(url), t),
        PaymentNews::Paid { receipt, amount } => {
            awaited(flow, payment, Awaited::Paid(receipt, amount), t)
        }
        PaymentNews::Failed { reason } => awaited(flow, payment, Awaited::Failed(reason), t),
        PaymentNews::MayHaveBeenAsked => awaited(flow, payment, Awaited::Uncertain, t),
        PaymentNews::TimedOut => awaited(flow, payment, Awaited::TimedOut, t),
        PaymentNews::StillUnderReview => awaited(flow, payment, Awaited::Outlasted, t),
    }
}

/// Money came that is not what was asked. Whoever waits for it is told that a person looks; the admins hear it from the payment itself.
fn under_review(mut flow: Flow, payment: PaymentId, t: &mut Turn<'_>) -> Flow {
    if let Flow::AwaitingPayment { payment: mine, in_review, .. } = &mut flow
        && *mine == payment
    {
        *in_review = true;
    }
    t.say(Line::PaymentUnderReview);
    flow
}

/// News that only the thread that waits for this very payment has a use for.
enum Awaited {
    Page(String),
    StillUnpaid(String),
    Paid(Option<String>, Money),
    Failed(FailureReason),
    Uncertain,
    TimedOut,
    Outlasted,
}

fn awaited(flow: Flow, payment: PaymentId, news: Awaited, t: &mut Turn<'_>) -> Flow {
    let (order, failures, in_review) = if let Flow::AwaitingPayment { payment: mine, .. } = &flow
        && *mine == payment
        && let Flow::AwaitingPayment { order, failures, in_review, .. } = flow
    {
        (order, failures, in_review)
    } else {
        t.reject(Rejection::StalePayment);
        return flow;
    };
    match news {
        Awaited::Page(url) => {
            t.say(Line::PayOnPage { url, amount: order.due });
            Flow::AwaitingPayment { order, payment, failures, in_review }
        }
        Awaited::StillUnpaid(url) => {
            t.say(Line::PageStillOpen { url, amount: order.due });
            Flow::AwaitingPayment { order, payment, failures, in_review }
        }
        Awaited::Uncertain => {
            t.say(Line::PromptUncertain { amount: order.due });
            Flow::AwaitingPayment { order, payment, failures, in_review }
        }
        Awaited::Paid(receipt, amount) => {
            let price = sum(&order.visits, |h| h.price, t.business());
            confirm_all(&order.visits, t);
            t.say(Line::PaidAndBooked {
                slots: order.visits.iter().map(|h| h.slot).collect(),
                amount,
                receipt,
                remaining: Money { minor: (price.minor - amount.minor).max(0), ..price },
            });
            Flow::PaymentConfirmed { visits: order.visits }
        }
        Awaited::Failed(reason) => {
            let failures = failures.saturating_add(1);
            let until = keep(&order, t);
            let line = failed_line(t, reason, order.rail, failures);
            t.say(line);
            Flow::PaymentFailed { order, reason, failures, asks_number: false, until }
        }
        Awaited::TimedOut => over(order, Line::PaymentTimedOut, t),
        Awaited::Outlasted => over(order, Line::ReviewOutlasted, t),
    }
}

/// The window is over: the time goes back to others.
fn over(order: Order, line: Line, t: &mut Turn<'_>) -> Flow {
    t.write(Effect::Release { appointments: ids(&order.visits) });
    t.say(line);
    Flow::PaymentTimeout { order }
}

/// How what late money was meant for stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It can still be had.
    Free,
    /// It is booked, to be paid on the day.
    Unpaid,
    /// It is paid, given up, or somebody else's.
    Gone,
}

impl Standing {
    pub(super) const fn of(free: bool, unpaid: bool) -> Self {
        match (free, unpaid) {
            (true, _) => Self::Free,
            (false, true) => Self::Unpaid,
            (false, false) => Self::Gone,
        }
    }
}

/// Late money: what it was for is booked if it can still be had, or paid if it stands unpaid; else the money goes back.
pub(super) fn late_money(
    back: Flow,
    payment: PaymentId,
    money: (Option<String>, Money),
    appointments: Vec<AppointmentId>,
    standing: Standing,
    t: &mut Turn<'_>,
) -> Flow {
    let (receipt, amount) = money;
    if standing == Standing::Unpaid {
        t.write(Effect::TellAdmins { note: AdminNote::LateMoneyCounted { payment } });
        t.say(Line::LateMoneyCounted { amount, receipt });
        return back;
    }
    if standing == Standing::Gone {
        let twice = if let Flow::PaymentConfirmed { visits } | Flow::Booked { visits } = &back {
            visits.iter().any(|held| appointments.contains(&held.id))
        } else {
            false
        };
        t.write(Effect::RefundPayment { payment });
        t.write(Effect::TellAdmins { note: AdminNote::LateMoneyReturned { payment } });
        t.say(if twice { Line::PaidTwice { amount } } else { Line::LateMoneyReturned { amount } });
        return back;
    }
    let mine = back.visits();
    let for_this = !mine.is_empty() && mine.iter().all(|held| appointments.contains(&held.id));
    if let Flow::AwaitingPayment { payment: open, .. } = &back
        && for_this
        && *open != payment
    {
        // A second prompt is out for what is paid now; should it be paid too, it is given back.
        t.write(Effect::AbandonPayment { payment: *open });
    }
    if for_this {
        t.write(Effect::Disarm { timer: TimerName::HoldExpires });
    }
    t.write(Effect::Confirm { appointments });
    t.write(Effect::TellAdmins { note: AdminNote::LateMoneyRebooked { payment } });
    t.say(Line::LateMoneyBooked { amount, receipt });
    if for_this { Flow::PaymentConfirmed { visits: mine } } else { back }
}

#[cfg(test)]
mod tests {
    use super::super::world::{Did, World, at};
    use super::*;
    use crate::domain::appointment::AppointmentStatus as Status;
    use crate::domain::money::Currency;
    use crate::language::understanding::Intent;

    const TOMORROW_3PM: &str = "2026-11-24T15:00:00+03:00";

    fn shillings(whole: i64) -> Money {
        Money::whole(whole, Currency::Kes)
    }

    fn failed(w: &mut World, payment: PaymentId) -> Did {
        w.news(payment, PaymentNews::Failed { reason: FailureReason::WrongPin })
    }

    fn paid_late(w: &mut World, payment: PaymentId) -> Did {
        let appointments = vec![w.rows[0].id];
        let amount = shillings(500);
        w.news(payment, PaymentNews::PaidLate { receipt: None, amount, appointments })
    }

    #[test]
    fn a_window_without_an_answer_releases_and_yes_tries_again() {
        let mut w = World::barber();
        let (payment, _) = w.pay("Haircut", TOMORROW_3PM);
        let did = w.news(payment, PaymentNews::TimedOut);
        assert_eq!((w.state(), w.statuses()), ("PAYMENT_TIMEOUT", vec![Status::Expired]));
        assert_eq!(did.lines, [Line::PaymentTimedOut]);
        let did = w.bare(Intent::Affirm);
        assert_eq!(w.state(), "AWAITING_PAYMENT");
        assert_ne!(did.payment(), payment);
    }

    #[test]
    fn late_money_books_if_the_slot_is_free_else_goes_back() {
        let mut w = World::barber();
        let (payment, _) = w.pay("Haircut", TOMORROW_3PM);
        w.news(payment, PaymentNews::TimedOut);
        let mut gone = w.clone();
        let did = paid_late(&mut w, payment);
        assert_eq!((w.state(), w.statuses()), ("PAYMENT_CONFIRMED", vec![Status::Confirmed]));
        assert!(did.has(&Effect::TellAdmins { note: AdminNote::LateMoneyRebooked { payment } }));
        gone.taken.push(at(TOMORROW_3PM));
        let did = paid_late(&mut gone, payment);
        assert_eq!((gone.state(), gone.statuses()), ("PAYMENT_TIMEOUT", vec![Status::Expired]));
        assert!(did.has(&Effect::RefundPayment { payment }));
        assert_eq!(did.lines, [Line::LateMoneyReturned { amount: shillings(500) }]);
    }

    #[test]
    fn late_money_of_a_first_prompt_calls_the_second_one_off() {
        let mut w = World::barber();
        let (first, _) = w.pay("Haircut", TOMORROW_3PM);
        failed(&mut w, first);
        let second = w.tap("retry").payment();
        let did = paid_late(&mut w, first);
        assert!(did.has(&Effect::AbandonPayment { payment: second }));
        assert_eq!((w.state(), w.statuses()), ("PAYMENT_CONFIRMED", vec![Status::Confirmed]));
    }

    #[test]
    fn money_that_comes_twice_for_one_booking_goes_back_and_is_said_to_be_twice() {
        let mut w = World::barber();
        let (first, _) = w.pay("Haircut", TOMORROW_3PM);
        failed(&mut w, first);
        let second = w.tap("retry").payment();
        let amount = shillings(500);
        w.news(second, PaymentNews::Paid { receipt: None, amount });
        w.taken.push(at(TOMORROW_3PM));
        let did = paid_late(&mut w, first);
        assert!(did.has(&Effect::RefundPayment { payment: first }));
        assert_eq!(did.lines, [Line::PaidTwice { amount }]);
        assert_eq!(w.state(), "PAYMENT_CONFIRMED");
    }

    #[test]
    fn money_that_does_not_agree_is_for_people_and_the_thread_waits_on() {
        let mut w = World::barber();
        let (payment, _) = w.pay("Haircut", TOMORROW_3PM);
        let did = w.news(payment, PaymentNews::UnderReview);
        assert_eq!((w.state(), did.lines), ("AWAITING_PAYMENT", vec![Line::PaymentUnderReview]));
        let did = w.tap("retry");
        assert_eq!(did.lines, [Line::PaymentUnderReview], "nothing is asked for a second time");
        assert_eq!(w.state(), "AWAITING_PAYMENT");
        let did = w.news(payment, PaymentNews::StillUnderReview);
        assert_eq!((w.state(), did.lines), ("PAYMENT_TIMEOUT", vec![Line::ReviewOutlasted]));
    }

    #[test]
    fn while_a_person_looks_the_customer_may_still_let_it_go() {
        let mut w = World::barber();
        let (payment, _) = w.pay("Haircut", TOMORROW_3PM);
        w.news(payment, PaymentNews::UnderReview);
        let did = w.bare(Intent::Cancel);
        assert!(did.has(&Effect::CallOffPayments));
        assert_eq!(
            (w.state(), w.statuses(), did.lines),
            ("PAYMENT_CANCELLED_BY_CUSTOMER", vec![Status::Expired], vec![Line::ReviewOutlasted])
        );
    }

    #[test]
    fn a_prompt_that_may_not_have_come_is_said_to_be_so() {
        let mut w = World::barber();
        let (payment, _) = w.pay("Haircut", TOMORROW_3PM);
        let did = w.news(payment, PaymentNews::MayHaveBeenAsked);
        assert_eq!(did.lines, [Line::PromptUncertain { amount: shillings(500) }]);
        assert_eq!(w.state(), "AWAITING_PAYMENT");
    }

    #[test]
    fn late_money_for_what_was_to_be_paid_on_the_day_counts_for_it() {
        let mut w = World::barber();
        w.business.settings.payment.venue_fallback = true;
        let (first, _) = w.pay("Haircut", TOMORROW_3PM);
        failed(&mut w, first);
        w.tap("venue");
        let did = paid_late(&mut w, first);
        let amount = shillings(500);
        assert_eq!(did.lines, [Line::LateMoneyCounted { amount, receipt: None }]);
        assert_eq!((w.state(), w.statuses()), ("BOOKED", vec![Status::Confirmed]));
        assert!(!did.has(&Effect::RefundPayment { payment: first }));
        assert!(
            did.has(&Effect::TellAdmins { note: AdminNote::LateMoneyCounted { payment: first } })
        );
    }

    #[test]
    fn a_no_after_the_window_gives_late_money_back() {
        for intent in [Intent::Deny, Intent::Cancel] {
            let mut w = World::barber();
            let (payment, _) = w.pay("Haircut", TOMORROW_3PM);
            w.news(payment, PaymentNews::TimedOut);
            let said =
                super::super::world::said(intent, crate::language::understanding::Slots::default());
            assert!(!w.thread.needs_new(&super::super::event::Event::Heard { said }));
            let did = w.bare(intent);
            assert!(did.has(&Effect::CallOffPayments), "{intent:?}");
            assert_eq!(
                (w.state(), did.lines),
                ("PAYMENT_CANCELLED_BY_CUSTOMER", vec![Line::NotBooked])
            );
        }
    }

    #[test]
    fn news_of_another_payment_change_nothing() {
        let mut w = World::barber();
        let (payment, _) = w.pay("Haircut", TOMORROW_3PM);
        let other = crate::domain::id::Mint { at: w.now, seed: 77 }.id(0);
        let before = w.thread.clone();
        let did = failed(&mut w, other);
        assert_eq!(
            (&w.thread, did.effects),
            (&before, vec![Effect::Rejected { why: Rejection::StalePayment }])
        );
        w.news(payment, PaymentNews::Paid { receipt: None, amount: shillings(500) });
        let did = w.news(payment, PaymentNews::Paid { receipt: None, amount: shillings(500) });
        assert_eq!(did.effects, [Effect::Rejected { why: Rejection::StalePayment }]);
    }
}
