//! What a customer meant, asked of a model where the ear is not sure, and of that only what the ear lacks.

use jiff::SignedDuration;

use super::{NoAnswer, Purse, Question, Router};
use crate::language::understanding::{Intent, Understanding};
use crate::models::doubt::Doubt;
use crate::models::hear::Scene;
use crate::models::mask::Masked;
use crate::models::reply::{Classified, Extracted};
use crate::models::role::Role;
use crate::ports::llm::LlmPart;

/// How long all tries of one thought may take.
pub const IN_ALL: SignedDuration = SignedDuration::from_secs(25);

/// A message that the ear is not sure of.
#[derive(Debug, Clone, Copy)]
pub struct Unsure<'a> {
    /// Where it came in.
    pub scene: Scene<'a>,
    /// The words as they were written.
    pub text: &'a str,
    /// The words as a model may see them.
    pub words: &'a Masked,
    /// What the ear made of them.
    pub heard: &'a Understanding,
    /// What it lacks.
    pub doubt: Doubt,
}

/// What came of asking.
#[derive(Debug, Clone, PartialEq)]
pub enum Meaning {
    /// What the customer meant; also when that is what the ear had heard.
    Understood(Box<Understanding>),
    /// Nobody could be asked, or nobody answered: what the ear heard stands.
    Unknown,
    /// Nobody could be asked, because the booking has cost what it may.
    Ceiling,
}

impl Unsure<'_> {
    /// Asks what the customer wants, where that is in doubt, and then for the values that they named, where those are lacking.
    pub async fn ask(&self, router: &Router, purse: Purse<'_>) -> Meaning {
        let scene = &self.scene;
        let mut heard = self.heard.clone();
        let mut values = self.doubt.values;
        if self.doubt.intent {
            let read = |value| {
                let classified: Classified = serde_json::from_value(value).ok()?;
                Some(scene.believe_intent(self.heard, &classified))
            };
            match router.ask(purse, &self.question(Role::Classify), &read).await {
                Ok(Some(believed)) => heard = believed,
                Ok(None) => {}
                Err(NoAnswer::BookingCeiling) => return Meaning::Ceiling,
                Err(
                    NoAnswer::NoModel | NoAnswer::DayCeiling | NoAnswer::Failed | NoAnswer::TooLate,
                ) => {
                    return Meaning::Unknown;
                }
            }
            let wishes =
                matches!(heard.intent, Intent::Book | Intent::Provide | Intent::Reschedule);
            let several = self.text.split_whitespace().count() > 2;
            values |= wishes && heard.slots.is_empty() && several;
        }
        if values {
            let ear = heard.clone();
            let read = |value| {
                let extracted: Extracted = serde_json::from_value(value).ok()?;
                if extracted == Extracted::default() {
                    return Some(None);
                }
                scene.believe_values(&ear, &extracted).map(Some)
            };
            let asked = router.ask(purse, &self.question(Role::Extract), &read).await;
            if let Ok(Some(believed)) = asked {
                heard = believed;
            }
        }
        Meaning::Understood(Box::new(heard))
    }

    fn question(&self, role: Role) -> Question {
        let parts = vec![LlmPart::Text(self.scene.question(self.words, role))];
        Question { role, parts, within: IN_ALL }
    }
}
