//! A catalogue as CSV that a spreadsheet opens and never runs, and that an import reads back unchanged.

use super::rows::{Cell, Row};
use crate::domain::catalogue::Catalogue;
use crate::domain::message::Language;
use crate::domain::money::{Currency, Money};

const HEADING: [&str; 8] =
    ["id", "name", "name_sw", "category", "duration_min", "price", "currency", "description"];

/// All services as CSV: UTF-8 with a byte order mark, without which Excel spoils every accent.
///
/// The id lets an edited file change names; a file without ids is matched by name.
pub fn export(catalogue: &Catalogue) -> String {
    let mut text = String::from("\u{FEFF}");
    push_record(&mut text, HEADING.map(str::to_owned));
    for service in &catalogue.services {
        let record = [
            service.id.to_string(),
            service.name.in_language(Language::En).to_owned(),
            service.name.sw.clone(),
            service.category.clone(),
            service.duration_min.to_string(),
            plain_amount(service.price),
            service.price.currency.code().to_owned(),
            service.description.en.clone(),
        ];
        push_record(&mut text, record);
    }
    text
}

/// Staged rows as CSV, for a person to look at, fill in and import. The last column names the cells that are less sure than not; an import passes it over.
pub fn review(rows: &[Row], currency: Currency) -> String {
    const REVIEW: [&str; 8] = [
        "name",
        "name_sw",
        "category",
        "duration_min",
        "price",
        "currency",
        "description",
        "look at",
    ];
    let mut text = String::from("\u{FEFF}");
    push_record(&mut text, REVIEW.map(str::to_owned));
    for row in rows {
        let words = |cell: &Cell<String>| cell.value.clone().unwrap_or_default();
        let price = row.price_minor.value.map(|minor| plain_amount(Money::new(minor, currency)));
        let record = [
            words(&row.name),
            words(&row.name_sw),
            words(&row.category),
            row.duration_min.value.map(|minutes| minutes.to_string()).unwrap_or_default(),
            price.unwrap_or_default(),
            currency.code().to_owned(),
            words(&row.description),
            row.unsure().join(" "),
        ];
        push_record(&mut text, record);
    }
    text
}

/// An example to fill in.
pub fn template() -> &'static str {
    "name,name_sw,category,duration,price,description\r\n\
     Haircut,Kunyoa nywele,Hair,30 min,500,\"Wash, cut and finish\"\r\n\
     Braids,Kusuka,Hair,3h,2500,Hair not included\r\n"
}

/// Digits and a stop: read the same by every spreadsheet and by the import.
fn plain_amount(price: Money) -> String {
    let per = price.currency.minor_per_unit();
    let (units, rest) = (price.minor / per, price.minor % per);
    if rest == 0 {
        return units.to_string();
    }
    format!("{units}.{:0width$}", rest.abs(), width = price.currency.exponent() as usize)
}

fn push_record<const N: usize>(text: &mut String, cells: [String; N]) {
    for (n, cell) in cells.into_iter().enumerate() {
        if n > 0 {
            text.push(',');
        }
        // Line breaks of one kind and no outer space: an import reads no more than that.
        let cell = cell.replace("\r\n", "\n").replace('\r', "\n").replace('\t', " ");
        let cell = escaped(cell.trim());
        let needs_quotes =
            cell.contains([',', ';', '"', '\n', '\r', '\t', '|']) || cell != cell.trim();
        if needs_quotes {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(&cell);
        }
    }
    text.push_str("\r\n");
}

/// With an apostrophe in front of what a spreadsheet would run (OWASP, "CSV Injection": `=`, `+`, `-`, `@`, tab and
/// carriage return), and in front of such apostrophes of the owner's own, so that nothing is lost on the way back.
fn escaped(cell: &str) -> String {
    if would_run(cell) { format!("'{cell}") } else { cell.to_owned() }
}

/// A cell without the apostrophe that [`escaped`] put there.
pub(super) fn unescaped(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if would_run(rest) => rest,
        _ => cell,
    }
}

