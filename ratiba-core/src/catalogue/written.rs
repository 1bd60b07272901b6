//! One row of a price list as somebody wrote it, read into the cells of an import. A cell that makes no sense is left empty with a note, because a
//! person can still fill it in; only a row without a name is none.

use super::duration::{BareNumber, read_duration};
use super::price::{PriceError, read_price};
use super::report::BadRow;
use super::rows::{Cell, Row};
use crate::domain::money::Currency;

pub(super) const MAX_NAME: usize = 120;
pub(super) const MAX_CATEGORY: usize = 80;
pub(super) const MAX_DESCRIPTION: usize = 1_000;

/// What was read of a price list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// The rows, in order; one without a price waits for a person.
    pub rows: Vec<Row>,
    /// What could not be taken at all.
    pub bad: Vec<BadRow>,
    /// Why a cell of a row was left empty.
    pub notes: Vec<BadRow>,
}

/// A row as it is written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Written {
    /// Where it stands.
    pub line: usize,
    /// The name.
    pub name: Cell<String>,
    /// The name in Swahili, where it is written beside another one.
    pub name_sw: Cell<String>,
    /// The heading that it stands under.
    pub category: Cell<String>,
    /// How long it takes.
    pub duration: Cell<String>,
    /// What it costs, currency and all.
    pub price: Cell<String>,
    /// What else is written beside it.
    pub description: Cell<String>,
}

impl Reading {
    /// Adds a row as it is written.
    pub fn add(&mut self, written: Written, currency: Currency) {
        let Written { line, name, name_sw, category, duration, price, description } = written;
        let mut notes = Vec::new();
        let name = words("name", name, MAX_NAME, &mut notes);
        if !name.value.as_deref().is_some_and(|name| name.chars().any(char::is_alphabetic)) {
            let reason = notes.pop().unwrap_or_else(|| "the name is missing".to_owned());
            self.bad.push(BadRow { line, reason });
            return;
        }
        let row = Row {
            line,
            id: None,
            name_sw: words("Swahili name", name_sw, MAX_NAME, &mut notes),
            category: words("category", category, MAX_CATEGORY, &mut notes),
            description: words("description", description, MAX_DESCRIPTION, &mut notes),
            duration_min: length(&duration, &mut notes),
            price_minor: sum(&price, currency, &mut notes),
            name,
        };
        let shown = row.name.value.as_deref().unwrap_or_default();
        let notes = notes.into_iter().map(|reason| format!("{shown}: {reason}"));
        self.notes.extend(notes.map(|reason| BadRow { line, reason }));
        self.rows.push(row);
    }
}

/// Words on one line, none where there are too many.
fn words(what: &str, cell: Cell<String>, most: usize, notes: &mut Vec<String>) -> Cell<String> {
    let text = one_line(&cell.value.unwrap_or_default());
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    if text.is_empty() {
        return Cell::empty();
    }
    if text.chars().count() > most {
        notes.push(too_long(what, most));
        return Cell::empty();
    }
    Cell::of(Some(text), cell.confidence)
}

fn length(cell: &Cell<String>, notes: &mut Vec<String>) -> Cell<u32> {
    match read_duration(cell.value.as_deref().unwrap_or_default(), BareNumber::Minutes) {
        Ok(Some((minutes, plain))) => Cell::of(Some(minutes), cell.confidence * plain),
        Ok(None) => Cell::empty(),
        Err(error) => {
            notes.push(error.to_string());
            Cell::empty()
        }
    }
}

fn sum(cell: &Cell<String>, currency: Currency, notes: &mut Vec<String>) -> Cell<i64> {
    match read_price(cell.value.as_deref().unwrap_or_default(), currency) {
        Ok(read) => Cell::of(Some(read.price.minor), cell.confidence * read.confidence),
        // The row shows by itself that it has none.
        Err(PriceError::Missing) => Cell::empty(),
        Err(error) => {
            notes.push(error.to_string());
            Cell::empty()
        }
    }
}

pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) fn too_long(what: &str, most: usize) -> String {
    format!("the {what} is longer than {most} characters")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Cell<String> {
        Cell::of(Some(text.to_owned()), 0.9)
    }

    fn read(name: &str, price: &str, duration: &str) -> Reading {
        let mut reading = Reading::default();
        let written = Written {
            line: 3,
            name: said(name),
            price: said(price),
            duration: said(duration),
            ..Written::default()
        };
        reading.add(written, Currency::Kes);
        reading
    }

    #[test]
    fn cells_are_read_as_people_write_them() {
        let reading = read("  Box \n braids ", "KSh 2,500/-", "saa moja na nusu");
        let row = &reading.rows[0];
        assert_eq!(row.name, said("Box braids"));
        assert_eq!((row.price_minor.value, row.duration_min.value), (Some(250_000), Some(90)));
        assert!(row.price_minor.confidence > 0.89, "a currency makes it no less sure");
        let bare = read("Braids", "2500", "").rows.remove(0).price_minor;
        assert!(bare.confidence < row.price_minor.confidence, "{bare:?}");
        assert_eq!(reading.notes, []);
    }

    #[test]
    fn a_cell_that_makes_no_sense_is_empty_with_a_note() {
        for (price, duration, note) in [
            ("0", "", "Braids: the price is zero"),
            ("1500-2000", "", "Braids: the price `1500-2000` is not a single number"),
            ("USD 20", "", "Braids: the price is in USD, but the business charges in KES"),
            ("1500", "2-3 hrs", "Braids: the duration `2-3 hrs` is not a single length of time"),
        ] {
            let reading = read("Braids", price, duration);
            let reason = note.to_owned();
            assert_eq!(reading.notes, [BadRow { line: 3, reason }], "{price}");
            let row = &reading.rows[0];
            assert!(row.price_minor.value.is_none() || row.duration_min.value.is_none());
        }
        assert_eq!(read("Braids", "", "").notes, [], "nothing is no mistake");
        for (name, reason) in [
            ("", "the name is missing"),
            ("1500", "the name is missing"),
            (&"x".repeat(121), "the name is longer than 120 characters"),
        ] {
            let reading = read(name, "1500", "");
            assert_eq!((reading.rows.len(), reading.bad[0].reason.as_str()), (0, reason));
        }
    }
}
