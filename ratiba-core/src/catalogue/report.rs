//! What an import tells its caller: the document that `ratiba catalog import --json` prints.

use serde::{Deserialize, Serialize};

/// A row that could not be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadRow {
    /// The line on which it starts, as an editor shows it.
    pub line: usize,
    /// Why, in words for the owner.
    pub reason: String,
}

/// A service as the import leaves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedService {
    /// Its English name, or the only one.
    pub name: String,
    /// Its Swahili name; empty where there is none.
    pub name_sw: String,
    /// Its price in minor units.
    pub price_minor: i64,
    /// Its length in minutes.
    pub duration_min: u32,
    /// The three-letter code.
    pub currency: String,
}

/// A good row that waits for a duration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingRow {
    /// The line on which it starts.
    pub line: usize,
    /// Its name.
    pub name: String,
}

/// The outcome of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// Rows that were read well, duplicates included.
    pub rows_ok: usize,
    /// Rows that were not.
    pub rows_bad: Vec<BadRow>,
    /// The services that these rows make, as they are after the import.
    pub services: Vec<ReportedService>,
    /// Whether anything was written: false after `--dry-run` and after a failure.
    pub committed: bool,
    /// Rows that stay in staging because they have no duration; left out of the document when there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waiting: Vec<WaitingRow>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_has_the_promised_shape() {
        let report = ImportReport {
            rows_ok: 1,
            rows_bad: vec![BadRow { line: 3, reason: "the price is missing".into() }],
            services: vec![ReportedService {
                name: "Braids".into(),
                name_sw: "Kusuka".into(),
                price_minor: 250_000,
                duration_min: 180,
                currency: "KES".into(),
            }],
            committed: true,
            waiting: vec![],
        };
        let expected = r#"{"rows_ok":1,"rows_bad":[{"line":3,"reason":"the price is missing"}],"services":[{"name":"Braids","name_sw":"Kusuka","price_minor":250000,"duration_min":180,"currency":"KES"}],"committed":true}"#;
        assert_eq!(serde_json::to_string(&report).unwrap(), expected);
    }
}
