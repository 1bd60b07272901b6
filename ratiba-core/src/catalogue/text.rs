//! A price list as lines, the way owners type one into a chat: "Kusuka 2,500/- 3hrs", "Wash & blow-dry ..... 800 bob (45 min)", headings between
//! them. No model is asked. What a line leaves open stays open: of two prices none is chosen.

use super::csv::is_total;
use super::duration::length_at;
use super::price::{PriceError, read_price};
use super::report::BadRow;
use super::rows::Cell;
use super::written::{Reading, Written};
use crate::domain::money::Currency;

/// How sure a line is: no column says what stands where.
const SURE: f32 = 0.8;
/// A price is written in at most so many words (`KSh 2 500 only`).
const PRICE_WORDS: usize = 4;
/// A heading has at most so many words.
const HEADING_WORDS: usize = 6;
/// A number with so many digits that begins like a phone number is one.
const PHONE_DIGITS: usize = 9;
/// Words before a sum that say that it is not the only one.
const RANGES: &[&str] = &["from", "kuanzia", "starting", "to", "upto"];
/// First words of a line that says how to reach or pay the business.
const CONTACT: &[&str] =
    &["call", "tel", "simu", "piga", "whatsapp", "till", "paybill", "account", "acc"];

/// Reads the lines.
pub(super) fn read_text(text: &str, currency: Currency) -> Reading {
    let lines: Vec<(usize, Vec<String>)> = text
        .lines()
        .enumerate()
        .map(|(n, line)| (n + 1, words(line)))
        .filter(|(_, words)| words.iter().any(|word| word.chars().any(char::is_alphanumeric)))
        .collect();
    let mut reading = Reading::default();
    let mut heading = None;
    for (at, (line, words)) in lines.iter().enumerate() {
        let next = lines.get(at + 1).map(|(_, words)| words.as_slice());
        if is_heading(words, next) {
            let text = shown(words);
            heading = (!is_total(&text)).then_some(text);
            continue;
        }
        match read_line(words, currency) {
            Ok(Some(written)) => {
                let category = Cell::of(heading.clone(), SURE);
                reading.add(Written { line: *line, category, ..written }, currency);
            }
            Ok(None) => {}
            Err(reason) => {
                reading.bad.push(BadRow { line: *line, reason: reason.to_owned() });
            }
        }
    }
    reading
}

/// One line as a row; `None` for a total, an error with the reason for what is no service.
fn read_line(words: &[String], currency: Currency) -> Result<Option<Written>, &'static str> {
    let first = bare(&words[0]);
    if CONTACT.contains(&first.as_str()) || has_phone(words) {
        return Err("this is how to reach or pay the business, and no service");
    }
    let mut words = words.to_vec();
    let duration = length_at(&words).map(|(from, to)| {
        let phrase = words[from..to].join(" ");
        words.drain(from..to);
        phrase
    });
    let sums = sums(&words, currency);
    let (price, from, to) = match sums.as_slice() {
        [] if words.iter().any(|word| is_numeric(word)) => {
            let at = words.iter().rposition(|word| is_numeric(word)).unwrap_or_default();
            (words[at].clone(), at, at + 1)
        }
        [] => return Err("no price stands in this line"),
        [only] if !is_range(&words, only.from) => {
            (joined(&words[only.from..only.to]), only.from, only.to)
        }
        [first, ..] => {
            let last = sums.last().unwrap_or(first);
            let from = first.from - usize::from(is_range(&words, first.from));
            (joined(&words[from..last.to]), from, last.to)
        }
    };
    let (before, after) = (shown(&words[..from]), shown(&words[to..]));
    let (name, description) = if before.chars().any(char::is_alphabetic) {
        (before, after)
    } else {
        (after, String::new())
    };
    if is_total(&name) {
        return Ok(None);
    }
    let said = |text: String| Cell::of((!text.is_empty()).then_some(text), SURE);
    Ok(Some(Written {
        name: said(name),
        description: said(description),
        price: said(price),
        duration: Cell::of(duration, SURE),
        ..Written::default()
    }))
}

