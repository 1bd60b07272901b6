//! Finds which of the offered choices a typed answer picks: by number, ordinal, title or id.

use super::concept::C;
use super::number::number_at;
use super::scene::Scene;
use super::text::{Kind, Tokens};
use crate::domain::message::Choice;
use crate::language::understanding::{Expecting, Ordinal};

/// What was picked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Picked {
    /// The position said.
    pub(super) ordinal: Option<Ordinal>,
    /// The choice's id.
    pub(super) id: Option<String>,
}

/// A choice whose id or title was typed out, before anything else is read into the words.
pub(super) fn by_title(text: &str, offered: &[Choice]) -> Option<Picked> {
    let typed = plain(text);
    if typed.is_empty() || offered.is_empty() || text.len() > 400 {
        return None;
    }
    let picked = |at: usize| {
        let ordinal = u8::try_from(at + 1).ok().map(Ordinal::Nth);
        Some(Picked { ordinal, id: Some(offered[at].id.clone()) })
    };
    if let Some(at) = offered.iter().position(|c| c.id == text.trim()) {
        return picked(at);
    }
    let titles: Vec<String> = offered.iter().map(|c| plain(&c.title)).collect();
    if let Some(at) = titles.iter().position(|title| *title == typed) {
        return picked(at);
    }
    // "try another number please": what is said around a title is no part of it.
    let mut bare = titles.iter().enumerate().filter(|(_, title)| core(title) == core(&typed));
    if let (Some((at, _)), None) = (bare.next(), bare.next()) {
        return picked(at);
    }
    // The beginning of one title only ("brian" of "brian (barber)"), of some length.
    let begins = |title: &String| {
        typed.len() >= 4 && title.starts_with(&typed) && title[typed.len()..].starts_with(' ')
    };
    let mut hits = titles.iter().enumerate().filter(|(_, title)| begins(title));
    match (hits.next(), hits.next()) {
        (Some((at, _)), None) => picked(at),
        (Some(_), Some(_)) | (None, _) => None,
    }
}

/// Words without those that lead up to a choice and the courtesy after it; all of them, when nothing else would be left.
fn core(plain: &str) -> &str {
    const BEFORE: &[&str] = &[
        "try", "use", "pay", "take", "choose", "pick", "want", "i", "ill", "id", "like", "to",
        "let", "lets", "me", "the", "please", "ok", "okay", "just", "tumia", "nataka", "naomba",
        "nitumie", "chagua", "nachagua", "sawa", "jaribu", "nijaribu", "tujaribu",
    ];
    const AFTER: &[&str] = &["please", "pls", "plz", "tafadhali", "instead", "thanks", "asante"];
    let mut core = plain;
    while let Some((word, rest)) = core.split_once(' ')
        && BEFORE.contains(&word)
    {
        core = rest;
    }
    while let Some((rest, word)) = core.rsplit_once(' ')
        && AFTER.contains(&word)
    {
        core = rest;
    }
    core
}

/// Lower case, letters and digits only, single spaces.
fn plain(text: &str) -> String {
    let tokens = Tokens::cut(text);
    let words = (0..tokens.len()).map(|i| tokens.word(i)).filter(|w| !w.is_empty());
    words.collect::<Vec<&str>>().join(" ")
}

/// A position in a list: "2", "ya pili", "the second one", "namba mbili", "last". Claims its words.
pub(super) fn by_position(
    scene: &mut Scene<'_>,
    offered: &[Choice],
    expecting: Expecting,
) -> Picked {
    let Some((ordinal, from, end)) = position(scene, offered, expecting) else {
        return Picked::default();
    };
    scene.claim(from..end);
    if scene.tokens.word(from) == "no" {
        scene.greet(from..from + 1);
    }
    let index = match ordinal {
        Ordinal::Nth(n) => usize::from(n).checked_sub(1),
        Ordinal::Last => offered.len().checked_sub(1),
    };
    let id = index.and_then(|i| offered.get(i)).map(|c| c.id.clone());
    Picked { ordinal: Some(ordinal), id }
}

