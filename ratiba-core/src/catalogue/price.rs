//! A price as people write it: `KSh 1,500/-`, `1500 bob`, `1.500,00`, `Kes 2k`. One number and nothing else, or a reason.

use crate::domain::money::{Currency, Money};

/// Why a cell is no price. The text is complete: it is shown to the owner beside the line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum PriceError {
    /// Nothing is there.
    #[error("the price is missing")]
    Missing,
    /// Nought.
    #[error("the price is zero")]
    Zero,
    /// Below nought.
    #[error("the price is negative")]
    Negative,
    /// Text, a range, a sum, several numbers.
    #[error("the price `{0}` is not a single number")]
    NotOneNumber(String),
    /// More decimals than the currency has.
    #[error("the price `{0}` has more decimals than the currency")]
    TooFine(String),
    /// Beyond a thousand million units.
    #[error("the price `{0}` is too large")]
    TooLarge(String),
    /// Another currency than the business charges in.
    #[error("the price is in {found}, but the business charges in {}", expected.code())]
    OtherCurrency {
        /// What the cell or its heading says.
        found: String,
        /// What the business charges in.
        expected: Currency,
    },
}

/// No service costs more units than this.
const MAX_UNITS: i64 = 1_000_000_000;

/// What a currency word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// One currency for sure.
    Is(Currency),
    /// Shillings of some country: "bob", "/-", "shilingi".
    Shillings,
    /// A currency that no business here charges in.
    Foreign(&'static str),
}

impl Mark {
    /// The currency that a word means.
    pub(super) fn of(word: &str) -> Option<Self> {
        Some(match word {
            "kes" | "ksh" | "kshs" | "ksh." | "kshs." | "ks" | "k.sh" => Self::Is(Currency::Kes),
            "ugx" | "ush" | "ushs" | "usx" => Self::Is(Currency::Ugx),
            "tzs" | "tsh" | "tshs" | "tzsh" => Self::Is(Currency::Tzs),
            "rwf" | "frw" | "rf" => Self::Is(Currency::Rwf),
            "usd" | "$" | "us$" | "dollar" | "dollars" | "dola" => Self::Is(Currency::Usd),
            "sh" | "shs" | "sh." | "shs." | "shilling" | "shillings" | "shilingi" | "bob"
            | "/-" | "/=" => Self::Shillings,
            "eur" | "euro" | "euros" | "€" => Self::Foreign("EUR"),
            "gbp" | "£" | "pounds" => Self::Foreign("GBP"),
            "zar" => Self::Foreign("ZAR"),
            _ => return None,
        })
    }

    /// An error unless the mark can mean the currency of the business.
    pub(super) fn check(self, expected: Currency) -> Result<(), PriceError> {
        let found = match self {
            Self::Is(found) if found == expected => return Ok(()),
            Self::Shillings
                if matches!(expected, Currency::Kes | Currency::Ugx | Currency::Tzs) =>
            {
                return Ok(());
            }
            Self::Is(found) => found.code().to_owned(),
            Self::Shillings => "shillings".to_owned(),
            Self::Foreign(code) => code.to_owned(),
        };
        Err(PriceError::OtherCurrency { found, expected })
    }
}

/// A price that was read, and how plainly it was written (1 with a currency, less without).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ReadPrice {
    pub(super) price: Money,
    pub(super) confidence: f32,
}

/// Reads a cell as a price in the currency of the business.
pub(super) fn read_price(cell: &str, currency: Currency) -> Result<ReadPrice, PriceError> {
    let text = cell.trim().to_lowercase().replace(['−', '–', '—'], "-").replace(['’', '´'], "'");
    if text.is_empty()
        || text.chars().all(|c| matches!(c, '-' | ' '))
        || matches!(text.as_str(), "n/a" | "?")
    {
        return Err(PriceError::Missing);
    }
    let shown = || cell.trim().chars().take(40).collect::<String>();
    let (number, marks) = without_words(&text).ok_or_else(|| PriceError::NotOneNumber(shown()))?;
    for mark in &marks {
        mark.check(currency)?;
    }
    let bracketed = number.strip_prefix('(').and_then(|n| n.strip_suffix(')'));
    let (number, negative) = match (bracketed, number.strip_prefix('-')) {
        (Some(inner), _) => (inner.trim().to_owned(), true),
        (None, Some(rest)) => (rest.trim().to_owned(), true),
        (None, None) => (number.strip_prefix('+').unwrap_or(&number).to_owned(), false),
    };
    let (number, thousands) = match number.strip_suffix('k') {
        Some(rest) => (rest.trim_end().to_owned(), true),
        None => (number, false),
    };
    let (whole, decimals) =
        parse_number(&number).ok_or_else(|| PriceError::NotOneNumber(shown()))?;
    let minor = to_minor(&whole, &decimals, thousands, currency).map_err(|fault| match fault {
        Fault::TooFine => PriceError::TooFine(shown()),
        Fault::TooLarge => PriceError::TooLarge(shown()),
    })?;
    match (minor, negative) {
        (0, _) => Err(PriceError::Zero),
        (_, true) => Err(PriceError::Negative),
        (minor, false) => {
            let confidence = if marks.is_empty() { 0.9 } else { 1.0 };
            Ok(ReadPrice { price: Money::new(minor, currency), confidence })
        }
    }
}

