//! A model that takes its time: the customer is told that it takes a moment, and what comes of it is taken only for the turn that waits for it.

use super::asking::Words;
use super::effect::Rejection;
use super::event::{Said, Thought};
use super::flow::Flow;
use super::inquiry;
use super::line::Line;
use super::step;
use super::thread::{Driver, Thinking};
use super::turn::Turn;

/// A model takes its time over what the customer meant.
pub(super) fn pondering(
    driver: Driver,
    flow: Flow,
    turn: u64,
    said: &Said,
    t: &mut Turn<'_>,
) -> (Driver, Flow) {
    if !step::is_agent(&driver) {
        return step::heard(driver, flow, said, t);
    }
    t.memory.thinking = Some(Thinking { turn, answering: false });
    if let Some(language) = said.understanding.language {
        t.memory.language = Some(language);
    }
    t.say(Line::OneMoment);
    (driver, flow)
}

/// The customer wrote again: what they meant before no longer matters. A question still wants its answer.
pub(super) fn overtaken(t: &mut Turn<'_>) {
    if t.memory.thinking.is_some_and(|thinking| !thinking.answering) {
        t.memory.thinking = None;
    }
}

/// What a model made of a turn, if that turn is still waited for and the machine still speaks.
pub(super) fn thought(
    driver: Driver,
    flow: Flow,
    turn: u64,
    thought: Thought,
    t: &mut Turn<'_>,
) -> (Driver, Flow) {
    if t.memory.thinking.is_none_or(|thinking| thinking.turn != turn) {
        t.reject(Rejection::StaleThought);
        return (driver, flow);
    }
    t.memory.thinking = None;
    if !step::is_agent(&driver) {
        t.reject(Rejection::StaleThought);
        return (driver, flow);
    }
    match thought {
        Thought::Heard { said } => step::heard(driver, flow, &said, t),
        Thought::Answered { question, snippets, shape } => {
            let flow = inquiry::answer_question(flow, Words(question), &snippets, shape, t);
            (driver, flow)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::effect::Effect;
    use super::super::event::{Event, Shape};
    use super::super::world::{Did, World, said};
    use super::*;
    use crate::language::understanding::{Intent, Slots};

    const TOMORROW_3PM: &str = "2026-11-24T15:00:00+03:00";

    fn ponder(w: &mut World, turn: u64) -> Did {
        w.turn(Event::Pondering { turn, said: said(Intent::Other, Slots::default()) })
    }

    fn heard(w: &mut World, turn: u64) -> Did {
        let said = Box::new(said(Intent::Hours, Slots::default()));
        w.turn(Event::Thought { turn, thought: Thought::Heard { said } })
    }

    fn answered(w: &mut World, turn: u64) -> Did {
        let thought = Thought::Answered {
            question: "words".into(),
            snippets: vec![],
            shape: Shape::Shaped { text: "Yes, free parking.".into() },
        };
        w.turn(Event::Thought { turn, thought })
    }

    fn is_stale(did: &Did) -> bool {
        did.effects == [Effect::Rejected { why: Rejection::StaleThought }]
    }

    #[test]
    fn what_a_model_heard_is_taken_for_the_turn_that_waits() {
        let mut w = World::barber();
        assert_eq!(ponder(&mut w, 3).lines, [Line::OneMoment]);
        assert!(is_stale(&heard(&mut w, 2)), "another turn");
        assert!(matches!(heard(&mut w, 3).lines.as_slice(), [Line::OpeningHours { .. }]));
        assert!(is_stale(&heard(&mut w, 3)), "once");
    }

    #[test]
    fn a_new_message_overtakes_what_was_meant_and_not_a_question() {
        let mut w = World::barber();
        ponder(&mut w, 1);
        w.bare(Intent::Greet);
        assert!(is_stale(&heard(&mut w, 1)));
        w.thread.memory.thinking = Some(Thinking { turn: 5, answering: true });
        w.book("Haircut", TOMORROW_3PM);
        let did = answered(&mut w, 5);
        assert!(matches!(
            did.lines.as_slice(),
            [Line::Snippet { .. }, Line::BackToIt, Line::ConfirmBooking { .. }]
        ));
        assert_eq!(w.state(), "CONFIRM");
    }

    #[test]
    fn once_a_person_speaks_a_model_does_not() {
        let mut w = World::barber();
        ponder(&mut w, 1);
        w.turn(Event::OwnerSpoke { text: "hi".into() });
        assert!(is_stale(&heard(&mut w, 1)));
    }

    #[test]
    fn the_cost_ceiling_calls_a_person() {
        let mut w = World::barber();
        w.book("Haircut", TOMORROW_3PM);
        let did = w.turn(Event::CostCeiling);
        assert_eq!((w.state(), w.thread.driver_name()), ("CONFIRM", "SUSPENDED_FOR_HUMAN"));
        assert!(did.effects.iter().any(|e| matches!(
            e,
            Effect::PageAdmins { signal: super::super::effect::Signal::TooCostly, .. }
        )));
    }
}
