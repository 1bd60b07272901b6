//! Cuts a message into lower-case tokens without diacritics, in one pass and within fixed bounds, however hostile the text.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::lexicon::Entry;

/// Only so many characters of a message are looked at; people who want an appointment write fewer.
const MAX_CHARS: usize = 2_000;
/// And only so many tokens.
const MAX_TOKENS: usize = 320;
/// Longer runs of letters are cut: no word of either language comes near.
const MAX_WORD: usize = 40;

/// What a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Letters.
    Word,
    /// ASCII digits.
    Number,
    /// One sign, such as `:` or `?`.
    Mark(char),
    /// One emoji or other symbol.
    Emoji(char),
}

/// One piece of a message.
#[derive(Debug, Clone)]
pub(super) struct Token {
    norm: Range<usize>,
    raw: Range<usize>,
    /// What it is made of.
    pub(super) kind: Kind,
    /// No space stands before it.
    pub(super) glued: bool,
    /// What the lexicon knows of it.
    pub(super) entry: Entry,
}

/// A message, cut.
#[derive(Debug)]
pub(super) struct Tokens<'t> {
    original: &'t str,
    buffer: String,
    /// The pieces in order.
    pub(super) list: Vec<Token>,
}

impl<'t> Tokens<'t> {
    /// Cuts a message; words are not looked up yet.
    pub(super) fn cut(text: &'t str) -> Self {
        let mut cutter = Cutter {
            out: Self {
                original: text,
                buffer: String::with_capacity(text.len().min(256)),
                list: Vec::with_capacity(24),
            },
            open: None,
            glued: false,
        };
        for (at, c) in text.char_indices().take(MAX_CHARS) {
            if cutter.out.list.len() >= MAX_TOKENS {
                break;
            }
            cutter.take(at, c);
        }
        cutter.close();
        cutter.out
    }

    /// Joins a number and letters written together ("2moro", "1st", "b4") where the whole is a word that `known` knows.
    pub(super) fn join_neighbours(&mut self, known: impl Fn(&str) -> bool) {
        let mut i = 1;
        while i < self.list.len() {
            let (one, two) = (&self.list[i - 1], &self.list[i]);
            let mixed = matches!(
                (one.kind, two.kind),
                (Kind::Word, Kind::Number) | (Kind::Number, Kind::Word)
            );
            let joined = one.norm.start..two.norm.end;
            if mixed && two.glued && joined.len() <= 10 && known(&self.buffer[joined.clone()]) {
                let end = two.raw.end;
                let first = &mut self.list[i - 1];
                first.norm = joined;
                first.raw.end = end;
                first.kind = Kind::Word;
                self.list.remove(i);
            } else {
                i += 1;
            }
        }
    }

    /// The normalised text of a token; empty past the end.
    pub(super) fn word(&self, index: usize) -> &str {
        self.list.get(index).map_or("", |t| &self.buffer[t.norm.clone()])
    }

    /// The kind of a token.
    pub(super) fn kind(&self, index: usize) -> Option<Kind> {
        self.list.get(index).map(|t| t.kind)
    }

    /// True when the token is this sign.
    pub(super) fn is_mark(&self, index: usize, mark: char) -> bool {
        self.kind(index) == Some(Kind::Mark(mark))
    }

    /// What the lexicon knows of a token; nothing past the end.
    pub(super) fn entry(&self, index: usize) -> Entry {
        self.list.get(index).map_or_else(Entry::default, |t| t.entry)
    }

    /// True when no space stands before the token.
    pub(super) fn glued(&self, index: usize) -> bool {
        self.list.get(index).is_some_and(|t| t.glued)
    }

    /// The original text of some tokens, as the customer wrote it.
    pub(super) fn original(&self, tokens: Range<usize>) -> &'t str {
        match (
            self.list.get(tokens.start),
            tokens.end.checked_sub(1).and_then(|e| self.list.get(e)),
        ) {
            (Some(first), Some(last)) if first.raw.start <= last.raw.end => {
                self.original.get(first.raw.start..last.raw.end).unwrap_or("")
            }
            _ => "",
        }
    }

    /// The digits of a number token as a number.
    pub(super) fn number(&self, index: usize) -> Option<u32> {
        match self.kind(index) {
            Some(Kind::Number) => self.word(index).parse().ok(),
            Some(Kind::Word | Kind::Mark(_) | Kind::Emoji(_)) | None => None,
        }
    }

    /// How many tokens there are.
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }
}

struct Open {
    number: bool,
    norm_from: usize,
    raw_from: usize,
    raw_to: usize,
    glued: bool,
}

struct Cutter<'t> {
    out: Tokens<'t>,
    open: Option<Open>,
    glued: bool,
}

