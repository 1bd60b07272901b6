//! When a model is asked what a customer meant: only where the deterministic ear is not sure, and only for what it lacks.

use crate::language::understanding::{Expecting, Intent, Understanding};

/// Words longer than this are no message that a model would read better; it also bounds what one may cost.
pub const LONGEST: usize = 1_200;

/// What the ear lacks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Doubt {
    /// What the customer wants.
    pub intent: bool,
    /// Which values they named.
    pub values: bool,
}

impl Doubt {
    /// Whether there is any.
    pub const fn any(self) -> bool {
        self.intent || self.values
    }
}

/// What the ear lacks of a message in words. `answered`: something that the business has written down answers it, should it be a question.
///
/// There is never doubt about what raised a tripwire (a person decides), about a picked choice, or about what has hardly a letter.
pub fn doubt(
    text: &str,
    heard: &Understanding,
    expecting: Expecting,
    floor: f32,
    answered: bool,
) -> Doubt {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let words = text.split_whitespace().count();
    if !heard.tripwires.is_empty()
        || heard.slots.choice.is_some()
        || letters < 3
        || text.len() > LONGEST
    {
        return Doubt::default();
    }
    let unsure = heard.confidence < floor;
    let intent = unsure || (heard.intent == Intent::Other && !answered);
    let wishes = matches!(heard.intent, Intent::Book | Intent::Provide | Intent::Reschedule);
    let s = &heard.slots;
    let missing = match expecting {
        Expecting::Service => s.services.is_empty() && s.service_candidates.is_empty(),
        Expecting::Staff => s.staff.is_none(),
        Expecting::Slot => {
            s.date.is_none() && s.time.is_none() && s.ordinal.is_none() && !s.wants_more
        }
        Expecting::Nothing
        | Expecting::YesNo
        | Expecting::Phone
        | Expecting::Name
        | Expecting::Choice => false,
    };
    Doubt { intent, values: wishes && missing && words > 1 && s.is_empty() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::understanding::{Sentiment, Slots, Tripwire};

    fn heard(intent: Intent, confidence: f32) -> Understanding {
        Understanding {
            intent,
            confidence,
            language: None,
            sentiment: Sentiment::Neutral,
            slots: Slots::default(),
            tripwires: Vec::new(),
        }
    }

    fn look(text: &str, heard: &Understanding, expecting: Expecting) -> (bool, bool) {
        let doubt = doubt(text, heard, expecting, 0.55, false);
        (doubt.intent, doubt.values)
    }

    #[test]
    fn what_the_ear_is_sure_of_needs_no_model() {
        for intent in [Intent::Book, Intent::Greet, Intent::Hours, Intent::Affirm] {
            let heard = heard(intent, 0.9);
            assert_eq!(look("hujambo bwana", &heard, Expecting::Nothing), (false, false));
        }
    }

    #[test]
    fn an_unsure_intent_and_an_unanswered_question_do() {
        assert_eq!(
            look("sijui niaje", &heard(Intent::Provide, 0.3), Expecting::Nothing),
            (true, false)
        );
        let question = heard(Intent::Other, 0.8);
        assert_eq!(look("do you do hot stones", &question, Expecting::Nothing), (true, false));
        assert!(!doubt("where do I park", &question, Expecting::Nothing, 0.55, true).any());
    }

    #[test]
    fn a_value_is_asked_for_only_where_it_was_expected_and_not_heard() {
        let mut wish = heard(Intent::Provide, 0.8);
        assert_eq!(look("that thing for nails", &wish, Expecting::Service), (false, true));
        assert_eq!(look("that thing for nails", &wish, Expecting::YesNo), (false, false));
        wish.slots.services = vec![crate::domain::id::ServiceId::from_ulid(ulid::Ulid(1))];
        assert_eq!(look("that thing for nails", &wish, Expecting::Service), (false, false));
    }

    #[test]
    fn tripwires_picks_and_noise_are_nobodys_question() {
        let mut trip = heard(Intent::Other, 0.1);
        trip.tripwires.push(Tripwire::SelfHarm);
        assert_eq!(look("words words", &trip, Expecting::Nothing), (false, false));
        let mut pick = heard(Intent::Provide, 0.1);
        pick.slots.choice = Some("yes".into());
        assert_eq!(look("words words", &pick, Expecting::Nothing), (false, false));
        let noise = heard(Intent::Other, 0.1);
        for text in ["?", "12", "👍👍👍", &"long ".repeat(300)] {
            assert_eq!(look(text, &noise, Expecting::Nothing), (false, false), "{text}");
        }
    }
}
