//! Asking a model to copy a price list from a picture or a page, and what of its answer goes into staging. A price is what it says is written there,
//! read by the importer: it can't be zero, and where there is none the row waits for a person.

use serde_json::json;

use super::reply::{Certainty, PriceCell, PriceList, PriceRow};
use crate::catalogue::rows::Cell;
use crate::catalogue::written::{Reading, Written};
use crate::domain::money::Currency;

/// More rows than this stand on no page.
const MOST_ROWS: usize = 300;

/// What a model is told beside the picture: nothing of the business but its currency.
pub fn question(currency: Currency, page: usize, pages: usize) -> String {
    json!({"currency": currency.code(), "page": page, "pages": pages}).to_string()
}

/// The rows of an answer. `None`: it is refused.
pub fn believe(list: PriceList, currency: Currency) -> Option<Reading> {
    if list.rows.len() > MOST_ROWS {
        return None;
    }
    let mut reading = Reading::default();
    for (n, row) in list.rows.into_iter().enumerate() {
        reading.add(written(n + 1, row), currency);
    }
    Some(reading)
}

fn written(line: usize, row: PriceRow) -> Written {
    let PriceRow { name, name_sw, category, duration, price, description, confidence, unsure } =
        row;
    let sure = |of: PriceCell| {
        let certainty = if unsure.contains(&of) { Certainty::Low } else { confidence };
        certainty.confidence()
    };
    Written {
        line,
        name: Cell::of(Some(name), sure(PriceCell::Name)),
        name_sw: Cell::of(name_sw, sure(PriceCell::NameSw)),
        category: Cell::of(category, sure(PriceCell::Category)),
        duration: Cell::of(duration, sure(PriceCell::Duration)),
        price: Cell::of(price, sure(PriceCell::Price)),
        description: Cell::of(description, sure(PriceCell::Description)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, price: Option<&str>, unsure: &[PriceCell]) -> PriceRow {
        PriceRow {
            name: name.to_owned(),
            name_sw: None,
            category: Some("Hair".to_owned()),
            duration: Some("3 hrs".to_owned()),
            price: price.map(str::to_owned),
            description: None,
            confidence: Certainty::High,
            unsure: unsure.to_vec(),
        }
    }

    fn read(rows: Vec<PriceRow>) -> Reading {
        believe(PriceList { rows }, Currency::Kes).unwrap()
    }

    #[test]
    fn each_cell_is_as_sure_as_the_model_says_of_it() {
        let reading = read(vec![row("Braids", Some("2,500/-"), &[PriceCell::Duration])]);
        let row = &reading.rows[0];
        assert_eq!(row.name, Cell::of(Some("Braids".to_owned()), 0.9));
        assert_eq!(row.price_minor, Cell::of(Some(250_000), 0.9));
        assert_eq!(row.duration_min, Cell::of(Some(180), 0.4));
        assert_eq!((&row.name_sw, row.line), (&Cell::empty(), 1));
    }

    #[test]
    fn a_price_is_what_is_written_or_nothing() {
        for price in
            [None, Some(""), Some("0"), Some("free"), Some("-500"), Some("1500-2000"), Some("$20")]
        {
            let reading = read(vec![row("Braids", price, &[])]);
            assert_eq!(reading.rows[0].price_minor.value, None, "{price:?}");
        }
    }

    #[test]
    fn an_answer_that_is_no_page_is_refused() {
        let rows = vec![row("Braids", Some("2500"), &[]); MOST_ROWS + 1];
        assert_eq!(believe(PriceList { rows }, Currency::Kes), None);
        assert_eq!(read(vec![]), Reading::default(), "a page may hold none");
        let nameless = read(vec![row(" \u{7} ", Some("2500"), &[])]);
        assert_eq!((nameless.rows.len(), nameless.bad.len()), (0, 1));
    }
}
