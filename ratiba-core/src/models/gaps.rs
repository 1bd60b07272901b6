//! Asking a model for what a price list lacks, and what of its answer is shown to the owner: lengths, Swahili names and descriptions, never a price.
//! Nothing of it is stored before the owner has looked at it.

use serde_json::{Value, json};

use super::reply::Gaps;
use super::shape::{is_address, numbers};
use crate::domain::tenant::Business;

/// So many rows are asked about at once.
pub const MOST_ROWS: usize = 40;
/// No visit is longer, in minutes.
const LONGEST_MIN: u32 = 480;
/// Lengths are suggested in steps of so many minutes.
const STEP_MIN: u32 = 5;
/// The longest name, in characters.
const LONGEST_NAME: usize = 60;
/// The longest description, in characters.
const LONGEST_DESCRIPTION: usize = 140;
/// Words of money. A sum without digits is a price too.
const MONEY: &[&str] = &[
    "ksh", "kes", "ugx", "tzs", "rwf", "usd", "shilling", "shilingi", "bob", "dollar", "dola",
    "elfu", "thousand",
];

/// A row as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// The service's name.
    pub name: String,
    /// Its Swahili name.
    pub name_sw: Option<String>,
    /// Minutes.
    pub duration_min: Option<u32>,
    /// What it is.
    pub description: Option<String>,
}

impl Known {
    /// Whether anything is missing that may be suggested.
    pub fn lacks(&self) -> bool {
        self.name_sw.is_none() || self.duration_min.is_none() || self.description.is_none()
    }
}

/// What is suggested for a row; only what it lacks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Suggested {
    /// The row's position among those that were asked about, from 0.
    pub row: usize,
    /// The Swahili name.
    pub name_sw: Option<String>,
    /// Minutes.
    pub duration_min: Option<u32>,
    /// What it is.
    pub description: Option<String>,
}

/// The services of a catalogue as rows; an empty text is a missing one.
pub fn rows_of(business: &Business) -> Vec<Known> {
    let there = |text: &String| Some(text.clone()).filter(|text| !text.trim().is_empty());
    let services = business.catalogue.bookable();
    services
        .map(|service| Known {
            name: service.name.en.clone(),
            name_sw: there(&service.name.sw),
            duration_min: Some(service.duration_min),
            description: there(&service.description.en).or_else(|| there(&service.description.sw)),
        })
        .collect()
}

/// What a model is told of the rows that lack something.
pub fn question(rows: &[Known], business: &Business) -> String {
    let rows: Vec<Value> = (1..)
        .zip(rows)
        .filter(|(_, row)| row.lacks())
        .map(|(n, row): (usize, &Known)| {
            json!({
                "id": format!("r{n}"), "name": row.name, "name_sw": row.name_sw,
                "duration_min": row.duration_min, "description": row.description,
            })
        })
        .collect();
    let dials = business.dials();
    json!({
        "business": business.tenant.vertical,
        "voice": {"tone": dials.tone, "emoji": dials.emoji},
        "rows": rows,
    })
    .to_string()
}

/// What of an answer is shown. A cell that is there already, or makes no sense, is left out; an answer about rows that nobody asked about is refused.
pub fn believe(gaps: &Gaps, rows: &[Known]) -> Option<Vec<Suggested>> {
    let mut found: Vec<Suggested> = Vec::new();
    for gap in &gaps.rows {
        let n: usize = gap.id.strip_prefix('r')?.parse().ok()?;
        let row = n.checked_sub(1)?;
        let known = rows.get(row)?;
        let text = |text: &Option<String>, longest: usize| {
            let text = text.as_deref()?.trim();
            is_plain(text, &known.name, longest).then(|| text.to_owned())
        };
        let length = |minutes: &u32| {
            (STEP_MIN..=LONGEST_MIN).contains(minutes) && minutes.is_multiple_of(STEP_MIN)
        };
        let suggested = Suggested {
            row,
            name_sw: text(&gap.name_sw, LONGEST_NAME).filter(|_| known.name_sw.is_none()),
            duration_min: gap.duration_min.filter(length).filter(|_| known.duration_min.is_none()),
            description: text(&gap.description, LONGEST_DESCRIPTION)
                .filter(|_| known.description.is_none()),
        };
        let says = suggested != Suggested { row, ..Suggested::default() };
        if says && found.iter().all(|other| other.row != row) {
            found.push(suggested);
        }
    }
    found.sort_by_key(|suggested| suggested.row);
    Some(found)
}

/// One line of words: no number but those of the name, no money, no address.
fn is_plain(text: &str, name: &str, longest: usize) -> bool {
    let lower = text.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric());
    !text.is_empty()
        && text.chars().count() <= longest
        && !text.chars().any(char::is_control)
        && numbers(text).is_subset(&numbers(name))
        && !words.any(|word| MONEY.contains(&word.trim_end_matches('s')) || MONEY.contains(&word))
        && !text.split_whitespace().any(is_address)
}

#[cfg(test)]
mod tests {
    use super::super::reply::Gap;
    use super::*;

    fn rows() -> Vec<Known> {
        vec![
            Known { name: "Gel 2 colours".to_owned(), ..Known::default() },
            Known {
                name: "Facial".to_owned(),
                name_sw: Some("Usoni".to_owned()),
                duration_min: Some(45),
                description: None,
            },
        ]
    }

    fn gap(id: &str, minutes: u32, name_sw: &str, description: &str) -> Gap {
        Gap {
            id: id.to_owned(),
            duration_min: Some(minutes),
            name_sw: Some(name_sw.to_owned()),
            description: Some(description.to_owned()),
        }
    }

    #[test]
    fn only_what_is_lacking_is_suggested() {
        let answer = Gaps {
            rows: vec![
                gap("r2", 60, "Uso", "Cleans and softens the skin."),
                gap("r1", 45, "Gel rangi 2", "Two colours that last."),
            ],
        };
        let found = believe(&answer, &rows()).unwrap();
        assert_eq!(found[0].duration_min, Some(45));
        assert_eq!(found[0].name_sw.as_deref(), Some("Gel rangi 2"));
        assert_eq!((found[1].duration_min, &found[1].name_sw), (None, &None));
        assert_eq!(found[1].description.as_deref(), Some("Cleans and softens the skin."));
    }

    #[test]
    fn no_price_gets_in_by_whatever_door() {
        for description in [
            "Only 1500 today",
            "For a thousand shillings",
            "KES mia tano",
            "Elfu mbili tu",
            "See www.example.com",
            "two\nlines",
            "",
        ] {
            let answer = Gaps { rows: vec![gap("r2", 0, "", description)] };
            assert_eq!(believe(&answer, &rows()), Some(vec![]), "{description}");
        }
        for minutes in [0, 3, 47, 485, 100_000] {
            let answer = Gaps { rows: vec![gap("r1", minutes, "", "")] };
            assert_eq!(believe(&answer, &rows()), Some(vec![]), "{minutes}");
        }
        for id in ["r3", "r0", "1", "rx"] {
            assert_eq!(believe(&Gaps { rows: vec![gap(id, 30, "a", "b")] }, &rows()), None, "{id}");
        }
    }
}