/// The text without currency words, and these; `None` when another word stands in it.
fn without_words(text: &str) -> Option<(String, Vec<Mark>)> {
    let mut marks = Vec::new();
    let mut number = String::new();
    let text = text.replace("k.sh", "ksh");
    let mut rest = text.strip_prefix('@').unwrap_or(&text);
    let is_word = |c: char| c.is_alphabetic() || matches!(c, '$' | '€' | '£');
    while let Some(c) = rest.chars().next() {
        if !is_word(c) {
            number.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        }
        let end = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        rest = after;
        if let Some(mark) = Mark::of(word) {
            marks.push(mark);
            // "Ksh." and "Sh." with their stop.
            rest = rest.strip_prefix('.').unwrap_or(rest);
            number.push(' ');
        } else if word == "k" && number.ends_with(|c: char| c.is_ascii_digit() || c == ' ') {
            number.push('k');
        } else if let Some(mark) = word
            .strip_prefix('k')
            .and_then(Mark::of)
            .filter(|_| number.ends_with(|c: char| c.is_ascii_digit()))
        {
            // "2kbob"
            marks.push(mark);
            number.push('k');
        } else if !matches!(word, "only" | "tu" | "pekee" | "each" | "cash") {
            return None;
        }
    }
    let number = number.trim();
    // "1500.-" and "1500,-" as well as "1500/-" and "1500/=" end in a shilling mark.
    let marked = ["/-", "/=", ".-", ",-", "/"].iter().find_map(|end| number.strip_suffix(end));
    marks.extend(marked.map(|_| Mark::Shillings));
    Some((marked.unwrap_or(number).trim().to_owned(), marks))
}

/// Whole digits and decimal digits of a number with thousands separators of any custom.
fn parse_number(text: &str) -> Option<(String, String)> {
    let separators: Vec<(usize, char)> =
        text.char_indices().filter(|(_, c)| !c.is_ascii_digit()).collect();
    if text.is_empty() || separators.iter().any(|(_, c)| !matches!(c, ',' | '.' | '\'' | ' ' | '_'))
    {
        return None;
    }
    let Some((at, last)) = separators.last().copied() else {
        return Some((text.to_owned(), String::new()));
    };
    let after = &text[at + last.len_utf8()..];
    let is_only = separators.iter().filter(|(_, c)| *c == last).count() == 1;
    let others = separators.iter().any(|(_, c)| *c != last);
    // One stop or comma is a decimal sign after another kind of separator, or before one or two digits; before three
    // digits it groups thousands: a price of "1.500" is fifteen hundred.
    let decimal =
        matches!(last, ',' | '.') && is_only && (others || after.len() < 3 || text[..at] == *"0");
    let (grouped, decimals) = if decimal { (&text[..at], after) } else { (text, "") };
    if decimal && decimals.is_empty() {
        return None;
    }
    Some((ungrouped(grouped)?, decimals.to_owned()))
}

/// The digits of a whole number whose groups, if it has any, are all three digits long but the first.
fn ungrouped(text: &str) -> Option<String> {
    let separators: Vec<char> = text.chars().filter(|c| !c.is_ascii_digit()).collect();
    if separators.windows(2).any(|pair| pair[0] != pair[1]) {
        return None;
    }
    let mut groups = text.split(|c: char| !c.is_ascii_digit());
    let first = groups.next().filter(|g| !g.is_empty())?;
    let rest: Vec<&str> = groups.collect();
    let fits = rest.is_empty() || (first.len() <= 3 && rest.iter().all(|g| g.len() == 3));
    fits.then(|| format!("{first}{}", rest.concat()))
}

