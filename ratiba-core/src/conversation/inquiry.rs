//! Everything beside the errands: greetings, thanks, questions, and what is said when nothing is under way.

use super::asking::{Then, Words};
use super::choice::Pick;
use super::effect::{Effect, Query, Rejection};
use super::errand;
use super::event::{Medium, Shape};
use super::flow::{Flow, Upcoming};
use super::heard::Heard;
use super::line::Line;
use super::thread::Thinking;
use super::turn::Turn;
use super::{booking, paying, proof};
use crate::domain::id::ServiceId;
use crate::domain::knowledge::Snippet;
use crate::domain::time::MinuteOfDay;
use crate::language::understanding::{DateMention, Intent};

/// Whether a message begins something new in a finished thread.
pub(super) fn begins_something(finished: &Flow, heard: &Heard) -> bool {
    match heard.intent {
        Intent::Cancel => !gives_up(finished, heard),
        Intent::Book | Intent::Reschedule | Intent::StartOver => true,
        Intent::Provide | Intent::Affirm | Intent::Deny => {
            heard.tells_of_booking() && !is_booked(finished, heard)
        }
        Intent::MyBookings
        | Intent::Services
        | Intent::Hours
        | Intent::Other
        | Intent::Greet
        | Intent::Thanks
        | Intent::Human
        | Intent::Stop => false,
    }
}

/// A bare "cancel" after a payment that did not come in time is about that.
fn gives_up(finished: &Flow, heard: &Heard) -> bool {
    matches!(finished, Flow::PaymentTimeout { .. }) && !heard.tells_of_booking()
}

/// A time was picked from an old list that is booked in this very thread already: the tap came twice.
fn is_booked(finished: &Flow, heard: &Heard) -> bool {
    heard.picked_slot().is_some_and(|(service, _, start)| {
        finished.visits().iter().any(|h| h.slot.service == service && h.slot.window.start == start)
    })
}

/// A message while nothing is under way: at `GREET`, or after the end.
pub(super) fn idle_heard(flow: Flow, heard: &Heard, t: &mut Turn<'_>) -> Flow {
    if matches!(heard.intent, Intent::Cancel | Intent::Deny) && gives_up(&flow, heard) {
        return after_timeout(flow, t);
    }
    let corrects =
        heard.slots.correction && (heard.slots.date.is_some() || heard.slots.time.is_some());
    match heard.intent {
        Intent::Cancel => errand::begin(false, heard, t),
        Intent::Reschedule => errand::begin(true, heard, t),
        // "No, Thursday", "can I come on Friday instead?" with nothing under way.
        Intent::Provide | Intent::Deny | Intent::Book if corrects => {
            let then = Then::Correct { slots: heard.slots.clone() };
            t.ask(Query::MyAppointments, then)
        }
        Intent::Book => booking::begin(heard, t),
        Intent::Provide if is_booked(&flow, heard) => {
            t.say(Line::MyBookings { slots: flow.visits().iter().map(|h| h.slot).collect() });
            flow
        }
        Intent::Provide | Intent::Affirm | Intent::Deny if heard.tells_of_booking() => {
            booking::begin(heard, t)
        }
        Intent::Provide | Intent::Affirm => after_the_end(flow, heard, t),
        Intent::Deny | Intent::Thanks => {
            t.say(Line::YoureWelcome);
            flow
        }
        Intent::StartOver => {
            t.say(Line::StartedOver);
            t.say(Line::HowCanIHelp);
            flow
        }
        Intent::Greet => {
            greet(t);
            t.say(Line::HowCanIHelp);
            flow
        }
        Intent::MyBookings
        | Intent::Services
        | Intent::Hours
        | Intent::Other
        | Intent::Human
        | Intent::Stop => digress(flow, heard, t),
    }
}

/// What was not paid in time is not wanted any more: money that still comes for it goes back.
fn after_timeout(flow: Flow, t: &mut Turn<'_>) -> Flow {
    if let Flow::PaymentTimeout { order } = flow { paying::not_wanted(order, t) } else { flow }
}

/// "Yes" and other bare words when nothing was asked.
fn after_the_end(flow: Flow, heard: &Heard, t: &mut Turn<'_>) -> Flow {
    let again = heard.intent == Intent::Affirm || heard.pick == Some(Pick::Retry);
    if again && let Flow::PaymentTimeout { order } = flow {
        return paying::try_again(order, t);
    }
    if !(flow.is_finished() && heard.intent == Intent::Affirm) {
        t.say(Line::HowCanIHelp);
    } else if heard.pick == Some(Pick::Yes) && heard.medium == Medium::Tap {
        // A second tap on a button that has done its work needs no answer; a typed "ok" gets a kind word.
        t.reject(Rejection::NothingToSay);
    } else {
        t.say(Line::YoureWelcome);
    }
    flow
}

