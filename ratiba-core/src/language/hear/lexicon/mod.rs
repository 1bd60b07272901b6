//! The words of both languages, looked up once per token: exactly, without doubled letters, as a Swahili verb, or one slip away.

mod en;
mod sw;
pub(super) mod times;

use std::sync::LazyLock;

use super::concept::{C, Concepts};
use super::fuzzy::{FuzzyIndex, WordMap};
use super::text::{Kind, Tokens};
use super::verbs::{self, VerbForm};

/// Concepts, language weight (Swahili above zero, English below), words.
struct Row(&'static [C], i8, &'static str);
/// Concepts and stems.
pub(super) struct VerbRow(pub(super) &'static [C], pub(super) &'static str);
/// Concepts, language weight, value, words.
struct ValueRow(&'static [C], i8, u16, &'static str);

/// Stems for the taking apart of verbs.
pub(super) fn verb_rows() -> &'static [VerbRow] {
    sw::VERBS
}

/// What the lexicon knows of a word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Entry {
    /// What it can stand for.
    pub(super) is: Concepts,
    /// How strongly it marks the frame: Swahili above zero, English below.
    pub(super) lang: i8,
    /// The value of a number, weekday, month, day or part of the day.
    pub(super) value: u16,
    /// The word is in the lexicon, though perhaps without a concept.
    pub(super) known: bool,
    /// Taken apart as a Swahili verb.
    pub(super) verb: bool,
    /// Known only after forgiving a slip.
    pub(super) guessed: bool,
}

impl Entry {
    /// Shorthand for membership.
    pub(super) const fn has(self, concept: C) -> bool {
        self.is.has(concept)
    }
}

struct Lexicon {
    words: WordMap<&'static str, Entry>,
    fuzzy: FuzzyIndex,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut lexicon = Lexicon { words: WordMap::default(), fuzzy: FuzzyIndex::default() };
    for Row(concepts, lang, words) in sw::WORDS.iter().chain(en::WORDS) {
        lexicon.add(concepts, *lang, None, words);
    }
    for ValueRow(concepts, lang, value, words) in times::VALUES {
        lexicon.add(concepts, *lang, Some(*value), words);
    }
    lexicon
});

impl Lexicon {
    fn add(&mut self, concepts: &'static [C], lang: i8, value: Option<u16>, words: &'static str) {
        for word in words.split_ascii_whitespace() {
            if !self.words.contains_key(word) {
                self.fuzzy.add(word);
            }
            let entry = self.words.entry(word).or_default();
            entry.is = entry.is.and(Concepts::of(concepts));
            if lang.unsigned_abs() > entry.lang.unsigned_abs() {
                entry.lang = lang;
            }
            if let Some(value) = value {
                entry.value = value;
            }
            entry.known = true;
        }
    }

    fn exact(&self, word: &str) -> Option<Entry> {
        self.words.get(word).copied()
    }
}

/// Looks every word up. `tenant` says whether a word belongs to the catalogue, so that no slip is forgiven there.
pub(super) fn tag(tokens: &mut Tokens<'_>, tenant: impl Fn(&str) -> bool) {
    tokens.join_neighbours(|joined| LEXICON.words.contains_key(joined));
    for i in 0..tokens.len() {
        if tokens.kind(i) == Some(Kind::Word) {
            let entry = look_up(tokens.word(i), &tenant);
            tokens.list[i].entry = entry;
        }
    }
}

/// What the lexicon knows of one normalised word.
pub(super) fn look_up(word: &str, tenant: &impl Fn(&str) -> bool) -> Entry {
    if let Some(entry) = LEXICON.exact(word) {
        return entry;
    }
    if let Some(entry) = squashed(word, 2).and_then(|w| LEXICON.exact(&w)) {
        return entry;
    }
    if let Some(entry) = squashed(word, 1).and_then(|w| LEXICON.exact(&w)) {
        return entry;
    }
    if let Some(form) = verbs::analyse(word) {
        return verb_entry(form);
    }
    if tenant(word) {
        return Entry::default();
    }
    match LEXICON.fuzzy.closest(word).and_then(|id| LEXICON.exact(LEXICON.fuzzy.word(id))) {
        Some(entry) => Entry { guessed: true, ..entry },
        None => Entry::default(),
    }
}

fn verb_entry(form: VerbForm) -> Entry {
    Entry {
        is: form.is,
        lang: if form.bare { 2 } else { 6 },
        value: 0,
        known: true,
        verb: true,
        guessed: false,
    }
}

/// The word with every run of one letter cut to `keep`; `None` when nothing changes.
pub(super) fn squashed(word: &str, keep: usize) -> Option<String> {
    let bytes = word.as_bytes();
    if !bytes.windows(2).any(|pair| pair[0] == pair[1]) {
        return None;
    }
    let mut out = String::with_capacity(word.len());
    let (mut last, mut run) = ('\0', 0);
    for c in word.chars() {
        run = if c == last { run + 1 } else { 1 };
        last = c;
        if run <= keep {
            out.push(c);
        }
    }
    (out.len() != word.len()).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(word: &str) -> Entry {
        look_up(word, &|_| false)
    }

    #[test]
    fn drawn_out_misspelt_and_inflected_words_are_known() {
        assert!(entry("asanteee").has(C::Thanks));
        assert!(entry("yesss").has(C::Yes));
        assert!(entry("appointmeent").has(C::Appt));
        assert!(entry("nimebook").has(C::Book) && entry("nimebook").has(C::PastForm));
        assert!(entry("kughairi").has(C::Cancel));
        assert!(entry("nisukwe").has(C::ServiceVerb));
        assert_eq!(entry("qqqzzz"), Entry::default());
    }

    #[test]
    fn every_table_word_can_be_typed_as_one_token() {
        for word in LEXICON.words.keys() {
            assert!(!word.contains(['-', '\'', '.', '_']), "{word}");
        }
    }
}
