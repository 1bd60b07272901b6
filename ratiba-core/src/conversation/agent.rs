//! A message while the machine drives: what is noticed in every message first, then the phase that it belongs to.

use super::effect::{Effect, Fact, Rejection, Signal};
use super::event::{Medium, Said};
use super::flow::{Errand, Flow};
use super::heard::Heard;
use super::inquiry::{digress, idle_heard};
use super::line::Line;
use super::thread::Driver;
use super::turn::Turn;
use super::{booking, cancel, confirm, errand, handoff, paying, reschedule};
use crate::language::understanding::{Intent, Sentiment, Tripwire};

/// Turns running that may stay not understood before a person is called (signal D1).
const UNCLEAR_TURNS: u8 = 3;
/// Negative turns running before a person is called (signal D2).
const NEGATIVE_TURNS: u8 = 2;

/// A message while the machine drives.
pub(super) fn heard(flow: Flow, said: &Said, t: &mut Turn<'_>) -> (Driver, Flow) {
    if said.medium == Medium::Reaction {
        t.reject(Rejection::NothingToSay);
        return (Driver::AgentDriving, flow);
    }
    let heard = Heard::read(said);
    notice(said, &heard, t);
    if let Some(signal) = alarm(said, &heard, t) {
        return (handoff::suspend(signal, &flow, t), flow);
    }
    if said.understanding.tripwires.contains(&Tripwire::Abuse) {
        t.say(Line::AbuseBound);
        return (Driver::AgentDriving, flow.repeat_plainly(t));
    }
    if let Some(line) = unreadable(&heard) {
        t.say(line);
        return (Driver::AgentDriving, flow.repeat(t));
    }
    if t.memory.unclear > 0 {
        t.say(Line::DidNotUnderstand { times: t.memory.unclear });
        if flow.pending(t).is_empty() {
            t.say(Line::HowCanIHelp);
        }
        return (Driver::AgentDriving, flow.repeat_plainly(t));
    }
    if heard.intent == Intent::Stop {
        t.write(Effect::Remember { fact: Fact::OptedOut });
        t.say(Line::OptedOut);
        return (Driver::AgentDriving, flow.repeat(t));
    }
    (Driver::AgentDriving, dispatch(flow, &heard, t))
}

/// What is learnt from any message: the language, facts about the customer, how it goes.
fn notice(said: &Said, heard: &Heard, t: &mut Turn<'_>) {
    let u = &said.understanding;
    let words = said.medium == Medium::Text && heard.pick.is_none();
    let floor = f32::from(t.business().settings.confidence_floor_permille) / 1000.0;
    let clear = !words || u.confidence >= floor;
    t.memory.stalled = t.memory.stalled.saturating_add(1);
    t.memory.unclear = if clear { 0 } else { t.memory.unclear.saturating_add(1) };
    t.memory.negative = match u.sentiment {
        Sentiment::Negative => t.memory.negative.saturating_add(1),
        Sentiment::Positive | Sentiment::Neutral => 0,
    };
    let mut facts = Vec::new();
    if let Some(language) = u.language.filter(|_| clear) {
        t.memory.language = Some(language);
        if t.ctx.customer.language != Some(language) {
            facts.push(Fact::Language { language });
        }
    }
    if let Some(name) = u.slots.name.clone().filter(|n| t.ctx.customer.name.as_ref() != Some(n)) {
        facts.push(Fact::Name { name });
    }
    if let Some(phone) = said.proven_phone.clone()
        && (t.ctx.customer.phone.as_ref() != Some(&phone) || !t.ctx.customer.phone_proven)
    {
        t.memory.phone = Some(phone.clone());
        facts.push(Fact::Phone { phone, proven: true });
    }
    for fact in facts {
        t.write(Effect::Remember { fact });
    }
}

