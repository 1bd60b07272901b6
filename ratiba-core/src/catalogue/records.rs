//! Text into records: separators guessed, quotes undone, and each record with the line that an editor shows for it.
//!
//! Not the csv crate: it numbers a record after blank lines by the first of these, and a quote that is never closed
//! swallows the rest of the file. Here such a record is reported and reading goes on at the next line.

use super::csv::CsvError;

/// The most records that a file may hold.
pub const MAX_ROWS: usize = 10_000;

/// The longest record, in bytes.
pub const MAX_ROW_BYTES: usize = 64 * 1024;

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    /// The line on which it starts, from 1.
    pub(super) line: usize,
    /// Its cells, trimmed.
    pub(super) cells: Vec<String>,
    /// False when a quote was opened and never closed; the cells are then a guess.
    pub(super) sound: bool,
}

impl Record {
    /// The cell of a column; empty past the end.
    pub(super) fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }

    fn is_blank(&self) -> bool {
        self.cells.iter().all(String::is_empty)
    }
}

/// All records that are not blank, with the separator that suits the file best.
pub(super) fn records_of(text: &str) -> Result<Vec<Record>, CsvError> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.trim_start_matches('\u{FEFF}');
    // Excel's own hint, on a line of its own.
    let first = text.lines().next().unwrap_or_default().trim().trim_matches('"');
    let told = first.strip_prefix("sep=").and_then(|rest| rest.chars().next());
    let separator = told.unwrap_or_else(|| sniffed(text));
    let skip = usize::from(told.is_some());
    split(text, separator, skip, MAX_ROWS)
}

/// The separator by which most of the first lines fall into the same number of cells, at least two.
fn sniffed(text: &str) -> char {
    let score = |separator: char| {
        let records = split(text, separator, 0, 40).unwrap_or_else(|_| Vec::new());
        let widths: Vec<usize> = records.iter().map(|r| r.cells.len()).collect();
        let agreeing = |width: usize| widths.iter().filter(|w| **w == width).count();
        widths.iter().filter(|w| **w > 1).map(|w| (agreeing(*w), *w)).max().unwrap_or((0, 0))
    };
    let mut best = (',', score(','));
    for separator in [';', '\t', '|'] {
        let found = score(separator);
        if found > best.1 {
            best = (separator, found);
        }
    }
    best.0
}

/// Splits text into records. Reading stops without an error when `limit` is below [`MAX_ROWS`], for a first look.
fn split(text: &str, separator: char, skip: usize, limit: usize) -> Result<Vec<Record>, CsvError> {
    let mut records = Vec::new();
    let mut rest = text;
    let mut line = 1;
    for _ in 0..skip {
        let end = rest.find('\n').map_or(rest.len(), |at| at + 1);
        rest = &rest[end..];
        line += 1;
    }
    while !rest.is_empty() {
        let (mut cells, mut used, mut sound) = read_record(rest, separator);
        if !sound {
            // Take the line as it stands, quotes and all, and go on behind it.
            used = rest.find('\n').map_or(rest.len(), |at| at + 1);
            cells = rest[..used].trim_end_matches('\n').split(separator).map(tidy).collect();
            sound = false;
        }
        if used > MAX_ROW_BYTES {
            return Err(CsvError::RowTooLong { line });
        }
        let record = Record { line, cells, sound };
        if !record.is_blank() {
            if records.len() == limit {
                return if limit < MAX_ROWS { Ok(records) } else { Err(CsvError::TooManyRows) };
            }
            records.push(record);
        }
        line += rest[..used].matches('\n').count();
        rest = &rest[used..];
    }
    Ok(records)
}

/// One record from the start of the text: its cells, how many bytes it took, and whether its quotes were closed.
fn read_record(text: &str, separator: char) -> (Vec<String>, usize, bool) {
    let mut cells = Vec::new();
    let mut cell = String::new();
    let mut quoted = false;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if at > MAX_ROW_BYTES {
            // Far enough to know that the row is too long, or its quote never closed.
            cells.push(tidy(&cell));
            return (cells, at, !quoted);
        }
        match c {
            '"' if quoted => {
                if chars.next_if(|(_, next)| *next == '"').is_some() {
                    cell.push('"');
                } else {
                    quoted = false;
                }
            }
            // A quote opens a cell only at its start; `6" braids` is an inch.
            '"' if cell.trim().is_empty() => {
                cell.clear();
                quoted = true;
            }
            '\n' if !quoted => {
                cells.push(tidy(&cell));
                return (cells, at + 1, true);
            }
            c if c == separator && !quoted => {
                cells.push(tidy(&cell));
                cell.clear();
            }
            c => cell.push(c),
        }
    }
    cells.push(tidy(&cell));
    (cells, text.len(), !quoted)
}

/// Without outer space, and without control characters other than line breaks.
fn tidy(cell: &str) -> String {
    let kept: String = cell
        .chars()
        .map(|c| if matches!(c, '\u{A0}' | '\u{202F}' | '\t') { ' ' } else { c })
        .filter(|c| *c == '\n' || !(c.is_control() || *c == '\u{FEFF}' || *c == '\u{200B}'))
        .collect();
    kept.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(usize, Vec<String>)> {
        records_of(text).unwrap().into_iter().map(|r| (r.line, r.cells)).collect()
    }

    fn cells(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|c| (*c).to_owned()).collect()
    }

    #[test]
    fn the_separator_is_found_by_agreement() {
        for separator in [',', ';', '\t', '|'] {
            let text = "name,min,price\nBraids,180,2500\nWash,45,800\n"
                .replace(',', &separator.to_string());
            assert_eq!(read(&text)[1], (2, cells(&["Braids", "180", "2500"])), "{separator}");
        }
        let decimals = "name;price\nBraids;1.500,00\nWash;800,00\n";
        assert_eq!(read(decimals)[1].1, cells(&["Braids", "1.500,00"]));
        assert_eq!(read("sep=;\na;b\n"), [(2, cells(&["a", "b"]))]);
    }

    #[test]
    fn lines_are_counted_as_an_editor_shows_them() {
        let text =
            "name,about\r\n\r\n\"Braids\",\"long\r\nand \"\"neat\"\"\"\r\n,,\r\nWash,x\rDye,y";
        assert_eq!(
            read(text),
            [
                (1, cells(&["name", "about"])),
                (3, cells(&["Braids", "long\nand \"neat\""])),
                (6, cells(&["Wash", "x"])),
                (7, cells(&["Dye", "y"])),
            ]
        );
    }

    #[test]
    fn an_open_quote_costs_its_own_line_only() {
        let found = records_of("name,price\n\"Braids,2500\nWash,800\n").unwrap();
        let sound: Vec<(usize, bool)> = found.iter().map(|r| (r.line, r.sound)).collect();
        assert_eq!(sound, [(1, true), (2, false), (3, true)]);
        assert_eq!(read("name,price\n6\" braids,2500\n")[1].1, cells(&["6\" braids", "2500"]));
    }

    #[test]
    fn absurd_files_are_refused() {
        let rows = "a,b\n".repeat(MAX_ROWS + 1);
        assert_eq!(records_of(&rows), Err(CsvError::TooManyRows));
        let long = format!("name,price\n{},1\n", "x".repeat(1024 * 1024));
        assert_eq!(records_of(&long), Err(CsvError::RowTooLong { line: 2 }));
        let open = format!("name,price\n\"{},1\n", "x".repeat(1024 * 1024));
        assert_eq!(records_of(&open), Err(CsvError::RowTooLong { line: 2 }));
    }
}
