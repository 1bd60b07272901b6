//! Whether a message agrees or refuses, in one word, a phrase or an emoji.

use crate::language::hear::concept::C;
use crate::language::hear::scene::Scene;
use crate::language::hear::text::Kind;

/// Yes and no of more than one word.
#[derive(Debug, Default, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "independent findings")]
pub(super) struct Phrases {
    pub(super) yes: bool,
    pub(super) no: bool,
    pub(super) agree: bool,
    pub(super) works: bool,
}

/// A yes or a no, as it stands in the message.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent findings")]
pub(super) struct Stance {
    /// Some word says yes.
    pub(super) yes: bool,
    /// It says nothing but yes, unlike "sawa" or "ok".
    pub(super) strong: bool,
    /// The first word does.
    pub(super) yes_first: bool,
    /// Some word says no.
    pub(super) no: bool,
    /// "but", after a yes.
    pub(super) but: bool,
    /// A yes that takes the values along: "yes 3pm works".
    pub(super) agreed: bool,
}

impl Stance {
    /// Reads it off the words and the phrases that were found.
    pub(super) fn of(scene: &Scene<'_>, view: &[usize], phrases: Phrases) -> Self {
        let t = &scene.tokens;
        let mut out = Self::default();
        let emoji = |wanted: &[char]| {
            (0..t.len()).any(|k| matches!(t.kind(k), Some(Kind::Emoji(c)) if wanted.contains(&c)))
        };
        let strong_yes = |k: usize| t.entry(k).has(C::Yes) && !t.entry(k).has(C::Fine);
        let any_yes = |k: usize| t.entry(k).has(C::Yes) && !t.entry(k).guessed;
        let no_word = |k: usize| {
            let word = t.word(k);
            t.entry(k).has(C::No) && !t.entry(k).guessed
                || word == "la" && (view.len() == 1 || view.first() == Some(&k))
        };
        let leading = view.iter().copied().take(4).collect::<Vec<usize>>();
        out.strong = leading.iter().any(|&k| strong_yes(k));
        out.yes_first = view.first().is_some_and(|&k| any_yes(k));
        out.yes = leading.iter().any(|&k| strong_yes(k))
            || out.yes_first
            || view.last().is_some_and(|&k| any_yes(k))
            || phrases.yes
                && !view.iter().any(|&k| matches!(t.word(k), "hakuna" | "hamna" | "none"));
        out.no = leading.iter().any(|&k| no_word(k)) || phrases.no;
        if view.is_empty() {
            out.yes |= emoji(&['👍', '👌', '✅', '🆗', '💯', '✔', '☑']);
            out.no |= emoji(&['👎', '❌', '🚫', '🙅']);
        }
        // "haina shida", "hakuna shida", "no problem" agree though they begin with a no.
        if phrases.agree {
            out.no = false;
            out.yes = true;
            out.yes_first = true;
        }
        let sawa_denied =
            view.windows(2).any(|w| t.entry(w[0]).has(C::Not) && t.entry(w[1]).has(C::Fine));
        if sawa_denied {
            (out.yes, out.yes_first, out.no) = (false, false, true);
        }
        out.but = out.yes && view.iter().any(|&k| t.entry(k).has(C::But));
        let works = view.last().is_some_and(|&k| {
            t.entry(k).has(C::Fine)
                || matches!(
                    t.word(k),
                    "perfect" | "works" | "itafaa" | "inafaa" | "inanifaa" | "itanifaa"
                )
        }) || phrases.works;
        // "hakuna hata moja inanifaa"
        let none =
            view.iter().any(|&k| matches!(t.word(k), "hakuna" | "hamna" | "none" | "nothing"));
        let works = works && !none;
        out.agreed = !out.no && !out.but && works && (out.yes || view.len() <= 8) && view.len() > 1;
        out
    }
}
