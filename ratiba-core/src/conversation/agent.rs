//! A message while the machine drives: what is noticed in every message first, then the phase that it belongs to.

use super::choice::Pick;
use super::effect::{AdminNote, Effect, Fact, Rejection, Signal};
use super::event::{Medium, Said};
use super::flow::{Errand, Flow};
use super::heard::Heard;
use super::inquiry::{digress, idle_heard};
use super::line::Line;
use super::thread::Driver;
use super::turn::Turn;
use super::{
    booking, cancel, confirm, cross_sell, errand, handoff, paying, phone, proof, reschedule, times,
    waitlist,
};
use crate::language::understanding::{Intent, Sentiment, Tripwire};

/// Turns running that may stay not understood before a person is called (signal D1).
const UNCLEAR_TURNS: u8 = 3;
/// Characters that admins are shown of what somebody wrote who will be late.
const LATE_WORDS: usize = 200;
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
    if let Some(flow) = proof::heard(&flow, said, &heard, t) {
        return (Driver::AgentDriving, flow);
    }
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
        // Somebody who has been asked to pay mostly says that they have; how it stands is all there is to answer.
        if !matches!(flow, Flow::AwaitingPayment { .. }) {
            t.say(Line::DidNotUnderstand { times: t.memory.unclear });
        }
        if flow.pending(t).is_empty() {
            t.say(Line::HowCanIHelp);
        }
        return (Driver::AgentDriving, flow.repeat_plainly(t));
    }
    if heard.intent == Intent::Stop {
        if let Flow::AwaitingPayment { order, .. } = flow {
            return (Driver::AgentDriving, paying::stop_heard(order, &heard, t));
        }
        t.write(Effect::Remember { fact: Fact::OptedOut });
        t.say(Line::OptedOut);
        return (Driver::AgentDriving, flow.repeat(t));
    }
    if heard.slots.pause && heard.intent == Intent::Other {
        t.say(Line::NoRush);
        return (Driver::AgentDriving, flow.repeat_plainly(t));
    }
    if heard.slots.late && heard.intent == Intent::Other {
        let words = heard.text.0.chars().take(LATE_WORDS).collect();
        t.write(Effect::TellAdmins { note: AdminNote::RunningLate { words } });
        t.say(Line::LateNoted);
        return (Driver::AgentDriving, flow.repeat_plainly(t));
    }
    if heard.slots.party && matches!(heard.intent, Intent::Book | Intent::Provide) {
        t.say(Line::OneAtATime);
    }
    if let Some(day) = heard.slots.no_such_day {
        t.say(Line::NoSuchDay { day });
    }
    if heard.pick == Some(Pick::Unwait) {
        return (Driver::AgentDriving, waitlist::left(flow, t));
    }
    (Driver::AgentDriving, dispatch(flow, &heard, t))
}

