//! Finds the times of day that were said, on the Swahili clock and the English one, before anything decides between readings.

mod numeric;
mod spoken;

use std::ops::Range;

use super::concept::C;
use super::scene::Scene;
use super::text::{Kind, Tokens};

/// A time as it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// Told from dawn: *saa tisa*. Hour 1 to 12.
    Swahili { hour: u16, minute: u16 },
    /// On the English clock, half of the day unknown: "at 9". Hour 1 to 12.
    English { hour: u16, minute: u16 },
    /// A bare digit: the sentence around it decides which clock. Hour 1 to 12.
    Bare { hour: u16, minute: u16 },
    /// One minute of the day.
    Exact { minute: u16 },
    /// So many minutes from now.
    InMinutes { minutes: u32 },
    /// Any time will do.
    Any,
}

/// How a time bounds what is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    /// At that time.
    At,
    /// That time or later.
    After,
    /// Before that time.
    Before,
}

/// One mention of a time of day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mention {
    /// The tokens that say it.
    pub(super) span: Range<usize>,
    /// What they say.
    pub(super) said: Said,
    /// With "about", "-ish", "kama".
    pub(super) about: bool,
    /// How it bounds.
    pub(super) bound: Bound,
}

/// What the reader may assume.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hints {
    /// A time was asked for, so a bare number is one.
    pub(super) asked: bool,
}

/// Every mention of a time in order; the tokens that say it are claimed. Days have been claimed before.
pub(super) fn mentions(scene: &mut Scene<'_>, hints: Hints) -> Vec<Mention> {
    let mut out: Vec<Mention> = Vec::new();
    let mut i = 0;
    while i < scene.tokens.len() {
        if scene.is_claimed(i) {
            i += 1;
            continue;
        }
        let after_time = out.last().is_some_and(|m: &Mention| links(&scene.tokens, m.span.end, i));
        let reader = Reader { scene, hints, after_time };
        let Some((said, end)) = reader.at(i) else {
            i += 1;
            continue;
        };
        let (from, about, bound) = before(&scene.tokens, i);
        let (end, ish) = trailing_about(&scene.tokens, end);
        scene.claim(from..end);
        out.push(Mention { span: i..end, said, about: about || ish, bound });
        i = end;
    }
    out
}

/// Words that lead from one end of a span, or of a move, to the other: "2 to 5", "saa nane hadi kumi".
pub(super) fn links(t: &Tokens<'_>, from: usize, to: usize) -> bool {
    let gap = from..to;
    (1..=3).contains(&gap.len())
        && gap.clone().any(|k| {
            t.entry(k).has(C::To)
                || t.entry(k).has(C::And)
                || t.is_mark(k, '-')
                || t.entry(k).has(C::Or)
        })
        && gap.clone().all(|k| t.kind(k) != Some(Kind::Number) && !t.entry(k).has(C::Not))
}

/// What stands before a time: where the phrase begins, whether "about", and the bound.
fn before(t: &Tokens<'_>, i: usize) -> (usize, bool, Bound) {
    let mut from = i;
    let mut about = false;
    let mut bound = Bound::At;
    while from > 0 && i - from < 4 {
        let word = t.word(from - 1);
        let entry = t.entry(from - 1);
        match word {
            "kama" | "around" | "about" | "approx" | "approximately" | "like" | "roughly"
            | "abt" | "arnd" | "takriban" | "kiasi" | "say" => about = true,
            "after" | "aftr" | "baada" | "kuanzia" | "from" | "kutoka" | "starting" | "past"
            | "toka" => {
                bound = Bound::After;
            }
            "before" | "kabla" | "until" | "till" | "b4" => bound = Bound::Before,
            // "earlier than 3", "mapema kuliko saa tisa", "later than noon"
            "than" | "kuliko" => {
                match from.checked_sub(2).map(|k| t.word(k)) {
                    Some("earlier" | "mapema" | "sooner") => bound = Bound::Before,
                    Some("later" | "baadaye") => bound = Bound::After,
                    _ => break,
                }
                from -= 1;
            }
            "at" | "ya" | "by" | "on" | "for" | "the" | "iwe" | "ni" | "ifike" => {}
            _ if t.is_mark(from - 1, '@') => {}
            _ if entry.has(C::About) && entry.lang > 0 => about = true,
            _ => break,
        }
        from -= 1;
    }
    (from, about, bound)
}