/// Words that make a sum of money.
struct Sum {
    from: usize,
    to: usize,
    /// A currency is named.
    marked: bool,
}

/// The sums of a line. Where one names its currency, bare numbers are none; a bare number that no price is as small as is none either.
fn sums(words: &[String], currency: Currency) -> Vec<Sum> {
    let least = if currency == Currency::Usd { 1 } else { 20 } * currency.minor_per_unit();
    let mut found = Vec::new();
    let mut from = 0;
    while from < words.len() {
        let longest = PRICE_WORDS.min(words.len() - from);
        let sum = (1..=longest).rev().find_map(|n| {
            let to = from + n;
            let phrase = words[from..to].join(" ");
            let whole = words[from..to].iter().all(|word| is_word_of_sum(word));
            if !whole || !phrase.chars().any(|c| c.is_ascii_digit()) {
                return None;
            }
            match read_price(&phrase, currency) {
                Ok(read) if read.confidence < 1.0 && read.price.minor < least => None,
                Ok(read) => Some(Sum { from, to, marked: read.confidence >= 1.0 }),
                Err(PriceError::Missing | PriceError::NotOneNumber(_)) => None,
                Err(PriceError::Zero) => Some(Sum { from, to, marked: false }),
                Err(_) => Some(Sum { from, to, marked: true }),
            }
        });
        from = sum.as_ref().map_or(from + 1, |sum| sum.to);
        found.extend(sum);
    }
    if found.iter().any(|sum| sum.marked) {
        let mut end = None;
        found.retain(|sum| {
            // "KSh 1500 2000": what follows at once is a second price.
            let kept = sum.marked || end == Some(sum.from);
            end = kept.then_some(sum.to);
            kept
        });
    }
    found
}

/// Neither a bracket nor a dash between words.
fn is_word_of_sum(word: &str) -> bool {
    word.chars().any(char::is_alphanumeric) || word.contains("/-") || word.contains("/=")
}

/// Whether the word before says that the sum is not the only one.
fn is_range(words: &[String], from: usize) -> bool {
    from.checked_sub(1).is_some_and(|before| {
        let word = words[before].to_lowercase();
        RANGES.contains(&word.as_str())
    })
}

/// A price of several numbers, or of none that can be read: digits with signs between them.
fn is_numeric(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
        && word.chars().filter(char::is_ascii_digit).count() >= 3
}

/// A line without any number: in capitals, with a colon at its end, or right above a line with a number.
fn is_heading(words: &[String], next: Option<&[String]>) -> bool {
    let has_digit = |words: &[String]| words.iter().any(|w| w.chars().any(|c| c.is_ascii_digit()));
    if has_digit(words) || words.len() > HEADING_WORDS {
        return false;
    }
    let loud = words.iter().all(|word| !word.chars().any(char::is_lowercase));
    let colon = words.last().is_some_and(|word| word.ends_with(':'));
    loud || colon || next.is_some_and(has_digit)
}

fn has_phone(words: &[String]) -> bool {
    let line = words.join(" ");
    let runs = line.split(|c: char| !(c.is_ascii_digit() || matches!(c, ' ' | '+')));
    runs.map(str::trim).any(|run| {
        let begins = ["0", "+", "254", "255", "256", "250"].iter().any(|p| run.starts_with(p));
        begins && run.chars().filter(char::is_ascii_digit).count() >= PHONE_DIGITS
    })
}

