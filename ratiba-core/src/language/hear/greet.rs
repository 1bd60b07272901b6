//! Sets greetings and good wishes aside, so that "habari za asubuhi" is no time of day and "habari ya leo" no date.

use super::concept::C;
use super::scene::Scene;
use super::text::{Kind, Tokens};

/// What was polite in a message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Manners {
    /// A greeting.
    pub(super) greeted: bool,
    /// Thanks.
    pub(super) thanked: bool,
    /// A goodbye or a wish for the day.
    pub(super) parted: bool,
}

/// Marks greetings, thanks and wishes.
pub(super) fn set_aside(scene: &mut Scene<'_>) -> Manners {
    let mut out = Manners::default();
    let mut i = 0;
    // A greeting opens the message; "sasa" and "vipi" later on mean now and how.
    let mut opening = true;
    while i < scene.tokens.len() {
        let t = &scene.tokens;
        let polite = wish(t, i)
            .map(|end| (end, 2))
            .or_else(|| thanks(t, i).map(|end| (end, 1)))
            .or_else(|| greeting(t, i, opening).map(|end| (end, 0)));
        let Some((end, kind)) = polite else {
            let said = matches!(t.kind(i), Some(Kind::Word | Kind::Number));
            opening &= !said || t.entry(i).has(C::Filler) || t.entry(i).has(C::Barber);
            i += 1;
            continue;
        };
        match kind {
            0 => out.greeted = true,
            1 => out.thanked = true,
            _ => out.parted = true,
        }
        scene.greet(i..end);
        i = end;
    }
    out
}

/// Marks the business's own name: "Hi Nywele Studio" asks for no hair.
pub(super) fn set_aside_name(scene: &mut Scene<'_>, name: &[String]) {
    if name.len() < 2 {
        return;
    }
    let t = &scene.tokens;
    let starts = |i: &usize| name.iter().enumerate().all(|(n, word)| t.word(i + n) == word);
    if let Some(i) = (0..t.len()).find(starts) {
        scene.greet(i..i + name.len());
    }
}

fn greeting(t: &Tokens<'_>, i: usize, opening: bool) -> Option<usize> {
    let w = |k: usize| t.word(i + k);
    let part = |k: usize| {
        t.entry(i + k).has(C::Part) || matches!(w(k), "day" | "siku" | "leo" | "evening")
    };
    match w(0) {
        // The button that Messenger shows to whoever writes first.
        "get" if opening && w(1) == "started" => return Some(i + 2),
        "good" | "gud" | "gd" if part(1) => return Some(i + 2),
        "goodmorning" | "goodafternoon" | "goodevening" | "gm" => return Some(i + 1),
        "how" | "hw" if matches!(w(1), "are" | "r") && matches!(w(2), "you" | "u" | "things") => {
            return Some(i + 3 + usize::from(matches!(w(3), "doing" | "today" | "guys" | "all")));
        }
        "how"
            if matches!(w(1), "is" | "s")
                && matches!(w(2), "it" | "everything" | "the" | "your") =>
        {
            return Some(i + 4);
        }
        "hows" => return Some(i + 3),
        "hope" | "trust" if matches!(w(1), "you" | "u" | "ur" | "youre" | "all" | "your") => {
            let mut end = i + 2;
            while end < t.len() && end < i + 8 && !matches!(t.kind(end), Some(Kind::Mark(_))) {
                let word = t.word(end);
                end += 1;
                if matches!(word, "well" | "fine" | "good" | "great" | "okay" | "ok") {
                    break;
                }
            }
            return Some(end);
        }
        "uko" | "mko" | "muko"
            if opening
                && matches!(
                    w(1),
                    "poa"
                        | "salama"
                        | "fiti"
                        | "aje"
                        | "sawa"
                        | "freshi"
                        | "fresh"
                        | "mzima"
                        | "wazima"
                ) =>
        {
            return Some(i + 2);
        }
        "za" if opening && (part(1) || matches!(w(1), "kwako" | "huko" | "kazi")) => {
            return Some(i + 2);
        }
        "how" if opening && w(1) == "do" && w(2) == "you" && w(3) == "do" => return Some(i + 4),
        _ => {}
    }
    // "Morning, I would like": a part of the day that opens and does nothing else.
    if opening && t.entry(i).has(C::Part) && t.entry(i).lang < 0 {
        let next = t.kind(i + 1);
        if matches!(next, Some(Kind::Mark(',' | '!' | '.') | Kind::Emoji(_)))
            || t.entry(i + 1).has(C::Greet)
            || matches!(w(1), "all" | "guys" | "team" | "sir" | "madam")
        {
            return Some(i + 1);
        }
    }
    let entry = t.entry(i);
    if !entry.has(C::Greet) || entry.guessed && t.word(i).len() < 5 {
        return None;
    }
    let guarded = match w(0) {
        "sasa" => !opening || matches!(w(1), "hivi" | "naweza" | "je"),
        "vipi" | "sema" => {
            !opening
                || matches!(
                    w(1),
                    "kuhusu" | "naweza" | "kama" | "kesho" | "leo" | "nikikuja" | "nikicancel"
                )
        }
        "sup" | "yo" | "salama" | "karibu" | "mzima" => !opening,
        _ => false,
    };
    if guarded {
        return None;
    }
    Some(end_of_greeting(t, i))
}

