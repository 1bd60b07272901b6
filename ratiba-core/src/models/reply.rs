//! What a model may answer, role by role, as types. Whatever does not fit is refused; none of it is a command.

use serde::{Deserialize, Serialize};

use crate::domain::message::Language;
use crate::language::understanding::{DayPart, Intent, Sentiment};

/// What a customer wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Classified {
    /// The intent.
    pub intent: HeardIntent,
    /// The language of the frame.
    pub language: HeardLanguage,
    /// How the customer seems to feel.
    pub sentiment: Sentiment,
    /// How sure it is.
    pub certainty: Certainty,
}

/// The intents that a model may hear. Agreeing, opting out and starting over are not among them: those the customer says in words that need no
/// interpretation, or taps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "as in `Intent`")]
pub enum HeardIntent {
    Book,
    Cancel,
    Reschedule,
    MyBookings,
    Services,
    Hours,
    Other,
    Deny,
    Greet,
    Thanks,
    Human,
    Provide,
    Unclear,
}

impl HeardIntent {
    /// The intent, where it is clear.
    pub const fn intent(self) -> Option<Intent> {
        Some(match self {
            Self::Book => Intent::Book,
            Self::Cancel => Intent::Cancel,
            Self::Reschedule => Intent::Reschedule,
            Self::MyBookings => Intent::MyBookings,
            Self::Services => Intent::Services,
            Self::Hours => Intent::Hours,
            Self::Other => Intent::Other,
            Self::Deny => Intent::Deny,
            Self::Greet => Intent::Greet,
            Self::Thanks => Intent::Thanks,
            Self::Human => Intent::Human,
            Self::Provide => Intent::Provide,
            Self::Unclear => return None,
        })
    }
}

/// The language that a model heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HeardLanguage {
    /// English.
    En,
    /// Swahili.
    Sw,
    /// Neither, or it can't be told.
    Unclear,
}

impl HeardLanguage {
    /// The language, where it is clear.
    pub const fn language(self) -> Option<Language> {
        match self {
            Self::En => Some(Language::En),
            Self::Sw => Some(Language::Sw),
            Self::Unclear => None,
        }
    }
}

/// How sure a model says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// Not.
    Low,
    /// Rather.
    Medium,
    /// Quite.
    High,
}

impl Certainty {
    /// As a confidence from 0 to 1.
    pub const fn confidence(self) -> f32 {
        match self {
            Self::Low => 0.4,
            Self::Medium => 0.7,
            Self::High => 0.9,
        }
    }
}

/// The values that a customer named; ids are the ones given with the question.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Extracted {
    /// A service's id.
    pub service: Option<String>,
    /// A person's id.
    pub staff: Option<String>,
    /// `YYYY-MM-DD`.
    pub date: Option<String>,
    /// `HH:MM`.
    pub time: Option<String>,
    /// Where no time was named.
    pub part_of_day: Option<DayPart>,
    /// The id of what was offered.
    pub choice: Option<String>,
}

/// An answer to a question.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Shaped {
    /// Whether the snippets hold the answer.
    pub answered: bool,
    /// The answer; empty otherwise.
    pub answer: String,
    /// The snippets that it rests on.
    pub used: Vec<String>,
}

impl std::fmt::Debug for Shaped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Shaped({}, {} bytes, {:?})", self.answered, self.answer.len(), self.used)
    }
}

/// A price list, read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PriceList {
    /// In the order of the page.
    pub rows: Vec<PriceRow>,
}

/// A row of a price list, as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PriceRow {
    /// As written.
    pub name: String,
    /// A Swahili name that is written too.
    pub name_sw: Option<String>,
    /// The heading that it stands under.
    pub category: Option<String>,
    /// How long it takes, as written; the importer reads it.
    pub duration: Option<String>,
    /// What it costs, as written; the importer reads it and its floor decides.
    pub price: Option<String>,
    /// What is written beside it.
    pub description: Option<String>,
    /// How surely it was read.
    pub confidence: Certainty,
    /// Its cells that were hard to read.
    pub unsure: Vec<PriceCell>,
}