/// The words of a line: without a list's dashes and numbers and a chat's stars, brackets apart, leaders ("....") out, and a price apart from the sign
/// that joins it to its name ("Braids-2500", "Braids:2500").
fn words(line: &str) -> Vec<String> {
    let mut spaced = String::with_capacity(line.len() + 8);
    let chars: Vec<char> = line.chars().filter(|c| !matches!(c, '*' | '_' | '~' | '`')).collect();
    for (n, c) in chars.iter().copied().enumerate() {
        let around = |by: isize| n.checked_add_signed(by).and_then(|at| chars.get(at)).copied();
        let digits_follow = |least: usize| {
            chars[n + 1..].iter().take_while(|c| c.is_ascii_digit()).count() >= least
        };
        let after_letter = around(-1).is_some_and(|c| c.is_alphabetic() || c == ')');
        match c {
            '(' | ')' | '[' | ']' => spaced.extend([' ', c, ' ']),
            '…' | '•' | '·' | '➤' | '✓' | '|' | '\t' => spaced.push(' '),
            '.' if around(-1) == Some('.') || around(1) == Some('.') => spaced.push(' '),
            '–' | '—' | '-' if around(-1) == Some(c) || around(1) == Some(c) => {
                spaced.push(' ');
            }
            ':' | '=' | '@'
                if digits_follow(1) && !around(-1).is_some_and(|c| c.is_ascii_digit()) =>
            {
                spaced.extend([c, ' ']);
            }
            '-' | '–' | '—' if after_letter && digits_follow(3) => {
                spaced.extend([' ', '-', ' ']);
            }
            c => spaced.push(c),
        }
    }
    let mut words: Vec<String> = spaced.split_whitespace().map(str::to_owned).collect();
    let is_mark = |word: &String| {
        let number = word.trim_end_matches(['.', ')']);
        let counted = number.len() < word.len() && number.parse::<u8>().is_ok();
        counted || !word.chars().any(|c| c.is_alphanumeric() || matches!(c, '(' | '['))
    };
    while words.len() > 1 && is_mark(&words[0]) {
        words.remove(0);
    }
    // "1 )" of a list, its bracket taken apart.
    if words.len() > 2 && words[1] == ")" && words[0].parse::<u8>().is_ok() {
        words.drain(..2);
    }
    words
}

/// Words as text again, without the signs at its ends.
fn shown(words: &[String]) -> String {
    let text = joined(words).replace("()", "").replace("[]", "");
    let ends =
        |c: char| !c.is_alphanumeric() && !matches!(c, '(' | ')' | '[' | ']' | '+' | '&' | '%');
    let text = text.trim_matches(ends);
    let inner = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'));
    let text = inner.filter(|inner| !inner.contains(['(', ')'])).unwrap_or(text);
    let open = text.matches('(').count();
    let text = if open == text.matches(')').count() { text } else { text.trim_matches(['(', ')']) };
    super::written::one_line(text.trim_matches(ends))
}

/// Words with the brackets at them again.
fn joined(words: &[String]) -> String {
    let text = words.join(" ").replace("( ", "(").replace(" )", ")");
    text.replace("[ ", "[").replace(" ]", "]")
}

fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Reading {
        read_text(text, Currency::Kes)
    }

    /// The only row as name, whole shillings, minutes and description.
    fn row(line: &str) -> (String, Option<i64>, Option<u32>, String) {
        let reading = read(line);
        assert_eq!((reading.rows.len(), &reading.bad), (1, &vec![]), "{line}: {reading:?}");
        let row = &reading.rows[0];
        (
            row.name.value.clone().unwrap(),
            row.price_minor.value.map(|minor| minor / 100),
            row.duration_min.value,
            row.description.value.clone().unwrap_or_default(),
        )
    }

    #[test]
    fn lines_are_read_as_owners_type_them() {
        for (line, name, price, minutes) in [
            ("Kusuka 2,500/- 3hrs", "Kusuka", 2_500, Some(180)),
            ("Braids - KSh 2500 - 3 hours", "Braids", 2_500, Some(180)),
            ("Wash & Blow-dry ........ 800 bob (45 min)", "Wash & Blow-dry", 800, Some(45)),
            ("• Manicure: 1000", "Manicure", 1_000, None),
            ("3. Pedicure @1200", "Pedicure", 1_200, None),
            ("2) Gel 2 colours 900", "Gel 2 colours", 900, None),
            ("*Weave* = 2,000 bob", "Weave", 2_000, None),
            ("Braids-2500", "Braids", 2_500, None),
            ("KES 1,500 Facial", "Facial", 1_500, None),
            ("Kids Haircut (under 10) 400", "Kids Haircut (under 10)", 400, None),
            ("Masaji 1500 dakika 60", "Masaji", 1_500, Some(60)),
            ("Masaji saa moja na nusu 1500/=", "Masaji", 1_500, Some(90)),
            ("Hair dye 1.5k 1h 30m", "Hair dye", 1_500, Some(90)),
            ("Bridal makeup KSh 10 000 only", "Bridal makeup", 10_000, None),
            ("Half leg wax 800", "Half leg wax", 800, None),
        ] {
            let expected = (name.to_owned(), Some(price), minutes);
            let (got_name, got_price, got_minutes, _) = row(line);
            assert_eq!((got_name, got_price, got_minutes), expected, "{line}");
        }
        let (name, price, _, about) = row("Braids 2500 (hair not included)");
        assert_eq!(
            (name.as_str(), price, about.as_str()),
            ("Braids", Some(2_500), "hair not included")
        );
    }

    #[test]
    fn of_two_prices_none_is_chosen() {
        for line in [
            "Braids 1500-2000",
            "Braids from 1500",
            "Braids kuanzia 1,500/-",
            "Braids 1500 to 2000",
            "Braids KSh 1500 / KSh 2000",
            "Braids KSh 1500 KSh 2000",
            "Braids KSh 1500 2000",
            "Braids 1500+",
            "Facial 60 1500",
            "Braids USD 20",
            "Braids 0/-",
            "Braids 0",
        ] {
            let reading = read(line);
            let [row] = reading.rows.as_slice() else { panic!("{line}: {reading:?}") };
            assert_eq!(row.price_minor.value, None, "{line}");
            assert_eq!(reading.notes.len(), 1, "{line}: {reading:?}");
            assert!(row.name.value.as_deref().unwrap().len() <= "Facial 60".len(), "{row:?}");
        }
    }

    #[test]
    fn headings_go_with_what_stands_below_and_the_rest_is_told() {
        let reading = read(
            "NYWELE STUDIO\n\nHAIR\nBraids 2500\nWeave 2000\n\nKucha:\n- Manicure 1000\nNails art\nPedicure 1200\n\
             Total 6700\nPiga simu 0712 345 678\nTill number 522522\n+254 700 000 001\nKaribu sana wateja wetu wote wapendwa na marafiki\n",
        );
        let rows: Vec<_> = reading
            .rows
            .iter()
            .map(|row| {
                (row.line, row.name.value.as_deref().unwrap(), row.category.value.as_deref())
            })
            .collect();
        assert_eq!(
            rows,
            [
                (4, "Braids", Some("HAIR")),
                (5, "Weave", Some("HAIR")),
                (8, "Manicure", Some("Kucha")),
                (10, "Pedicure", Some("Nails art"))
            ]
        );
        let bad: Vec<_> = reading.bad.iter().map(|bad| (bad.line, bad.reason.as_str())).collect();
        let contact = "this is how to reach or pay the business, and no service";
        assert_eq!(
            bad,
            [(12, contact), (13, contact), (14, contact), (15, "no price stands in this line")]
        );
    }

    #[test]
    fn any_lines_are_read_without_a_panic_and_no_price_is_made_up() {
        for line in
            ["(", ")(", "1)", "- - -", "((2500", "....", "€", "1", "0712", "a:1", "9 9 9 9 9"]
        {
            let reading = read(line);
            for row in &reading.rows {
                assert!(row.price_minor.value.is_none_or(|minor| minor > 0), "{line}");
            }
        }
    }
}
