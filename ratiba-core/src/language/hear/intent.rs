//! Decides what the customer wants from the cues, the values that were found, and what was asked last.

use super::concept::C;
use super::cues::{self, For};
use super::greet::Manners;
use super::scene::Scene;
use super::text::{Kind, Tokens};
use crate::language::understanding::{Expecting, Intent};

/// What else is known of the message.
#[derive(Debug, Clone, Copy, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts about one message, each read once"
)]
pub(super) struct Facts {
    /// What was polite.
    pub(super) manners: Manners,
    /// A service, or candidates for one.
    pub(super) service: bool,
    /// A member of staff or anyone.
    pub(super) staff: bool,
    /// A day, a time or a part of the day.
    pub(super) when: bool,
    /// A phone, name, amount, rail or choice.
    pub(super) detail: bool,
    /// What was asked last.
    pub(super) expecting: Expecting,
}

/// The decision.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "independent findings")]
pub(super) struct Decision {
    /// What is wanted.
    pub(super) intent: Intent,
    /// How sure that is.
    pub(super) confidence: f32,
    /// Other times are wanted.
    pub(super) more: bool,
    /// Something said before is corrected.
    pub(super) correction: bool,
    /// Payment at the venue is wanted.
    pub(super) venue: bool,
}

/// Points for each intent that is a request.
#[derive(Debug, Default, Clone, Copy)]
struct Scores {
    points: [u32; 15],
    hypothetical: bool,
    refusal: bool,
    more: bool,
    correction: bool,
    venue: bool,
}

impl Scores {
    fn of(&self, intent: Intent) -> u32 {
        self.points[intent as usize]
    }

    fn add(&mut self, intent: Intent, points: u32) {
        self.points[intent as usize] += points;
    }

    fn drop(&mut self, intent: Intent) {
        self.points[intent as usize] = 0;
    }
}

/// Decides. `view` lists the words that count.
pub(super) fn decide(scene: &Scene<'_>, view: &[usize], facts: &Facts) -> Decision {
    let t = &scene.tokens;
    let mut scores = Scores::default();
    let mut heard: [u32; 15] = [0; 15];
    cues::find(t, view, |means, weight| match means {
        For::Intent(intent) => {
            // The strongest cue counts in full, the others add a little.
            let best = &mut heard[intent as usize];
            let weight = u32::from(weight) * 4;
            *best = if *best == 0 { weight } else { (*best).max(weight) + 2 };
        }
        For::Hypothetical => scores.hypothetical = true,
        For::More => scores.more = true,
        For::Correction => scores.correction = true,
        For::Venue => scores.venue = true,
        For::Refusal => scores.refusal = true,
    });
    scores.points = heard;
    let question = (0..t.len()).any(|k| t.is_mark(k, '?'));
    let stance = Stance::of(scene, view);
    adjust(&mut scores, scene, view, facts, question, stance);
    let decided = |intent: Intent, confidence: f32| Decision {
        intent,
        confidence,
        more: scores.more,
        correction: scores.correction
            && (facts.when || facts.service || facts.staff || facts.detail),
        venue: scores.venue,
    };
    let values = facts.service || facts.staff || facts.when || facts.detail;
    if let Some((intent, points)) = best(&scores) {
        // "yes book it", "ok cancel it then": a yes to what was asked, with nothing new.
        let bare_yes =
            stance.yes && !values && !question && intent == Intent::Book && view.len() <= 7;
        if bare_yes {
            return decided(Intent::Affirm, 0.85);
        }
        let sure = if points >= 36 {
            0.92
        } else if points >= 24 {
            0.82
        } else {
            0.65
        };
        return decided(intent, sure);
    }
    let corrected = scores.correction || stance.no || stance.but;
    if values && (!stance.agreed || stance.but) {
        let correction = corrected && (stance.no || stance.but || scores.correction);
        return Decision { correction, ..decided(Intent::Provide, 0.85) };
    }
    if scores.more && !stance.agreed {
        return decided(Intent::Provide, 0.8);
    }
    if stance.no && !stance.yes_first {
        return decided(Intent::Deny, 0.9);
    }
    if stance.yes || stance.agreed {
        return decided(Intent::Affirm, 0.9);
    }
    if scores.venue {
        return decided(Intent::Provide, 0.75);
    }
    if facts.manners.thanked || facts.manners.parted {
        return decided(Intent::Thanks, if view.len() <= 3 { 0.9 } else { 0.6 });
    }
    let known = view.iter().filter(|&&k| t.entry(k).known && !t.entry(k).has(C::Filler)).count();
    if facts.manners.greeted && (view.len() <= 2 || known == 0 || !question && view.len() <= 4) {
        return decided(Intent::Greet, 0.9);
    }
    let asks = question || view.iter().any(|&k| is_question_word(t, k));
    decided(Intent::Other, if asks { 0.6 } else { 0.3 })
}

