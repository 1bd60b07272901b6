//! Finds who was meant: a member of staff by name, anybody at all, or the customer's own name.

use super::concept::C;
use super::fuzzy::{WordMap, slips};
use super::scene::Scene;
use super::text::{Kind, Tokens};
use crate::domain::id::StaffId;
use crate::domain::tenant::Business;
use crate::language::understanding::{Expecting, StaffMention};

/// What friends call them: nickname, then the beginning of the name.
const NICKNAMES: &[(&str, &str)] = &[
    ("kevo", "kevin"),
    ("kev", "kevin"),
    ("kevoh", "kevin"),
    ("kelvin", "kevin"),
    ("brayo", "brian"),
    ("bryo", "brian"),
    ("bryan", "brian"),
    ("shiko", "wanjiku"),
    ("shiku", "wanjiku"),
    ("ciku", "wanjiku"),
    ("wanjiks", "wanjiku"),
    ("otis", "otieno"),
    ("amih", "amina"),
    ("faithy", "faith"),
    ("njoro", "njoroge"),
    ("jymo", "james"),
    ("jimmy", "james"),
    ("johnte", "john"),
    ("steve", "stephen"),
    ("stevo", "stephen"),
    ("mary", "maria"),
];

/// Titles and words that are no part of a name.
const TITLES: &[&str] = &[
    "dr", "doc", "doctor", "daktari", "mr", "mrs", "ms", "miss", "bi", "bw", "bwana", "mama",
    "madam", "prof", "barber", "stylist", "nurse", "sir",
];

/// The staff of one tenant by the words of their names.
#[derive(Debug)]
pub(super) struct Team {
    names: WordMap<String, Option<StaffId>>,
}

impl Team {
    /// Indexes those who can be booked. A word that two share names nobody by itself.
    pub(super) fn new(business: &Business) -> Self {
        let mut names: WordMap<String, Option<StaffId>> = WordMap::default();
        for member in business.catalogue.staff.iter().filter(|s| s.active) {
            let tokens = Tokens::cut(&member.name);
            for i in 0..tokens.len() {
                let word = tokens.word(i);
                if tokens.kind(i) != Some(Kind::Word) || TITLES.contains(&word) || word.len() < 3 {
                    continue;
                }
                let shared = names.get(word).is_some_and(|known| *known != Some(member.id));
                names.insert(word.to_owned(), (!shared).then_some(member.id));
            }
        }
        for (nick, name) in NICKNAMES {
            if let Some(id) = names.get(*name).copied()
                && !names.contains_key(*nick)
            {
                names.insert((*nick).to_owned(), id);
            }
        }
        Self { names }
    }

    /// Whom a word names, slips forgiven.
    pub(super) fn named(&self, word: &str) -> Option<StaffId> {
        if let Some(found) = self.names.get(word) {
            return *found;
        }
        if word.len() < 5 {
            return None;
        }
        let close = |name: &str| {
            name.len() >= 4
                && name.as_bytes().first() == word.as_bytes().first()
                && slips(name, word) <= 1
        };
        let mut hits = self.names.iter().filter(|(name, _)| close(name)).filter_map(|(_, id)| *id);
        let first = hits.next()?;
        hits.all(|id| id == first).then_some(first)
    }

    /// The member of staff that a message asks for; the last one that is not refused.
    pub(super) fn hear(
        &self,
        scene: &Scene<'_>,
        expecting: Expecting,
    ) -> (Option<StaffMention>, Vec<usize>) {
        let t = &scene.tokens;
        let mut found = None;
        let mut tokens = Vec::new();
        for i in 0..t.len() {
            if t.kind(i) != Some(Kind::Word) || scene.is_claimed(i) {
                continue;
            }
            // A general word is a name only when it is written exactly as one.
            let known =
                t.entry(i).known && !t.entry(i).guessed && !self.names.contains_key(t.word(i));
            let Some(id) = Some(t.word(i)).filter(|_| !known).and_then(|w| self.named(w)) else {
                continue;
            };
            tokens.push(i);
            let refused = (1..=2).any(|back| {
                i.checked_sub(back).is_some_and(|k| {
                    matches!(t.word(k), "not" | "sio" | "siyo" | "si" | "except")
                        && (back == 1
                            || TITLES.contains(&t.word(k + 1))
                            || matches!(t.word(k + 1), "na" | "with"))
                })
            });
            if !refused {
                found = Some(StaffMention::Named { id });
            }
        }
        if found.is_some() {
            return (found, tokens);
        }
        (anyone(t, scene, expecting).then_some(StaffMention::Anyone), tokens)
    }
}

