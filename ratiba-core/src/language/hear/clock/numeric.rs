//! Reads times from numbers: 3pm, 14:30, 1430hrs, and bare numbers where their surroundings make them a time.

use super::{Read, Reader, Said, exact};
use crate::language::hear::concept::C;
use crate::language::hear::lexicon::Entry;
use crate::language::hear::number::{Script, number_at};
use crate::language::hear::text::Kind;

impl Reader<'_, '_> {
    /// Any number that its surroundings make a time.
    pub(super) fn number(&self, i: usize) -> Read {
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
    pub(super) fn digital(&self, i: usize) -> Read {
        let (hour, minute, end) = self.digits(i)?;
        if let Some(read) = self.meridiem(hour, minute, end) {
            return Some(read);
        }
        let written_out = end > i + 1;
        let hrs = self.past_hrs(end);
        if self.word(i).len() == 3 {
            let evident = hrs > end || self.clock_preposition(i);
            return evident.then_some((Said::English { hour, minute }, hrs));
        }
        if self.word(i).len() == 4 {
            // "tomorrow 1030" is a time, "December 2026" a year.
            let clocklike = minute.is_multiple_of(5) && !(20..=21).contains(&hour);
            let military = hrs > end
                || self.clock_preposition(i)
                || clocklike && !self.counts_something(i, end) && self.suggested(i, end);
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
    pub(super) fn digits(&self, i: usize) -> Option<(u16, u16, usize)> {
        let text = self.word(i);
        let value = u16::try_from(self.t().number(i)?).ok()?;
        if text.len() == 4 && value % 100 < 60 && value / 100 < 24 {
            return Some((value / 100, value % 100, i + 1));
        }
        if text.len() == 3 && value % 100 < 60 && (1..=9).contains(&(value / 100)) {
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
    pub(super) fn meridiem(&self, hour: u16, minute: u16, end: usize) -> Read {
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

    pub(super) fn past_hrs(&self, end: usize) -> usize {
        end + usize::from(matches!(self.word(end), "hrs" | "hours" | "hr" | "h"))
    }

    /// "at 9", "by 9", "@9": the English clock.
    pub(super) fn clock_preposition(&self, i: usize) -> bool {
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
    pub(super) fn counts_something(&self, i: usize, end: usize) -> bool {
        let next = self.t().entry(end);
        let before = if i > 0 { self.t().entry(i - 1) } else { Entry::default() };
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

    /// A day, a part of the day, a preposition of time or a correction stands beside the number, or a time was asked for.
    pub(super) fn suggested(&self, i: usize, end: usize) -> bool {
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
                || matches!(self.word(i - 1), "at" | "ni" | "iwe" | "mpaka" | "by")
                // "make it 4", "let's do 4"
                || matches!(
                    (self.word(i.wrapping_sub(2)), self.word(i - 1)),
                    ("make" | "be", "it") | ("lets", "do" | "say" | "make")
                ))
    }

    /// "2-5pm", "5 or 6pm", "saba hadi saa nane": the other end of the span is a time for certain.
    pub(super) fn leads_to_time(&self, end: usize) -> bool {
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
}
