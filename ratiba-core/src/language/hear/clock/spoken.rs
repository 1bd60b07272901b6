//! Reads times that are told in words: *saa tisa na nusu*, half past three, noon, in two hours.

use super::{Read, Reader, Said, exact};
use crate::language::hear::concept::C;
use crate::language::hear::number::{Number, Script, number_at};
use crate::language::hear::text::Tokens;

impl Reader<'_, '_> {
    pub(super) fn t(&self) -> &Tokens<'_> {
        &self.scene.tokens
    }

    pub(super) fn word(&self, i: usize) -> &str {
        self.t().word(i)
    }

    pub(super) fn has(&self, i: usize, concept: C) -> bool {
        self.t().entry(i).has(concept)
    }

    pub(super) fn at(&self, i: usize) -> Read {
        self.any_time(i)
            .or_else(|| self.relative(i))
            .or_else(|| self.saa(i))
            .or_else(|| self.half_past(i))
            .or_else(|| self.clock_word(i))
            .or_else(|| self.number(i))
    }

    /// any time, saa yoyote, wakati wowote.
    pub(super) fn any_time(&self, i: usize) -> Read {
        // "not now" refuses.
        if i > 0 && self.has(i - 1, C::Not) {
            return None;
        }
        let two = match self.word(i) {
            "anytime" | "whenever" | "asap" | "soonest" | "earliest" | "sahi" | "saizi"
            | "saivi" | "sai" | "saii" | "sahii" => return Some((Said::Any, i + 1)),
            "now" if self.word(i + 1) != "hivi" => return Some((Said::Any, i + 1)),
            "now" | "sasa" => self.word(i + 1) == "hivi",
            "any" => matches!(self.word(i + 1), "time" | "hour" | "slot"),
            "saa" => self.has(i + 1, C::Any) || matches!(self.word(i + 1), "hii" | "hizi" | "izi"),
            "wakati" | "muda" | "mda" => self.has(i + 1, C::Any),
            "haraka" | "mapema" => self.word(i + 1) == "iwezekanavyo",
            _ => false,
        };
        if two {
            return Some((Said::Any, i + 2));
        }
        let first_free =
            matches!(self.word(i), "first" | "next" | "nearest") && self.has(i + 1, C::Free);
        first_free.then_some((Said::Any, i + 1))
    }

    /// in 2 hours, in half an hour, baada ya masaa mawili, dakika thelathini zijazo.
    pub(super) fn relative(&self, i: usize) -> Read {
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
            // "nusu saa", "half hour", "nusu lisaa"
            if self.has(j, C::Half) && (self.has(j + 1, C::Saa) || self.has(j + 1, C::Hour)) {
                return Some((Said::InMinutes { minutes: 30 }, j + 2));
            }
            let with_half = |minutes: u32, each: u32, end: usize| match self.and_a_half(end) {
                Some(end) if each == 60 => Some((Said::InMinutes { minutes: minutes + 30 }, end)),
                Some(_) | None => Some((Said::InMinutes { minutes }, end)),
            };
            if let Some((n, end)) = count(j) {
                if let Some(each) = unit(end) {
                    return with_half(n * each, each, end + 1);
                }
                // "one and a half hours"
                if let Some(half) = self.and_a_half(end)
                    && unit(half) == Some(60)
                {
                    return Some((Said::InMinutes { minutes: n * 60 + 30 }, half + 1));
                }
            }
            if self.word(j) == "lisaa" {
                return with_half(60, 60, j + 1 + usize::from(self.word(j + 1) == "limoja"));
            }
            if let Some(each) = unit(j)
                && let Some((n, end)) = count(j + 1)
            {
                return with_half(n * each, each, end);
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

    /// Past "and a half", "na nusu".
    fn and_a_half(&self, i: usize) -> Option<usize> {
        let joined = self.has(i, C::And) || self.word(i) == "u";
        let j = i + 1 + usize::from(self.word(i + 1) == "a");
        (joined && self.has(j, C::Half)).then_some(j + 1)
    }

    /// saa tisa, saa 9, saa nane na nusu, saa 15:00, saa 3pm.
    pub(super) fn saa(&self, i: usize) -> Read {
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

    pub(super) fn swahili_words(&self, number: Number) -> Read {
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
    pub(super) fn swahili_minutes(&self, hour: u16, end: usize) -> (u16, u16, usize) {
        let before_hour = |minutes: u16| (if hour == 1 { 12 } else { hour - 1 }, 60 - minutes);
        let end = end + usize::from(self.has(end, C::Oclock) && self.word(end) == "kamili");
        let j =
            if matches!(self.word(end), "na" | "u" | "n" | "ya" | "and") { end + 1 } else { end };
        if self.has(j, C::Half) {
            // "saa nane nusu saa": the half belongs to the hour all the same.
            return (hour, 30, j + 1);
        }
        if self.has(j, C::Quarter) {
            // "na robo tatu" is three quarters.
            let three = self.word(j + 1) == "tatu";
            return (hour, if three { 45 } else { 15 }, j + 1 + usize::from(three));
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
    pub(super) fn half_past(&self, i: usize) -> Read {
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
    pub(super) fn clock_word(&self, i: usize) -> Read {
        let entry = self.t().entry(i);
        (entry.has(C::Clock) && !entry.guessed)
            .then_some((Said::Exact { minute: entry.value }, i + 1))
    }

    pub(super) fn has_minutes_phrase(&self, end: usize) -> bool {
        let j = if matches!(self.word(end), "na" | "u") { end + 1 } else { end };
        self.has(j, C::Half) || self.has(j, C::Quarter) || self.has(j, C::QuarterTo)
    }
}
