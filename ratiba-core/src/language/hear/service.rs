//! Finds the services that were meant in a tenant's own catalogue: names in both languages, aliases, inflected verbs, slips.

mod build;
mod words;

use std::collections::BTreeMap;

use super::concept::C;
use super::fuzzy::{FuzzyIndex, WordMap};
use super::lexicon::squashed;
use super::scene::Scene;
use super::text::{Kind, Tokens};
use super::verbs;
use crate::domain::id::ServiceId;

/// One idea inside the names of services: "cut", "beard", "hair"; interned per tenant.
type Idea = u16;

/// How much an idea says by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weight {
    /// Names what is done: "cut", "braid".
    Core,
    /// Names for whom or how: "kids", "express"; needed where a name has it, not enough alone.
    Modifier,
    /// Names where: "hair", "tooth"; may be left out.
    Place,
}

/// One way of naming a service.
#[derive(Debug)]
struct Variant {
    /// Position of the service.
    service: usize,
    needed: Vec<Idea>,
    all: Vec<Idea>,
    /// Names two things at once: "haircut & beard".
    joined: bool,
}

/// The index of a tenant's services.
#[derive(Debug)]
pub(super) struct Services {
    ids: Vec<ServiceId>,
    weights: Vec<Weight>,
    variants: Vec<Variant>,
    /// Every idea of a service's names.
    ideas: Vec<Vec<Idea>>,
    words: WordMap<String, Vec<Idea>>,
    stems: WordMap<String, Vec<Idea>>,
    fuzzy: FuzzyIndex,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Heard {
    /// Services that were named, in order.
    pub(super) services: Vec<ServiceId>,
    /// Services that fit equally well.
    pub(super) candidates: Vec<ServiceId>,
    /// Tokens that name services or parts of their names.
    pub(super) tokens: Vec<usize>,
}

impl Services {
    /// True when the word belongs to the catalogue, slips included, so that no general word is read into it.
    pub(super) fn knows(&self, word: &str) -> bool {
        !self.ideas_of(word, true).is_empty()
    }

    fn ideas_of(&self, word: &str, forgiving: bool) -> Vec<Idea> {
        if let Some(ideas) = self.words.get(word) {
            return ideas.clone();
        }
        for keep in [2, 1] {
            if let Some(ideas) = squashed(word, keep).and_then(|w| self.words.get(&w)) {
                return ideas.clone();
            }
        }
        if let Some(ideas) = self.words.get(english_stem(word)) {
            return ideas.clone();
        }
        if let Some((ideas, _)) = verbs::around(word, |stem| self.stems.get(stem)) {
            return ideas.clone();
        }
        if let Some(ideas) = english_inside(word).and_then(|w| self.words.get(w)) {
            return ideas.clone();
        }
        if forgiving
            && let Some(id) = self.fuzzy.closest(word)
            && let Some(ideas) = self.words.get(self.fuzzy.word(id))
        {
            return ideas.clone();
        }
        Vec::new()
    }