/// What is learnt from any message: the language, facts about the customer, how it goes.
fn notice(said: &Said, heard: &Heard, t: &mut Turn<'_>) {
    let u = &said.understanding;
    let words = said.medium == Medium::Text && heard.pick.is_none();
    let floor = f32::from(t.business().settings.confidence_floor_permille) / 1000.0;
    let says_something =
        said.text.is_empty() || said.text.chars().any(char::is_alphanumeric) || !u.slots.is_empty();
    let clear = !words || (u.confidence >= floor && (says_something || u.intent != Intent::Other));
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
        Flow::CollectSlot { service, search } => times::heard(service, search, heard, t),
        Flow::CollectPhone { slot, wish } => phone::heard(slot, wish, heard, t),
        Flow::Confirm { held, wish, until } => confirm::heard(held, wish, until, heard, t),
        Flow::CrossSellOffer { first, offer, wish, until } => {
            cross_sell::offer_heard(first, offer, wish, until, heard, t)
        }
        Flow::BundleConfirm { first, second, wish, until } => {
            cross_sell::bundle_heard(first, second, wish, until, heard, t)
        }
        Flow::AwaitingPayment { order, payment, failures, in_review: true } => {
            paying::reviewed_heard(order, payment, failures, heard, t)
        }
        Flow::AwaitingPayment { order, payment, failures, in_review: false } => {
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

#[cfg(test)]
mod tests {
    use super::super::event::{Event, TimerName};
    use super::super::world::{Did, World, day, said, tripped, when};
    use super::*;
    use crate::domain::appointment::AppointmentStatus as Status;
    use crate::domain::dials::LanguageDial;
    use crate::domain::message::Language;
    use crate::domain::phone::Phone;
    use crate::language::understanding::Slots;

    const TOMORROW_3PM: &str = "2026-11-24T15:00:00+03:00";

    fn unsure(w: &mut World) -> Did {
        let mut said = said(Intent::Other, Slots::default());
        said.understanding.confidence = 0.2;
        w.turn(Event::Heard { said })
    }

    fn negative(w: &mut World) -> Did {
        let mut said = said(Intent::Other, Slots::default());
        said.understanding.sentiment = Sentiment::Negative;
        w.turn(Event::Heard { said })
    }

    fn paged(did: &Did) -> Option<Signal> {
        did.effects.iter().find_map(|e| {
            if let Effect::PageAdmins { signal, .. } = e { Some(*signal) } else { None }
        })
    }

    #[test]
    fn three_unclear_turns_running_call_a_person_and_a_clear_one_starts_anew() {
        let mut w = World::barber();
        w.book("Haircut", TOMORROW_3PM);
        let did = unsure(&mut w);
        assert!(matches!(
            did.lines.as_slice(),
            [Line::DidNotUnderstand { times: 1 }, Line::ConfirmBooking { .. }]
        ));
        unsure(&mut w);
        w.bare(Intent::Hours);
        unsure(&mut w);
        unsure(&mut w);
        assert_eq!(w.thread.driver_name(), "AGENT_DRIVING");
        let did = unsure(&mut w);
        assert_eq!(
            (paged(&did), did.lines),
            (Some(Signal::NotUnderstood), vec![Line::HandingOver])
        );
        assert_eq!((w.state(), w.thread.driver_name()), ("CONFIRM", "SUSPENDED_FOR_HUMAN"));
    }

    #[test]
    fn unclear_words_while_paying_are_told_how_it_stands() {
        let mut w = World::barber();
        w.pay("Haircut", TOMORROW_3PM);
        assert!(matches!(unsure(&mut w).lines.as_slice(), [Line::PaymentStillOpen { .. }]));
    }

    #[test]
    fn a_bare_question_mark_is_no_question() {
        let mut w = World::barber();
        let mut said = said(Intent::Other, Slots::default());
        said.text = "?".into();
        let did = w.turn(Event::Heard { said });
        assert_eq!(did.lines, [Line::DidNotUnderstand { times: 1 }, Line::HowCanIHelp]);
    }

    #[test]
    fn two_negative_turns_running_call_a_person() {
        let mut w = World::barber();
        negative(&mut w);
        w.bare(Intent::Hours);
        assert_eq!(paged(&negative(&mut w)), None);
        assert_eq!(paged(&negative(&mut w)), Some(Signal::Unhappy));
    }

    #[test]
    fn each_of_the_other_signals_calls_a_person() {
        let cases = [
            (tripped(Tripwire::NationalId), Signal::SensitiveNumber, Line::SensitiveNumber),
            (tripped(Tripwire::CardNumber), Signal::SensitiveNumber, Line::SensitiveNumber),
            (tripped(Tripwire::MedicalEmergency), Signal::Compliance, Line::EmergencyAdvice),
            (tripped(Tripwire::SelfHarm), Signal::Compliance, Line::EmergencyAdvice),
            (tripped(Tripwire::Threat), Signal::Compliance, Line::HandingOver),
            (Event::ToolFailed, Signal::ToolFailing, Line::HandingOver),
            (
                Event::Heard { said: said(Intent::Human, Slots::default()) },
                Signal::Asked,
                Line::HandingOver,
            ),
        ];
        for (event, signal, first) in cases {
            let mut w = World::barber();
            let did = w.turn(event);
            assert_eq!((paged(&did), &did.lines[0]), (Some(signal), &first));
            assert_eq!(did.lines.last(), Some(&Line::HandingOver));
            for timer in
                [TimerName::HandoffRemind, TimerName::HandoffApologise, TimerName::HandoffGiveUp]
            {
                assert!(
                    did.effects
                        .iter()
                        .any(|e| matches!(e, Effect::Arm { timer: t, .. } if *t == timer))
                );
            }
        }
    }

    #[test]
    fn more_than_25_turns_without_progress_call_a_person() {
        let mut w = World::barber();
        for turn in 1..=25 {
            assert_eq!(paged(&w.bare(Intent::Hours)), None, "{turn}");
        }
        assert_eq!(paged(&w.bare(Intent::Other)), Some(Signal::NoProgress));
        let mut w = World::barber();
        for _ in 0..20 {
            w.bare(Intent::Hours);
        }
        w.bare(Intent::Book);
        for _ in 0..20 {
            assert_eq!(paged(&w.bare(Intent::Hours)), None, "progress starts the count anew");
        }
    }

    #[test]
    fn abuse_gets_a_bound_and_the_question_again() {
        let mut w = World::barber();
        w.book("Haircut", TOMORROW_3PM);
        let did = w.turn(tripped(Tripwire::Abuse));
        assert!(matches!(did.lines.as_slice(), [Line::AbuseBound, Line::ConfirmBooking { .. }]));
    }

    #[test]
    fn what_has_no_words_gets_a_word_and_a_reaction_none() {
        let send = |medium| {
            let mut w = World::barber();
            w.book("Haircut", TOMORROW_3PM);
            let mut said = said(Intent::Other, Slots::default());
            (said.text, said.medium) = (String::new(), medium);
            w.turn(Event::Heard { said })
        };
        assert!(matches!(
            send(Medium::Audio).lines.as_slice(),
            [Line::PleaseType, Line::BackToIt, Line::ConfirmBooking { .. }]
        ));
        assert!(matches!(send(Medium::Image).lines.as_slice(), [Line::GotAttachment, ..]));
        let did = send(Medium::Reaction);
        assert_eq!(
            (did.lines.len(), did.effects),
            (0, vec![Effect::Rejected { why: Rejection::NothingToSay }])
        );
    }

    #[test]
    fn stop_opts_out_and_changes_nothing_else() {
        let mut w = World::barber();
        w.book("Haircut", TOMORROW_3PM);
        let did = w.bare(Intent::Stop);
        assert!(did.has(&Effect::Remember { fact: Fact::OptedOut }));
        assert_eq!((w.state(), did.lines[0].clone()), ("CONFIRM", Line::OptedOut));
    }

    #[test]
    fn starting_over_clears_the_draft_and_its_hold() {
        let mut w = World::barber();
        w.book("Haircut", TOMORROW_3PM);
        let did = w.bare(Intent::StartOver);
        assert_eq!((w.state(), w.statuses()), ("GREET", vec![Status::Expired]));
        assert_eq!(did.lines, [Line::StartedOver, Line::HowCanIHelp]);
    }

    #[test]
    fn cancelling_in_mid_booking_asks_before_the_draft_is_dropped() {
        let mut w = World::barber();
        w.book("Haircut", TOMORROW_3PM);
        let did = w.bare(Intent::Cancel);
        assert_eq!((w.state(), w.statuses()), ("CONFIRM", vec![Status::Held]));
        assert_eq!(did.lines, [Line::AskDropDraft { service: Some(w.service("Haircut")) }]);
        let mut back = w.clone();
        let did = back.bare(Intent::Deny);
        assert!(matches!(did.lines.as_slice(), [Line::ConfirmBooking { .. }]));
        assert_eq!(back.statuses(), [Status::Held]);
        let did = w.bare(Intent::Affirm);
        assert_eq!(
            (w.state(), w.statuses(), did.lines),
            ("GREET", vec![Status::Expired], vec![Line::NotBooked])
        );
    }

    #[test]
    fn a_dropped_draft_makes_way_for_the_errand_as_it_was_said() {
        let mut w = World::barber();
        w.given("Beard Trim", "2026-11-25T10:00:00+03:00", 300);
        w.book("Haircut", TOMORROW_3PM);
        w.says(Intent::Reschedule, when("2026-11-27T10:00:00+03:00"));
        assert_eq!(w.state(), "CONFIRM");
        w.bare(Intent::Affirm);
        assert_eq!(w.state(), "RESCHEDULE_CONFIRM");
        assert_eq!(w.statuses(), [Status::Confirmed, Status::Expired, Status::Held]);
    }

    #[test]
    fn another_day_instead_of_yes_or_no_goes_on_with_the_draft() {
        let mut w = World::barber();
        w.book("Haircut", TOMORROW_3PM);
        w.bare(Intent::Cancel);
        w.says(Intent::Provide, day("2026-11-26"));
        assert_eq!((w.state(), w.statuses()), ("CONFIRM", vec![Status::Expired, Status::Held]));
    }

    #[test]
    fn the_customer_is_answered_in_the_language_that_they_write() {
        let mut w = World::barber();
        let write = |w: &mut World, language, confidence| {
            let mut said = said(Intent::Hours, Slots::default());
            (said.understanding.language, said.understanding.confidence) = (language, confidence);
            w.turn(Event::Heard { said }).language
        };
        assert_eq!(write(&mut w, Some(Language::Sw), 0.9), Some(Language::Sw));
        assert_eq!(write(&mut w, None, 0.9), Some(Language::Sw), "remembered");
        assert_eq!(
            write(&mut w, Some(Language::En), 0.1),
            Some(Language::Sw),
            "too unsure to follow"
        );
        w.business.dials.language = Some(LanguageDial::PreferEn);
        assert_eq!(write(&mut w, Some(Language::Sw), 0.9), Some(Language::En));
        let mut w = World::salon();
        w.customer.language = None;
        assert_eq!(write(&mut w, None, 0.9), Some(Language::Sw), "the tenant's own");
    }

    #[test]
    fn a_number_that_the_message_proves_is_kept_as_proven() {
        let mut w = World::barber();
        w.customer.phone = None;
        w.book("Haircut", TOMORROW_3PM);
        let phone = Phone::from_provider("254700111222").unwrap();
        let mut said = said(Intent::Provide, Slots::default());
        (said.text, said.medium, said.proven_phone) =
            (String::new(), Medium::Contact, Some(phone.clone()));
        let did = w.turn(Event::Heard { said });
        assert!(did.has(&Effect::Remember { fact: Fact::Phone { phone, proven: true } }));
        assert_eq!(w.state(), "CONFIRM");
    }
}