enum Fault {
    TooFine,
    TooLarge,
}

fn to_minor(
    whole: &str,
    decimals: &str,
    thousands: bool,
    currency: Currency,
) -> Result<i64, Fault> {
    let exponent = currency.exponent() as usize + if thousands { 3 } else { 0 };
    let decimals = decimals.trim_end_matches('0');
    if decimals.len() > exponent {
        return Err(Fault::TooFine);
    }
    let digits = format!("{whole}{decimals:0<exponent$}");
    let minor: i64 = digits.parse().map_err(|_| Fault::TooLarge)?;
    if minor > MAX_UNITS * currency.minor_per_unit() {
        return Err(Fault::TooLarge);
    }
    Ok(minor)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minor(text: &str) -> Result<i64, PriceError> {
        read_price(text, Currency::Kes).map(|read| read.price.minor)
    }

    #[test]
    fn prices_are_read_as_people_write_them() {
        let fifteen_hundred = [
            "1500",
            "1,500",
            "1.500",
            "1 500",
            "1'500",
            "1,500.00",
            "1.500,00",
            "1500.00",
            "1500,00",
            "KSh 1,500/-",
            "Ksh. 1500",
            "KES1500",
            "1500 bob",
            "1500/=",
            "1500/-",
            "1,500 KES",
            "Kshs 1,500 only",
            "1.5k",
            "Kes 1.5K",
            "sh 1500",
            "1500 shilingi",
            "1500.-",
            "@1500",
            "+1500",
            "1\u{202f}500",
        ];
        for text in fifteen_hundred {
            let text = text.replace('\u{202f}', " ");
            assert_eq!(minor(&text), Ok(150_000), "{text}");
        }
        assert_eq!(minor("Kes 2k"), Ok(200_000));
        assert_eq!(minor("12,50"), Ok(1_250));
        assert_eq!(minor("0.50"), Ok(50));
        assert_eq!(minor("1,234,567.50"), Ok(123_456_750));
    }

    #[test]
    fn what_is_no_single_number_is_refused() {
        let wrong = [
            "1500-2000",
            "1500 – 2000",
            "1500 to 2000",
            "from 1500",
            "kuanzia 1500",
            "1000/2000",
            "1500 2000",
            "ask",
            "=B2*2",
            "1,50,0",
            "15.0000",
            "1.500,00,00",
            "1500+",
            "bure",
            "two",
            "1e3",
            "k",
            "--5",
            "1500 bob 3",
        ];
        for text in wrong {
            assert!(
                matches!(minor(text), Err(PriceError::NotOneNumber(_))),
                "{text}: {:?}",
                minor(text)
            );
        }
    }

    #[test]
    fn missing_zero_and_negative_prices_say_so() {
        assert_eq!(minor(" "), Err(PriceError::Missing));
        assert_eq!(minor("-"), Err(PriceError::Missing));
        assert_eq!(minor("0"), Err(PriceError::Zero));
        assert_eq!(minor("KSh 0.00"), Err(PriceError::Zero));
        assert_eq!(minor("-500"), Err(PriceError::Negative));
        assert_eq!(minor("KSh -500"), Err(PriceError::Negative));
        assert_eq!(minor("(500)"), Err(PriceError::Negative));
        assert_eq!(minor("1.505"), Ok(150_500));
        assert!(matches!(minor("1,000.505"), Err(PriceError::TooFine(_))));
        assert!(matches!(minor("99999999999999999999"), Err(PriceError::TooLarge(_))));
    }

    #[test]
    fn another_currency_is_never_taken_for_ours() {
        assert!(matches!(minor("USD 15"), Err(PriceError::OtherCurrency { .. })));
        assert!(matches!(minor("$15"), Err(PriceError::OtherCurrency { .. })));
        assert_eq!(
            minor("€15").unwrap_err().to_string(),
            "the price is in EUR, but the business charges in KES"
        );
        assert!(read_price("1500/-", Currency::Rwf).is_err());
        assert_eq!(read_price("UGX 20,000", Currency::Ugx).unwrap().price.minor, 20_000);
        assert_eq!(read_price("20,000.00", Currency::Ugx).unwrap().price.minor, 20_000);
        assert!(matches!(read_price("0.5", Currency::Ugx), Err(PriceError::TooFine(_))));
    }
}
