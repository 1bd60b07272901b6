//! Which column holds what: by its heading in English or Swahili, or by what stands in it when there is no heading.

use crate::domain::money::Currency;

use super::duration::{BareNumber, read_duration};
use super::price::{Mark, read_price};
use super::records::Record;

/// What a column can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Id,
    Name,
    NameSw,
    Category,
    Duration,
    Price,
    Currency,
    Description,
}

/// Where everything stands in a file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Layout {
    /// What each column holds; `None` for what is not needed.
    pub(super) columns: Vec<Option<Column>>,
    /// How many records come before the first row.
    pub(super) first_row: usize,
    /// The heading, to know it again when it is repeated on each printed page.
    pub(super) heading: Option<Vec<String>>,
    /// What a bare number means as a duration.
    pub(super) bare_duration: BareNumber,
    /// The currency that the price's heading names.
    pub(super) price_mark: Option<Mark>,
    /// How sure the layout is: 1 with a heading.
    pub(super) confidence: f32,
}

impl Layout {
    /// The position of a column.
    pub(super) fn position(&self, column: Column) -> Option<usize> {
        self.columns.iter().position(|c| *c == Some(column))
    }
}

/// How many records may stand above the heading: a name, an address, a date.
const PREAMBLE: usize = 8;

/// Finds the heading, or guesses without one. `None` when no column can be a name or a price.
pub(super) fn layout_of(records: &[Record], currency: Currency) -> Option<Layout> {
    let heading = records.iter().take(PREAMBLE + 1).position(|r| is_heading(&r.cells, currency));
    match heading {
        Some(at) => Some(from_heading(&records[at].cells, at + 1)),
        None => from_content(records, currency),
    }
}

/// A heading names at least two different columns, one of them a name or a price, and holds no price or length itself.
fn is_heading(cells: &[String], currency: Currency) -> bool {
    let mut known: Vec<Column> = Vec::new();
    for cell in cells {
        let means = meaning(cell);
        let has_digit = cell.bytes().any(|b| b.is_ascii_digit());
        let is_value = read_price(cell, currency).is_ok()
            || matches!(read_duration(cell, BareNumber::Minutes), Ok(Some(_)));
        if has_digit && (means.is_none() || is_value) {
            return false;
        }
        known.extend(means.filter(|column| !known.contains(column)));
    }
    let essential = [Column::Name, Column::NameSw, Column::Price];
    known.len() >= 2 && known.iter().any(|column| essential.contains(column))
}

fn from_heading(cells: &[String], first_row: usize) -> Layout {
    let mut columns: Vec<Option<Column>> = Vec::with_capacity(cells.len());
    for cell in cells {
        // Of two columns with the same heading the first counts.
        columns.push(meaning(cell).filter(|column| !columns.contains(&Some(*column))));
    }
    let position = |wanted| columns.iter().position(|c| *c == Some(wanted));
    let name = position(Column::Name);
    let words = |column| position(column).map(|at| plain(&cells[at])).unwrap_or_default();
    let in_hours = words(Column::Duration)
        .split(' ')
        .any(|w| matches!(w, "hours" | "hrs" | "hour" | "masaa" | "saa"));
    let price_mark = words(Column::Price).split(' ').find_map(Mark::of);
    let mut layout = Layout {
        columns,
        first_row,
        heading: Some(cells.to_vec()),
        bare_duration: if in_hours { BareNumber::Hours } else { BareNumber::Minutes },
        price_mark,
        confidence: 1.0,
    };
    // "Service" beside "Huduma": the Swahili heading holds the Swahili name, whichever comes first.
    let rivals = |at: &usize| meaning(&cells[*at]) == Some(Column::Name);
    if let Some(name) = name
        && layout.position(Column::NameSw).is_none()
        && let Some(other) = (0..cells.len()).filter(rivals).find(|at| *at != name)
    {
        let swahili_first = is_swahili_heading(&cells[name]);
        if swahili_first != is_swahili_heading(&cells[other]) {
            let (en, sw) = if swahili_first { (other, name) } else { (name, other) };
            layout.columns[en] = Some(Column::Name);
            layout.columns[sw] = Some(Column::NameSw);
        }
    }
    // Only a Swahili name: it is the name.
    if layout.position(Column::Name).is_none()
        && let Some(sw) = layout.position(Column::NameSw)
    {
        layout.columns[sw] = Some(Column::Name);
    }
    layout
}