fn is_question_word(t: &Tokens<'_>, k: usize) -> bool {
    [C::What, C::When, C::Where, C::Who, C::How, C::Which, C::Why, C::HowMany]
        .iter()
        .any(|c| t.entry(k).has(*c))
}

/// A yes or a no, as it stands in the message.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent findings")]
struct Stance {
    /// Some word says yes.
    yes: bool,
    /// The first word does.
    yes_first: bool,
    /// Some word says no.
    no: bool,
    /// "but", after a yes.
    but: bool,
    /// A yes that takes the values along: "yes 3pm works".
    agreed: bool,
}

impl Stance {
    fn of(scene: &Scene<'_>, view: &[usize]) -> Self {
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
        out.yes_first = view.first().is_some_and(|&k| any_yes(k));
        out.yes = leading.iter().any(|&k| strong_yes(k))
            || out.yes_first
            || view.last().is_some_and(|&k| any_yes(k))
            || phrase(t, view, YES_PHRASES);
        out.no = leading.iter().any(|&k| no_word(k)) || phrase(t, view, NO_PHRASES);
        if view.is_empty() {
            out.yes |= emoji(&['👍', '👌', '✅', '🆗', '💯', '✔', '☑']);
            out.no |= emoji(&['👎', '❌', '🚫', '🙅']);
        }
        // "haina shida", "hakuna shida", "no problem" agree though they begin with a no.
        if phrase(t, view, AGREE_PHRASES) {
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
        }) || phrase(t, view, WORKS_PHRASES);
        out.agreed = !out.no && !out.but && works && (out.yes || view.len() <= 8) && view.len() > 1;
        out
    }
}

const YES_PHRASES: &[&str] = &[
    "go ahead",
    "of course",
    "why not",
    "lets do",
    "do it",
    "book it",
    "confirm it",
    "sounds good",
    "that works",
    "works for",
    "im in",
    "iko sawa",
    "ni sawa",
    "endelea",
    "nimekubali",
    "nakubali",
    "nathibitisha",
    "confirm",
    "iko poa",
    "ni poa",
    "ni hivyo",
    "ndio hivyo",
    "ni hiyo",
    "that one",
    "weka hiyo",
    "bila shaka",
    "twende nayo",
    "kabisa",
    "proceed",
    "kbs",
    "wewe endelea",
    "fanya hivyo",
    "bookia",
    "book tu",
    "si unibookie",
    "hiyo itafaa",
    "itafaa",
    "inafaa",
    "naconfirm",
    "nimeconfirm",
    "imekubalika",
    "nitakuja",
    "sure thing",
    "yes please",
    "please do",
    "absolutely",
];
const NO_PHRASES: &[&str] = &[
    "no thanks",
    "not now",
    "not really",
    "not today",
    "not interested",
    "maybe later",
    "never mind",
    "nevermind",
    "leave it",
    "forget it",
    "forget about",
    "wacha tu",
    "acha tu",
    "wachana na",
    "achana na",
    "si lazima",
    "sio lazima",
    "haina haja",
    "hakuna haja",
    "sidhani",
    "not sure",
    "dont think",
    "i dont",
    "si sasa",
    "sio sasa",
    "siyo sasa",
    "baadaye tu",
    "labda baadaye",
    "labda badae",
    "wacha kwanza",
    "acha kwanza",
    "not yet",
    "bado",
    "no need",
    "skip",
    "i pass",
    "ill pass",
    "wacha",
    "sio leo",
    "siyo leo",
    "dont want",
    "dont bother",
    "rather not",
    "hata sio",
    "hapana asante",
    "usijali",
    "usisumbuke",
    "si hiyo",
    "sio hiyo",
    "siyo hiyo",
    "sio hivyo",
    "siyo",
    "not that",
    "dont",
    "hell no",
];
const AGREE_PHRASES: &[&str] = &[
    "haina shida",
    "hakuna shida",
    "hakuna matata",
    "hamna shida",
    "hamna noma",
    "hakuna noma",
    "haina noma",
    "no problem",
    "no worries",
    "no issue",
    "bila shida",
    "sina shida",
    "sina noma",
    "sina tatizo",
    "hakuna tatizo",
    "haina tatizo",
    "no objection",
    "i dont mind",
    "dont mind",
];
const WORKS_PHRASES: &[&str] = &[
    "works for",
    "is fine",
    "is ok",
    "is okay",
    "is good",
    "is perfect",
    "sounds good",
    "sounds great",
    "iko sawa",
    "ni sawa",
    "iko poa",
    "ni poa",
    "iko fiti",
    "itakuwa sawa",
    "inafaa",
    "itafaa",
    "inanifaa",
    "works well",
    "suits me",
    "hiyo sawa",
    "will do",
    "good for",
    "fine with",
    "fine by",
    "ok with",
    "hiyo poa",
    "hiyo iko",
    "inaniwork",
    "inawork",
    "itawork",
];