    /// The services that a message names. A word that names somebody of the team is no slip of a service.
    pub(super) fn hear(&self, scene: &Scene<'_>, team: &[usize]) -> Heard {
        let t = &scene.tokens;
        let mut found: Vec<(usize, Idea)> = Vec::new();
        let mut denied: Vec<(usize, Idea)> = Vec::new();
        for i in 0..t.len() {
            if t.kind(i) != Some(Kind::Word) || scene.is_claimed(i) {
                continue;
            }
            let entry = t.entry(i);
            // A word of the general lexicon is no misspelt service.
            let general = entry.known && !entry.guessed && !entry.verb;
            let ideas = if general || team.contains(&i) {
                self.words.get(t.word(i)).cloned().unwrap_or_default()
            } else {
                self.ideas_of(t.word(i), !entry.known || entry.guessed)
            };
            let target = if is_denied(t, i) { &mut denied } else { &mut found };
            target.extend(ideas.into_iter().map(|idea| (i, idea)));
        }
        if found.iter().all(|(_, idea)| self.weight(*idea) != Weight::Core) && !denied.is_empty() {
            return self.left_of(&found, &denied);
        }
        let mut out = Heard::default();
        let mut places: Vec<usize> = found.iter().map(|f| f.0).collect();
        places.dedup();
        let either = places.windows(2).any(|w| (w[0] + 1..w[1]).any(|k| t.entry(k).has(C::Or)));
        // "nywele na ndevu", not the "and" of "saa nane na nusu".
        let joins = |k: usize| {
            t.entry(k).has(C::And)
                || t.is_mark(k, '&')
                || t.is_mark(k, '+')
                || matches!(t.word(k), "plus" | "pia" | "with")
        };
        let and = places.windows(2).any(|w| (w[0] + 1..w[1]).any(joins));
        let mut picked: Vec<(usize, usize)> = Vec::new();
        let mut left = found.clone();
        while let Some((services, first)) = self.best(&left, and) {
            if let [service] = services[..] {
                let explained = &self.ideas[service];
                if !picked.iter().any(|p| p.1 == service) {
                    picked.push((first, service));
                }
                let joined = and && self.joins_two(service);
                left.retain(|(_, idea)| {
                    !(explained.contains(idea) || joined && self.part_of(*idea, service))
                });
            } else {
                if picked.is_empty() {
                    out.candidates = services.iter().map(|s| self.ids[*s]).collect();
                }
                break;
            }
        }
        picked.sort_unstable();
        let ids: Vec<ServiceId> = picked.iter().map(|p| self.ids[p.1]).collect();
        // "change my braids to weave" wants the last one only.
        let swaps = (0..t.len()).any(|k| t.entry(k).has(C::Change) && !t.entry(k).guessed);
        let ids = if swaps { ids.last().copied().into_iter().collect() } else { ids };
        if either && ids.len() > 1 {
            out.candidates = ids;
        } else if ids.is_empty() && out.candidates.is_empty() {
            self.partly(&left, &mut out);
        } else {
            out.services = ids;
        }
        let meant = |idea: &Idea| {
            let named = out.services.iter().chain(&out.candidates);
            named
                .filter_map(|id| self.ids.iter().position(|i| i == id))
                .any(|s| self.ideas[s].contains(idea))
        };
        out.tokens = found.iter().filter(|f| meant(&f.1)).map(|f| f.0).collect();
        out.tokens.dedup();
        out
    }

    /// Of the services that are fully named those that explain most, and where the first of their words stands. Several only
    /// when they explain the same words.
    fn best(&self, found: &[(usize, Idea)], and: bool) -> Option<(Vec<usize>, usize)> {
        let mut scores: BTreeMap<usize, u32> = BTreeMap::new();
        for variant in &self.variants {
            let full = variant.needed.iter().all(|n| found.iter().any(|f| f.1 == *n));
            if !full {
                continue;
            }
            let weigh = |i: &Idea| if self.weight(*i) == Weight::Place { 2 } else { 4 };
            let explained: u32 = self.explained(variant.service, found).iter().map(weigh).sum();
            // Of two that explain the same: the one whose name says no more than was said, and two things only after an "and".
            let exact = u32::from(variant.all.iter().all(|n| found.iter().any(|f| f.1 == *n)));
            // "haircut and beard trim" is the two together, though the second's other names hold more of the words.
            let plain = match (variant.joined, and) {
                (true, true) => 13,
                (false, _) => 1,
                (true, false) => 0,
            };
            let score = scores.entry(variant.service).or_default();
            *score = (*score).max(explained * 4 + exact + plain);
        }
        let top = scores.values().copied().max()?;
        let first_of =
            |service: usize| found.iter().find(|f| self.ideas[service].contains(&f.1)).map(|f| f.0);
        let tied: Vec<usize> = scores.iter().filter(|s| *s.1 == top).map(|s| *s.0).collect();
        let winner = tied.iter().copied().min_by_key(|s| first_of(*s))?;
        let same = self.explained(winner, found);
        let rivals = tied.into_iter().filter(|s| self.explained(*s, found) == same).collect();
        Some((rivals, first_of(winner)?))
    }