/// "10ish", "saa nne hivi", "5 or so", "saa nane kuendelea", "4 onwards".
fn trailing_about(t: &Tokens<'_>, end: usize) -> (usize, bool) {
    match t.word(end) {
        "ish" | "hivi" | "ivi" => (end + 1, true),
        _ if t.is_mark(end, '-') && t.word(end + 1) == "ish" => (end + 2, true),
        _ => (end, false),
    }
}

struct Reader<'a, 't> {
    scene: &'a Scene<'t>,
    hints: Hints,
    /// A time stands just before, joined by "to", "and", "-".
    after_time: bool,
}

type Read = Option<(Said, usize)>;

fn exact(hour: u16, minute: u16) -> Option<Said> {
    (hour < 24 && minute < 60 || hour == 24 && minute == 0)
        .then_some(Said::Exact { minute: hour * 60 + minute })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Said> {
        let mut scene = Scene::bare(text);
        super::super::calendar::mentions(&mut scene, jiff::civil::date(2026, 11, 23));
        mentions(&mut scene, Hints { asked: false }).into_iter().map(|m| m.said).collect()
    }

    #[test]
    fn the_swahili_clock() {
        for (text, hour, minute) in [
            ("saa tisa", 9, 0),
            ("saa 9", 9, 0),
            ("saa nane na nusu mchana", 8, 30),
            ("saa tatu kasorobo asubuhi", 2, 45),
            ("saa tatu kasoro dakika kumi", 2, 50),
            ("saa kumi na moja jioni", 11, 0),
            ("saa kumi na robo", 10, 15),
            ("saa nne na dakika kumi", 4, 10),
            ("saa 3:30", 3, 30),
            ("saa3", 3, 0),
            ("kesho tisa alasiri", 9, 0),
            ("kesho saba kamili", 7, 0),
            ("saa moja kasorobo", 12, 45),
            ("saa kumi na mbili na nusu", 12, 30),
            ("saa nne na robo tatu", 4, 45),
        ] {
            assert_eq!(read(text), [Said::Swahili { hour, minute }], "{text}");
        }
    }

    #[test]
    fn exact_times_of_the_english_clock() {
        for (text, hour, minute) in [
            ("3pm", 15, 0),
            ("saa 3pm", 15, 0),
            ("2.30pm", 14, 30),
            ("2:30 p.m.", 14, 30),
            ("14:30", 14, 30),
            ("1430hrs", 14, 30),
            ("saa 15:00", 15, 0),
            ("noon", 12, 0),
            ("twelve pm", 12, 0),
            ("at 16", 16, 0),
            ("half past 3 pm", 15, 30),
            ("three thirty pm", 15, 30),
            ("tomorrow 1030", 10, 30),
            ("930am", 9, 30),
        ] {
            assert_eq!(read(text), [Said::Exact { minute: hour * 60 + minute }], "{text}");
        }
    }

    #[test]
    fn times_whose_half_of_the_day_is_open() {
        assert_eq!(read("at 9"), [Said::English { hour: 9, minute: 0 }]);
        assert_eq!(read("quarter to four"), [Said::English { hour: 3, minute: 45 }]);
        assert_eq!(read("half past ten"), [Said::English { hour: 10, minute: 30 }]);
        assert_eq!(read("3 oclock"), [Said::English { hour: 3, minute: 0 }]);
        assert_eq!(read("kesho 3"), [Said::Bare { hour: 3, minute: 0 }]);
        assert_eq!(read("tomorrow 10ish"), [Said::Bare { hour: 10, minute: 0 }]);
        assert_eq!(read("at 930"), [Said::English { hour: 9, minute: 30 }]);
        assert_eq!(read("can we make it 4"), [Said::Bare { hour: 4, minute: 0 }]);
    }

    #[test]
    fn times_counted_from_now() {
        for (text, minutes) in [
            ("in 2 hours", 120),
            ("in an hour and a half", 90),
            ("in one and a half hours", 90),
            ("baada ya nusu saa", 30),
            ("baada ya masaa mawili na nusu", 150),
            ("baada ya dakika arobaini", 40),
        ] {
            assert_eq!(read(text), [Said::InMinutes { minutes }], "{text}");
        }
        assert_eq!(read("not now"), []);
    }

    #[test]
    fn counts_prices_and_days_are_no_times() {
        for text in [
            "for 2 people",
            "500 bob",
            "watu wawili",
            "siku tatu",
            "saa ngapi",
            "tarehe tano",
            "2 hours",
            "number 3",
            "ya tatu",
        ] {
            assert_eq!(read(text), [], "{text}");
        }
    }
}
