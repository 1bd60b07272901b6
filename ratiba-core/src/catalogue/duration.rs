//! A length of time as people write it: "1h 30m", "90 min", "1:30", "1.5 hrs", "saa moja na nusu", "dakika 45".

/// Why a cell is no length of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum DurationError {
    /// Words or numbers that make no single length.
    #[error("the duration `{0}` is not a single length of time")]
    NotALength(String),
    /// Nought or less.
    #[error("the duration `{0}` is not above zero")]
    NotPositive(String),
    /// More than a day.
    #[error("the duration `{0}` is longer than a day")]
    TooLong(String),
}

/// What a number without a unit counts; a heading such as "Hours" says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BareNumber {
    Minutes,
    Hours,
}

/// The longest service.
const MAX_MINUTES: i64 = 24 * 60;

/// Minutes with how plainly they were written; `None` for an empty cell.
pub(super) fn read_duration(
    cell: &str,
    bare: BareNumber,
) -> Result<Option<(u32, f32)>, DurationError> {
    let text = cell.trim().to_lowercase().replace(['−', '–', '—'], "-");
    if text.chars().all(|c| matches!(c, '-' | ' ')) || text == "n/a" {
        return Ok(None);
    }
    let shown = || cell.trim().chars().take(40).collect::<String>();
    let wrong = || DurationError::NotALength(shown());
    if let Some(rest) = text.strip_prefix('-') {
        let is_length = seconds(rest.trim(), bare).is_some();
        return Err(if is_length { DurationError::NotPositive(shown()) } else { wrong() });
    }
    let (seconds, has_unit) = seconds(&text, bare).ok_or_else(wrong)?;
    let minutes = (seconds + 59) / 60;
    if minutes <= 0 {
        return Err(DurationError::NotPositive(shown()));
    }
    if minutes > MAX_MINUTES {
        return Err(DurationError::TooLong(shown()));
    }
    let minutes = u32::try_from(minutes).map_err(|_| wrong())?;
    Ok(Some((minutes, if has_unit { 1.0 } else { 0.9 })))
}

/// The first length of time with its unit among other words ("Masaji 1500 dakika 60"): minutes, and the words that say so.
pub fn length_in(text: &str) -> Option<(u32, String)> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (from, to) = length_at(&words)?;
    let phrase = words[from..to].join(" ");
    let (minutes, _) = read_duration(&phrase, BareNumber::Minutes).ok()??;
    Some((minutes, phrase))
}

/// Where the first length of time with its unit stands: the first of its words, and the first after them.
pub(super) fn length_at<W: AsRef<str>>(words: &[W]) -> Option<(usize, usize)> {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    let spans = (0..words.len()).flat_map(|from| (1..=4).rev().map(move |n| (from, from + n)));
    spans.filter(|(_, to)| *to <= words.len()).find(|(from, to)| {
        let read = read_duration(&words[*from..*to].join(" "), BareNumber::Minutes);
        matches!(read, Ok(Some((_, plain))) if plain >= 1.0)
    })
}

/// Seconds, and whether a unit was named.
fn seconds(text: &str, bare: BareNumber) -> Option<(i64, bool)> {
    if let Some(seconds) = clock(text) {
        return Some((seconds, true));
    }
    let tokens = tokens(text)?;
    if let [Token::Number(milli)] = tokens.as_slice() {
        let unit = match bare {
            BareNumber::Minutes if milli % 1000 != 0 => return None,
            BareNumber::Minutes => 60,
            BareNumber::Hours => 3600,
        };
        return Some((milli * unit / 1000, false));
    }
    parse(&tokens).map(|seconds| (seconds, true))
}

/// `1:30` and `01:30:00` are hours, minutes and seconds, as a spreadsheet shows a length.
fn clock(text: &str) -> Option<i64> {
    let text = text.trim_end_matches(|c: char| c == 'h' || c.is_whitespace());
    let parts: Vec<&str> = text.split(':').collect();
    let digits = |p: &&str| (1..=2).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit());
    if !(2..=3).contains(&parts.len()) || !parts.iter().all(digits) {
        return None;
    }
    let number = |n: usize| parts.get(n).map_or(Some(0), |p| p.parse::<i64>().ok());
    let (hours, minutes, seconds) = (number(0)?, number(1)?, number(2)?);
    (minutes < 60 && seconds < 60).then_some(hours * 3600 + minutes * 60 + seconds)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    /// In thousandths.
    Number(i64),
    Hour,
    /// "saa", "masaa": the number follows.
    Saa,
    Minute,
    /// "dakika": the number follows, or precedes it.
    Dakika,
    Half,
    Quarter,
    And,
    Less,
    /// "a", "an", "of": says nothing by itself.
    Article,
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut found = Vec::new();
    let mut rest = text.trim();
    while let Some(c) = rest.chars().next() {
        let kind = |c: char| (c.is_ascii_digit() || matches!(c, '.' | ','), c.is_alphabetic());
        if c.is_ascii_digit() {
            let end = rest.find(|c| !kind(c).0).unwrap_or(rest.len());
            let (number, after) = rest.split_at(end);
            found.push(Token::Number(decimal(number.trim_end_matches(['.', ',']))?));
            rest = after;
        } else if c.is_alphabetic() {
            let end = rest.find(|c| !kind(c).1).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            found.push(word_token(word)?);
            rest = after;
        } else {
            match c {
                '½' | '¼' | '¾' => {
                    let part = match c {
                        '½' => 500,
                        '¼' => 250,
                        _ => 750,
                    };
                    match found.last_mut() {
                        Some(Token::Number(n)) => *n += part,
                        _ => found.push(Token::Number(part)),
                    }
                }
                '\'' | '’' | '′' => found.push(Token::Minute),
                '&' | '+' => found.push(Token::And),
                ' ' | '.' | ',' | '\n' => {}
                // "forty-five" only; "30-45" is a range.
                '-' if matches!(found.last(), Some(Token::Number(n)) if n % 10_000 == 0)
                    && rest[1..].starts_with(|c: char| c.is_alphabetic()) => {}
                _ => return None,
            }
            rest = &rest[c.len_utf8()..];
        }
    }
    Some(joined(found))
}

