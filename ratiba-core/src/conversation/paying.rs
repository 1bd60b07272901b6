//! From agreement to money: `AWAITING_PAYMENT`, `PAYMENT_FAILED` and what a payment's news mean in every state.

use jiff::Timestamp;

use super::asking::Then;
use super::booking::{drop_it, pursue};
use super::choice::Pick;
use super::confirm;
use super::effect::{AdminNote, Effect, Query, Rejection};
use super::event::{PaymentNews, TimerName};
use super::flow::{Flow, Held, Order, Wish};
use super::heard::Heard;
use super::inquiry::digress;
use super::line::Line;
use super::turn::{Turn, sum};
use super::view::offers_card;
use crate::domain::id::{AppointmentId, PaymentId};
use crate::domain::money::Money;
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

fn confirm_all(visits: &[Held], t: &mut Turn<'_>) {
    let appointments: Vec<AppointmentId> = visits.iter().map(|h| h.id).collect();
    t.write(Effect::Disarm { timer: TimerName::HoldExpires });
    t.write(Effect::Confirm { appointments: appointments.clone() });
    t.write(Effect::TellAdmins { note: AdminNote::Booked { appointments } });
}

/// The number that pays: the one named for it, else the customer's own.
fn payer(rail: Rail, wish: &Wish, t: &Turn<'_>) -> Option<Phone> {
    match rail {
        Rail::Mpesa => wish.phone.clone().or_else(|| t.known_phone()),
        Rail::Card => None,
    }
}

/// Asks to be paid, and keeps the slots until the window ends.
fn charge(order: Order, failures: u8, t: &mut Turn<'_>) -> Flow {
    if order.rail == Rail::Mpesa && order.payer.is_none() {
        return ask_number(order, FailureReason::InvalidNumber, failures, t);
    }
    let minutes = match order.rail {
        Rail::Mpesa => t.business().settings.payment_window_min,
        Rail::Card => CARD_WINDOW_MIN,
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
fn keep(order: &Order, t: &mut Turn<'_>) -> Timestamp {
    let until = t.in_minutes(t.business().settings.hold_min);
    t.write(Effect::Extend { appointments: ids(&order.visits), until });
    t.write(Effect::Arm { timer: TimerName::HoldExpires, at: until });
    until
}

fn ids(visits: &[Held]) -> Vec<AppointmentId> {
    visits.iter().map(|h| h.id).collect()
}

/// The customer calls the payment off, without a further question.
pub(super) fn call_off(order: Order, payment: PaymentId, t: &mut Turn<'_>) -> Flow {
    t.write(Effect::AbandonPayment { payment });
    t.write(Effect::Release { appointments: ids(&order.visits) });
    t.say(Line::PaymentCancelled);
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
    if let Some(phone) = heard.slots.phone.clone() {
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

/// News of a payment, in whatever state the thread is.
pub(super) fn news(flow: Flow, payment: PaymentId, news: PaymentNews, t: &mut Turn<'_>) -> Flow {
    match news {
        PaymentNews::PaidLate { receipt, amount, appointments } => {
            let query = Query::StillFree { appointments: appointments.clone() };
            let then = Then::LateMoney { back: flow, payment, receipt, amount, appointments };
            t.ask(query, then)
        }
        PaymentNews::UnderReview => {
            t.write(Effect::TellAdmins { note: AdminNote::PaymentReview { payment } });
            flow
        }
        PaymentNews::ReturnedAfterCancel => {
            t.write(Effect::TellAdmins { note: AdminNote::LateMoneyReturned { payment } });
            t.say(Line::ReturnedAfterCancel);
            flow
        }
        PaymentNews::Refunded { amount } => {
            t.say(Line::Refunded { amount });
            flow
        }
        PaymentNews::PageReady { url } => awaited(flow, payment, Awaited::Page(url), t),
        PaymentNews::Paid { receipt, amount } => {
            awaited(flow, payment, Awaited::Paid(receipt, amount), t)
        }
        PaymentNews::Failed { reason } => awaited(flow, payment, Awaited::Failed(reason), t),
        PaymentNews::TimedOut => awaited(flow, payment, Awaited::TimedOut, t),
    }
}

/// News that only the thread that waits for this very payment has a use for.
enum Awaited {
    Page(String),
    Paid(Option<String>, Money),
    Failed(FailureReason),
    TimedOut,
}

fn awaited(flow: Flow, payment: PaymentId, news: Awaited, t: &mut Turn<'_>) -> Flow {
    let (order, failures) = if let Flow::AwaitingPayment { payment: mine, .. } = &flow
        && *mine == payment
        && let Flow::AwaitingPayment { order, failures, .. } = flow
    {
        (order, failures)
    } else {
        t.reject(Rejection::StalePayment);
        return flow;
    };
    match news {
        Awaited::Page(url) => {
            t.say(Line::PayOnPage { url, amount: order.due });
            Flow::AwaitingPayment { order, payment, failures }
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
            t.say(Line::PaymentFailed {
                reason,
                offer_card: offers_card(t, order.rail, failures),
                offer_venue: t.business().settings.payment.venue_fallback,
            });
            Flow::PaymentFailed { order, reason, failures, asks_number: false, until }
        }
        Awaited::TimedOut => {
            t.write(Effect::Release { appointments: ids(&order.visits) });
            t.say(Line::PaymentTimedOut);
            Flow::PaymentTimeout { order }
        }
    }
}

/// Late money: what it was for is booked if it can still be had, else the money goes back.
pub(super) fn late_money(
    back: Flow,
    payment: PaymentId,
    money: (Option<String>, Money),
    appointments: Vec<AppointmentId>,
    free: bool,
    t: &mut Turn<'_>,
) -> Flow {
    let (receipt, amount) = money;
    if !free {
        t.write(Effect::RefundPayment { payment });
        t.write(Effect::TellAdmins { note: AdminNote::LateMoneyReturned { payment } });
        t.say(Line::LateMoneyReturned { amount });
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

/// A message after `PAYMENT_TIMEOUT` that asks to try once more.
pub(super) fn try_again(order: Order, t: &mut Turn<'_>) -> Flow {
    match order.visits.first().copied() {
        Some(first) => confirm::retake(first, order.wish, t),
        None => drop_it(t),
    }
}