/// Past what follows a greeting: "habari za asubuhi ndugu", "habari yako leo".
fn end_of_greeting(t: &Tokens<'_>, i: usize) -> usize {
    let mut end = i + 1;
    while end < t.len() && end < i + 5 {
        let follows = matches!(
            t.word(end),
            "ya" | "za"
                | "zenu"
                | "yako"
                | "yenu"
                | "gani"
                | "njema"
                | "nzuri"
                | "kwenu"
                | "hapo"
                | "there"
                | "sana"
                | "kazi"
                | "siku"
                | "mrembo"
                | "wadau"
        ) || t.word(end) == "good"
            && matches!(t.word(end + 1), "people" | "folks" | "sir")
            || t.word(end.wrapping_sub(1)) == "good" && matches!(t.word(end), "people" | "folks")
            || matches!(t.word(i), "mambo" | "mambos" | "sasa" | "niaje" | "vipi")
                && matches!(t.word(end), "poa" | "vipi" | "fiti" | "freshi" | "safi")
            || end > i + 1 && (t.entry(end).has(C::Part) || t.word(end) == "leo")
            || t.word(i).starts_with("habar")
                && (t.entry(end).has(C::Part) || t.word(end) == "leo");
        if !follows {
            break;
        }
        end += 1;
    }
    end
}

fn thanks(t: &Tokens<'_>, i: usize) -> Option<usize> {
    if !t.entry(i).has(C::Thanks) || t.entry(i).guessed && t.word(i).len() < 5 {
        return None;
    }
    // "would appreciate if" asks.
    if t.word(i).starts_with("appreciate")
        && matches!(t.word(i + 1), "if" | "a" | "your")
        && t.entry(i.wrapping_sub(1)).has(C::Want)
    {
        return None;
    }
    let mut end = i + 1;
    while end < t.len()
        && matches!(
            t.word(end),
            "you"
                | "u"
                | "so"
                | "very"
                | "much"
                | "sana"
                | "a"
                | "lot"
                | "alot"
                | "again"
                | "kabisa"
                | "mob"
                | "pia"
                | "msee"
                | "guys"
                | "tena"
        )
    {
        end += 1;
    }
    Some(end)
}

/// siku njema, usiku mwema, have a nice day, see you.
fn wish(t: &Tokens<'_>, i: usize) -> Option<usize> {
    let w = |k: usize| t.word(i + k);
    match w(0) {
        "siku" | "jioni" | "wiki" | "wikendi" | "asubuhi" | "mchana" | "usiku"
            if matches!(w(1), "njema" | "mwema" | "jema" | "mzuri") =>
        {
            Some(i + 2)
        }
        "lala" if w(1) == "salama" => Some(i + 2),
        "have" | "hav"
            if w(1) == "a" && matches!(w(2), "nice" | "good" | "great" | "lovely" | "blessed") =>
        {
            Some(i + 4)
        }
        "see" | "c"
            if matches!(w(1), "you" | "u" | "ya") && !matches!(w(2), "on" | "at" | "for") =>
        {
            Some(
                i + 2
                    + usize::from(matches!(w(2), "then" | "there" | "soon" | "tomorrow" | "later")),
            )
        }
        "tutaonana" | "tuonane" => {
            Some(i + 1 + usize::from(matches!(w(1), "basi" | "hapo" | "kesho")))
        }
        "kwaheri" | "bye" | "goodbye" | "byee" | "ciao" => Some(i + 1),
        "god" if w(1) == "bless" => Some(i + 2 + usize::from(matches!(w(2), "you" | "u"))),
        "mungu" if matches!(w(1), "akubariki" | "awabariki") => Some(i + 2),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(text: &str) -> Vec<String> {
        let mut scene = Scene::bare(text);
        set_aside(&mut scene);
        (0..scene.tokens.len())
            .filter(|k| !scene.is_greeting(*k))
            .map(|k| scene.tokens.word(k).to_owned())
            .filter(|w| !w.is_empty())
            .collect()
    }

    #[test]
    fn greetings_are_no_times() {
        assert_eq!(left("Habari za asubuhi, nataka kusuka kesho"), ["nataka", "kusuka", "kesho"]);
        assert_eq!(left("Good morning, are you open"), ["are", "you", "open"]);
        assert_eq!(left("habari ya leo"), Vec::<String>::new());
        assert_eq!(left("tomorrow morning"), ["tomorrow", "morning"]);
        assert_eq!(left("sasa hivi"), ["sasa", "hivi"]);
        assert_eq!(left("asante sana siku njema"), Vec::<String>::new());
    }
}
