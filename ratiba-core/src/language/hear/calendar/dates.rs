//! Reads dates with a number: 5/12, the 5th, tarehe tano Desemba. Day before month, never in the past.

use jiff::ToSpan;
use jiff::civil::Date;

use super::{Read, Reader, make, month_of, year_of};
use crate::language::hear::concept::C;
use crate::language::hear::number::{Script, number_at};

impl Reader<'_, '_> {
    /// 5/12, 5/12/2026, 5-12-2026, 5.12.2026, 2026-12-05.
    pub(super) fn numeric(&self, i: usize) -> Read {
        if let Some(spelt) = self.spelt_in_digits(i) {
            let day = self.in_month(spelt.day, spelt.month, spelt.year)?;
            return Some((Self::on(day), spelt.end));
        }
        let year = self.t.number(i).filter(|year| *year > 1900)?;
        let sign = ['/', '-', '.'].into_iter().find(|sign| self.t.is_mark(i + 1, *sign))?;
        let whole = self.t.is_mark(i + 3, sign) && (i + 1..=i + 4).all(|k| self.t.glued(k));
        let (month, day) = (self.t.number(i + 2)?, self.t.number(i + 4).filter(|_| whole)?);
        Some((Self::on(make(year, month, day)?), i + 5))
    }

    /// tarehe tano, the 5th, 5th December, Dec 5, tarehe 5 mwezi ujao.
    pub(super) fn day_of_month(&self, i: usize) -> Read {
        if self.has(i, C::DateWord) {
            let j =
                if matches!(self.word(i + 1), "ya" | "za" | "is" | "ni") { i + 2 } else { i + 1 };
            if let Some(read) = self.numeric(j) {
                return Some(read);
            }
            if let Some((day, end)) = self.ordinal_number(j) {
                return self.with_month(day, end, true);
            }
            let day = number_at(self.t, j)?;
            return self.with_month(day.value, self.suffix(day.end), true);
        }
        if self.has(i, C::Month) && !self.t.entry(i).guessed {
            let month = u32::from(self.t.entry(i).value);
            let j = if self.word(i + 1) == "the" { i + 2 } else { i + 1 };
            let (day, end) = match self.ordinal_number(j) {
                Some(found) => found,
                None => number_at(self.t, j)
                    .filter(|n| n.script == Script::Digits)
                    .map(|n| (n.value, self.suffix(n.end)))?,
            };
            let (year, end) = self.year(end);
            return Some((Self::on(self.in_month(day, month, year)?), end));
        }
        let the = usize::from(self.word(i) == "the");
        if let Some((day, end)) = self.ordinal_number(i + the) {
            // "the second one" counts what was offered; "the 2nd" alone may be a day.
            let evident = day > 10 || self.word(i + the).parse::<u32>().is_ok();
            if evident || self.month_follows(end) {
                return self.with_month(day, end, true);
            }
            return None;
        }
        let day = number_at(self.t, i + the)?;
        if day.script == Script::English {
            return None;
        }
        let suffixed = self.suffix(day.end);
        if suffixed > day.end && day.script == Script::Digits {
            return self.with_month(day.value, suffixed, true);
        }
        self.with_month(day.value, day.end, false)
    }

    pub(super) fn month_follows(&self, end: usize) -> bool {
        let j = if matches!(self.word(end), "of" | "ya") { end + 1 } else { end };
        self.has(j, C::Month)
            || self.has(j, C::MonthWord)
            || (self.has(j, C::Next) && self.has(j + 1, C::MonthWord))
    }

    /// A day's number with its month, if one follows; without one only where `alone` allows it.
    pub(super) fn with_month(&self, day: u32, end: usize, alone: bool) -> Read {
        let j = if matches!(self.word(end), "of" | "ya" | "wa" | "mwaka") { end + 1 } else { end };
        if self.has(j, C::Month) && !self.t.entry(j).guessed {
            let (year, end) = self.year(j + 1);
            let month = u32::from(self.t.entry(j).value);
            return Some((Self::on(self.in_month(day, month, year)?), end));
        }
        // "mwezi wa kumi na mbili", "mwezi wa 12"
        if self.has(j, C::MonthWord) {
            let k = if self.word(j + 1) == "wa" { j + 2 } else { j + 1 };
            if let Some(month) = number_at(self.t, k).filter(|m| m.value <= 12) {
                return Some((Self::on(self.in_month(day, month.value, None)?), month.end));
            }
        }
        let next_month = (self.has(j, C::Next) && self.has(j + 1, C::MonthWord))
            || (self.has(j, C::MonthWord) && self.has(j + 1, C::Next));
        if next_month {
            let first = self.today.first_of_month().saturating_add(1.month());
            return Some((Self::on(make(year_of(first), month_of(first), day)?), j + 2));
        }
        let this_month = (self.has(j, C::This) && self.has(j + 1, C::MonthWord))
            || (self.has(j, C::MonthWord) && self.has(j + 1, C::This));
        if !alone && !this_month {
            return None;
        }
        let end = if this_month { j + 2 } else { end };
        Some((Self::on(self.next_such_day(day)?), end))
    }

    /// Past the `th` of `5th`.
    pub(super) fn suffix(&self, end: usize) -> usize {
        if matches!(self.word(end), "st" | "nd" | "rd" | "th" | "ths") { end + 1 } else { end }
    }

    /// `first`, `2nd` as words of the lexicon.
    pub(super) fn ordinal_number(&self, i: usize) -> Option<(u32, usize)> {
        // "twenty fifth", "thirty first"
        if let Some(tens) = number_at(self.t, i)
            && tens.script == Script::English
            && matches!(tens.value, 20 | 30)
            && let Some((ones, end)) = self.ordinal_number(tens.end).filter(|o| o.0 < 10)
        {
            return Some((tens.value + ones, end));
        }
        let entry = self.t.entry(i);
        (entry.has(C::Ordinal) && !entry.has(C::Last) && !entry.guessed && entry.lang <= 0)
            .then_some((u32::from(entry.value), i + 1))
    }

    pub(super) fn year(&self, i: usize) -> (Option<u32>, usize) {
        match self.t.number(i) {
            Some(year @ 2020..=2099) => (Some(year), i + 1),
            Some(_) | None => (None, i),
        }
    }

    /// A day without a month: this month's, or next month's when it has passed, or the next month that has one.
    pub(super) fn next_such_day(&self, day: u32) -> Option<Date> {
        (0..4_i64).find_map(|months| {
            let first = self.today.first_of_month().saturating_add(months.months());
            make(year_of(first), month_of(first), day).filter(|d| *d >= self.today)
        })
    }

    /// A day of a month without a year: the next one from today.
    pub(super) fn in_month(&self, day: u32, month: u32, year: Option<u32>) -> Option<Date> {
        let found = if let Some(year) = year {
            make(year, month, day)?
        } else {
            let this = year_of(self.today);
            (this..this + 2).find_map(|y| make(y, month, day).filter(|d| *d >= self.today))?
        };
        (found >= self.plus(-1) && found <= self.plus(400)).then_some(found)
    }
}