/// Claims the title before a name of the team: "Dr. Achieng" asks for no doctor's consultation.
pub(super) fn set_aside_titles(scene: &mut Scene<'_>, names: &[usize]) {
    for &name in names {
        let at =
            name.saturating_sub(1 + usize::from(name > 1 && scene.tokens.is_mark(name - 1, '.')));
        if at < name && TITLES.contains(&scene.tokens.word(at)) {
            scene.claim(at..at + 1);
        }
    }
}

/// anyone, whoever is free, yeyote, hata nani.
fn anyone(t: &Tokens<'_>, scene: &Scene<'_>, expecting: Expecting) -> bool {
    let asked = expecting == Expecting::Staff;
    (0..t.len()).any(|i| {
        let (word, next) = (t.word(i), t.word(i + 1));
        if scene.is_claimed(i) {
            return false;
        }
        let staffish = |k: usize| {
            t.entry(k).has(C::Barber)
                || matches!(t.word(k), "mtu" | "person" | "one" | "of" | "staff" | "body")
        };
        match word {
            "anyone" | "anybody" | "whoever" | "yeyote" | "yeyoye" | "yeyot" | "whomever" => true,
            "yoyote" | "yote" | "wowote" => asked || staffish(i.wrapping_sub(1)),
            "any" => staffish(i + 1) || asked && !matches!(next, "time" | "day" | "other"),
            "either" | "whichever" | "choose" | "chagua" | "decide" | "amua" | "uamue"
            | "sijui" => asked,
            "hata" => next == "nani",
            "no" | "sina" => matches!(next, "preference" | "preferred"),
            "haijalishi" => asked || next == "nani",
            "doesnt" | "dont" => matches!(next, "matter" | "mind") && asked,
            "available" | "free" => asked && i > 0 && t.entry(i - 1).has(C::Who),
            _ => false,
        }
    })
}

/// The customer's own name: after "jina langu ni", "naitwa", "my name is", "I'm", or as the answer to the question.
pub(super) fn own_name(
    scene: &Scene<'_>,
    expecting: Expecting,
) -> Option<(String, std::ops::Range<usize>)> {
    let t = &scene.tokens;
    let unknown = |k: usize| {
        t.kind(k) == Some(Kind::Word)
            && (!t.entry(k).known || t.entry(k).guessed)
            && !scene.is_claimed(k)
    };
    for i in 0..t.len() {
        let (sure, at) = match (t.word(i), t.word(i + 1), t.word(i + 2)) {
            ("jina" | "majina", "langu" | "yangu", "ni" | "naitwa")
            | ("my", "name" | "names", "is" | "are" | "s") => (true, i + 3),
            ("my", "name", _) if t.is_mark(i + 2, ':') => (true, i + 3),
            ("names" | "name" | "jina", _, _) if t.is_mark(i + 1, ':') => (true, i + 2),
            ("jina" | "majina", "langu" | "ni" | "yangu", _)
            | ("names" | "name", "is" | "are", _) => (true, i + 2),
            ("naitwa" | "ninaitwa" | "naitwaga" | "niite" | "mniite", _, _) => (true, i + 1),
            ("mimi", "ni" | "naitwa", _)
            | ("this", "is", _)
            | ("i", "am", _)
            | ("call", "me", _) => (false, i + 2),
            ("im" | "ni", _, _) if i == 0 || t.entry(i - 1).has(C::Greet) => (false, i + 1),
            _ => continue,
        };
        if let Some(found) = name_from(scene, at, sure, &unknown) {
            return Some(found);
        }
    }
    if expecting != Expecting::Name {
        return None;
    }
    let words = (0..t.len()).filter(|&k| t.kind(k) == Some(Kind::Word)).count();
    let first = (0..t.len()).find(|&k| {
        t.kind(k) == Some(Kind::Word) && !t.entry(k).has(C::Greet) && !t.entry(k).has(C::Yes)
    })?;
    let plain =
        (0..t.len()).all(|k| !matches!(t.kind(k), Some(Kind::Number)) && !t.is_mark(k, '?'));
    let request = [
        C::Cancel,
        C::Move,
        C::Want,
        C::Stop,
        C::No,
        C::Price,
        C::Talk,
        C::Person,
        C::Start,
        C::How,
        C::What,
        C::Book,
    ];
    let asks =
        (0..t.len()).any(|k| request.iter().any(|c| t.entry(k).has(*c)) && !t.entry(k).guessed);
    if words > 4 || !plain || asks {
        return None;
    }
    name_from(scene, first, true, &unknown)
}

