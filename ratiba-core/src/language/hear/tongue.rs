//! Tells the language of the frame: the verb and what joins the words, not the nouns. Sheng counts as Swahili.

use super::scene::Scene;
use super::service;
use crate::domain::message::Language;

/// Weighs every word; nouns of a service, names and numbers say little. `None` when nothing tells.
pub(super) fn language(scene: &Scene<'_>, faint: impl Fn(usize) -> bool) -> Option<Language> {
    let t = &scene.tokens;
    let mut sum = 0_i32;
    // Nouns decide only where nothing else does.
    let mut nouns = 0_i32;
    for k in 0..t.len() {
        let entry = t.entry(k);
        let mut weight = i32::from(entry.lang) * 2;
        if faint(k) {
            nouns += service::leaning(t.word(k));
            weight = weight.signum();
        } else if scene.is_greeting(k) {
            // A greeting in one language often opens a request in the other.
            weight = weight.clamp(-3, 3);
        } else if entry.guessed {
            weight /= 2;
        }
        if !entry.known && !faint(k) && looks_swahili(t.word(k)) {
            weight += 3;
        }
        sum += weight;
    }
    match if sum == 0 { nouns } else { sum } {
        1.. => Some(Language::Sw),
        ..=-1 => Some(Language::En),
        0 => None,
    }
}

/// A word that no table knows has the shape of a Swahili verb: subject and tense first, a vowel last.
fn looks_swahili(word: &str) -> bool {
    /// Of plain tenses, which end in -a; a few English words begin so, hardly one also ends so.
    const PLAIN: &[&str] = &[
        "nina", "una", "ana", "tuna", "mna", "wana", "ina", "zina", "nime", "ume", "ame", "tume",
        "mme", "wame", "ime", "zime", "nili", "uli", "ali", "tuli", "mli", "wali", "ili", "zili",
        "nita", "uta", "ata", "tuta", "mta", "wata", "ita", "zita", "nika", "sija", "haija",
        "haja", "hatuja", "hawaja", "hamja", "hazija", "siku", "haiku", "haku", "hatuku", "hamku",
        "sita", "haita", "hata", "hatuta", "hamta", "hawata", "huja", "hazita", "niki", "uki",
        "aki", "iki", "tuki", "mki",
    ];
    /// Of the present that is denied, which ends in -i.
    const DENIED: &[&str] = &["si", "hai", "hatu", "ham", "hawa", "hazi", "hu"];
    let shaped = word.is_ascii() && word.len() >= 6;
    let begins = |heads: &[&str], least: usize| {
        heads.iter().any(|h| word.len() >= h.len() + least && word.starts_with(h))
    };
    shaped && (word.ends_with('a') && begins(PLAIN, 3) || word.ends_with('i') && begins(DENIED, 4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_words_of_the_shape_of_a_verb_are_swahili() {
        for word in ["sijaelewa", "haijafika", "nimekosea", "sielewi", "anapendelea"] {
            assert!(looks_swahili(word), "{word}");
        }
        for word in ["wednesday", "analysis", "safari", "sita", "unavailable", "alibi", "massage"] {
            assert!(!looks_swahili(word), "{word}");
        }
    }
}