/// True for text that begins, after space and apostrophes, with a sign that starts a formula.
fn would_run(cell: &str) -> bool {
    let bare = cell.trim_start_matches(|c: char| {
        c == '\'' || (c.is_whitespace() && !matches!(c, '\t' | '\r'))
    });
    bare.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::csv::read_csv;
    use crate::catalogue::diff::{Change, ImportOptions, apply};
    use crate::catalogue::stage::Staged;
    use crate::demo;
    use crate::domain::id::Mint;
    use proptest::prelude::*;

    fn reimported(catalogue: &Catalogue, text: &str) -> (Staged, Vec<Change>) {
        let sheet = read_csv(text.as_bytes(), Currency::Kes).unwrap();
        let staged = Staged::from_sheet(sheet, catalogue);
        let options = ImportOptions { currency: Currency::Kes, default_duration_min: None };
        let mint = Mint { at: jiff::Timestamp::UNIX_EPOCH, seed: 5 };
        let applied = apply(catalogue, &staged, &options, mint).unwrap();
        (staged, applied.changes)
    }

    #[test]
    fn an_export_reads_back_unchanged() {
        for tenant in demo::tenants() {
            let catalogue = tenant.business.catalogue;
            let (staged, changes) = reimported(&catalogue, &export(&catalogue));
            assert_eq!((staged.rows_ok, staged.rows_bad.len()), (catalogue.services.len(), 0));
            assert!(changes.iter().all(Change::is_unchanged));
        }
    }

    #[test]
    fn an_edited_export_may_change_a_name() {
        let catalogue = demo::tenant("demo-salon").unwrap().business.catalogue;
        let edited = export(&catalogue).replace("Braids", "Knotless braids (long)");
        let (_, changes) = reimported(&catalogue, &edited);
        let renamed: Vec<&str> = changes
            .iter()
            .filter(|c| !c.is_unchanged())
            .map(|c| c.service().name.en.as_str())
            .collect();
        assert_eq!(renamed, ["Knotless braids (long)"]);
    }

    #[test]
    fn the_template_is_a_file_that_works() {
        let sheet = read_csv(template().as_bytes(), Currency::Kes).unwrap();
        assert_eq!((sheet.rows.len(), sheet.bad.len()), (2, 0));
        assert_eq!(sheet.rows[1].duration_min.value, Some(180));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, rng_seed: prop::test_runner::RngSeed::Fixed(17), ..ProptestConfig::default() })]

        #[test]
        fn whatever_the_names_nothing_runs_and_nothing_is_lost(
            texts in prop::collection::vec(("['=+@\\-\t a-zé\",;|0-9]{0,8}", "['=+@\\-\t\r\n a-z\",;]{0,10}"), 11),
        ) {
            let mut catalogue = demo::tenant("demo-salon").unwrap().business.catalogue;
            for (service, (name, about)) in catalogue.services.iter_mut().zip(texts) {
                service.name.en = format!("{name}x");
                service.description.en = about;
            }
            let text = export(&catalogue);
            // No cell begins with a sign: the first character of each, behind a quote if there is one.
            let cells = text.trim_start_matches('\u{FEFF}').split("\r\n").filter(|l| !l.is_empty());
            for line in cells {
                prop_assert!(!line.contains(",=") && !line.contains(",\"=") && !line.contains(",@") && !line.contains(",\"@")
                    || line.contains('"'), "{line}");
            }
            let (staged, changes) = reimported(&catalogue, &text);
            prop_assert_eq!(staged.rows_bad.len(), 0);
            for change in &changes {
                prop_assert!(change.is_unchanged(), "{change:?}");
            }
            prop_assert_eq!(changes.len(), catalogue.services.len());
        }

        #[test]
        fn an_escape_is_undone_exactly(cell in "['=+@\\-a ]{0,6}") {
            let shown = escaped(&cell);
            prop_assert!(!shown.trim_start().starts_with(['=', '+', '-', '@']));
            prop_assert_eq!(unescaped(&shown), cell);
        }
    }
}