fn name_from(
    scene: &Scene<'_>,
    at: usize,
    sure: bool,
    unknown: &impl Fn(usize) -> bool,
) -> Option<(String, std::ops::Range<usize>)> {
    let t = &scene.tokens;
    let fits = |k: usize| {
        let capital = t.original(k..k + 1).chars().next().is_some_and(char::is_uppercase);
        t.kind(k) == Some(Kind::Word)
            && (unknown(k) || sure && capital)
            && !matches!(t.word(k), "na" | "and" | "nataka" | "ni" | "i")
    };
    let mut end = at;
    while end < at + 3 && fits(end) {
        end += 1;
    }
    // "Njoki wa Kamau"
    if end > at && matches!(t.word(end), "wa" | "arap" | "ole") && fits(end + 1) {
        end += 2;
    }
    if end == at && sure && t.kind(at) == Some(Kind::Word) && !t.entry(at).has(C::Want) {
        end = at + 1;
    }
    if end == at
        || (!sure && !t.original(at..at + 1).chars().next().is_some_and(char::is_uppercase))
    {
        return None;
    }
    let name = t.original(at..end).trim();
    let long_enough =
        name.chars().filter(|c| c.is_alphabetic()).count() >= 2 && name.chars().count() <= 60;
    long_enough.then(|| (title_case(name), at..end))
}

/// "WANJIRU njeri" as "Wanjiru Njeri"; a name that mixes cases is left as its owner wrote it.
fn title_case(name: &str) -> String {
    let words = name.split_whitespace().map(|word| {
        let one_case =
            word.chars().all(|c| !c.is_uppercase()) || word.chars().all(|c| !c.is_lowercase());
        if !one_case || word.chars().count() < 2 {
            return word.to_owned();
        }
        let mut chars = word.chars();
        chars.next().map_or_else(String::new, |first| {
            first.to_uppercase().chain(chars.flat_map(char::to_lowercase)).collect()
        })
    });
    words.collect::<Vec<String>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn staff(slug: &str, text: &str, expecting: Expecting) -> Option<String> {
        let business = crate::demo::tenant(slug).unwrap().business;
        let scene = Scene::bare(text);
        match Team::new(&business).hear(&scene, expecting).0? {
            StaffMention::Named { id } => Some(business.catalogue.member(id).unwrap().name.clone()),
            StaffMention::Anyone => Some("anyone".to_owned()),
        }
    }

    #[test]
    fn staff_are_found_by_name_slip_and_nickname() {
        let none = Expecting::Nothing;
        assert_eq!(staff("demo-salon", "kusuka na Amina kesho", none).as_deref(), Some("Amina"));
        assert_eq!(staff("demo-salon", "with wanjuku pls", none).as_deref(), Some("Wanjiku"));
        assert_eq!(staff("demo-barbershop", "na kevo", none).as_deref(), Some("Kevin"));
        assert_eq!(staff("demo-barbershop", "not Brian, Kevin", none).as_deref(), Some("Kevin"));
        assert_eq!(staff("demo-dental", "see dr. otieno", none).as_deref(), Some("Dr Otieno"));
        assert_eq!(staff("demo-barbershop", "whoever is free", none).as_deref(), Some("anyone"));
        assert_eq!(staff("demo-barbershop", "kinyozi yoyote", none).as_deref(), Some("anyone"));
        assert_eq!(staff("demo-barbershop", "any", Expecting::Staff).as_deref(), Some("anyone"));
        assert_eq!(staff("demo-barbershop", "any time", none), None);
    }

    #[test]
    fn customers_name_themselves() {
        let name = |text, expecting| own_name(&Scene::bare(text), expecting).map(|n| n.0);
        assert_eq!(
            name("jina langu ni Wanjiru Njeri", Expecting::Nothing).as_deref(),
            Some("Wanjiru Njeri")
        );
        assert_eq!(name("Naitwa OTIENO", Expecting::Nothing).as_deref(), Some("Otieno"));
        assert_eq!(name("my name is mercy", Expecting::Nothing).as_deref(), Some("Mercy"));
        assert_eq!(name("Achieng' Atieno", Expecting::Name).as_deref(), Some("Achieng' Atieno"));
        assert_eq!(name("I am coming tomorrow", Expecting::Nothing), None);
        assert_eq!(name("nataka kucancel", Expecting::Name), None);
    }
}
