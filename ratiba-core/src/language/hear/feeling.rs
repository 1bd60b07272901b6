//! Tells whether the customer seems pleased or hurt.

use super::concept::C;
use super::scene::Scene;
use super::text::Kind;
use crate::language::understanding::{Sentiment, Tripwire};

/// Counts words and emoji of either kind; insults and threats weigh most.
pub(super) fn sentiment(scene: &Scene<'_>, tripwires: &[Tripwire]) -> Sentiment {
    let t = &scene.tokens;
    let mut score = 0_i32;
    for k in 0..t.len() {
        let entry = t.entry(k);
        match t.kind(k) {
            Some(Kind::Emoji('😡' | '🤬' | '😠' | '😤' | '👎' | '😒' | '🙄' | '💔')) =>
            {
                score -= 2;
            }
            Some(Kind::Emoji(
                '😊' | '😍' | '🥰' | '😀' | '😁' | '❤' | '😃' | '🎉' | '💯' | '🔥' | '☺' | '🤗',
            )) => score += 1,
            Some(Kind::Word) if !entry.guessed => {
                let denied = k > 0
                    && (t.entry(k - 1).has(C::Not) || matches!(t.word(k - 1), "not" | "never"));
                if entry.has(C::Bad) {
                    score -= 2;
                }
                if entry.has(C::Good) {
                    score += if denied { -2 } else { 1 };
                }
            }
            Some(Kind::Word | Kind::Number | Kind::Mark(_) | Kind::Emoji(_)) | None => {}
        }
    }
    if tripwires.iter().any(|w| matches!(w, Tripwire::Abuse | Tripwire::Threat)) {
        score -= 4;
    }
    match score {
        ..=-1 => Sentiment::Negative,
        0 => Sentiment::Neutral,
        1.. => Sentiment::Positive,
    }
}
