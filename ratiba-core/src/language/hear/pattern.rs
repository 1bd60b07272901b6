//! Cues as short patterns over words and concepts, compiled once and matched in linear time.

use super::concept::{C, Concepts};
use super::fuzzy::WordMap;
use super::text::{Kind, Tokens};

/// At most so many words may stand in a gap.
const GAP: usize = 3;

/// One place of a pattern.
#[derive(Debug)]
enum Place {
    /// One of these words or concepts; may be missing when optional.
    One { words: Vec<u16>, concepts: Concepts, optional: bool },
    /// Up to three words of any kind.
    Gap,
    /// Nothing but the end may follow.
    End,
}

/// A compiled pattern.
#[derive(Debug)]
struct Pattern {
    places: Vec<Place>,
    at_start: bool,
}

/// Many patterns, found by how they begin.
#[derive(Debug)]
pub(super) struct Patterns {
    all: Vec<Pattern>,
    /// Every word of a pattern by number, from 1.
    symbols: WordMap<&'static str, u16>,
    /// Patterns by the number of the word that they begin with.
    by_word: Vec<Vec<u16>>,
    by_concept: Vec<(Concepts, u16)>,
}

/// One word of the message as patterns see it.
#[derive(Debug, Clone, Copy)]
struct Seen {
    symbol: u16,
    is: Concepts,
}

impl Patterns {
    /// Compiles. A pattern is words with single spaces: `word`, `one|two`, `@concept`, `?maybe`, `*` for up to three words, a
    /// leading `^` for the start of the message and a last `$` for its end.
    pub(super) fn new(texts: impl Iterator<Item = &'static str>) -> Self {
        let mut out = Self {
            all: Vec::new(),
            symbols: WordMap::default(),
            by_word: vec![Vec::new()],
            by_concept: Vec::new(),
        };
        for text in texts {
            let pattern = out.compile(text);
            let Ok(id) = u16::try_from(out.all.len()) else { break };
            if let Some(Place::One { words, concepts, .. }) = pattern.places.first() {
                for word in words {
                    out.by_word[usize::from(*word)].push(id);
                }
                if !concepts.is_empty() {
                    out.by_concept.push((*concepts, id));
                }
            }
            out.all.push(pattern);
        }
        out
    }

    /// Calls `hit` with the number of each pattern that occurs, once per pattern and place. `view` lists the words that count.
    pub(super) fn find(&self, t: &Tokens<'_>, view: &[usize], mut hit: impl FnMut(usize)) {
        let symbol = |k: usize| self.symbols.get(t.word(k)).copied().unwrap_or(0);
        let seen: Vec<Seen> =
            view.iter().map(|&k| Seen { symbol: symbol(k), is: t.entry(k).is }).collect();
        let matches = |id: u16, start: usize| {
            let pattern = &self.all[usize::from(id)];
            (!pattern.at_start || start == 0) && matches_at(&pattern.places, &seen[start..])
        };
        for (start, word) in seen.iter().enumerate() {
            for id in &self.by_word[usize::from(word.symbol)] {
                if matches(*id, start) {
                    hit(usize::from(*id));
                }
            }
            if word.is.is_empty() {
                continue;
            }
            for (concepts, id) in &self.by_concept {
                if concepts.meets(word.is) && matches(*id, start) {
                    hit(usize::from(*id));
                }
            }
        }
    }

    fn compile(&mut self, text: &'static str) -> Pattern {
        let (text, at_start) = match text.strip_prefix('^') {
            Some(rest) => (rest, true),
            None => (text, false),
        };
        let (text, at_end) = match text.strip_suffix('$') {
            Some(rest) => (rest, true),
            None => (text, false),
        };
        let mut places: Vec<Place> = text.split_ascii_whitespace().map(|p| self.place(p)).collect();
        if at_end {
            places.push(Place::End);
        }
        Pattern { places, at_start }
    }

    fn place(&mut self, text: &'static str) -> Place {
        if text == "*" {
            return Place::Gap;
        }
        let (text, optional) = match text.strip_prefix('?') {
            Some(rest) => (rest, true),
            None => (text, false),
        };
        let mut words = Vec::new();
        let mut concepts = Concepts::default();
        for piece in text.split('|') {
            match piece.strip_prefix('@') {
                Some(name) => concepts = concepts.and(Concepts::one(concept(name))),
                None => words.push(self.symbol(piece)),
            }
        }
        Place::One { words, concepts, optional }
    }

    fn symbol(&mut self, word: &'static str) -> u16 {
        let next = u16::try_from(self.by_word.len()).unwrap_or(0);
        let symbol = *self.symbols.entry(word).or_insert(next);
        if symbol == next && next > 0 {
            self.by_word.push(Vec::new());
        }
        symbol
    }
}