/// Whether a person is needed, and what is said first.
fn alarm(said: &Said, heard: &Heard, t: &mut Turn<'_>) -> Option<Signal> {
    let trips = &said.understanding.tripwires;
    if trips.contains(&Tripwire::MedicalEmergency) || trips.contains(&Tripwire::SelfHarm) {
        t.say(Line::EmergencyAdvice);
        return Some(Signal::Compliance);
    }
    if trips.contains(&Tripwire::Threat) {
        return Some(Signal::Compliance);
    }
    if trips.contains(&Tripwire::NationalId) || trips.contains(&Tripwire::CardNumber) {
        t.say(Line::SensitiveNumber);
        return Some(Signal::SensitiveNumber);
    }
    if heard.intent == Intent::Human {
        return Some(Signal::Asked);
    }
    if t.memory.negative >= NEGATIVE_TURNS {
        return Some(Signal::Unhappy);
    }
    (t.memory.unclear >= UNCLEAR_TURNS).then_some(Signal::NotUnderstood)
}

/// What is said to something without words that can be acted on.
fn unreadable(heard: &Heard) -> Option<Line> {
    let wordless = heard.text.0.trim().is_empty() && heard.pick.is_none() && heard.slots.is_empty();
    match heard.medium {
        Medium::Audio | Medium::Unsupported if wordless => Some(Line::PleaseType),
        Medium::Image | Medium::Attachment | Medium::Location | Medium::Contact if wordless => {
            Some(Line::GotAttachment)
        }
        Medium::Text
        | Medium::Tap
        | Medium::Audio
        | Medium::Image
        | Medium::Attachment
        | Medium::Location
        | Medium::Contact
        | Medium::Reaction
        | Medium::Unsupported => None,
    }
}

/// Hands a message to its phase; cancelling, moving and starting over mean the same in all drafts.
pub(super) fn dispatch(flow: Flow, heard: &Heard, t: &mut Turn<'_>) -> Flow {
    if is_draft(&flow) {
        match heard.intent {
            Intent::StartOver => {
                t.release(flow.holds());
                t.say(Line::StartedOver);
                t.say(Line::HowCanIHelp);
                return Flow::Greet {};
            }
            Intent::Cancel | Intent::Reschedule => {
                let to_move = heard.intent == Intent::Reschedule;
                let errand = Errand { to_move, slots: heard.slots.clone(), dropped: true };
                return Flow::DropDraft { draft: Box::new(flow), errand }.repeat_plainly(t);
            }
            Intent::Book
            | Intent::MyBookings
            | Intent::Services
            | Intent::Hours
            | Intent::Other
            | Intent::Affirm
            | Intent::Deny
            | Intent::Greet
            | Intent::Thanks
            | Intent::Human
            | Intent::Stop
            | Intent::Provide => {}
        }
    } else if heard.intent == Intent::StartOver && is_errand(&flow) {
        t.release(flow.holds());
        t.say(Line::StartedOver);
        t.say(Line::HowCanIHelp);
        return Flow::Greet {};
    }
    phase(flow, heard, t)
}

/// A new booking that has begun and would be lost.
fn is_draft(flow: &Flow) -> bool {
    match flow {
        Flow::CollectService { wish, .. } => !wish.is_empty(),
        Flow::CollectStaff { .. }
        | Flow::CollectSlot { .. }
        | Flow::CollectPhone { .. }
        | Flow::Confirm { .. }
        | Flow::CrossSellOffer { .. }
        | Flow::BundleConfirm { .. } => true,
        Flow::Greet {}
        | Flow::AwaitingPayment { .. }
        | Flow::PaymentConfirmed { .. }
        | Flow::PaymentFailed { .. }
        | Flow::PaymentTimeout { .. }
        | Flow::PaymentCancelled { .. }
        | Flow::Booked { .. }
        | Flow::CancelSelect { .. }
        | Flow::CancelConfirm { .. }
        | Flow::Cancelled { .. }
        | Flow::RescheduleSelect { .. }
        | Flow::RescheduleSlot { .. }
        | Flow::RescheduleConfirm { .. }
        | Flow::Rescheduled { .. }
        | Flow::DropDraft { .. }
        | Flow::Asking(_) => false,
    }
}

