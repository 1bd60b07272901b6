//! Reads numbers: digits, and number words of both languages up to ninety-nine.

use super::concept::C;
use super::text::{Kind, Tokens};

/// How a number was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    /// In digits.
    Digits,
    /// In Swahili words.
    Swahili,
    /// In English words.
    English,
}

/// A number found in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number {
    /// Its value.
    pub(super) value: u32,
    /// First token after it.
    pub(super) end: usize,
    /// How it was written.
    pub(super) script: Script,
}

/// The number that begins at a token.
pub(super) fn number_at(t: &Tokens<'_>, i: usize) -> Option<Number> {
    if t.kind(i)? == Kind::Number {
        return (t.word(i).len() <= 9).then_some(Number {
            value: t.number(i)?,
            end: i + 1,
            script: Script::Digits,
        });
    }
    let first = word_at(t, i)?;
    let ten =
        first.value.is_multiple_of(10) && (first.script == Script::English || first.value >= 10);
    if !ten || (first.script == Script::English && first.value == 10) {
        return Some(first);
    }
    // "kumi na moja", "twenty five"
    let next = match first.script {
        Script::Swahili if t.word(i + 1) == "na" => i + 2,
        Script::English => i + 1,
        Script::Swahili | Script::Digits => return Some(first),
    };
    match word_at(t, next) {
        Some(unit) if unit.value < 10 && unit.script == first.script => {
            Some(Number { value: first.value + unit.value, end: unit.end, script: first.script })
        }
        Some(_) | None => Some(first),
    }
}

fn word_at(t: &Tokens<'_>, i: usize) -> Option<Number> {
    let entry = t.entry(i);
    // A misspelt number word is too easily something else; the table lists the usual slips.
    if !entry.has(C::Num) || entry.guessed {
        return None;
    }
    let script = if entry.lang > 0 { Script::Swahili } else { Script::English };
    Some(Number { value: u32::from(entry.value), end: i + 1, script })
}

#[cfg(test)]
mod tests {
    use super::super::lexicon;
    use super::*;

    fn read(text: &str) -> Option<(u32, usize)> {
        let mut tokens = Tokens::cut(text);
        lexicon::tag(&mut tokens, |_| false);
        number_at(&tokens, 0).map(|n| (n.value, n.end))
    }

    #[test]
    fn words_and_digits_of_both_languages_are_read() {
        assert_eq!(read("kumi na mbili jioni"), Some((12, 3)));
        assert_eq!(read("kumi na nusu"), Some((10, 1)));
        assert_eq!(read("ishirini na tano"), Some((25, 3)));
        assert_eq!(read("twenty five"), Some((25, 2)));
        assert_eq!(read("ten five"), Some((10, 1)));
        assert_eq!(read("14"), Some((14, 1)));
        assert_eq!(read("nani"), None);
    }
}
