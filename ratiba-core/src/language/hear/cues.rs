//! What people say when they want something: patterns and weights per intent, in English, Swahili and Sheng.

mod asking;
mod noticing;
mod talking;
mod wanting;
mod wires;
mod wondering;

use std::sync::LazyLock;

use super::pattern::Patterns;
use crate::language::understanding::{Intent, Tripwire};

/// What a cue speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum For {
    /// An intent.
    Intent(Intent),
    /// A question about rules around cancelling, moving or paying rather than a request.
    Hypothetical,
    /// They want other or later times than those offered.
    More,
    /// They correct themselves or us.
    Correction,
    /// They want to pay at the venue.
    Venue,
    /// A refusal to do what the verb says: "don't cancel".
    Refusal,
    /// They can't come: calls off, unless another time follows.
    Unable,
    /// They say when they are free themselves.
    Free,
    /// They ask to be told, whatever verb follows.
    Telling,
    /// They want to be told when a time opens up.
    Notice,
    /// A yes of more than one word.
    Yes,
    /// A no of more than one word.
    No,
    /// A yes that begins like a no: "haina shida".
    Agree,
    /// What was named suits them.
    Works,
    /// They ask what they must do or bring.
    Must,
    /// They need a moment.
    Pause,
    /// They do not come alone.
    Party,
    /// They will be late.
    Late,
}

/// What it speaks for, how strongly, and the patterns.
struct Cue(For, u8, &'static [&'static str]);

fn all() -> impl Iterator<Item = &'static Cue> {
    [talking::CUES, wanting::CUES, asking::CUES, wondering::CUES, noticing::CUES]
        .into_iter()
        .flatten()
}

/// The cues, compiled once.
pub(super) struct Cues {
    patterns: Patterns,
    means: Vec<(For, u8)>,
}

static COMPILED: LazyLock<Cues> = LazyLock::new(|| Cues {
    patterns: Patterns::new(all().flat_map(|c| c.2.iter().copied())),
    means: all().flat_map(|c| c.2.iter().map(|_| (c.0, c.1))).collect(),
});

static WIRES: LazyLock<(Patterns, Vec<Tripwire>)> = LazyLock::new(|| {
    let patterns = Patterns::new(wires::TRIPS.iter().flat_map(|c| c.1.iter().copied()));
    (patterns, wires::TRIPS.iter().flat_map(|c| c.1.iter().map(|_| c.0)).collect())
});

static EMERGENCIES: LazyLock<Patterns> =
    LazyLock::new(|| Patterns::new(wires::EMERGENCIES.iter().copied()));

/// Calls `hit` for every cue in the text.
pub(super) fn find(t: &super::text::Tokens<'_>, view: &[usize], mut hit: impl FnMut(For, u8)) {
    COMPILED.patterns.find(t, view, |id| {
        if let Some((means, weight)) = COMPILED.means.get(id) {
            hit(*means, *weight);
        }
    });
}

/// What in the text must not be handled by a machine alone, each once. Whoever only calls off or comes later for an emergency, of which nothing
/// more is told, needs no ambulance.
pub(super) fn tripwires(
    t: &super::text::Tokens<'_>,
    view: &[usize],
    calls_off: bool,
) -> Vec<Tripwire> {
    let mut out = Vec::new();
    if !calls_off {
        EMERGENCIES.find(t, view, |_| {
            if out.is_empty() {
                out.push(Tripwire::MedicalEmergency);
            }
        });
    }
    WIRES.0.find(t, view, |id| {
        if let Some(wire) = WIRES.1.get(id)
            && !out.contains(wire)
        {
            out.push(*wire);
        }
    });
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cues_name_only_concepts_that_exist() {
        let texts = all().flat_map(|c| c.2).chain(wires::EMERGENCIES);
        let texts = texts.chain(wires::TRIPS.iter().flat_map(|t| t.1));
        for text in texts {
            assert!(super::super::pattern::names_only_known_concepts(text), "{text}");
        }
    }
}
