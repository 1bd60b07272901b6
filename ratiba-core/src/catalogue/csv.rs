//! A price list as CSV, found in the wild: bytes in, rows and complaints out. Nothing here needs a model.

use crate::domain::money::Currency;

use super::columns::{Column, Layout, layout_of};
use super::decode::text_of;
use super::duration::read_duration;
use super::export::unescaped;
use super::price::{Mark, read_price};
use super::records::{Record, records_of};
use super::report::BadRow;
use super::rows::{Cell, Row};
use super::written::{MAX_CATEGORY, MAX_DESCRIPTION, MAX_NAME, one_line, too_long};

/// Why a file could not be read at all. Bad rows of a file that can are listed in [`Sheet::bad`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CsvError {
    /// Nothing but space.
    #[error("the file is empty")]
    Empty,
    /// Larger than [`super::decode::MAX_BYTES`].
    #[error("the file has {bytes} bytes; a catalogue of up to 4 MiB is read")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// More rows than [`super::records::MAX_ROWS`].
    #[error("the file has more than 10000 rows; split it, or leave out what is no service")]
    TooManyRows,
    /// A record longer than [`super::records::MAX_ROW_BYTES`].
    #[error("the row at line {line} is longer than 64 KiB; is a quote left open before it?")]
    RowTooLong {
        /// Where it starts.
        line: usize,
    },
    /// Another format.
    #[error("this is {format}, not a CSV file; save it as CSV and try again")]
    NotText {
        /// Which.
        format: &'static str,
    },
    /// No column with names or none with prices.
    #[error(
        "no column holds names, or none holds prices; `ratiba catalog template` shows a file that works"
    )]
    NoColumns,
}

/// What a file holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sheet {
    /// The good rows, in order.
    pub rows: Vec<Row>,
    /// The bad ones, in order.
    pub bad: Vec<BadRow>,
}

/// Reads a CSV file for a business that charges in `currency`.
///
/// Accepted: UTF-8, UTF-16 and Windows-1252 with or without a byte order mark; `,` `;` tab or `|` between cells;
/// headings in English or Swahili in any order, below a title, or none at all; blank lines, repeated headings and
/// totals, which are passed over in silence.
pub fn read_csv(bytes: &[u8], currency: Currency) -> Result<Sheet, CsvError> {
    let records = records_of(&text_of(bytes)?)?;
    let layout = layout_of(&records, currency).ok_or(CsvError::NoColumns)?;
    let named = |column| layout.position(column).is_some();
    if !named(Column::Name) || !named(Column::Price) {
        return Err(CsvError::NoColumns);
    }
    let mut sheet = Sheet::default();
    for record in records.into_iter().skip(layout.first_row) {
        let line = record.line;
        match read_row(record, &layout, currency) {
            Ok(Some(row)) => sheet.rows.push(row),
            Ok(None) => {}
            Err(reason) => sheet.bad.push(BadRow { line, reason }),
        }
    }
    Ok(sheet)
}

/// One row; `None` for what is no service; an error with the reason, as the owner reads it.
fn read_row(record: Record, layout: &Layout, currency: Currency) -> Result<Option<Row>, String> {
    if layout.heading.as_ref().is_some_and(|heading| is_same_heading(heading, &record.cells)) {
        return Ok(None);
    }
    if !record.sound {
        return Err("a quote is opened and never closed".to_owned());
    }
    let record = with_price_in_one_cell(record, layout, currency)?;
    let text = |column| layout.position(column).map(|at| record.cell(at)).unwrap_or_default();
    let name = one_line(unescaped(text(Column::Name)));
    if is_total(&name) || (name.is_empty() && record.cells.iter().any(|c| is_total(c))) {
        return Ok(None);
    }
    let name = checked("name", name, MAX_NAME)?;
    if !name.chars().any(char::is_alphabetic) {
        return Err("the name is missing".to_owned());
    }
    let name_sw = checked("Swahili name", one_line(unescaped(text(Column::NameSw))), MAX_NAME)?;
    let category = checked("category", one_line(unescaped(text(Column::Category))), MAX_CATEGORY)?;
    let description = unescaped(text(Column::Description)).to_owned();
    let description = checked("description", description, MAX_DESCRIPTION)?;
    let price = read_price(text(Column::Price), currency).map_err(|e| e.to_string())?;
    let told = text(Column::Currency);
    let mark = Mark::of(&told.to_lowercase());
    if mark.is_none() && !told.is_empty() {
        return Err(format!("the currency `{told}` is not known"));
    }
    for mark in [layout.price_mark, mark].into_iter().flatten() {
        mark.check(currency).map_err(|e| e.to_string())?;
    }
    let duration = read_duration(text(Column::Duration), layout.bare_duration);
    let duration = duration.map_err(|e| e.to_string())?;
    let sure = layout.confidence;
    let words = |text: String| Cell::of((!text.is_empty()).then_some(text), sure);
    Ok(Some(Row {
        line: record.line,
        id: text(Column::Id).parse().ok(),
        name: Cell::of(Some(name), sure),
        name_sw: words(name_sw),
        category: words(category),
        description: words(description),
        price_minor: Cell::of(Some(price.price.minor), sure * price.confidence),
        duration_min: Cell::of(duration.map(|d| d.0), sure * duration.map_or(1.0, |d| d.1)),
    }))
}