/// True when two neighbouring words, or one, make one of the phrases.
fn phrase(t: &Tokens<'_>, view: &[usize], phrases: &[&str]) -> bool {
    phrases.iter().any(|p| {
        let mut words = p.split(' ');
        let (Some(first), second) = (words.next(), words.next()) else { return false };
        view.iter().enumerate().any(|(n, &k)| {
            t.word(k) == first
                && second.is_none_or(|s| view.get(n + 1).is_some_and(|&j| t.word(j) == s))
        })
    })
}

/// Structure that single cues can't see.
fn adjust(
    scores: &mut Scores,
    scene: &Scene<'_>,
    view: &[usize],
    facts: &Facts,
    question: bool,
    stance: Stance,
) {
    let t = &scene.tokens;
    let any = |c: C| view.iter().any(|&k| t.entry(k).has(c));
    let verb = |c: C, form: C| view.iter().any(|&k| t.entry(k).has(c) && t.entry(k).has(form));
    // Verbs of a service: "nisukwe" and "mnisuke" ask for it, "mnasuka?" asks whether it is done.
    let mine = view.iter().any(|&k| {
        let e = t.entry(k);
        e.has(C::ServiceVerb) && (e.has(C::SubjI) && !e.has(C::Cond) || e.has(C::ObjMe))
    });
    if mine {
        scores.add(Intent::Book, 24);
    } else if verb(C::ServiceVerb, C::SubjYou) && !facts.when {
        scores.add(Intent::Services, 36);
    }
    if any(C::Want) && (facts.service || facts.when) {
        scores.add(Intent::Book, 26);
    }
    if facts.service && facts.when && question && scores.points.iter().all(|p| *p == 0) {
        scores.add(Intent::Book, 24);
    }
    if facts.service
        && question
        && !facts.when
        && scores.points.iter().all(|p| *p == 0)
        && facts.expecting == Expecting::Nothing
        && !stance.no
    {
        scores.add(Intent::Services, 20);
    }
    if scores.of(Intent::Book) > 0 {
        let extra =
            u32::from(facts.service) * 4 + u32::from(facts.when) * 4 + u32::from(facts.staff) * 2;
        scores.add(Intent::Book, extra);
    }
    if scores.refusal && !scores.hypothetical {
        scores.drop(Intent::Cancel);
        scores.drop(Intent::Reschedule);
        scores.points[Intent::Deny as usize] = 40;
    }
    if scores.hypothetical && (scores.of(Intent::Cancel) > 0 || scores.of(Intent::Reschedule) > 0) {
        scores.add(Intent::Other, 48);
        scores.drop(Intent::Cancel);
        scores.drop(Intent::Reschedule);
    }
    // While something is being asked, "change it to Friday" corrects the draft.
    let drafting = facts.expecting != Expecting::Nothing;
    let names_booking = any(C::My) || any(C::Appt);
    if drafting
        && scores.of(Intent::Reschedule) > 0
        && !names_booking
        && (facts.when || facts.service || facts.staff)
    {
        scores.drop(Intent::Reschedule);
        scores.correction = true;
    }
    if facts.when
        && facts.service
        && scores.of(Intent::Book) > 0
        && scores.of(Intent::Other) > 0
        && scores.of(Intent::Book) >= 24
    {
        scores.drop(Intent::Other);
    }
}

/// The request with the most points; on a tie the more particular one.
fn best(scores: &Scores) -> Option<(Intent, u32)> {
    const ORDER: [Intent; 12] = [
        Intent::StartOver,
        Intent::Stop,
        Intent::Human,
        Intent::Deny,
        Intent::Reschedule,
        Intent::Cancel,
        Intent::MyBookings,
        Intent::Hours,
        Intent::Services,
        Intent::Other,
        Intent::Book,
        Intent::Provide,
    ];
    let mut found: Option<(Intent, u32)> = None;
    for intent in ORDER {
        let points = scores.of(intent);
        if points >= 20 && found.is_none_or(|(_, p)| points > p) {
            found = Some((intent, points));
        }
    }
    found
}