    /// Some name of the service names two things at once.
    fn joins_two(&self, service: usize) -> bool {
        self.variants.iter().any(|v| v.service == service && v.joined)
    }

    /// The idea belongs to a service that does one of the things that `whole` does: the "trim" of "haircut and beard trim".
    fn part_of(&self, idea: Idea, whole: usize) -> bool {
        let shares = |other: &Vec<Idea>| {
            let core = |i: &&Idea| self.weight(**i) == Weight::Core;
            other.iter().filter(core).any(|i| self.ideas[whole].contains(i))
        };
        self.ideas.iter().any(|other| other.contains(&idea) && shares(other))
    }

    /// The ideas found that belong to a service.
    fn explained(&self, service: usize, found: &[(usize, Idea)]) -> Vec<Idea> {
        let mut seen = Vec::new();
        for (_, idea) in found {
            if self.ideas[service].contains(idea) {
                push_new(&mut seen, *idea);
            }
        }
        seen
    }

    /// No name was said in full: the one service that a telling word belongs to, or all that share it.
    fn partly(&self, found: &[(usize, Idea)], out: &mut Heard) {
        let with = |weight: Weight| -> Vec<usize> {
            let holds = |s: &usize| {
                found.iter().any(|f| self.weight(f.1) == weight && self.ideas[*s].contains(&f.1))
            };
            (0..self.ids.len()).filter(holds).collect()
        };
        let core = with(Weight::Core);
        match core[..] {
            [only] => out.services = vec![self.ids[only]],
            [] => out.candidates = with(Weight::Place).iter().map(|s| self.ids[*s]).collect(),
            _ => out.candidates = core.iter().map(|s| self.ids[*s]).collect(),
        }
        if let [only] = out.candidates[..] {
            out.services = vec![only];
            out.candidates.clear();
        }
    }

    /// "not the beard, just hair": the one service that remains of a joint one when what was denied is taken off.
    fn left_of(&self, found: &[(usize, Idea)], denied: &[(usize, Idea)]) -> Heard {
        let names_all = |name: &Variant, said: &[(usize, Idea)]| {
            !said.is_empty() && said.iter().all(|s| name.all.contains(&s.1))
        };
        let joint =
            |whole: &&Variant| whole.joined && names_all(whole, found) && names_all(whole, denied);
        let mut rest: Vec<usize> = Vec::new();
        for whole in self.variants.iter().filter(joint) {
            let kept = |i: &Idea| whole.all.contains(i) && !denied.iter().any(|d| d.1 == *i);
            let parts =
                self.variants.iter().filter(|v| names_all(v, found) && v.all.iter().all(kept));
            rest.extend(parts.map(|v| v.service));
        }
        rest.sort_unstable();
        rest.dedup();
        match rest[..] {
            [only] => Heard {
                services: vec![self.ids[only]],
                tokens: found.iter().map(|f| f.0).collect(),
                ..Heard::default()
            },
            _ => Heard::default(),
        }
    }

    fn weight(&self, idea: Idea) -> Weight {
        self.weights.get(usize::from(idea)).copied().unwrap_or(Weight::Core)
    }
}

/// The language that a service's word leans to: Swahili above zero, English below.
pub(super) fn leaning(word: &str) -> i32 {
    words::leaning(word)
}

/// "not braids", "sio kusuka".
fn is_denied(t: &Tokens<'_>, i: usize) -> bool {
    (1..=2).any(|back| {
        i.checked_sub(back).is_some_and(|k| {
            matches!(t.word(k), "not" | "sio" | "siyo" | "si")
                && (back == 1 || matches!(t.word(k + 1), "a" | "the" | "ya" | "for"))
        })
    })
}

fn push_new(list: &mut Vec<Idea>, idea: Idea) {
    if !list.contains(&idea) {
        list.push(idea);
    }
}

/// Plain English endings taken off; the word itself when too little is left.
fn english_stem(word: &str) -> &str {
    for ending in ["ings", "ing", "ed", "es", "s", "er"] {
        if let Some(stem) = word.strip_suffix(ending).filter(|s| s.len() >= 4 && s.is_ascii()) {
            return stem;
        }
    }
    word
}

/// An English word inside Swahili prefixes: "kufacial", "nipedicure".
fn english_inside(word: &str) -> Option<&str> {
    ["kufanya", "kupata", "ku", "ni", "nita", "nime", "tu"]
        .iter()
        .find_map(|p| word.strip_prefix(p))
        .filter(|w| w.len() >= 4)
}

#[cfg(test)]
mod tests {
    use super::super::lexicon;
    use super::*;