/// Cancelling or moving is under way, or a service is asked for with nothing known yet.
fn is_errand(flow: &Flow) -> bool {
    match flow {
        Flow::CollectService { .. }
        | Flow::CancelSelect { .. }
        | Flow::CancelConfirm { .. }
        | Flow::RescheduleSelect { .. }
        | Flow::RescheduleSlot { .. }
        | Flow::RescheduleConfirm { .. } => true,
        Flow::CollectStaff { .. }
        | Flow::CollectSlot { .. }
        | Flow::CollectPhone { .. }
        | Flow::Confirm { .. }
        | Flow::CrossSellOffer { .. }
        | Flow::BundleConfirm { .. }
        | Flow::Greet {}
        | Flow::AwaitingPayment { .. }
        | Flow::PaymentConfirmed { .. }
        | Flow::PaymentFailed { .. }
        | Flow::PaymentTimeout { .. }
        | Flow::PaymentCancelled { .. }
        | Flow::Booked { .. }
        | Flow::Cancelled { .. }
        | Flow::Rescheduled { .. }
        | Flow::DropDraft { .. }
        | Flow::Asking(_) => false,
    }
}

fn phase(flow: Flow, heard: &Heard, t: &mut Turn<'_>) -> Flow {
    match flow {
        Flow::CollectService { .. }
            if matches!(heard.intent, Intent::Cancel | Intent::Reschedule) =>
        {
            errand::begin(heard.intent == Intent::Reschedule, heard, t)
        }
        Flow::CollectService { wish, offered } => booking::service_heard(wish, offered, heard, t),
        Flow::CollectStaff { service, wish } => booking::staff_heard(service, wish, heard, t),
        Flow::CollectSlot { service, search } => booking::slot_heard(service, search, heard, t),
        Flow::CollectPhone { slot, wish } => booking::phone_heard(slot, wish, heard, t),
        Flow::Confirm { held, wish, until } => confirm::heard(held, wish, until, heard, t),
        Flow::CrossSellOffer { first, offer, wish, until } => {
            confirm::offer_heard(first, offer, wish, until, heard, t)
        }
        Flow::BundleConfirm { first, second, wish, until } => {
            confirm::bundle_heard(first, second, wish, until, heard, t)
        }
        Flow::AwaitingPayment { order, payment, failures } => {
            paying::awaiting_heard(order, payment, failures, heard, t)
        }
        Flow::PaymentFailed { order, reason, failures, asks_number, until } => {
            paying::failed_heard(order, reason, failures, asks_number, until, heard, t)
        }
        Flow::CancelSelect { bookings } => cancel::select_heard(bookings, heard, t),
        Flow::CancelConfirm { booking, refund } => cancel::confirm_heard(booking, refund, heard, t),
        Flow::RescheduleSelect { bookings, wish } => {
            reschedule::select_heard(bookings, wish, heard, t)
        }
        Flow::RescheduleSlot { old, search } => reschedule::slot_heard(old, search, heard, t),
        Flow::RescheduleConfirm { old, new, wish, until } => {
            reschedule::confirm_heard(old, new, wish, until, heard, t)
        }
        Flow::DropDraft { draft, errand } => drop_heard(*draft, errand, heard, t),
        idle @ (Flow::Greet {}
        | Flow::PaymentConfirmed { .. }
        | Flow::PaymentTimeout { .. }
        | Flow::PaymentCancelled { .. }
        | Flow::Booked { .. }
        | Flow::Cancelled { .. }
        | Flow::Rescheduled { .. }) => idle_heard(idle, heard, t),
        asking @ Flow::Asking(_) => {
            t.reject(Rejection::Busy);
            asking
        }
    }
}

/// A message when it was asked whether the draft shall be dropped.
fn drop_heard(draft: Flow, errand: Errand, heard: &Heard, t: &mut Turn<'_>) -> Flow {
    match heard.intent {
        Intent::Affirm | Intent::Cancel | Intent::Reschedule => {
            t.release(draft.holds());
            errand::start(errand, t)
        }
        // Bare "no": on with the draft. Anything else about it is heard as if we had not asked.
        Intent::Deny if !heard.tells_of_booking() => draft.repeat_plainly(t),
        Intent::Deny | Intent::Book | Intent::Provide | Intent::StartOver => {
            dispatch(draft, heard, t)
        }
        Intent::MyBookings
        | Intent::Services
        | Intent::Hours
        | Intent::Other
        | Intent::Greet
        | Intent::Thanks
        | Intent::Human
        | Intent::Stop => digress(Flow::DropDraft { draft: Box::new(draft), errand }, heard, t),
    }
}