/// Lower case, words only: `Price (KSh)` becomes `price ksh`.
fn plain(heading: &str) -> String {
    let lower = heading.to_lowercase();
    let words = lower.split(|c: char| !(c.is_alphanumeric() || c == '$' || c == '€' || c == '£'));
    words.filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

fn is_swahili_heading(heading: &str) -> bool {
    plain(heading).split(' ').any(|w| matches!(w, "huduma" | "jina" | "kiswahili"))
}

/// What a heading means, by its words.
fn meaning(heading: &str) -> Option<Column> {
    let text = plain(heading);
    if text.is_empty() || text.len() > 40 {
        return None;
    }
    let words: Vec<&str> = text.split(' ').collect();
    let any = |list: &[&str]| words.iter().any(|w| list.contains(w));
    if any(&["kiswahili", "swahili", "sw"]) && !any(&["description", "maelezo"]) {
        return Some(Column::NameSw);
    }
    if any(&[
        "description",
        "descriptions",
        "desc",
        "details",
        "detail",
        "notes",
        "note",
        "maelezo",
        "ufafanuzi",
        "about",
        "info",
    ]) {
        return Some(Column::Description);
    }
    if any(&[
        "category",
        "categories",
        "kategoria",
        "aina",
        "kundi",
        "group",
        "section",
        "department",
        "sehemu",
    ]) {
        return Some(Column::Category);
    }
    if any(&[
        "price", "prices", "bei", "cost", "amount", "gharama", "rate", "rates", "charge",
        "charges", "fee", "fees", "kiasi", "malipo", "tariff",
    ]) {
        return Some(Column::Price);
    }
    if any(&[
        "duration", "muda", "minutes", "mins", "min", "dakika", "length", "time", "hours", "hrs",
        "masaa", "saa",
    ]) {
        return Some(Column::Duration);
    }
    if any(&["currency", "sarafu", "fedha"]) {
        return Some(Column::Currency);
    }
    if any(&[
        "name",
        "names",
        "service",
        "services",
        "huduma",
        "jina",
        "treatment",
        "treatments",
        "item",
        "items",
        "product",
        "title",
        "majina",
    ]) {
        return Some(Column::Name);
    }
    // `KSh` alone heads prices; "Type" alone heads categories.
    match words.as_slice() {
        [word] if Mark::of(word).is_some() => Some(Column::Price),
        ["type"] => Some(Column::Category),
        ["id"] => Some(Column::Id),
        _ => None,
    }
}

/// What a column looks like from its cells.
#[derive(Debug, Default, Clone)]
struct Look {
    filled: usize,
    texts: usize,
    marked_prices: usize,
    lengths: usize,
    numbers: Vec<i64>,
    letters: usize,
    distinct: Vec<String>,
}

fn from_content(records: &[Record], currency: Currency) -> Option<Layout> {
    let width = records.iter().map(|r| r.cells.len()).max()?;
    let looks: Vec<Look> = (0..width).map(|column| look(records, column, currency)).collect();
    let mut columns: Vec<Option<Column>> = vec![None; width];
    let most = |count: fn(&Look) -> usize| {
        let best = (0..width).max_by_key(|at| (count(&looks[*at]), width - at));
        best.filter(|at| count(&looks[*at]) * 2 > looks[*at].filled)
    };
    let duration = most(|l| l.lengths);
    let numeric: Vec<usize> = (0..width)
        .filter(|at| {
            let numbers = looks[*at].numbers.len();
            numbers > 0 && numbers * 2 >= looks[*at].filled && Some(*at) != duration
        })
        .collect();
    let median = |at: &usize| {
        let mut numbers = looks[*at].numbers.clone();
        numbers.sort_unstable();
        numbers.get(numbers.len() / 2).copied().unwrap_or(0)
    };
    let price = most(|l| l.marked_prices).or_else(|| numeric.iter().copied().max_by_key(median))?;
    columns[price] = Some(Column::Price);
    let duration = duration.or_else(|| numeric.iter().copied().find(|at| *at != price));
    if let Some(at) = duration.filter(|at| columns[*at].is_none()) {
        columns[at] = Some(Column::Duration);
    }
    let is_text = |at: &usize| columns[*at].is_none() && looks[*at].texts * 2 > looks[*at].filled;
    let texts: Vec<usize> = (0..width).filter(is_text).collect();
    // A category repeats itself, a name does not; of two that don't, the first is the name.
    let name = texts.iter().copied().max_by_key(|at| (looks[*at].distinct.len(), width - at))?;
    columns[name] = Some(Column::Name);
    for at in texts.into_iter().filter(|at| *at != name) {
        let look = &looks[at];
        let repeats = look.filled >= 4 && look.distinct.len() * 2 <= look.filled;
        let kind = if repeats {
            Column::Category
        } else if look.letters > look.filled * 30 {
            Column::Description
        } else {
            Column::NameSw
        };
        if !columns.contains(&Some(kind)) {
            columns[at] = Some(kind);
        }
    }
    Some(Layout {
        columns,
        first_row: 0,
        heading: None,
        bare_duration: BareNumber::Minutes,
        price_mark: None,
        confidence: 0.7,
    })
}

fn look(records: &[Record], column: usize, currency: Currency) -> Look {
    let mut look = Look::default();
    for cell in records.iter().take(60).map(|r| r.cell(column)).filter(|c| !c.is_empty()) {
        look.filled += 1;
        look.letters += cell.chars().count();
        if let Ok(read) = read_price(cell, currency) {
            let bare = cell.chars().all(|c| c.is_ascii_digit());
            look.marked_prices += usize::from(read.confidence >= 1.0);
            if bare || read.confidence < 1.0 {
                look.numbers.push(read.price.minor);
            }
        } else if matches!(read_duration(cell, BareNumber::Minutes), Ok(Some((_, sure))) if sure >= 1.0)
        {
            look.lengths += 1;
        } else {
            look.texts += 1;
            if !look.distinct.iter().any(|d| d == cell) {
                look.distinct.push(cell.to_owned());
            }
        }
    }
    look
}

#[cfg(test)]
mod tests {
    use super::*;
    use Column as C;

    fn layout(lines: &[&str]) -> Layout {
        let cells = |line: &str| line.split(';').map(str::to_owned).collect();
        let record =
            |(n, line): (usize, &&str)| Record { line: n + 1, cells: cells(line), sound: true };
        let records: Vec<Record> = lines.iter().enumerate().map(record).collect();
        layout_of(&records, Currency::Kes).unwrap()
    }

    #[test]
    fn headings_are_known_in_both_languages_and_any_order() {
        assert_eq!(
            layout(&["Bei (KSh);Muda (dakika);Huduma;Kategoria;Maelezo;Simu"]).columns,
            [
                Some(C::Price),
                Some(C::Duration),
                Some(C::Name),
                Some(C::Category),
                Some(C::Description),
                None
            ]
        );
        assert_eq!(
            layout(&["Service Name;Swahili name;Duration (min);Price KES"]).columns,
            [Some(C::Name), Some(C::NameSw), Some(C::Duration), Some(C::Price)]
        );
        assert_eq!(
            layout(&["Huduma;Service;Bei"]).columns,
            [Some(C::NameSw), Some(C::Name), Some(C::Price)]
        );
        assert_eq!(layout(&["Jina;Bei"]).columns, [Some(C::Name), Some(C::Price)]);
        assert_eq!(layout(&["Name;Hours;Price (USD)"]).price_mark, Some(Mark::Is(Currency::Usd)));
        assert_eq!(layout(&["Name;Hours;Price"]).bare_duration, BareNumber::Hours);
    }

    #[test]
    fn a_heading_may_follow_a_title() {
        let found = layout(&["NYWELE STUDIO", "Price list 2026", "Service;Price", "Braids;2500"]);
        assert_eq!((found.first_row, found.confidence), (3, 1.0));
    }

    #[test]
    fn without_a_heading_the_cells_decide() {
        let found = layout(&["Braids;180;2500", "Wash;45;800", "Weave;120;2000"]);
        assert_eq!(found.columns, [Some(C::Name), Some(C::Duration), Some(C::Price)]);
        assert_eq!(found.first_row, 0);
        let found = layout(&["KSh 2,500;Braids;3h", "KSh 800;Wash;45 min"]);
        assert_eq!(found.columns, [Some(C::Price), Some(C::Name), Some(C::Duration)]);
        let found =
            layout(&["Hair;Braids;2500", "Hair;Wash;800", "Nails;Gel;900", "Nails;Tips;700"]);
        assert_eq!(found.columns, [Some(C::Category), Some(C::Name), Some(C::Price)]);
        let found = layout(&["Hair treatment;60 min;1000-2000", "Wash;45 min;800"]);
        assert_eq!((found.first_row, found.heading), (0, None), "a row is no heading");
    }
}
