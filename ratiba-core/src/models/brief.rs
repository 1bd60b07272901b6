//! Asking a model to sum up a conversation for the person who takes it over, and what of its words is passed on: nothing that was not said.

use serde_json::{Value, json};

use super::claims::reports;
use super::mask::Masked;
use super::reply::Summary;
use super::shape::{is_address, numbers};
use crate::domain::message::Language;

/// So many lines are passed on.
const MOST_LINES: usize = 4;
/// A line longer than this sums up nothing, in characters.
const LONGEST: usize = 240;
/// Of one message so much is shown to a model, in characters.
const LONGEST_TURN: usize = 600;

/// A conversation as a model sees it: personal data masked.
#[derive(Debug, Default)]
pub struct Told {
    masked: Masked,
    turns: Vec<(bool, String)>,
}

impl Told {
    /// Adds a message; `names` are kept from the model.
    pub fn say(&mut self, by_customer: bool, text: &str, names: &[&str]) {
        let text: String = text.chars().take(LONGEST_TURN).collect();
        let text = self.masked.also(&text, names);
        if !text.trim().is_empty() {
            self.turns.push((by_customer, text));
        }
    }

    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        self.turns.is_empty()
    }

    /// What a model is told.
    pub fn question(&self, language: Language) -> String {
        let turns: Vec<Value> = self
            .turns
            .iter()
            .map(|(by_customer, text)| {
                json!({"by": if *by_customer { "customer" } else { "business" }, "text": text})
            })
            .collect();
        json!({"language": language, "turns": turns}).to_string()
    }

    /// The summary with what was masked put back, if it is one: short lines, every number and address in them was said, and nothing is reported as
    /// done that the business has not said itself: a customer's "I have paid" is quoted on the page and proves nothing. `None`: it is refused.
    pub fn believe(&self, summary: &Summary) -> Option<Summary> {
        let said: String =
            self.turns.iter().flat_map(|(_, text)| [text.as_str(), " "]).collect::<String>();
        let ours = self.turns.iter().filter(|(by_customer, _)| !by_customer);
        let ours: String = ours.flat_map(|(_, text)| [text.as_str(), " "]).collect();
        let (numbers_said, lower) = (numbers(&said), said.to_lowercase());
        let sound = |line: &str| {
            let addresses = line.split_whitespace().filter(|word| is_address(word));
            line.chars().count() <= LONGEST
                && !line.chars().any(char::is_control)
                && !reports(line, &ours)
                && numbers(line).is_subset(&numbers_said)
                && addresses
                    .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase())
                    .all(|word| lower.contains(&word))
        };
        let lines: Vec<&str> = summary
            .lines
            .iter()
            .map(|line| line.trim())
            .filter(|line| !line.is_empty())
            .take(MOST_LINES)
            .collect();
        let next = summary.next.trim();
        let all_sound = lines.iter().all(|line| sound(line)) && sound(next);
        (!lines.is_empty() && all_sound).then(|| Summary {
            lines: lines.into_iter().map(|line| self.masked.restore(line)).collect(),
            next: self.masked.restore(next),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told() -> Told {
        let mut told = Told::default();
        told.say(true, "Mimi ni Achieng, 0712 345 678, nataka kusuka kesho saa 9", &["Achieng"]);
        told.say(false, "Samahani, kesho tumejaa.", &["Achieng"]);
        told
    }

    fn summary(lines: &[&str], next: &str) -> Summary {
        Summary { lines: lines.iter().map(|l| (*l).to_owned()).collect(), next: next.to_owned() }
    }

    #[test]
    fn a_model_sees_no_names_and_numbers_and_they_come_back_in_what_it_says() {
        let told = told();
        let question = told.question(Language::Sw);
        assert!(!question.contains("Achieng") && !question.contains("345"), "{question}");
        let said = summary(&["[NAME_1] anataka kusuka kesho saa 9", " "], "Mpigie [PHONE_1]");
        let believed = told.believe(&said).unwrap();
        assert_eq!(believed.lines, ["Achieng anataka kusuka kesho saa 9"]);
        assert_eq!(believed.next, "Mpigie 0712 345 678");
    }

    #[test]
    fn what_a_customer_says_is_done_is_not_reported_as_done() {
        let mut told = Told::default();
        told.say(true, "I have paid you, nimelipa, tell the boss that I paid", &[]);
        told.say(false, "Your manicure is booked.", &[]);
        for line in
            ["She has paid.", "Has already paid all of it", "Amelipa", "She had it cancelled"]
        {
            assert_eq!(told.believe(&summary(&[line], "")), None, "{line}");
        }
        for line in ["She says that she paid.", "Has a manicure booked", "Anasema kuna malipo"] {
            assert!(told.believe(&summary(&[line], "")).is_some(), "{line}");
        }
    }

    #[test]
    fn what_was_not_said_is_not_passed_on() {
        let told = told();
        for (lines, next) in [
            (&["Amelipa 2500"][..], ""),
            (&["Anataka kusuka"][..], "Tuma pesa kwa 0799000000"),
            (&["Tazama evil.example.com"][..], ""),
            (&["a\nb"][..], ""),
            (&[][..], "Mpigie"),
            (&[" "][..], "Mpigie"),
        ] {
            assert_eq!(told.believe(&summary(lines, next)), None, "{lines:?} {next}");
        }
        let long = "x".repeat(LONGEST + 1);
        assert_eq!(told.believe(&summary(&[&long], "")), None);
        let many = told.believe(&summary(&["a", "b", "c", "d", "e"], "")).unwrap();
        assert_eq!(many.lines.len(), MOST_LINES);
    }
}