fn greet(t: &mut Turn<'_>) {
    t.say(if t.memory.greeted { Line::GreetingAgain } else { Line::Greeting });
    t.memory.greeted = true;
}

/// Answers what is beside the matter, then asks again what was asked before.
pub(super) fn digress(back: Flow, heard: &Heard, t: &mut Turn<'_>) -> Flow {
    match heard.intent {
        Intent::MyBookings => return t.ask(Query::MyAppointments, Then::ShowBookings { back }),
        Intent::Other => {
            let question = heard.text.clone();
            let query = Query::Knowledge { question: question.0.clone() };
            return t.ask(query, Then::AnswerQuestion { back, question });
        }
        Intent::Services => {
            let asked = &heard.slots.services;
            if let [one] = asked.as_slice() {
                t.memory.about = Some(*one);
            }
            let services: Vec<ServiceId> = t
                .business()
                .catalogue
                .bookable()
                .map(|s| s.id)
                .filter(|id| asked.is_empty() || asked.contains(id))
                .collect();
            t.say(Line::Services { services });
        }
        Intent::Hours => {
            let zone = &t.business().tenant.zone;
            let day = match heard.slots.date {
                Some(DateMention::On { date, .. }) => Some(MinuteOfDay::START.on(date, zone)),
                Some(DateMention::Within { .. } | DateMention::Any) | None => None,
            };
            t.say(Line::OpeningHours { day });
        }
        Intent::Greet => greet(t),
        Intent::Thanks => t.say(Line::YoureWelcome),
        // No digressions: nothing to add to the pending question.
        Intent::Book
        | Intent::Cancel
        | Intent::Reschedule
        | Intent::Affirm
        | Intent::Deny
        | Intent::Provide
        | Intent::Human
        | Intent::Stop
        | Intent::StartOver => return back.repeat_plainly(t),
    }
    back.repeat(t)
}

/// The customer's bookings have been looked up.
pub(super) fn show_bookings(back: Flow, upcoming: &[Upcoming], t: &mut Turn<'_>) -> Flow {
    if upcoming.is_empty() {
        t.say(Line::NoBookings);
        proof::offer(t);
    } else {
        t.say(Line::MyBookings { slots: upcoming.iter().map(|b| b.slot).collect() });
    }
    back.repeat(t)
}

/// What the snippets say to a question: in shaped words, the best one as it is, a word that it takes a moment, or a promise that the team will be
/// asked.
pub(super) fn answer_question(
    back: Flow,
    question: Words,
    snippets: &[Snippet],
    shape: Shape,
    t: &mut Turn<'_>,
) -> Flow {
    match (shape, snippets.first()) {
        (Shape::Shaped { text }, _) => t.say(Line::Snippet { body: text }),
        (Shape::Later { turn }, _) => {
            t.memory.thinking = Some(Thinking { turn, answering: true });
            t.say(Line::OneMoment);
            // The pending question is asked again together with the answer.
            return back;
        }
        (Shape::Quoted, Some(best)) => t.say(Line::Snippet { body: best.body.clone() }),
        (Shape::Quoted, None) => {
            t.say(Line::WillAskTeam);
            t.write(Effect::NoteUnanswered { question: question.0 });
        }
    }
    back.repeat(t)
}

#[cfg(test)]
mod tests {
    use super::super::event::Event;
    use super::super::world::{World, day, said, service, time, when};
    use super::*;
    use crate::demo;
    use crate::domain::message::Language;
    use crate::language::understanding::Slots;

    const TOMORROW_3PM: &str = "2026-11-24T15:00:00+03:00";

    #[test]
    fn the_first_hello_introduces_the_assistant_once() {
        let mut w = World::barber();
        w.thread.memory.introduced = false;
        let did = w.bare(Intent::Greet);
        assert_eq!(did.lines, [Line::Greeting, Line::Introduction, Line::HowCanIHelp]);
        let did = w.bare(Intent::Greet);
        assert_eq!(did.lines, [Line::GreetingAgain, Line::HowCanIHelp]);
        assert_eq!(w.state(), "GREET");
    }

    #[test]
    fn a_first_message_with_a_wish_is_answered_and_introduced_in_one() {
        let mut w = World::barber();
        w.thread.memory.introduced = false;
        let did = w.book("Haircut", TOMORROW_3PM);
        assert!(matches!(did.lines.as_slice(), [Line::Introduction, Line::ConfirmBooking { .. }]));
    }

