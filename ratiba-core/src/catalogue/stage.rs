//! Rows between reading and committing: merged, known by their services, waiting to be reviewed. Nothing is written here.

use serde::{Deserialize, Serialize};

use super::csv::Sheet;
use super::merge::merged;
use super::report::BadRow;
use super::rows::Row;
use super::written::Reading;
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

    /// Stages what was read of some files, with the notes about cells that were left empty. Where there are several files, a reason names its own.
    pub fn from_readings(
        readings: Vec<(String, Reading)>,
        catalogue: &Catalogue,
    ) -> (Self, Vec<BadRow>) {
        let several = readings.len() > 1;
        let (mut rows, mut bad, mut notes) = (Vec::new(), Vec::new(), Vec::new());
        for (file, reading) in readings {
            let named = |told: BadRow| {
                let of = if several { format!("{file}: ") } else { String::new() };
                BadRow { reason: of + &told.reason, ..told }
            };
            rows.extend(reading.rows);
            bad.extend(reading.bad.into_iter().map(named));
            notes.extend(reading.notes.into_iter().map(named));
        }
        let mut staged = Self::from_rows(rows, catalogue);
        bad.append(&mut staged.rows_bad);
        staged.rows_bad = bad;
        (staged, notes)
    }

    /// Rows whose price may have been misread, so that a person should look before it is charged.
    pub fn unsure_prices(&self) -> Vec<&Row> {
        self.rows.iter().filter(|row| row.unsure().contains(&"price")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::rows::Cell;

    fn reading(name: &str, price: Option<i64>, sure: f32) -> Reading {
        let row = Row {
            line: 1,
            name: Cell::of(Some(name.to_owned()), sure),
            price_minor: Cell::of(price, sure),
            ..Row::default()
        };
        let note = |reason: &str| vec![BadRow { line: 1, reason: reason.to_owned() }];
        Reading { rows: vec![row], bad: note("no service"), notes: note("no length") }
    }

    #[test]
    fn pages_are_put_together_cell_by_cell_and_reasons_name_their_file() {
        let pages = vec![
            ("a.jpg".to_owned(), reading("Box Braids", None, 0.9)),
            ("b.jpg".to_owned(), reading("box  braids", Some(250_000), 0.4)),
        ];
        let (staged, notes) = Staged::from_readings(pages, &Catalogue::default());
        let [row] = staged.rows.as_slice() else { panic!("{staged:?}") };
        assert_eq!(row.name.value.as_deref(), Some("Box Braids"));
        assert_eq!((row.price_minor.value, staged.rows_ok), (Some(250_000), 2));
        let reasons = |all: &[BadRow]| all.iter().map(|b| b.reason.clone()).collect::<Vec<_>>();
        assert_eq!(reasons(&staged.rows_bad), ["a.jpg: no service", "b.jpg: no service"]);
        assert_eq!(reasons(&notes), ["a.jpg: no length", "b.jpg: no length"]);
        assert_eq!(staged.unsure_prices(), [row]);
        let alone = vec![("a.jpg".to_owned(), reading("Braids", Some(250_000), 0.9))];
        let (staged, notes) = Staged::from_readings(alone, &Catalogue::default());
        assert_eq!(
            (reasons(&notes), staged.unsure_prices()),
            (vec!["no length".to_owned()], vec![])
        );
    }
}