/// The words of a message that patterns look at: no signs, no greeting.
pub(super) fn view(t: &Tokens<'_>, skip: impl Fn(usize) -> bool) -> Vec<usize> {
    (0..t.len())
        .filter(|&k| matches!(t.kind(k), Some(Kind::Word | Kind::Number)) && !skip(k))
        .collect()
}

fn matches_at(places: &[Place], seen: &[Seen]) -> bool {
    let Some((first, rest)) = places.split_first() else { return true };
    match first {
        Place::End => seen.is_empty(),
        // A gap is never longer than `GAP`, and a pattern holds few: the work per place is bounded.
        Place::Gap => (0..=GAP.min(seen.len())).any(|skip| matches_at(rest, &seen[skip..])),
        Place::One { words, concepts, optional } => {
            let here =
                seen.first().is_some_and(|w| concepts.meets(w.is) || words.contains(&w.symbol));
            here && matches_at(rest, &seen[1..]) || *optional && matches_at(rest, seen)
        }
    }
}

/// Concepts that cues may name; an unknown name is a mistake in our own table, which the test below finds.
fn concept(name: &str) -> C {
    NAMES.iter().find(|(n, _)| *n == name).map_or(C::Filler, |(_, c)| *c)
}

const NAMES: &[(&str, C)] = &[
    ("want", C::Want),
    ("can", C::Can),
    ("come", C::Come),
    ("book", C::Book),
    ("appt", C::Appt),
    ("free", C::Free),
    ("cancel", C::Cancel),
    ("move", C::Move),
    ("change", C::Change),
    ("get", C::Get),
    ("do", C::Do),
    ("see", C::See),
    ("know", C::Know),
    ("send", C::Send),
    ("talk", C::Talk),
    ("call", C::Call),
    ("pay", C::Pay),
    ("start", C::Start),
    ("open", C::Open),
    ("close", C::Close),
    ("work", C::Work),
    ("what", C::What),
    ("when", C::When),
    ("where", C::Where),
    ("who", C::Who),
    ("how", C::How),
    ("which", C::Which),
    ("howmany", C::HowMany),
    ("if", C::If),
    ("cond", C::Cond),
    ("my", C::My),
    ("me", C::Me),
    ("i", C::I),
    ("you", C::You),
    ("person", C::Person),
    ("barber", C::Barber),
    ("owner", C::Owner),
    ("not", C::Not),
    ("no", C::No),
    ("price", C::Price),
    ("duration", C::Duration),
    ("service", C::Service),
    ("stop", C::Stop),
    ("message", C::Message),
    ("again", C::Again),
    ("topic", C::Topic),
    ("policy", C::Policy),
    ("card", C::Card),
    ("mpesa", C::Mpesa),
    ("cash", C::Cash),
    ("money", C::Money),
    ("day", C::Day),
    ("weekday", C::Weekday),
    ("dayword", C::DayWord),
    ("datey", C::DateWord),
    ("week", C::Week),
    ("weekend", C::Weekend),
    ("part", C::Part),
    ("saa", C::Saa),
    ("any", C::Any),
    ("more", C::More),
    ("other", C::Other),
    ("this", C::This),
    ("svc", C::SvcWord),
    ("staff", C::StaffWord),
    ("svcverb", C::ServiceVerb),
    ("neg", C::NegForm),
    ("past", C::PastForm),
    ("objme", C::ObjMe),
    ("subji", C::SubjI),
    ("you2", C::SubjYou),
    ("good", C::Good),
    ("bad", C::Bad),
    ("num", C::Num),
    ("minute", C::Minute),
    ("hour", C::Hour),
    ("after", C::After),
    ("before", C::Before),
    ("first", C::First),
    ("soon", C::Soon),
    ("fine", C::Fine),
];

/// True when every concept that a pattern names exists.
#[cfg(test)]
pub(super) fn names_only_known_concepts(text: &str) -> bool {
    text.split(['^', '$', '|', ' ', '?'])
        .filter_map(|p| p.strip_prefix('@'))
        .all(|n| NAMES.iter().any(|(name, _)| *name == n))
}

#[cfg(test)]
mod tests {
    use super::super::scene::Scene;
    use super::*;

    fn found(pattern: &'static str, text: &str) -> bool {
        let patterns = Patterns::new([pattern].into_iter());
        let scene = Scene::bare(text);
        let mut hit = false;
        patterns.find(&scene.tokens, &view(&scene.tokens, |_| false), |_| hit = true);
        hit
    }

    #[test]
    fn words_concepts_gaps_and_ends_match() {
        assert!(found("how much|many", "so how many?"));
        assert!(found("@want * @appt", "I would like to make an appointment"));
        assert!(!found("@want * @appt", "I want it very much for my next appointment"));
        assert!(found("^stop$", "STOP!"));
        assert!(!found("^stop$", "stop it"));
        assert!(found("do you ?also have", "do you have"));
    }
}
