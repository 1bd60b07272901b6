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
    Flow::AwaitingPayment { order, payment, failures, in_review: false }
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
pub(super) fn call_off(order: Order, t: &mut Turn<'_>) -> Flow {
    t.write(Effect::CallOffPayments);
    t.write(Effect::Release { appointments: ids(&order.visits) });
    t.say(Line::PaymentCancelled { rail: order.rail });
    Flow::PaymentCancelled { order }
}

/// The customer gives up after a failed payment.
fn give_up(order: Order, t: &mut Turn<'_>) -> Flow {
    t.release(ids(&order.visits));
    not_wanted(order, t)
}

/// The customer does not want it any more, and nothing is held.
pub(super) fn not_wanted(order: Order, t: &mut Turn<'_>) -> Flow {
    t.write(Effect::CallOffPayments);
    t.say(Line::NotBooked);
    Flow::PaymentCancelled { order }
}

/// After a failed payment the customer wants another time or service: what was tried for the old one is over.
fn wants_another(order: &Order, wish: Wish, heard: &Heard, t: &mut Turn<'_>) -> Flow {
    t.write(Effect::CallOffPayments);
    t.release(ids(&order.visits));
    let service = order.visits.first().map(|h| h.slot.service);
    pursue(service, wish, heard, t)
}

/// A message while a person looks at what came: there is nothing to pay meanwhile, and nothing to call off but the wish.
pub(super) fn reviewed_heard(
    order: Order,
    payment: PaymentId,
    failures: u8,
    heard: &Heard,
    t: &mut Turn<'_>,
) -> Flow {
    if !matches!(heard.intent, Intent::Cancel | Intent::StartOver) {
        let waits = Flow::AwaitingPayment { order, payment, failures, in_review: true };
        return digress(waits, heard, t);
    }
    t.write(Effect::CallOffPayments);
    t.write(Effect::Release { appointments: ids(&order.visits) });
    t.say(Line::ReviewOutlasted);
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
        Intent::Cancel | Intent::StartOver => call_off(order, t),
        Intent::Deny if heard.slots.phone.is_none() && !heard.tells_of_booking() => {
            call_off(order, t)
        }
        // A payment is open: first finish it or call it off.
        Intent::Deny | Intent::Affirm | Intent::Book | Intent::Provide | Intent::Reschedule => {
            let same = Flow::AwaitingPayment { order, payment, failures, in_review: false };
            same.repeat_plainly(t)
        }
        Intent::MyBookings
        | Intent::Services
        | Intent::Hours
        | Intent::Other
        | Intent::Greet
        | Intent::Thanks
        | Intent::Human
        | Intent::Stop => {
            digress(Flow::AwaitingPayment { order, payment, failures, in_review: false }, heard, t)
        }
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
pub(super) fn stop_heard(order: Order, heard: &Heard, t: &mut Turn<'_>) -> Flow {
    if heard.text.0.trim().eq_ignore_ascii_case("stop") {
        t.write(Effect::Remember { fact: Fact::OptedOut });
        t.say(Line::OptedOut);
    }
    call_off(order, t)
}

/// The number that a message names to pay from. Beside a wish for something else a number is about that.
fn names_payer(heard: &Heard) -> Option<Phone> {
    let about_paying = match heard.intent {
        Intent::Provide
        | Intent::Affirm
        | Intent::Deny
        | Intent::Book
        | Intent::Reschedule
        | Intent::Thanks
        | Intent::Greet => true,
        Intent::Cancel
        | Intent::MyBookings
        | Intent::Services
        | Intent::Hours
        | Intent::Other
        | Intent::Human
        | Intent::Stop
        | Intent::StartOver => false,
    };
    heard.slots.phone.clone().filter(|_| about_paying)
}

/// The order as it is now to be paid, when a message names another number or another way that the tenant takes. The prompt that
/// is out is called off for it: should it be paid all the same, that money is given back.
fn paid_otherwise(order: &Order, heard: &Heard, t: &Turn<'_>) -> Option<Order> {
    let rails = &t.business().settings.payment.rails;
    let wanted = heard.slots.rail.filter(|rail| rails.contains(rail));
    match (names_payer(heard), wanted.unwrap_or(order.rail)) {
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
    if let Some(phone) = names_payer(heard).filter(|_| rails.contains(&Rail::Mpesa)) {
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
            let wish = order.wish.clone();
            wants_another(&order, wish, heard, t)
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
            let wish = Wish { date: None, time: None, ..order.wish.clone() };
            wants_another(&order, wish, heard, t)
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
mod tests;
