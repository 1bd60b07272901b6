//! Builds the index of a tenant's services from their names, aliases, and our everyday words for the same things.

use super::{Idea, Services, Variant, Weight, english_stem, push_new, words};
use crate::domain::tenant::Business;
use crate::language::hear::fuzzy::{FuzzyIndex, WordMap};
use crate::language::hear::text::{Kind, Tokens};
use crate::language::hear::verbs;

impl Services {
    /// Indexes the services that can be booked.
    pub(in super::super) fn new(business: &Business) -> Self {
        let mut index = Self {
            ids: Vec::new(),
            weights: Vec::new(),
            variants: Vec::new(),
            ideas: Vec::new(),
            words: WordMap::default(),
            stems: WordMap::default(),
            fuzzy: FuzzyIndex::default(),
        };
        let mut interner = Interner::default();
        for service in business.catalogue.bookable() {
            let position = index.ids.len();
            index.ids.push(service.id);
            index.ideas.push(Vec::new());
            let names = [service.name.en.as_str(), service.name.sw.as_str()];
            for name in names.into_iter().chain(service.aliases.iter().map(String::as_str)) {
                index.add_name(position, name, &mut interner);
            }
        }
        index.add_synonyms(&mut interner);
        index.weights = interner.weights();
        index.settle();
        index
    }

    fn add_name(&mut self, service: usize, name: &str, interner: &mut Interner) {
        let tokens = Tokens::cut(name);
        let mut all: Vec<Idea> = Vec::new();
        let mut joined = false;
        for i in 0..tokens.len() {
            joined |= tokens.is_mark(i, '&')
                || tokens.is_mark(i, '+')
                || matches!(tokens.word(i), "and" | "na");
            let word = tokens.word(i);
            if tokens.kind(i) != Some(Kind::Word) || words::is_small(word) {
                continue;
            }
            let labels = words::labels_of(word);
            if labels.is_empty() {
                let swahili = verbs::stem_by_form(word);
                let label = swahili.unwrap_or_else(|| english_stem(word));
                let idea = interner.idea(label);
                // A bare Swahili stem is no word: that of "kuona" would be found in "on Friday".
                let table = if swahili.is_some() { &mut self.stems } else { &mut self.words };
                push_new(table.entry(label.to_owned()).or_default(), idea);
                push_new(self.words.entry(word.to_owned()).or_default(), idea);
                push_new(&mut all, idea);
            }
            for label in labels {
                push_new(&mut all, interner.idea(label));
            }
        }
        if all.is_empty() {
            return;
        }
        for idea in &all {
            push_new(&mut self.ideas[service], *idea);
        }
        // Of "kunyoa nywele" the hair may be left out, of "nywele na ndevu" it may not.
        let core = |i: &Idea| interner.weight(*i) == Weight::Core;
        let needed: Vec<Idea> = if joined || !all.iter().any(core) {
            all.clone()
        } else {
            all.iter().copied().filter(|i| interner.weight(*i) != Weight::Place).collect()
        };
        self.variants.push(Variant { service, needed, all, joined });
    }

    /// Everyday words for the ideas that this tenant's names hold.
    fn add_synonyms(&mut self, interner: &mut Interner) {
        for (label, other) in words::OTHER_WAYS {
            if interner.known(label).is_some() {
                for part in *other {
                    interner.idea(part);
                }
            }
        }
        for (word, labels) in words::all_words() {
            let known: Vec<Idea> = labels.iter().filter_map(|l| interner.known(l)).collect();
            // A word that also holds an idea unknown here ("haircut" where only beards are cut) says something else.
            if known.is_empty() {
                continue;
            }
            for idea in known {
                push_new(self.words.entry(word.to_owned()).or_default(), idea);
            }
        }
        for (stem, label) in words::all_stems() {
            if let Some(idea) = interner.known(label) {
                push_new(self.stems.entry(stem.to_owned()).or_default(), idea);
            }
        }
        for (label, other) in words::OTHER_WAYS {
            let Some(idea) = interner.known(label) else { continue };
            let ideas: Option<Vec<Idea>> = other.iter().map(|l| interner.known(l)).collect();
            let Some(all) = ideas else { continue };
            let services: Vec<usize> =
                self.variants.iter().filter(|v| v.needed == [idea]).map(|v| v.service).collect();
            for service in services {
                for extra in &all {
                    push_new(&mut self.ideas[service], *extra);
                }
                self.variants.push(Variant {
                    service,
                    needed: all.clone(),
                    all: all.clone(),
                    joined: false,
                });
            }
        }
    }

    fn settle(&mut self) {
        let mut sorted: Vec<&String> = self.words.keys().collect();
        sorted.sort_unstable();
        for word in sorted {
            self.fuzzy.add(word);
        }
    }
}

/// Labels by number while the index is built.
#[derive(Debug, Default)]
struct Interner {
    labels: Vec<String>,
}

impl Interner {
    fn idea(&mut self, label: &str) -> Idea {
        if let Some(known) = self.known(label) {
            return known;
        }
        self.labels.push(label.to_owned());
        Idea::try_from(self.labels.len() - 1).unwrap_or(Idea::MAX)
    }

    fn known(&self, label: &str) -> Option<Idea> {
        self.labels.iter().position(|l| l == label).and_then(|i| Idea::try_from(i).ok())
    }

    fn weight(&self, idea: Idea) -> Weight {
        self.labels.get(usize::from(idea)).map_or(Weight::Core, |l| words::weight_of(l))
    }

    fn weights(&self) -> Vec<Weight> {
        self.labels.iter().map(|l| words::weight_of(l)).collect()
    }
}