/// `1.5` and `1,5` in thousandths.
fn decimal(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once(['.', ',']).unwrap_or((text, ""));
    if whole.len() > 6 || part.len() > 3 || !part.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part: i64 = format!("{part:0<3}").parse().ok()?;
    Some(whole.parse::<i64>().ok()? * 1000 + part)
}

fn word_token(word: &str) -> Option<Token> {
    Some(match word {
        "h" | "hr" | "hrs" | "hour" | "hours" => Token::Hour,
        "saa" | "masaa" | "lisaa" | "msaa" => Token::Saa,
        "m" | "min" | "mins" | "minute" | "minutes" | "mn" => Token::Minute,
        "dakika" | "dk" | "dak" => Token::Dakika,
        "half" | "nusu" => Token::Half,
        "quarter" | "robo" => Token::Quarter,
        "and" | "na" => Token::And,
        "kasoro" | "kasorobo" | "less" => Token::Less,
        "a" | "an" | "of" | "ya" | "about" | "approx" | "kama" | "takriban" => Token::Article,
        word => Token::Number(number_word(word)? * 1000),
    })
}

fn number_word(word: &str) -> Option<i64> {
    const WORDS: [(&str, i64); 54] = [
        ("one", 1),
        ("two", 2),
        ("three", 3),
        ("four", 4),
        ("five", 5),
        ("six", 6),
        ("seven", 7),
        ("eight", 8),
        ("nine", 9),
        ("ten", 10),
        ("fifteen", 15),
        ("twenty", 20),
        ("thirty", 30),
        ("forty", 40),
        ("fifty", 50),
        ("sixty", 60),
        ("ninety", 90),
        ("moja", 1),
        ("limoja", 1),
        ("mbili", 2),
        ("mawili", 2),
        ("tatu", 3),
        ("matatu", 3),
        ("nne", 4),
        ("manne", 4),
        ("tano", 5),
        ("matano", 5),
        ("sita", 6),
        ("saba", 7),
        ("nane", 8),
        ("manane", 8),
        ("tisa", 9),
        ("kumi", 10),
        ("ishirini", 20),
        ("thelathini", 30),
        ("arobaini", 40),
        ("arubaini", 40),
        ("hamsini", 50),
        ("sitini", 60),
        ("sabini", 70),
        ("themanini", 80),
        ("tisini", 90),
        ("mia", 100),
        ("eleven", 11),
        ("twelve", 12),
        ("thirteen", 13),
        ("fourteen", 14),
        ("sixteen", 16),
        ("seventeen", 17),
        ("eighteen", 18),
        ("nineteen", 19),
        ("seventy", 70),
        ("eighty", 80),
        ("hundred", 100),
    ];
    WORDS.iter().find(|(name, _)| *name == word).map(|(_, value)| *value)
}

/// Puts tens and units together: "forty five", "arobaini na tano".
fn joined(tokens: Vec<Token>) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::with_capacity(tokens.len());
    for token in tokens {
        let tens = |t: Option<&Token>| match t {
            Some(Token::Number(n)) if *n % 10_000 == 0 && (10_000..100_000).contains(n) => Some(*n),
            _ => None,
        };
        if let Token::Number(unit @ 1000..=9000) = token {
            if let Some(ten) = tens(found.last()) {
                found.pop();
                found.push(Token::Number(ten + unit));
                continue;
            }
            if found.last() == Some(&Token::And)
                && let Some(ten) = tens(found.len().checked_sub(2).and_then(|at| found.get(at)))
            {
                found.truncate(found.len() - 2);
                found.push(Token::Number(ten + unit));
                continue;
            }
        }
        found.push(token);
    }
    found
}