/// A cell of such a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "as in `PriceRow`")]
pub enum PriceCell {
    Name,
    NameSw,
    Category,
    Duration,
    Price,
    Description,
}

/// An owner's sentence as a command line; the rail's own parser reads it and the owner confirms.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CommandLine {
    /// The line, when a command fits.
    pub line: Option<String>,
}

/// A conversation in a few lines.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// At most four are shown.
    pub lines: Vec<String>,
    /// A suggested next step.
    pub next: String,
}

impl std::fmt::Debug for Summary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Summary({} lines)", self.lines.len())
    }
}

/// Suggestions for gaps of a catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Gaps {
    /// For the rows that lack something.
    pub rows: Vec<Gap>,
}

/// A suggestion for one row. There is no price in it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// The row's id.
    pub id: String,
    /// Minutes.
    pub duration_min: Option<u32>,
    /// The Swahili name.
    pub name_sw: Option<String>,
    /// One line.
    pub description: Option<String>,
}

/// Services that go well together.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Related {
    /// In no order.
    pub pairs: Vec<RelatedPair>,
}

/// Two services that go well together.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RelatedPair {
    /// The id of what is booked.
    pub first: String,
    /// The id of what may be added.
    pub then: String,
    /// How well.
    pub confidence: Certainty,
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::prompt::Prompt;
    use super::super::role::Role;
    use super::*;

    /// A document with every property of a schema, nullable ones null and lists of one.
    fn sample(schema: &Value) -> Value {
        if let Some(first) = schema["enum"].get(0) {
            return first.clone();
        }
        if schema.get("anyOf").is_some() || schema["type"].is_array() {
            return Value::Null;
        }
        match schema["type"].as_str() {
            Some("object") => schema["properties"]
                .as_object()
                .unwrap()
                .iter()
                .map(|(name, property)| (name.clone(), sample(property)))
                .collect::<serde_json::Map<_, _>>()
                .into(),
            Some("array") => json!([sample(&schema["items"])]),
            Some("boolean") => json!(true),
            Some("integer") => json!(1),
            _ => json!("x"),
        }
    }

    #[test]
    fn what_a_schema_allows_is_what_its_type_reads() {
        for role in Role::ALL {
            let mut sample = sample(&Prompt::of(role, None).unwrap().schema());
            let read = |v: Value| match role {
                Role::Classify => serde_json::from_value::<Classified>(v).map(drop),
                Role::Extract => serde_json::from_value::<Extracted>(v).map(drop),
                Role::ShapeAnswer => serde_json::from_value::<Shaped>(v).map(drop),
                Role::Vision => serde_json::from_value::<PriceList>(v).map(drop),
                Role::AdminNl => serde_json::from_value::<CommandLine>(v).map(drop),
                Role::Summarise => serde_json::from_value::<Summary>(v).map(drop),
                Role::GapFill => serde_json::from_value::<Gaps>(v).map(drop),
                Role::Relate => serde_json::from_value::<Related>(v).map(drop),
            };
            assert!(read(sample.clone()).is_ok(), "{role}: {sample}");
            sample["price_minor"] = json!(0);
            assert!(read(sample).is_err(), "{role} takes what nobody asked for");
        }
    }

    #[test]
    fn every_intent_of_the_schema_is_known_and_none_agrees() {
        let schema = Prompt::of(Role::Classify, None).unwrap().schema();
        for name in schema["properties"]["intent"]["enum"].as_array().unwrap() {
            let heard: HeardIntent = serde_json::from_value(name.clone()).unwrap();
            let committing = [Intent::Affirm, Intent::Stop, Intent::StartOver];
            assert!(heard.intent().is_none_or(|intent| !committing.contains(&intent)));
        }
        assert!(serde_json::from_value::<HeardIntent>(json!("affirm")).is_err());
    }
}