impl Cutter<'_> {
    fn take(&mut self, at: usize, c: char) {
        if c.is_ascii() {
            return self.take_plain(at, c.len_utf8(), c);
        }
        match c {
            // Apostrophes of all kinds belong to the word: ng'oa, don't.
            '\u{2018}' | '\u{2019}' | '\u{02bc}' | '\u{00b4}' | '\u{2032}' => {
                self.take_plain(at, c.len_utf8(), '\'');
            }
            '\u{2010}'..='\u{2015}' => self.take_plain(at, c.len_utf8(), '-'),
            '\u{00a0}' | '\u{202f}' | '\u{2000}'..='\u{200a}' => {
                self.take_plain(at, c.len_utf8(), ' ');
            }
            // Joiners, direction marks, variation selectors and skin tones say nothing.
            '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{1f3fb}'..='\u{1f3ff}' => {}
            c if is_combining_mark(c) => {}
            c if c.is_whitespace() => self.take_plain(at, c.len_utf8(), ' '),
            c if c.is_alphanumeric() => {
                // Compatibility forms can be long (ligatures of Arabic phrases): a few characters are enough.
                for plain in std::iter::once(c).nfkd().filter(|p| !is_combining_mark(*p)).take(4) {
                    self.take_letter(at, c.len_utf8(), plain);
                }
            }
            c => self.single(at, c.len_utf8(), Kind::Emoji(c)),
        }
    }

    fn take_plain(&mut self, at: usize, width: usize, c: char) {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' => self.take_letter(at, width, c),
            '\'' | '`' => {
                if let Some(open) = self.open.as_mut().filter(|o| !o.number) {
                    open.raw_to = at + width;
                }
            }
            ' ' | '\t' | '\n' | '\r' | '_' | '*' | '~' | '"' => {
                self.close();
                self.glued = false;
                if c == '\n' {
                    self.single(at, width, Kind::Mark('.'));
                    self.glued = false;
                }
            }
            c if c.is_ascii_control() => {}
            c => self.single(at, width, Kind::Mark(c)),
        }
    }

    fn take_letter(&mut self, at: usize, width: usize, c: char) {
        let number = c.is_ascii_digit();
        let fits = self
            .open
            .as_ref()
            .is_some_and(|o| o.number == number && self.out.buffer.len() - o.norm_from < MAX_WORD);
        if !fits {
            self.close();
            let norm_from = self.out.buffer.len();
            self.open =
                Some(Open { number, norm_from, raw_from: at, raw_to: at, glued: self.glued });
        }
        if let Some(open) = self.open.as_mut() {
            open.raw_to = at + width;
        }
        if c.is_ascii() {
            self.out.buffer.push(c.to_ascii_lowercase());
        } else {
            self.out.buffer.extend(c.to_lowercase().filter(|l| !is_combining_mark(*l)));
        }
    }

    fn single(&mut self, at: usize, width: usize, kind: Kind) {
        self.close();
        let here = self.out.buffer.len();
        let glued = self.glued;
        self.push(Token {
            norm: here..here,
            raw: at..at + width,
            kind,
            glued,
            entry: Entry::default(),
        });
    }

    fn close(&mut self) {
        if let Some(open) = self.open.take() {
            let norm = open.norm_from..self.out.buffer.len();
            let kind = if open.number { Kind::Number } else { Kind::Word };
            let raw = open.raw_from..open.raw_to;
            self.push(Token { norm, raw, kind, glued: open.glued, entry: Entry::default() });
        }
    }

    fn push(&mut self, token: Token) {
        if self.out.list.len() < MAX_TOKENS {
            self.out.list.push(token);
        }
        self.glued = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let tokens = Tokens::cut(text);
        (0..tokens.len())
            .map(|i| match tokens.kind(i) {
                Some(Kind::Mark(c) | Kind::Emoji(c)) => c.to_string(),
                _ => tokens.word(i).to_owned(),
            })
            .collect()
    }

    #[test]
    fn letters_digits_and_signs_part_and_apostrophes_join() {
        assert_eq!(
            words("Kung’oa JINO saa3:30pm?"),
            ["kungoa", "jino", "saa", "3", ":", "30", "pm", "?"]
        );
        assert_eq!(words("don't *ok* çà"), ["dont", "ok", "ca"]);
    }

    #[test]
    fn hostile_text_is_bounded_and_keeps_its_original() {
        let long = "a".repeat(70_000);
        assert!(Tokens::cut(&long).len() <= MAX_TOKENS);
        let tokens = Tokens::cut("Naitwa Wanjirũ  Njeri");
        assert_eq!(tokens.original(1..3), "Wanjirũ  Njeri");
        assert_eq!(tokens.word(1), "wanjiru");
        assert_eq!(words("\u{202e}hi\u{0007}\u{200f} مرحبا").len(), 2);
    }
}
