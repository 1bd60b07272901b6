//! Takes Swahili verbs apart: subject, tense and object before the stem, extensions after it, also around English verbs ("nimebook").

use std::sync::LazyLock;

use super::concept::{C, Concepts};
use super::fuzzy::{WordMap, WordSet};
use super::lexicon::verb_rows;

/// A verb, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct VerbForm {
    /// What the stem stands for, and the form.
    pub(super) is: Concepts,
    /// Without any prefix: an imperative, or an English verb.
    pub(super) bare: bool,
}

struct Tables {
    prefixes: WordMap<String, Concepts>,
    stems: WordMap<&'static str, Concepts>,
    endings: WordSet<&'static str>,
}

/// Longer prefixes than this do not occur.
const MAX_PREFIX: usize = 11;
const MAX_STEM: usize = 10;

const ENDINGS: &str = "a e i o u ia ie ea ee wa we iwa iwe ewa ewe lewa lewe liwa liwe lia lie lea lee isha ishe esha eshe \
    ishwa ishwe eshwa eshwe iana ana ane eni ieni ni ika ike eka eke sha she shwa shwe anga ange ishia zwa zwe ua uliwa \
    uliwe fya iwi ewi lewi ani iani";

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let mut stems: WordMap<&'static str, Concepts> = WordMap::default();
    for row in verb_rows() {
        for stem in row.1.split_ascii_whitespace() {
            let set = stems.entry(stem).or_default();
            *set = set.and(Concepts::of(row.0));
        }
    }
    let endings = ENDINGS.split_ascii_whitespace().chain([""]).collect();
    Tables { prefixes: prefixes(), stems, endings }
});

/// Subjects, and what they say of who acts.
const SUBJECTS: &[(&str, &[C])] = &[
    ("ni", &[C::SubjI]),
    ("n", &[C::SubjI]),
    ("tu", &[C::SubjI]),
    ("u", &[C::SubjYou]),
    ("m", &[C::SubjYou]),
    ("mu", &[C::SubjYou]),
    ("mw", &[C::SubjYou]),
    ("w", &[C::SubjYou]),
    ("a", &[]),
    ("wa", &[]),
    ("i", &[]),
    ("zi", &[]),
    ("li", &[]),
    ("ya", &[]),
    ("ki", &[]),
    ("vi", &[]),
    ("ku", &[]),
];

/// Tenses and moods between subject and object.
const TENSES: &[(&str, &[C])] = &[
    ("na", &[]),
    ("nao", &[]),
    ("naye", &[]),
    ("nayo", &[]),
    ("ta", &[]),
    ("li", &[C::PastForm]),
    ("me", &[C::PastForm]),
    ("lisha", &[C::PastForm]),
    ("mesha", &[C::PastForm]),
    ("ki", &[C::Cond]),
    ("nge", &[]),
    ("ngeli", &[]),
    ("ngali", &[]),
    ("taku", &[]),
    ("naku", &[]),
    ("meku", &[C::PastForm]),
    ("", &[C::Subjunctive]),
    ("ka", &[C::Subjunctive]),
    ("si", &[C::NegForm]),
];

/// Subjects and tenses of negative forms, grown together.
const NEGATIVES: &[(&str, &[C])] = &[
    ("si", &[C::SubjI, C::NegForm]),
    ("sita", &[C::SubjI, C::NegForm]),
    ("siku", &[C::SubjI, C::NegForm, C::PastForm]),
    ("sija", &[C::SubjI, C::NegForm]),
    ("hatu", &[C::SubjI, C::NegForm]),
    ("hatuta", &[C::SubjI, C::NegForm]),
    ("ham", &[C::SubjYou, C::NegForm]),
    ("hamna", &[C::SubjYou, C::NegForm]),
    ("hamja", &[C::SubjYou, C::NegForm]),
    ("hamta", &[C::SubjYou, C::NegForm]),
    ("hu", &[C::SubjYou]),
    ("hai", &[C::NegForm]),
    ("haita", &[C::NegForm]),
    ("ha", &[C::NegForm]),
    ("hata", &[C::NegForm]),
    ("usi", &[C::SubjYou, C::NegForm]),
    ("msi", &[C::SubjYou, C::NegForm]),
    ("nisi", &[C::SubjI, C::NegForm]),
];

/// Objects before the stem.
const OBJECTS: &[(&str, &[C])] = &[
    ("", &[]),
    ("ni", &[C::ObjMe]),
    ("n", &[C::ObjMe]),
    ("tu", &[C::ObjMe]),
    ("ku", &[]),
    ("m", &[]),
    ("mw", &[]),
    ("wa", &[]),
    ("i", &[]),
    ("zi", &[]),
    ("li", &[]),
    ("ya", &[]),
    ("ki", &[]),
    ("ji", &[]),
    ("u", &[]),
    ("pa", &[]),
];