fn is_same_heading(heading: &[String], cells: &[String]) -> bool {
    let filled = |cells: &[String]| -> Vec<String> {
        cells.iter().filter(|c| !c.is_empty()).map(|c| c.to_lowercase()).collect()
    };
    filled(heading) == filled(cells)
}

pub(super) fn is_total(name: &str) -> bool {
    let name = name.to_lowercase();
    let name = name.trim_end_matches([':', ' ', '.']);
    let totals = [
        "total",
        "totals",
        "subtotal",
        "sub total",
        "sub-total",
        "grand total",
        "jumla",
        "jumla kuu",
        "jumla ndogo",
    ];
    totals.contains(&name)
}

fn checked(what: &str, text: String, most: usize) -> Result<String, String> {
    if text.chars().count() > most {
        return Err(too_long(what, most));
    }
    Ok(text)
}

/// Puts `KSh 1,500/-` together again where the comma inside an unquoted price has split it, which shows in a row that
/// is one cell too long. A row that is too long for another reason is refused: its cells stand in the wrong columns.
fn with_price_in_one_cell(
    record: Record,
    layout: &Layout,
    currency: Currency,
) -> Result<Record, String> {
    let width = layout.columns.len();
    let used = record.cells.iter().rposition(|c| !c.is_empty()).map_or(0, |at| at + 1);
    if used <= width {
        return Ok(record);
    }
    let too_long = || format!("the row has {used} cells, the heading {width}");
    let price =
        layout.position(Column::Price).filter(|_| used == width + 1).ok_or_else(too_long)?;
    let (left, right) = (record.cell(price), record.cell(price + 1));
    let is_group = right.len() >= 3
        && right.bytes().take(3).all(|b| b.is_ascii_digit())
        && !right[3..].starts_with(|c: char| c.is_ascii_digit());
    let joined = format!("{left},{right}");
    let ends_in_digit = left.ends_with(|c: char| c.is_ascii_digit());
    if !is_group || !ends_in_digit || read_price(&joined, currency).is_err() {
        return Err(too_long());
    }
    let mut cells = record.cells;
    cells.truncate(used);
    cells.remove(price + 1);
    cells[price] = joined;
    Ok(Record { cells, ..record })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Sheet {
        read_csv(text.as_bytes(), Currency::Kes).unwrap()
    }

    fn rows(sheet: &Sheet) -> Vec<(usize, &str, i64, Option<u32>)> {
        let row = |r: &'_ Row| (r.line, r.price_minor.value.unwrap(), r.duration_min.value);
        sheet
            .rows
            .iter()
            .map(|r| (row(r).0, r.name.value.as_deref().unwrap(), row(r).1, row(r).2))
            .collect()
    }

    fn bad(sheet: &Sheet) -> Vec<(usize, &str)> {
        sheet.bad.iter().map(|b| (b.line, b.reason.as_str())).collect()
    }

    #[test]
    fn excel_in_swahili_with_semicolons_and_windows_1252() {
        let text = "Huduma;Muda;Bei;Maelezo\r\nKusuka;saa 3;\"KSh 2,500/-\";Nywele fupi \u{96} ndefu\r\n\
                    Kuosha;dakika 45;800 bob;\r\n";
        let bytes: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        let sheet = read_csv(&bytes, Currency::Kes).unwrap();
        assert_eq!(
            rows(&sheet),
            [(2, "Kusuka", 250_000, Some(180)), (3, "Kuosha", 80_000, Some(45))]
        );
        assert_eq!(sheet.rows[0].description.value.as_deref(), Some("Nywele fupi – ndefu"));
    }

    #[test]
    fn good_rows_are_kept_beside_bad_ones_with_line_and_reason() {
        let sheet = read(
            "name,duration,price\n\nBraids,3h,2500\nWash,45 min,\n\"Hair\nDye\",1h,0\nWeave,2h,1500-2000\n\
             Perm,soon,900\n,30,500\nTrim,,300\nTotal,,4500\nTips,30,-5\n",
        );
        assert_eq!(rows(&sheet), [(3, "Braids", 250_000, Some(180)), (10, "Trim", 30_000, None)]);
        assert_eq!(
            bad(&sheet),
            [
                (4, "the price is missing"),
                (5, "the price is zero"),
                (7, "the price `1500-2000` is not a single number"),
                (8, "the duration `soon` is not a single length of time"),
                (9, "the name is missing"),
                (12, "the price is negative"),
            ]
        );
    }

    #[test]
    fn a_comma_inside_an_unquoted_price_is_healed() {
        let sheet =
            read("name,price,min\nBraids,KSh 2,500/-,180\nWash,800,45\nDye,1,000,60\nX,a,b,c\n");
        assert_eq!(
            rows(&sheet),
            [
                (2, "Braids", 250_000, Some(180)),
                (3, "Wash", 80_000, Some(45)),
                (4, "Dye", 100_000, Some(60))
            ]
        );
        assert_eq!(bad(&sheet), [(5, "the row has 4 cells, the heading 3")]);
    }

    #[test]
    fn formulas_are_text() {
        let sheet = read("name,price,description\n=1+1 Braids,2500,@SUM(A1)\nWash,=B2*2,\n");
        assert_eq!(rows(&sheet), [(2, "=1+1 Braids", 250_000, None)]);
        assert_eq!(sheet.rows[0].description.value.as_deref(), Some("@SUM(A1)"));
        assert_eq!(bad(&sheet), [(3, "the price `=B2*2` is not a single number")]);
    }

    #[test]
    fn repeated_headings_and_totals_are_passed_over() {
        let sheet = read(
            "PRICE LIST\nService,Price\nBraids,2500\nService,Price\nWash,800\nJUMLA:,3300\nTotal body massage,4000\n",
        );
        assert_eq!(
            rows(&sheet).iter().map(|r| r.1).collect::<Vec<_>>(),
            ["Braids", "Wash", "Total body massage"]
        );
        assert_eq!(bad(&sheet), []);
    }

    #[test]
    fn prices_in_another_currency_are_bad_rows() {
        let sheet = read("Service,Price,Currency\nBraids,2500,KES\nWash,8,USD\nDye,USD 10,\n");
        assert_eq!(rows(&sheet).len(), 1);
        assert_eq!(bad(&sheet)[0], (3, "the price is in USD, but the business charges in KES"));
        assert_eq!(bad(&read("Service,Price (USD)\nWash,8\n")).len(), 1);
    }

    #[test]
    fn a_file_without_prices_says_what_to_do() {
        let no_prices = read_csv(b"Service,Duration\nBraids,180 min\n", Currency::Kes);
        assert_eq!(no_prices, Err(CsvError::NoColumns));
        assert_eq!(read_csv(b"hello", Currency::Kes), Err(CsvError::NoColumns));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, rng_seed: prop::test_runner::RngSeed::Fixed(11), ..ProptestConfig::default() })]

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = read_csv(&bytes, Currency::Kes);
        }

        #[test]
        fn any_table_loses_no_row(
            rows in prop::collection::vec(("[a-zA-Z \"',;é=+@-]{0,12}", "[0-9kKSsh .,/=()-]{0,10}", "[0-9hm:. a-z½]{0,8}"), 1..20),
        ) {
            let quote = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
            let mut text = "name,price,duration\n".to_owned();
            for (name, price, duration) in &rows {
                text += &[quote(name), quote(price), quote(duration)].join(",");
                text.push('\n');
            }
            let sheet = read_csv(text.as_bytes(), Currency::Kes).unwrap();
            for (n, (name, price, duration)) in rows.iter().enumerate() {
                let line = n + 2;
                let seen = sheet.rows.iter().filter(|r| r.line == line).count()
                    + sheet.bad.iter().filter(|b| b.line == line).count();
                let blank = [name, price, duration].iter().all(|c| c.trim().is_empty());
                let total = is_total(name.trim());
                prop_assert_eq!(seen, usize::from(!blank && !total), "{:?}", (name, price, duration));
            }
            prop_assert!(sheet.rows.iter().all(|r| r.price_minor.value.is_some_and(|p| p > 0)));
        }
    }
}