/// The sum of the parts, in seconds; `None` when something is left over.
fn parse(tokens: &[Token]) -> Option<i64> {
    use Token as T;
    let tokens: Vec<Token> = tokens.iter().copied().filter(|t| *t != T::Article).collect();
    let (mut hours, mut minutes) = (None::<i64>, None::<i64>);
    let mut rest = tokens.as_slice();
    while !rest.is_empty() {
        let seconds = |milli: i64, unit: i64| milli * unit / 1000;
        rest = match rest {
            [T::Number(n), T::Hour | T::Saa, after @ ..] if hours.is_none() => {
                hours = Some(seconds(*n, 3600));
                after
            }
            [T::Saa, T::Number(n), after @ ..] if hours.is_none() => {
                hours = Some(seconds(*n, 3600));
                after
            }
            [T::Half, T::Hour | T::Saa, after @ ..] if hours.is_none() => {
                hours = Some(1800);
                after
            }
            [T::Quarter, T::Hour | T::Saa, after @ ..] if hours.is_none() => {
                hours = Some(900);
                after
            }
            [T::Hour | T::Saa, after @ ..] if hours.is_none() => {
                hours = Some(3600);
                after
            }
            [T::And, T::Half, after @ ..] if hours.is_some() && minutes.is_none() => {
                minutes = Some(1800);
                after
            }
            [T::And, T::Quarter, after @ ..] if hours.is_some() && minutes.is_none() => {
                minutes = Some(900);
                after
            }
            [T::Less, T::Quarter, after @ ..] if hours.is_some() && minutes.is_none() => {
                minutes = Some(-900);
                after
            }
            [T::Number(n), T::Minute | T::Dakika, after @ ..]
            | [T::Dakika, T::Number(n), after @ ..]
                if minutes.is_none() =>
            {
                minutes = Some(seconds(*n, 60));
                after
            }
            // "1h30"
            [T::Number(n)] if hours.is_some() && minutes.is_none() && *n < 60_000 => {
                minutes = Some(seconds(*n, 60));
                &[]
            }
            [T::And, after @ ..] if hours.is_some() && minutes.is_none() && !after.is_empty() => {
                after
            }
            _ => return None,
        };
    }
    Some(hours.unwrap_or(0) + minutes.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(text: &str) -> Option<u32> {
        read_duration(text, BareNumber::Minutes)
            .unwrap_or_else(|e| panic!("{text}: {e}"))
            .map(|d| d.0)
    }

    #[test]
    fn lengths_are_read_as_people_write_them() {
        let lengths: [(u32, &[&str]); 9] = [
            (
                90,
                &[
                    "90",
                    "90 min",
                    "90mins",
                    "1h 30m",
                    "1h30",
                    "1hr 30mins",
                    "1:30",
                    "01:30:00",
                    "1.5 hrs",
                    "1,5 hrs",
                    "1½ hours",
                    "an hour and a half",
                    "1 hour and a half",
                    "one hour thirty minutes",
                    "saa moja na nusu",
                    "saa na nusu",
                    "saa 1 na dakika 30",
                    "ninety minutes",
                    "dakika tisini",
                    "1 hour & 30 min",
                ],
            ),
            (
                60,
                &[
                    "60",
                    "1h",
                    "1 hr",
                    "saa moja",
                    "saa 1",
                    "lisaa limoja",
                    "one hour",
                    "an hour",
                    "dakika sitini",
                ],
            ),
            (
                30,
                &[
                    "30'",
                    "nusu saa",
                    "half an hour",
                    "half hour",
                    "0.5 hr",
                    "½ hour",
                    "0:30",
                    "dakika thelathini",
                ],
            ),
            (
                45,
                &[
                    "dakika 45",
                    "45 dakika",
                    "forty-five minutes",
                    "forty five min",
                    "dakika arobaini na tano",
                ],
            ),
            (15, &["robo saa", "quarter of an hour", "15 m"]),
            (120, &["2 hours", "masaa mawili", "saa mbili", "120 Min."]),
            (75, &["saa moja na robo", "1 hr 15 min", "75 minutes"]),
            (105, &["saa mbili kasoro robo"]),
            (70, &["saa moja na dakika kumi"]),
        ];
        for (expected, texts) in lengths {
            for text in texts {
                assert_eq!(minutes(text), Some(expected), "{text}");
            }
        }
    }

    #[test]
    fn nothing_is_missing_and_anything_else_is_an_error() {
        assert_eq!(minutes(""), None);
        assert_eq!(minutes(" - "), None);
        for text in [
            "soon",
            "30-45 min",
            "30 45",
            "1:75",
            "=A1",
            "1.5",
            "min",
            "30 min 20 min",
            "na nusu",
            "2 or 3 h",
        ] {
            let read = read_duration(text, BareNumber::Minutes);
            assert!(matches!(read, Err(DurationError::NotALength(_))), "{text}: {read:?}");
        }
        for text in ["0", "0 min", "-30", "-1h", "0:00"] {
            let read = read_duration(text, BareNumber::Minutes);
            assert!(matches!(read, Err(DurationError::NotPositive(_))), "{text}: {read:?}");
        }
        assert!(matches!(
            read_duration("25 hours", BareNumber::Minutes),
            Err(DurationError::TooLong(_))
        ));
    }

    #[test]
    fn a_heading_can_say_that_numbers_are_hours() {
        assert_eq!(read_duration("1.5", BareNumber::Hours), Ok(Some((90, 0.9))));
        assert_eq!(read_duration("45 min", BareNumber::Hours), Ok(Some((45, 1.0))));
    }
}
