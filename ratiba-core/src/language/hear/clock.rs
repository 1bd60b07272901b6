//! Finds the times of day that were said, on the Swahili clock and the English one, before anything decides between readings.

use std::ops::Range;

use super::concept::C;
use super::number::{Number, Script, number_at};
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

impl Reader<'_, '_> {
    fn t(&self) -> &Tokens<'_> {
        &self.scene.tokens
    }

    fn word(&self, i: usize) -> &str {
        self.t().word(i)
    }

    fn has(&self, i: usize, concept: C) -> bool {
        self.t().entry(i).has(concept)
    }

    fn at(&self, i: usize) -> Read {
        self.any_time(i)
            .or_else(|| self.relative(i))
            .or_else(|| self.saa(i))
            .or_else(|| self.half_past(i))
            .or_else(|| self.clock_word(i))
            .or_else(|| self.number(i))
    }

    /// any time, saa yoyote, wakati wowote.
    fn any_time(&self, i: usize) -> Read {
        match self.word(i) {
            "anytime" | "whenever" => return Some((Said::Any, i + 1)),
            "any" if matches!(self.word(i + 1), "time" | "hour" | "slot") => {
                return Some((Said::Any, i + 2));
            }
            "saa" | "wakati" | "muda" | "mda" if self.has(i + 1, C::Any) => {
                return Some((Said::Any, i + 2));
            }
            "haraka" | "mapema" if self.word(i + 1) == "iwezekanavyo" => {
                return Some((Said::Any, i + 2));
            }
            "asap" | "soonest" | "earliest" => return Some((Said::Any, i + 1)),
            "now" | "sasa" if self.word(i + 1) == "hivi" || self.word(i) == "now" => {
                return Some((Said::Any, i + 1 + usize::from(self.word(i + 1) == "hivi")));
            }
            "sahi" | "saizi" | "saivi" | "sai" | "saii" | "sahii" => {
                return Some((Said::Any, i + 1));
            }
            "saa" if matches!(self.word(i + 1), "hii" | "hizi" | "izi") => {
                return Some((Said::Any, i + 2));
            }
            _ => {}
        }
        let first_free =
            matches!(self.word(i), "first" | "next" | "nearest") && self.has(i + 1, C::Free);
        first_free.then_some((Said::Any, i + 1))
    }

    /// in 2 hours, in half an hour, baada ya masaa mawili, dakika thelathini zijazo.
    fn relative(&self, i: usize) -> Read {
        let unit = |k: usize| match () {
            () if self.has(k, C::Minute) => Some(1),
            () if self.has(k, C::Hour) && self.word(k) != "saa" => Some(60),
            () => None,
        };
        let count = |k: usize| match number_at(self.t(), k) {
            Some(n) if n.value <= 600 => Some((n.value, n.end)),
            Some(_) => None,
            None => matches!(self.word(k), "a" | "an").then_some((1, k + 1)),
        };
        let lead = self.word(i) == "in" || (matches!(self.word(i), "after" | "baada"));
        if lead {
            let j = if self.word(i + 1) == "ya" { i + 2 } else { i + 1 };
            if matches!((self.word(j), self.word(j + 1), self.word(j + 2)), ("half", "an", "hour"))
            {
                return Some((Said::InMinutes { minutes: 30 }, j + 3));
            }
            if let Some((n, end)) = count(j)
                && let Some(each) = unit(end)
            {
                return Some((Said::InMinutes { minutes: n * each }, end + 1));
            }
            if self.word(j) == "lisaa" {
                return Some((
                    Said::InMinutes { minutes: 60 },
                    j + 1 + usize::from(self.word(j + 1) == "limoja"),
                ));
            }
            if let Some(each) = unit(j)
                && let Some((n, end)) = count(j + 1)
            {
                return Some((Said::InMinutes { minutes: n * each }, end));
            }
        }
        if let Some(each) = unit(i)
            && let Some((n, end)) = count(i + 1)
            && self.has(end, C::Next)
        {
            return Some((Said::InMinutes { minutes: n * each }, end + 1));
        }
        if let Some((n, end)) = count(i)
            && let Some(each) = unit(end)
            && self.word(end + 1) == "from"
            && self.word(end + 2) == "now"
        {
            return Some((Said::InMinutes { minutes: n * each }, end + 3));
        }
        None
    }

    /// saa tisa, saa 9, saa nane na nusu, saa 15:00, saa 3pm.
    fn saa(&self, i: usize) -> Read {
        if !self.has(i, C::Saa) || self.t().entry(i).guessed {
            return None;
        }
        let j = match self.word(i + 1) {
            "ya" | "za" | "at" | "kama" => i + 2,
            _ if self.t().is_mark(i + 1, '.') || self.t().is_mark(i + 1, ':') => i + 2,
            _ => i + 1,
        };
        let number = number_at(self.t(), j)?;
        if number.script == Script::Digits {
            let (hour, minute, end) = self.digits(j)?;
            if let Some((exact, end)) = self.meridiem(hour, minute, end) {
                return Some((exact, end));
            }
            let end = self.past_hrs(end);
            if hour > 12 || hour == 0 {
                return exact(hour, minute).map(|said| (said, end));
            }
            let bare = minute == 0 && end == j + 1;
            let (hour, minute, end) =
                if bare { self.swahili_minutes(hour, end) } else { (hour, minute, end) };
            return Some((Said::Swahili { hour, minute }, end));
        }
        self.swahili_words(number)
    }

    fn swahili_words(&self, number: Number) -> Read {
        let value = u16::try_from(number.value).ok()?;
        // "saa kumi na tano": the tenth hour and five minutes.
        if (13..=19).contains(&value) {
            return Some((Said::Swahili { hour: 10, minute: value - 10 }, number.end));
        }
        (1..=12).contains(&value).then_some(())?;
        let (hour, minute, end) = self.swahili_minutes(value, number.end);
        Some((Said::Swahili { hour, minute }, end))
    }

    /// na nusu, na robo, kasorobo, na dakika kumi, kasoro dakika kumi, after an hour.
    fn swahili_minutes(&self, hour: u16, end: usize) -> (u16, u16, usize) {
        let before_hour = |minutes: u16| (if hour == 1 { 12 } else { hour - 1 }, 60 - minutes);
        let end = end + usize::from(self.has(end, C::Oclock) && self.word(end) == "kamili");
        let j =
            if matches!(self.word(end), "na" | "u" | "n" | "ya" | "and") { end + 1 } else { end };
        if self.has(j, C::Half) {
            // "saa nane nusu saa": the half belongs to the hour all the same.
            return (hour, 30, j + 1);
        }
        if self.has(j, C::Quarter) {
            return (hour, 15, j + 1);
        }
        if self.has(j, C::QuarterTo) {
            let k = j + 1;
            if self.has(k, C::Quarter) {
                let (hour, minute) = before_hour(15);
                return (hour, minute, k + 1);
            }
            let n = if self.has(k, C::Minute) { k + 1 } else { k };
            if let Some(number) = number_at(self.t(), n).filter(|n| (1..=59).contains(&n.value)) {
                let (hour, minute) = before_hour(u16::try_from(number.value).unwrap_or(15));
                return (hour, minute, number.end);
            }
            let (hour, minute) = before_hour(15);
            return (hour, minute, k);
        }
        if self.has(j, C::Minute)
            && let Some(number) = number_at(self.t(), j + 1).filter(|n| n.value <= 59)
        {
            return (hour, u16::try_from(number.value).unwrap_or(0), number.end);
        }
        if j > end
            && let Some(number) = number_at(self.t(), j)
                .filter(|n| n.value <= 59 && n.value.is_multiple_of(5) && n.value >= 10)
            && number.script == Script::Swahili
        {
            return (hour, u16::try_from(number.value).unwrap_or(0), number.end);
        }
        (hour, 0, end)
    }

    /// half past 3, quarter to four, ten past five.
    fn half_past(&self, i: usize) -> Read {
        let hour_at = |k: usize| {
            number_at(self.t(), k)
                .filter(|n| (1..=12).contains(&n.value) && n.script != Script::Swahili)
        };
        let (amount, mut j) = match self.word(i) {
            "half" => (30, i + 1),
            "quarter" => (15, i + 1),
            "a" if self.word(i + 1) == "quarter" => (15, i + 2),
            _ => {
                let n = number_at(self.t(), i)
                    .filter(|n| n.value < 60 && n.script != Script::Swahili)?;
                let j = if self.has(n.end, C::Minute) { n.end + 1 } else { n.end };
                if !matches!(self.word(j), "past" | "to") || !n.value.is_multiple_of(5) {
                    return None;
                }
                // "from 5 to 6" is a span, not five minutes before six.
                if self.word(j) == "to"
                    && (self.after_time || i > 0 && !self.has(i - 1, C::At))
                    && !self.has(n.end, C::Minute)
                {
                    return None;
                }
                if self.word(j) == "to" && n.script == Script::Digits && n.end == j {
                    return None;
                }
                (u16::try_from(n.value).ok()?, j)
            }
        };
        let to = matches!(self.word(j), "to" | "til" | "till");
        if to || matches!(self.word(j), "past" | "after") {
            j += 1;
        } else if self.word(i) != "half" {
            return None;
        }
        let hour = hour_at(j)?;
        let value = u16::try_from(hour.value).ok()?;
        let (value, minute) = match (to, value) {
            (true, 1) => (12, 60 - amount),
            (true, other) => (other - 1, 60 - amount),
            (false, other) => (other, amount),
        };
        let end = hour.end + usize::from(self.has(hour.end, C::Oclock));
        self.meridiem(value, minute, end).or(Some((Said::English { hour: value, minute }, end)))
    }

    /// noon, midnight.
    fn clock_word(&self, i: usize) -> Read {
        let entry = self.t().entry(i);
        (entry.has(C::Clock) && !entry.guessed)
            .then_some((Said::Exact { minute: entry.value }, i + 1))
    }

    /// Any number that its surroundings make a time.
    fn number(&self, i: usize) -> Read {
        let number = number_at(self.t(), i)?;
        match number.script {
            Script::Digits => self.digital(i),
            Script::Swahili => {
                let strong = self.has_minutes_phrase(number.end) || self.has(number.end, C::Oclock);
                if number.value > 12 || self.counts_something(i, number.end) {
                    return None;
                }
                (strong || self.suggested(i, number.end)).then(|| self.swahili_words(number))?
            }
            Script::English => {
                let value = u16::try_from(number.value).ok().filter(|v| (1..=12).contains(v))?;
                let mut end = number.end;
                let mut minute = 0;
                if let Some(minutes) = number_at(self.t(), end)
                    .filter(|m| m.script == Script::English && m.value >= 10 && m.value < 60)
                {
                    minute = u16::try_from(minutes.value).ok()?;
                    end = minutes.end;
                }
                if let Some(read) = self.meridiem(value, minute, end) {
                    return Some(read);
                }
                let clock = self.has(end, C::Oclock)
                    || (self.word(end) == "o" && self.word(end + 1) == "clock");
                let end_clock = if self.has(end, C::Oclock) { end + 1 } else { end + 2 };
                if clock {
                    return Some((Said::English { hour: value, minute }, end_clock));
                }
                if self.counts_something(i, end) {
                    return None;
                }
                (minute > 0 || self.suggested(i, end))
                    .then_some((Said::English { hour: value, minute }, end))
            }
        }
    }

    /// A number in digits without *saa*.
    fn digital(&self, i: usize) -> Read {
        let (hour, minute, end) = self.digits(i)?;
        if let Some(read) = self.meridiem(hour, minute, end) {
            return Some(read);
        }
        let written_out = end > i + 1;
        let hundred = self.word(i).len() == 4;
        let hrs = self.past_hrs(end);
        if hundred {
            let military = hrs > end || self.clock_preposition(i);
            return military.then(|| exact(hour, minute).map(|said| (said, hrs)))?;
        }
        if hour > 12 || hour == 0 || (written_out && self.word(i).starts_with('0') && hour >= 7) {
            let evident = written_out || hrs > end || self.clock_preposition(i);
            return evident.then(|| exact(hour, minute).map(|said| (said, hrs)))?;
        }
        if written_out {
            return Some((Said::English { hour, minute }, hrs));
        }
        if self.word(end) == "oclock" || (self.word(end) == "o" && self.word(end + 1) == "clock") {
            let end = if self.word(end) == "oclock" { end + 1 } else { end + 2 };
            return Some((Said::English { hour, minute: 0 }, end));
        }
        if self.word(end) == "sharp" {
            return Some((Said::English { hour, minute: 0 }, end + 1));
        }
        if self.counts_something(i, end) {
            return None;
        }
        if self.has_minutes_phrase(end) && !matches!(self.word(end), "na")
            || self.word(end) == "kamili"
        {
            let (hour, minute, end) = self.swahili_minutes(hour, end);
            return Some((Said::Bare { hour, minute }, end));
        }
        if self.has_minutes_phrase(end)
            && (self.has(end + 1, C::Half) || self.has(end + 1, C::Quarter))
        {
            let (hour, minute, end) = self.swahili_minutes(hour, end);
            return Some((Said::Bare { hour, minute }, end));
        }
        if self.clock_preposition(i) {
            return Some((Said::English { hour, minute: 0 }, end));
        }
        if matches!(self.word(end), "ish") {
            return Some((Said::Bare { hour, minute: 0 }, end));
        }
        self.suggested(i, end).then_some((Said::Bare { hour, minute: 0 }, end))
    }

    /// Hour and minute in digits: 3, 3:30, 3.30, 1430.
    fn digits(&self, i: usize) -> Option<(u16, u16, usize)> {
        let text = self.word(i);
        let value = u16::try_from(self.t().number(i)?).ok()?;
        if text.len() == 4 && value % 100 < 60 && value / 100 < 24 {
            return Some((value / 100, value % 100, i + 1));
        }
        if text.len() > 2 || value > 24 {
            return None;
        }
        let sign = [':', '.'].into_iter().find(|s| self.t().is_mark(i + 1, *s));
        if let Some(sign) = sign
            && self.t().glued(i + 1)
            && self.t().glued(i + 2)
            && self.word(i + 2).len() == 2
            && let Some(minute) =
                self.t().number(i + 2).and_then(|m| u16::try_from(m).ok()).filter(|m| *m < 60)
            && !(sign == '.' && self.t().is_mark(i + 3, '.') && self.t().glued(i + 4))
        {
            return Some((value, minute, i + 3));
        }
        if self.word(i + 1) == "h" && self.t().glued(i + 1) {
            let minute = self
                .t()
                .number(i + 2)
                .and_then(|m| u16::try_from(m).ok())
                .filter(|m| *m < 60 && self.t().glued(i + 2));
            return Some((value, minute.unwrap_or(0), i + 2 + usize::from(minute.is_some())));
        }
        Some((value, 0, i + 1))
    }

    /// am, pm, a.m., "p m" after an hour.
    fn meridiem(&self, hour: u16, minute: u16, end: usize) -> Read {
        let (letter, after) = match self.word(end) {
            "am" | "pm" => (self.word(end), end + 1),
            "a" | "p" if self.word(end + 1) == "m" => (self.word(end), end + 2),
            "a" | "p" if self.t().is_mark(end + 1, '.') && self.word(end + 2) == "m" => (
                self.word(end),
                end + 3 + usize::from(self.t().is_mark(end + 3, '.') && self.t().glued(end + 3)),
            ),
            _ => return None,
        };
        if hour > 12 {
            return exact(hour, minute).map(|said| (said, after));
        }
        let base = hour % 12 + if letter.starts_with('p') { 12 } else { 0 };
        exact(base, minute).map(|said| (said, after))
    }

    fn past_hrs(&self, end: usize) -> usize {
        end + usize::from(matches!(self.word(end), "hrs" | "hours" | "hr" | "h"))
    }

    fn has_minutes_phrase(&self, end: usize) -> bool {
        let j = if matches!(self.word(end), "na" | "u") { end + 1 } else { end };
        self.has(j, C::Half) || self.has(j, C::Quarter) || self.has(j, C::QuarterTo)
    }

    /// "at 9", "by 9", "@9": the English clock.
    fn clock_preposition(&self, i: usize) -> bool {
        i > 0
            && (matches!(
                self.word(i - 1),
                "at" | "by"
                    | "around"
                    | "about"
                    | "arnd"
                    | "abt"
                    | "approx"
                    | "after"
                    | "before"
                    | "until"
                    | "till"
                    | "between"
                    | "from"
                    | "past"
            ) || self.t().is_mark(i - 1, '@')
                || (self.after_time && matches!(self.word(i - 1), "to" | "and" | "or")))
    }

    /// The number counts people, money, days or a place in a list.
    fn counts_something(&self, i: usize, end: usize) -> bool {
        let next = self.t().entry(end);
        let before = if i > 0 { self.t().entry(i - 1) } else { super::lexicon::Entry::default() };
        let unit = [
            C::Minute,
            C::Hour,
            C::DayWord,
            C::Week,
            C::MonthWord,
            C::Money,
            C::Month,
            C::Person,
            C::Number,
        ];
        let noun = matches!(
            self.word(end),
            "people"
                | "pax"
                | "persons"
                | "of"
                | "kids"
                | "times"
                | "pm"
                | "st"
                | "nd"
                | "rd"
                | "th"
                | "services"
                | "appointments"
                | "slots"
                | "years"
        );
        let counted = matches!(
            self.word(i.wrapping_sub(1)),
            "number"
                | "namba"
                | "no"
                | "option"
                | "chaguo"
                | "nambari"
                | "wa"
                | "za"
                | "pesa"
                | "num"
                | "watu"
                | "wote"
                | "siku"
        ) && !(self.word(i.wrapping_sub(1)) == "no" && self.hints.asked);
        // "ya tatu" points into a list; "ya saa tatu" does not come here.
        let ordinal = i > 0
            && self.word(i - 1) == "ya"
            && !self.has(i.wrapping_sub(2), C::After)
            && !self.has(i.wrapping_sub(2), C::Before)
            && !self.has(i.wrapping_sub(2), C::Between);
        let percent =
            self.t().is_mark(end, '%') || self.t().is_mark(end, '/') && self.t().glued(end);
        noun || counted
            || ordinal
            || percent
            || unit.iter().any(|u| next.has(*u) && !next.has(C::Oclock))
            || [C::DateWord, C::Money, C::DayWord, C::Minute].iter().any(|u| before.has(*u))
    }

    /// "2-5pm", "5 or 6pm", "saba hadi saa nane": the other end of the span is a time for certain.
    fn leads_to_time(&self, end: usize) -> bool {
        let joins = self.t().is_mark(end, '-')
            || self.has(end, C::To)
            || self.has(end, C::Or)
            || self.has(end, C::And);
        let j = end + 1;
        joins
            && (self.has(j, C::Saa)
                || number_at(self.t(), j).is_some_and(|n| {
                    n.value <= 24 && (self.has(n.end, C::Meridiem) || self.t().is_mark(n.end, ':'))
                }))
    }

    /// A day, a part of the day, a preposition of time or a correction stands beside the number, or a time was asked for.
    fn suggested(&self, i: usize, end: usize) -> bool {
        if self.hints.asked || self.after_time || self.leads_to_time(end) {
            return true;
        }
        let light = |k: usize| {
            matches!(
                self.word(k),
                "ya" | "in" | "the" | "at" | "kama" | "hivi" | "on" | "around" | "ni"
            ) || self.t().is_mark(k, ',')
        };
        let timely = |k: usize| {
            self.has(k, C::Part) && !self.t().entry(k).guessed
                || self.has(k, C::Day)
                || self.has(k, C::Weekday)
                || self.scene.is_claimed(k)
                    && (self.t().kind(k) == Some(Kind::Number)
                        || self.t().kind(k) == Some(Kind::Word))
                    && !self.has(k, C::Greet)
        };
        let mut right = end;
        while right < self.t().len() && right < end + 2 && light(right) {
            right += 1;
        }
        if timely(right) {
            return true;
        }
        let mut left = i;
        while left > 0 && i - left < 2 && light(left - 1) {
            left -= 1;
        }
        if left > 0 && timely(left - 1) {
            return true;
        }
        i > 0
            && ([C::After, C::Before, C::Between, C::To, C::Not, C::From]
                .iter()
                .any(|c| self.has(i - 1, *c))
                && self.word(i - 1) != "no"
                || self.word(i - 1) == "ya"
                    && i > 1
                    && [C::After, C::Before, C::Between].iter().any(|c| self.has(i - 2, *c))
                || matches!(self.word(i - 1), "at" | "ni" | "iwe" | "mpaka" | "by"))
    }
}

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
        assert_eq!(read("in 2 hours"), [Said::InMinutes { minutes: 120 }]);
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