/// Subject, tense and object in every legal order.
fn prefixes() -> WordMap<String, Concepts> {
    let mut heads: Vec<(String, Concepts)> = vec![
        ("ku".to_owned(), Concepts::one(C::Infinitive)),
        ("kw".to_owned(), Concepts::one(C::Infinitive)),
        ("kuto".to_owned(), Concepts::of(&[C::Infinitive, C::NegForm])),
        // The subject is often dropped: "naomba" for "ninaomba", "tachelewa", "mesahau".
        ("na".to_owned(), Concepts::one(C::SubjI)),
        ("nta".to_owned(), Concepts::one(C::SubjI)),
        ("nili".to_owned(), Concepts::of(&[C::SubjI, C::PastForm])),
        ("nli".to_owned(), Concepts::of(&[C::SubjI, C::PastForm])),
        ("mna".to_owned(), Concepts::one(C::SubjYou)),
        (String::new(), Concepts::default()),
    ];
    for (subject, s) in SUBJECTS {
        for (tense, t) in TENSES {
            heads.push((format!("{subject}{tense}"), Concepts::of(s).and(Concepts::of(t))));
        }
    }
    for (negative, n) in NEGATIVES {
        heads.push(((*negative).to_owned(), Concepts::of(n)));
    }
    let mut out: WordMap<String, Concepts> = WordMap::default();
    for (head, h) in &heads {
        for (object, o) in OBJECTS {
            let prefix = format!("{head}{object}");
            if prefix.len() <= MAX_PREFIX {
                // "niwekee" is both "that I put" and "put for me": keep what either says.
                let set = out.entry(prefix).or_default();
                *set = set.and(*h).and(Concepts::of(o));
            }
        }
    }
    out
}

/// Takes a word apart when it is a verb of the lexicon; the longest stem wins, then the shortest prefix.
pub(super) fn analyse(word: &str) -> Option<VerbForm> {
    let (stem, prefix) = longest(word, |stem| TABLES.stems.get(stem).copied())?;
    Some(VerbForm { is: stem.and(prefix.unwrap_or_default()), bare: prefix.is_none() })
}

/// Takes a word apart around any stem that `known` knows, such as a tenant's own: what it knows, and the form.
pub(super) fn around<T>(word: &str, known: impl Fn(&str) -> Option<T>) -> Option<(T, Concepts)> {
    let (found, prefix) = longest(word, known)?;
    Some((found, prefix.unwrap_or_default()))
}

fn longest<T>(word: &str, known: impl Fn(&str) -> Option<T>) -> Option<(T, Option<Concepts>)> {
    if !word.is_ascii() || word.len() < 3 || word.len() > 26 {
        return None;
    }
    let tables = &*TABLES;
    let mut best: Option<(usize, T, Option<Concepts>)> = None;
    for cut in 0..=word.len().saturating_sub(2).min(MAX_PREFIX) {
        let (head, rest) = word.split_at(cut);
        let Some(form) = tables.prefixes.get(head) else { continue };
        for len in (1..=rest.len().min(MAX_STEM)).rev() {
            let (stem, ending) = rest.split_at(len);
            // One-letter stems (kuja, kupa) need a prefix, and are no base for long endings.
            if best.as_ref().is_some_and(|(l, _, _)| *l >= len)
                || (len < 2 && (cut == 0 || ending.len() > 1))
            {
                break;
            }
            if tables.endings.contains(ending)
                && let Some(found) = known(stem)
            {
                best = Some((len, found, (cut > 0).then_some(*form)));
                break;
            }
        }
    }
    best.map(|(_, found, form)| (found, form))
}

/// The stem of a Swahili infinitive or verbal noun, by form alone: `kukanda` gives `kand`.
pub(super) fn stem_by_form(word: &str) -> Option<&str> {
    let rest = word.strip_prefix("ku").or_else(|| word.strip_prefix("kw"))?;
    let stem = rest.strip_suffix(['a', 'i', 'e', 'u'])?;
    (stem.len() >= 2 && word.is_ascii()).then_some(stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(word: &str, concept: C) -> bool {
        analyse(word).is_some_and(|f| f.is.has(concept))
    }

    #[test]
    fn subjects_tenses_and_objects_are_told_apart() {
        assert!(has("niwekee", C::Book) && has("niwekee", C::SubjI));
        assert!(has("mnaweza", C::Can) && has("mnaweza", C::SubjYou));
        assert!(has("nikighairi", C::Cond) && has("nikighairi", C::Cancel));
        assert!(has("nilibook", C::PastForm) && has("nilibook", C::Book));
        assert!(has("sitaweza", C::NegForm) && has("sitaweza", C::Can));
        assert!(has("mnafungua", C::Open) && !has("mnafungua", C::Close));
        assert!(has("mnafunga", C::Close));
    }

    #[test]
    fn service_verbs_keep_their_stem_in_every_voice() {
        for word in [
            "kusuka",
            "nisukwe",
            "kusukwa",
            "kunyolewa",
            "nyoa",
            "kunyoa",
            "ninyolewe",
            "mnanyoa",
            "kusafishwa",
        ] {
            assert!(has(word, C::ServiceVerb), "{word}");
        }
        let found = around("nikandwe", |stem| (stem == "kand").then_some(7));
        assert_eq!(found.map(|f| f.0), Some(7));
        assert_eq!(stem_by_form("kukanda"), Some("kand"));
    }

    #[test]
    fn words_that_are_no_verbs_are_left_alone() {
        for word in ["nywele", "ndevu", "parking", "otieno", "amina"] {
            assert_eq!(analyse(word), None, "{word}");
        }
    }
}