    fn hear(slug: &str, text: &str) -> (Vec<String>, usize) {
        let business = crate::demo::tenant(slug).unwrap().business;
        let index = Services::new(&business);
        let mut tokens = Tokens::cut(text);
        lexicon::tag(&mut tokens, |w| index.knows(w));
        let heard = index.hear(&Scene::new(tokens), &[]);
        let name = |id: &ServiceId| business.catalogue.service(*id).unwrap().name.en.clone();
        (heard.services.iter().map(name).collect(), heard.candidates.len())
    }

    #[test]
    fn names_aliases_verbs_and_slips_find_their_service() {
        for (slug, text, expected) in [
            ("demo-salon", "nataka kusuka kesho", "Braids"),
            ("demo-salon", "nisukwe", "Braids"),
            ("demo-salon", "braiding", "Braids"),
            ("demo-salon", "box braidz", "Braids"),
            ("demo-salon", "kuosha nywele", "Wash & Blow-dry"),
            ("demo-salon", "blow dry", "Wash & Blow-dry"),
            ("demo-salon", "pedicue", "Pedicure"),
            ("demo-salon", "matibabu ya nywele", "Hair Treatment"),
            ("demo-barbershop", "hair cut", "Haircut"),
            ("demo-barbershop", "kunyolewa", "Haircut"),
            ("demo-barbershop", "kunyoa", "Haircut"),
            ("demo-barbershop", "trim my beard", "Beard Trim"),
            ("demo-barbershop", "kunyoa ndevu", "Beard Trim"),
            ("demo-barbershop", "haircut and beard", "Haircut & Beard"),
            ("demo-barbershop", "haircut plus beard trim", "Haircut & Beard"),
            ("demo-barbershop", "kunyoa ndevu saa nane na nusu", "Beard Trim"),
            ("demo-salon", "weka manicure", "Manicure"),
            ("demo-barbershop", "nywele na ndevu", "Haircut & Beard"),
            ("demo-barbershop", "kunyoa mtoto", "Kids Haircut"),
            ("demo-barbershop", "haircut for my son", "Kids Haircut"),
            ("demo-barbershop", "dye my hair", "Hair Dye"),
            ("demo-dental", "teeth cleaning", "Cleaning"),
            ("demo-dental", "kung'oa jino", "Extraction"),
            ("demo-dental", "ning'olewe jino", "Extraction"),
            ("demo-dental", "pull out a tooth", "Extraction"),
            ("demo-dental", "kuziba jino", "Filling"),
            ("demo-dental", "whitenning", "Whitening"),
            ("demo-dental", "check-up", "Consultation"),
        ] {
            assert_eq!(hear(slug, text), (vec![expected.to_owned()], 0), "{text}");
        }
    }

    #[test]
    fn several_are_kept_and_vague_words_give_candidates() {
        let both = vec!["Manicure".to_owned(), "Pedicure".to_owned()];
        assert_eq!(hear("demo-salon", "manicure na pedicure"), (both, 0));
        assert_eq!(hear("demo-dental", "jino"), (vec![], 5));
        assert_eq!(hear("demo-salon", "not braids, manicure").0, ["Manicure"]);
        assert_eq!(hear("demo-barbershop", "sio ndevu, ni nywele tu").0, ["Haircut"]);
        assert_eq!(hear("demo-barbershop", "not beard, just hair").0, ["Haircut"]);
        assert_eq!(hear("demo-barbershop", "sio mtoto, nywele").0, [""; 0]);
        assert_eq!(hear("demo-salon", "mko na parking?"), (vec![], 0));
    }
}
