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
        sum += weight;
    }
    match if sum == 0 { nouns } else { sum } {
        1.. => Some(Language::Sw),
        ..=-1 => Some(Language::En),
        0 => None,
    }
}