fn position(
    scene: &Scene<'_>,
    offered: &[Choice],
    expecting: Expecting,
) -> Option<(Ordinal, usize, usize)> {
    let t = &scene.tokens;
    let listing = !offered.is_empty() || expecting == Expecting::Choice;
    let refuses =
        (0..t.len()).any(|k| t.entry(k).has(C::Not) || t.entry(k).has(C::No) && k + 1 < t.len());
    // "No, the first one" after a yes-or-no question picks no yes.
    if refuses && offered.iter().any(|c| c.id == "yes") {
        return None;
    }
    let says =
        (0..t.len()).filter(|&k| matches!(t.kind(k), Some(Kind::Word | Kind::Number))).count();
    for i in 0..t.len() {
        if scene.is_claimed(i) {
            continue;
        }
        let entry = t.entry(i);
        let pointed = i > 0 && matches!(t.word(i - 1), "ya" | "wa" | "la" | "the" | "cha" | "hiyo");
        let plain_no = t.word(i) == "no";
        if plain_no && t.is_mark(i + 1, '.') && t.glued(i + 1) {
            // "no. 1" is the first, not a no.
            let nth = t.number(i + 2).and_then(|n| u8::try_from(n).ok());
            if let Some(nth) = nth.filter(|n| (1..=20).contains(n)) {
                return Some((Ordinal::Nth(nth), i, i + 3));
            }
        }
        let one_after = matches!(t.word(i + 1), "one" | "option" | "choice" | "slot" | "time");
        // "ile ya pili", "I'll take the second": pointed at, whatever else is said.
        let shown = pointed && i > 1 && matches!(t.word(i - 2), "ile" | "hiyo" | "hio" | "ya");
        let taken = pointed
            && t.kind(i + 1) != Some(Kind::Word)
            && (0..i).any(|k| matches!(t.word(k), "take" | "choose" | "pick" | "prefer"));
        // "let me talk to someone first", "ngoja kwanza": the word alone counts only where little else is said.
        let alone = says == 1 || says == 2 && t.entry(i + 1).has(C::Please);
        let pointed_at = shown || taken || pointed && (listing || says <= 3);
        if entry.has(C::Ordinal) && !entry.guessed && (one_after || pointed_at || listing && alone)
        {
            let ordinal = if entry.has(C::Last) {
                Ordinal::Last
            } else {
                Ordinal::Nth(u8::try_from(entry.value).ok()?)
            };
            let unrelated = entry.has(C::Last)
                && (t.entry(i + 1).has(C::Week) || matches!(t.word(i + 1), "wa" | "time"));
            if !unrelated {
                return Some((ordinal, i - usize::from(pointed), i + 1 + usize::from(one_after)));
            }
        }
        // "the earlier one", "ile ya mapema": offers are listed in order of time.
        if !offered.is_empty() && expecting == Expecting::Slot && (one_after || pointed) {
            let times = offered.iter().filter(|c| c.id.starts_with("slot:")).count();
            let nth = u8::try_from(times).ok().filter(|n| *n > 1).map(Ordinal::Nth);
            match (t.word(i), nth) {
                ("earlier" | "earliest" | "mapema", Some(_)) => {
                    return Some((Ordinal::Nth(1), i - usize::from(pointed), i + 1));
                }
                ("later" | "latest" | "baadaye", Some(last)) => {
                    return Some((last, i - usize::from(pointed), i + 1));
                }
                _ => {}
            }
        }
        let Some(number) = number_at(t, i) else { continue };
        let shown = shown && !timely(t, i, number.end);
        let nth = u8::try_from(number.value).ok().filter(|n| (1..=20).contains(n));
        let Some(nth) = nth.map(Ordinal::Nth) else { continue };
        let named = i > 0
            && matches!(
                t.word(i - 1),
                "number" | "namba" | "nambari" | "option" | "chaguo" | "num" | "choice"
            );
        let suffixed = matches!(t.word(number.end), "st" | "nd" | "rd" | "th")
            && matches!(t.word(number.end + 1), "one" | "option" | "");
        if named || suffixed && listing {
            return Some((nth, i - usize::from(named), number.end + usize::from(suffixed)));
        }
        // "2", "ya tatu", "2 please", where a list of that length was shown.
        let within = usize::try_from(number.value).is_ok_and(|n| n <= offered.len());
        let bare = says <= 2 + usize::from(number.end - i > 1) * 2 && !timely(t, i, number.end);
        let hash = i > 0 && t.is_mark(i - 1, '#');
        if (within || offered.is_empty() && expecting == Expecting::Choice)
            && (bare || pointed && says <= 4 && !timely(t, i, number.end))
            || hash && within
            || shown && offered.is_empty()
        {
            return Some((nth, i - usize::from(pointed), number.end));
        }
    }
    None
}

/// The number is told as a time after all.
fn timely(t: &Tokens<'_>, i: usize, end: usize) -> bool {
    let time_before = i > 0
        && (t.entry(i - 1).has(C::Saa)
            || matches!(t.word(i - 1), "at" | "by" | "saa")
            || t.is_mark(i - 1, ':'));
    let time_after = [
        C::Meridiem,
        C::Part,
        C::Oclock,
        C::Half,
        C::Quarter,
        C::QuarterTo,
        C::Month,
        C::Minute,
        C::Hour,
    ]
    .iter()
    .any(|c| t.entry(end).has(*c) || t.entry(end + 1).has(*c));
    time_before
        || time_after
        || (t.is_mark(end, ':')
            || t.is_mark(end, '.') && t.glued(end + 1) && end + 1 < t.len()
            || t.is_mark(end, '/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered() -> Vec<Choice> {
        let choice = |id: &str, title: &str| Choice {
            id: id.to_owned(),
            title: title.to_owned(),
            description: None,
        };
        vec![choice("a", "Tue 24 Nov, 15:00"), choice("b", "Brian"), choice("c", "Kids Haircut")]
    }

    fn pick(text: &str) -> Option<String> {
        let offered = offered();
        by_title(text, &offered)
            .unwrap_or_else(|| by_position(&mut Scene::bare(text), &offered, Expecting::Choice))
            .id
    }

    #[test]
    fn numbers_ordinals_titles_and_ids_pick() {
        for (text, id) in [
            ("2", "b"),
            ("2.", "b"),
            ("ya pili", "b"),
            ("the second one", "b"),
            ("namba mbili", "b"),
            ("option 3", "c"),
            ("ya tatu tafadhali", "c"),
            ("the last one", "c"),
            ("first", "a"),
            ("let me take Kids haircut please", "c"),
            ("nataka Brian tafadhali", "b"),
            ("BRIAN", "b"),
            ("kids haircut!", "c"),
            ("c", "c"),
            ("tue 24 nov 15:00", "a"),
            ("2nd one", "b"),
            ("no. 2", "b"),
            ("si hiyo, ile ya pili", "b"),
        ] {
            assert_eq!(pick(text).as_deref(), Some(id), "{text}");
        }
    }

    #[test]
    fn times_and_larger_numbers_pick_nothing() {
        for text in [
            "saa 2",
            "at 2",
            "2pm",
            "10",
            "2:30",
            "2 jioni",
            "next week",
            "let me talk to someone first",
            "ngoja kwanza",
        ] {
            assert_eq!(pick(text), None, "{text}");
        }
    }
}
