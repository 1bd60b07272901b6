//! Rows between reading and committing: merged, known by their services, waiting to be reviewed. Nothing is written here.

use serde::{Deserialize, Serialize};

use super::csv::Sheet;
use super::merge::merged;
use super::report::BadRow;
use super::rows::Row;
use crate::domain::catalogue::Catalogue;

/// An import that waits for its owner. Stored as it is; its rows may be edited before they are committed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Staged {
    /// One row per service.
    pub rows: Vec<Row>,
    /// How many good rows these were made of.
    pub rows_ok: usize,
    /// What could not be taken.
    pub rows_bad: Vec<BadRow>,
}

impl Staged {
    /// Stages a file that was read.
    pub fn from_sheet(sheet: Sheet, catalogue: &Catalogue) -> Self {
        let Sheet { rows, bad } = sheet;
        let mut staged = Self::from_rows(rows, catalogue);
        staged.rows_bad.extend(bad);
        staged.rows_bad.sort_by_key(|b| b.line);
        staged
    }

    /// Stages rows of any input. One without a name can't be reviewed, and a length of nothing is an error; a missing
    /// price is neither, because a person can still fill it in.
    pub fn from_rows(rows: Vec<Row>, catalogue: &Catalogue) -> Self {
        let mut staged = Self::default();
        let mut good = Vec::with_capacity(rows.len());
        for mut row in rows {
            let named = row.name.value.as_deref().is_some_and(|n| !n.trim().is_empty());
            let reason = if !named {
                Some("the name is missing")
            } else if row.duration_min.value == Some(0) {
                Some("the duration is not above zero")
            } else {
                None
            };
            if let Some(reason) = reason {
                staged.rows_bad.push(BadRow { line: row.line, reason: reason.to_owned() });
                continue;
            }
            // An id of another business's export means nothing here.
            row.id = row.id.filter(|id| catalogue.service(*id).is_some());
            good.push(row);
        }
        staged.rows_ok = good.len();
        staged.rows = merged(good);
        staged
    }
}