    #[test]
    fn a_question_in_mid_booking_is_answered_and_the_pending_one_asked_again() {
        let mut w = World::barber();
        w.snippets = demo::tenant("demo-barbershop").unwrap().snippets;
        w.book("Haircut", TOMORROW_3PM);
        let did = w.bare(Intent::Other);
        assert!(matches!(
            did.lines.as_slice(),
            [Line::Snippet { .. }, Line::BackToIt, Line::ConfirmBooking { .. }]
        ));
        assert_eq!(w.state(), "CONFIRM");
        for intent in
            [Intent::Services, Intent::Hours, Intent::Thanks, Intent::Greet, Intent::MyBookings]
        {
            let did = w.bare(intent);
            assert!(matches!(did.lines.last(), Some(Line::ConfirmBooking { .. })), "{intent:?}");
            assert_eq!(w.state(), "CONFIRM");
        }
    }

    #[test]
    fn what_nobody_has_written_down_goes_to_the_team() {
        let mut w = World::barber();
        let did = w.bare(Intent::Other);
        assert_eq!(did.lines, [Line::WillAskTeam]);
        assert!(did.has(&Effect::NoteUnanswered { question: "words".into() }));
    }

    #[test]
    fn prices_are_told_for_what_was_asked_about_and_hours_for_the_day() {
        let mut w = World::barber();
        let slots = service(&w, "Haircut");
        let did = w.says(Intent::Services, slots);
        assert_eq!(did.lines, [Line::Services { services: vec![w.service("Haircut")] }]);
        let did = w.says(Intent::Hours, day("2026-11-29"));
        assert!(matches!(did.lines.as_slice(), [Line::OpeningHours { day: Some(_) }]));
    }

    #[test]
    fn a_finished_thread_stays_as_it_is_for_thanks_and_questions() {
        let mut w = World::dental();
        w.book("Cleaning", TOMORROW_3PM);
        w.bare(Intent::Affirm);
        for intent in [Intent::Thanks, Intent::Hours, Intent::Other, Intent::Greet, Intent::Affirm]
        {
            assert!(
                !w.thread.needs_new(&Event::Heard { said: said(intent, Slots::default()) }),
                "{intent:?}"
            );
            w.bare(intent);
            assert_eq!(w.state(), "BOOKED");
        }
        let did = w.tap("yes");
        assert_eq!(did.effects, [Effect::Rejected { why: Rejection::NothingToSay }]);
    }

    #[test]
    fn a_new_wish_in_a_finished_thread_belongs_to_a_new_one_that_remembers_the_person() {
        let mut w = World::dental();
        w.book("Cleaning", TOMORROW_3PM);
        w.bare(Intent::Affirm);
        w.thread.memory.language = Some(Language::Sw);
        for intent in [Intent::Book, Intent::Cancel, Intent::Reschedule] {
            assert!(w.thread.needs_new(&Event::Heard { said: said(intent, Slots::default()) }));
        }
        let next = w.thread.successor();
        assert_eq!((next.state_name(), next.memory.language), ("GREET", Some(Language::Sw)));
        assert!(next.memory.introduced && !next.memory.cross_sell_done);
        assert!(!next.needs_new(&Event::Heard { said: said(Intent::Book, Slots::default()) }));
    }

    #[test]
    fn the_same_old_tap_after_booking_shows_what_is_booked() {
        let mut w = World::dental();
        w.book("Cleaning", TOMORROW_3PM);
        w.bare(Intent::Affirm);
        let id = format!("slot:{}:{}:{TOMORROW_3PM}", w.service("Cleaning"), w.rows[0].staff);
        let slots = Slots { choice: Some(id.clone()), ..Slots::default() };
        assert!(!w.thread.needs_new(&Event::Heard { said: said(Intent::Provide, slots) }));
        let did = w.tap(&id);
        assert!(matches!(did.lines.as_slice(), [Line::MyBookings { slots }] if slots.len() == 1));
        assert_eq!(w.rows.len(), 1);
    }

    #[test]
    fn a_correction_with_nothing_under_way_is_about_what_is_booked() {
        let mut w = World::barber();
        w.given("Haircut", TOMORROW_3PM, 500);
        let mut other = w.clone();
        w.says(Intent::Provide, Slots { correction: true, ..time("16:00") });
        assert_eq!(w.state(), "RESCHEDULE_CONFIRM");
        other.rows.clear();
        other.says(Intent::Book, Slots { correction: true, ..time("16:00") });
        assert_eq!(other.state(), "COLLECT_SERVICE", "with nothing booked it is a new wish");
    }

    #[test]
    fn book_me_for_that_means_what_was_asked_about() {
        let mut w = World::barber();
        let slots = service(&w, "Haircut");
        w.says(Intent::Services, slots);
        w.says(Intent::Book, when(TOMORROW_3PM));
        assert_eq!((w.state(), w.thread.draft().service), ("CONFIRM", Some(w.service("Haircut"))));
    }
}
