//! Finds the day that was meant: today and tomorrow, weekdays, dates, weeks and weekends, in both languages and mixed.

use std::ops::Range;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::concept::C;
use super::number::{Script, number_at};
use super::scene::Scene;
use super::text::Tokens;
use crate::language::understanding::DateMention;

/// One mention of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    /// The tokens that say it.
    pub(super) span: Range<usize>,
    /// What they say.
    pub(super) what: DateMention,
}

/// Every mention of a day, in order; the tokens that say it are claimed.
pub(super) fn mentions(scene: &mut Scene<'_>, today: Date) -> Vec<Said> {
    let mut out: Vec<Said> = Vec::new();
    let mut i = 0;
    while i < scene.tokens.len() {
        if scene.is_claimed(i) {
            i += 1;
            continue;
        }
        if matches!(scene.tokens.word(i), "tonight" | "tonite" | "tonyt") {
            // The word is a part of the day as well; the clock reads it there.
            out.push(Said { span: i..i + 1, what: DateMention::On { date: today, or: None } });
            i += 1;
            continue;
        }
        let reader = Reader { t: &scene.tokens, today };
        match reader.at(i) {
            Some((what, end)) if end > i => {
                scene.claim(i..end);
                let joined = out.last().is_some_and(|last| {
                    gap_is_light(&scene.tokens, last.span.end, i) && complements(last.what, what)
                });
                match out.last_mut() {
                    Some(last) if joined => {
                        last.what = sharper(last.what, what);
                        last.span.end = end;
                    }
                    Some(_) | None => out.push(Said { span: i..end, what }),
                }
                i = end;
            }
            Some(_) | None => i += 1,
        }
    }
    out
}

/// Only small words between two mentions: "Friday, the 5th", "Jumatano ya wiki ijayo".
fn gap_is_light(t: &Tokens<'_>, from: usize, to: usize) -> bool {
    to - from <= 2
        && (from..to).all(|i| {
            matches!(t.word(i), "ya" | "the" | "of" | "on" | "wa" | "in" | "hiyo" | "hii" | "ile")
                || t.is_mark(i, ',')
        })
}

/// Two mentions that describe one day together.
fn complements(first: DateMention, second: DateMention) -> bool {
    match (first, second) {
        (DateMention::Within { .. }, DateMention::On { .. })
        | (DateMention::On { .. }, DateMention::Within { .. } | DateMention::On { .. })
        | (DateMention::Any, DateMention::Within { .. })
        | (DateMention::Within { .. }, DateMention::Any) => true,
        (DateMention::Within { .. } | DateMention::Any, _)
        | (DateMention::On { .. }, DateMention::Any) => false,
    }
}

/// The day that two adjacent mentions describe: a weekday inside a week, a weekday beside its date.
fn sharper(first: DateMention, second: DateMention) -> DateMention {
    let inside = |day: Date, from: Date, to: Date| {
        let mut moved = day;
        while moved < from {
            moved = moved.saturating_add(7.days());
        }
        if moved > to { day } else { moved }
    };
    match (first, second) {
        (DateMention::On { date, .. }, DateMention::Within { from, to })
        | (DateMention::Within { from, to }, DateMention::On { date, .. }) => {
            DateMention::On { date: inside(date, from, to), or: None }
        }
        // A weekday beside a date of the same weekday: the date, which may be weeks away, was spelt out.
        (DateMention::On { date: a, .. }, DateMention::On { date: b, .. }) => {
            let date = if a.weekday() == b.weekday() { a.max(b) } else { b };
            DateMention::On { date, or: None }
        }
        (DateMention::Any, within) | (within, DateMention::Any | DateMention::Within { .. }) => {
            within
        }
    }
}

struct Reader<'a, 't> {
    t: &'a Tokens<'t>,
    today: Date,
}

type Read = Option<(DateMention, usize)>;

impl Reader<'_, '_> {
    fn at(&self, i: usize) -> Read {
        self.relative_day(i)
            .or_else(|| self.numeric(i))
            .or_else(|| self.day_of_month(i))
            .or_else(|| self.weekday(i))
            .or_else(|| self.week(i))
            .or_else(|| self.month(i))
            .or_else(|| self.in_days(i))
            .or_else(|| self.any_day(i))
    }

    fn word(&self, i: usize) -> &str {
        self.t.word(i)
    }

    fn has(&self, i: usize, concept: C) -> bool {
        self.t.entry(i).has(concept)
    }

    fn plus(&self, days: i64) -> Date {
        self.today.saturating_add(days.days())
    }

    fn on(day: Date) -> DateMention {
        DateMention::On { date: day, or: None }
    }

    /// leo, kesho, kesho kutwa, mtondo, tomorrow, the day after tomorrow, tonight.
    fn relative_day(&self, i: usize) -> Read {
        if self.has(i, C::DayWord) && self.has(i + 1, C::After) {
            let j = if matches!(self.word(i + 2), "ya" | "the") { i + 3 } else { i + 2 };
            if self.has(j, C::Day) {
                return Some((Self::on(self.plus(i64::from(self.t.entry(j).value) + 1)), j + 1));
            }
        }
        if !self.has(i, C::Day) || self.t.entry(i).guessed && self.word(i).len() < 5 {
            return None;
        }
        let days = i64::from(self.t.entry(i).value);
        let mut end = i + 1;
        if days == 1 && matches!(self.word(end), "kutwa" | "kutwaa" | "kutua") {
            return Some((Self::on(self.plus(2)), end + 1));
        }
        // "kesho Jumanne": the weekday only repeats it.
        if self.has(end, C::Weekday) && !self.has(end + 1, C::Next) {
            end += 1;
        }
        Some((Self::on(self.plus(days)), end))
    }

    /// 5/12, 5/12/2026, 5-12-2026, 5.12.2026, 2026-12-05.
    fn numeric(&self, i: usize) -> Read {
        let one = self.t.number(i)?;
        let sign = ['/', '-', '.'].into_iter().find(|s| self.t.is_mark(i + 1, *s))?;
        let glued = |k: usize| self.t.glued(k);
        let two = self.t.number(i + 2).filter(|_| glued(i + 1) && glued(i + 2))?;
        let three = if self.t.is_mark(i + 3, sign) && glued(i + 3) && glued(i + 4) {
            self.t.number(i + 4)
        } else {
            None
        };
        match (three, sign) {
            (Some(day), _) if one > 1900 => Some((Self::on(make(one, two, day)?), i + 5)),
            (Some(year), _) => {
                let year = if year < 100 { 2000 + year } else { year };
                let day = make(year, two, one)?;
                (day >= self.plus(-1) && day <= self.plus(400)).then_some((Self::on(day), i + 5))
            }
            (None, '/') if self.t.word(i + 2).len() <= 2 => {
                Some((Self::on(self.day_and_month(one, two)?), i + 3))
            }
            (None, _) => None,
        }
    }

    /// tarehe tano, the 5th, 5th December, Dec 5, tarehe 5 mwezi ujao.
    fn day_of_month(&self, i: usize) -> Read {
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
            if self.word(i + the).parse::<u32>().is_ok() || self.month_follows(end) {
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

    fn month_follows(&self, end: usize) -> bool {
        let j = if matches!(self.word(end), "of" | "ya") { end + 1 } else { end };
        self.has(j, C::Month)
            || self.has(j, C::MonthWord)
            || (self.has(j, C::Next) && self.has(j + 1, C::MonthWord))
    }

    /// A day's number with its month, if one follows; without one only where `alone` allows it.
    fn with_month(&self, day: u32, end: usize, alone: bool) -> Read {
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
    fn suffix(&self, end: usize) -> usize {
        if matches!(self.word(end), "st" | "nd" | "rd" | "th" | "ths") { end + 1 } else { end }
    }

    /// `first`, `2nd` as words of the lexicon.
    fn ordinal_number(&self, i: usize) -> Option<(u32, usize)> {
        let entry = self.t.entry(i);
        (entry.has(C::Ordinal) && !entry.has(C::Last) && !entry.guessed && entry.lang <= 0)
            .then_some((u32::from(entry.value), i + 1))
    }

    fn year(&self, i: usize) -> (Option<u32>, usize) {
        match self.t.number(i) {
            Some(year @ 2020..=2099) => (Some(year), i + 1),
            Some(_) | None => (None, i),
        }
    }

    /// A day without a month: this month's, or next month's when it has passed, or the next month that has one.
    fn next_such_day(&self, day: u32) -> Option<Date> {
        (0..4_i64).find_map(|months| {
            let first = self.today.first_of_month().saturating_add(months.months());
            make(year_of(first), month_of(first), day).filter(|d| *d >= self.today)
        })
    }

    fn day_and_month(&self, day: u32, month: u32) -> Option<Date> {
        self.in_month(day, month, None)
    }

    /// A day of a month without a year: the next one from today.
    fn in_month(&self, day: u32, month: u32, year: Option<u32>) -> Option<Date> {
        let found = match year {
            Some(year) => make(year, month, day)?,
            None => {
                let this = year_of(self.today);
                (this..this + 2).find_map(|y| make(y, month, day).filter(|d| *d >= self.today))?
            }
        };
        (found >= self.plus(-1) && found <= self.plus(400)).then_some(found)
    }

    /// Ijumaa, next Friday, Jumatatu ijayo, wiki ijayo Jumatano, Friday next week.
    fn weekday(&self, i: usize) -> Read {
        let (at, next_before) = match (self.has(i, C::Next), self.has(i, C::This)) {
            (true, _) if self.has(i + 1, C::Weekday) => (i + 1, true),
            (false, true) if self.has(i + 1, C::Weekday) => (i + 1, false),
            _ => (i, false),
        };
        let entry = self.t.entry(at);
        if !entry.has(C::Weekday) || (entry.guessed && self.word(at).len() < 6) {
            return None;
        }
        // "sun" and "sat" and "mon" are weekdays here: nobody writes of the sun to a salon.
        let day = self.next_weekday(entry.value);
        let mut end = at + 1;
        let next_after = self.has(end, C::Next) && !self.has(end + 1, C::Week);
        end += usize::from(next_after);
        let or = (next_before || next_after)
            .then(|| self.monday_next_week().saturating_add(i64::from(entry.value).days()))
            .filter(|other| *other != day);
        Some((DateMention::On { date: day, or }, end))
    }

    /// The next such weekday after today, never today.
    fn next_weekday(&self, monday_zero: u16) -> Date {
        let today = i64::from(self.today.weekday().to_monday_zero_offset());
        let ahead = (i64::from(monday_zero) - today).rem_euclid(7);
        self.plus(if ahead == 0 { 7 } else { ahead })
    }

    fn monday_next_week(&self) -> Date {
        self.next_weekday(0)
    }

    /// next week, wiki ijayo, this week, weekend, mwisho wa wiki.
    fn week(&self, i: usize) -> Read {
        let named = |i: usize, c: C| self.has(i, c) && !self.t.entry(i).guessed;
        let monday = self.monday_next_week();
        let next_week = DateMention::Within { from: monday, to: monday.saturating_add(6.days()) };
        let this_week =
            DateMention::Within { from: self.today, to: monday.saturating_sub(1.day()) };
        if named(i, C::Next) && named(i + 1, C::Week) || named(i, C::Week) && named(i + 1, C::Next)
        {
            return Some((next_week, i + 2));
        }
        if named(i, C::This) && named(i + 1, C::Week) || named(i, C::Week) && named(i + 1, C::This)
        {
            return Some((this_week, i + 2));
        }
        let saturday = if self.today.weekday() == Weekday::Sunday {
            self.today
        } else {
            monday.saturating_sub(2.days())
        };
        let this_weekend = DateMention::Within {
            from: saturday.max(self.today),
            to: monday.saturating_sub(1.day()),
        };
        let next_weekend = DateMention::Within {
            from: monday.saturating_add(5.days()),
            to: monday.saturating_add(6.days()),
        };
        if named(i, C::Next) && named(i + 1, C::Weekend)
            || named(i, C::Weekend) && named(i + 1, C::Next)
        {
            return Some((next_weekend, i + 2));
        }
        if named(i, C::Weekend) {
            return Some((this_weekend, i + 1));
        }
        // "mwisho wa wiki", "end of the week"
        if let Some(end) = self.end_of(i).filter(|e| named(*e, C::Week)) {
            let ijayo = named(end + 1, C::Next);
            return Some((
                if ijayo { next_weekend } else { this_weekend },
                end + 1 + usize::from(ijayo),
            ));
        }
        None
    }

    /// After "mwisho wa" or "end of (the)".
    fn end_of(&self, i: usize) -> Option<usize> {
        match (self.word(i), self.word(i + 1), self.word(i + 2)) {
            ("mwisho", "wa" | "ya", _) => Some(i + 2),
            ("end", "of", "the" | "this" | "next") => Some(i + 3),
            ("end", "of", _) => Some(i + 2),
            ("end", _, _) => Some(i + 1),
            _ => None,
        }
    }

    /// next month, mwezi ujao, end of month, mwisho wa mwezi.
    fn month(&self, i: usize) -> Read {
        let first = self.today.first_of_month();
        let next_first = first.saturating_add(1.month());
        let next = (next_first, next_first.last_of_month());
        let this = (self.today, self.today.last_of_month());
        let late = |(from, to): (Date, Date)| DateMention::Within {
            from: to.saturating_sub(4.days()).max(from),
            to,
        };
        if let Some(end) = self.end_of(i).filter(|e| self.has(*e, C::MonthWord)) {
            let ujao = self.has(end + 1, C::Next);
            let is_next = ujao || self.has(end - 1, C::Next);
            return Some((late(if is_next { next } else { this }), end + 1 + usize::from(ujao)));
        }
        let early = matches!(self.word(i), "mwanzo" | "beginning" | "start" | "mwanzoni");
        let j =
            if early { i + 1 + usize::from(matches!(self.word(i + 1), "of" | "wa")) } else { i };
        let next_month = self.has(j, C::Next) && self.has(j + 1, C::MonthWord)
            || self.has(j, C::MonthWord) && self.has(j + 1, C::Next);
        if next_month {
            let to = if early { next.0.saturating_add(6.days()) } else { next.1 };
            return Some((DateMention::Within { from: next.0, to }, j + 2));
        }
        let this_month = self.has(i, C::This) && self.has(i + 1, C::MonthWord)
            || self.has(i, C::MonthWord) && self.has(i + 1, C::This);
        this_month.then_some((DateMention::Within { from: this.0, to: this.1 }, i + 2))
    }

    /// in 3 days, baada ya siku tatu, siku tatu zijazo, in a week, baada ya wiki mbili.
    fn in_days(&self, i: usize) -> Read {
        let unit = |k: usize| -> Option<i64> {
            if self.has(k, C::DayWord) {
                Some(1)
            } else if self.has(k, C::Week) && !self.t.entry(k).guessed {
                Some(7)
            } else {
                None
            }
        };
        let count = |k: usize| -> Option<(i64, usize)> {
            match number_at(self.t, k) {
                Some(n) if n.value <= 60 => Some((i64::from(n.value), n.end)),
                Some(_) => None,
                None if matches!(self.word(k), "a" | "one") => Some((1, k + 1)),
                None => None,
            }
        };
        let said =
            |days: i64, end: usize| Some((Self::on(self.plus(days)), end)).filter(|_| days <= 366);
        // in 3 days / after two weeks / baada ya siku tatu / baada ya wiki mbili
        if self.word(i) == "in" || self.has(i, C::After) {
            let j = if self.word(i + 1) == "ya" { i + 2 } else { i + 1 };
            if let Some((n, end)) = count(j)
                && let Some(days) = unit(end)
            {
                return said(n * days, end + 1);
            }
            if let Some(days) = unit(j)
                && let Some((n, end)) = count(j + 1)
            {
                return said(n * days, end + usize::from(self.has(end, C::Next)));
            }
        }
        // 3 days from now / two weeks time
        if let Some((n, end)) = count(i)
            && let Some(days) = unit(end)
            && (matches!((self.word(end + 1), self.word(end + 2)), ("from", "now" | "today"))
                || self.word(end + 1) == "time")
        {
            return said(n * days, if self.word(end + 1) == "time" { end + 2 } else { end + 3 });
        }
        // siku tatu zijazo / wiki mbili zijazo
        let days = unit(i)?;
        let (n, end) = count(i + 1)?;
        self.has(end, C::Next).then(|| said(n * days, end + 1))?
    }

    /// any day, siku yoyote.
    fn any_day(&self, i: usize) -> Read {
        let any = self.has(i, C::DayWord) && self.has(i + 1, C::Any)
            || self.has(i, C::Any) && self.has(i + 1, C::DayWord);
        if any {
            return Some((DateMention::Any, i + 2));
        }
        (self.word(i) == "anyday").then_some((DateMention::Any, i + 1))
    }
}

fn year_of(day: Date) -> u32 {
    u32::from(day.year().unsigned_abs())
}

fn month_of(day: Date) -> u32 {
    u32::from(day.month().unsigned_abs())
}

fn make(year: u32, month: u32, day: u32) -> Option<Date> {
    let (year, month, day) =
        (i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    (2020..=2099).contains(&year).then_some(())?;
    Date::new(year, month, day).ok()
}

#[cfg(test)]
mod tests {
    use super::super::scene::Scene;
    use super::*;
    use jiff::civil::date;

    /// 2026-11-23 is a Monday.
    fn read(text: &str) -> Option<DateMention> {
        let mut scene = Scene::bare(text);
        mentions(&mut scene, date(2026, 11, 23)).last().map(|s| s.what)
    }

    fn on(text: &str) -> Option<(i8, i8)> {
        match read(text) {
            Some(DateMention::On { date, .. }) => Some((date.day(), date.month())),
            _ => None,
        }
    }

    #[test]
    fn days_from_today_in_both_languages() {
        for (text, day) in [
            ("leo", 23),
            ("kesho", 24),
            ("kesho kutwa", 25),
            ("keshokutwa asubuhi", 25),
            ("mtondo", 26),
            ("2moro", 24),
            ("the day after tomorrow", 25),
            ("in 3 days", 26),
            ("baada ya siku tatu", 26),
            ("siku tatu zijazo", 26),
            ("3 days from now", 26),
            ("in a week", 30),
            ("kesho Jumanne", 24),
        ] {
            assert_eq!(on(text), Some((day, 11)), "{text}");
        }
    }

    #[test]
    fn weekdays_are_the_next_ones_after_today() {
        for (text, expected) in [
            ("Jumatatu", (30, 11)),
            ("on tues", (24, 11)),
            ("Ijumaa", (27, 11)),
            ("jmosi", (28, 11)),
            ("next Friday", (27, 11)),
            ("Jumatatu ijayo", (30, 11)),
            ("wiki ijayo Jumatano", (2, 12)),
            ("Jumatano wiki ijayo", (2, 12)),
            ("Jumatano ya wiki ijayo", (2, 12)),
            ("next week Wednesday", (2, 12)),
            ("Friday the 27th", (27, 11)),
            ("Jumamosi tarehe 5", (5, 12)),
        ] {
            assert_eq!(on(text), Some(expected), "{text}");
        }
        let next = read("next Friday");
        assert_eq!(
            next,
            Some(DateMention::On { date: date(2026, 11, 27), or: Some(date(2026, 12, 4)) })
        );
    }

    #[test]
    fn dates_are_day_before_month_and_never_past() {
        for (text, expected) in [
            ("tarehe 5", (5, 12)),
            ("tarehe 28", (28, 11)),
            ("tarehe tano Desemba", (5, 12)),
            ("tarehe tano mwezi wa kumi na mbili", (5, 12)),
            ("tarehe 5 mwezi ujao", (5, 12)),
            ("5/12", (5, 12)),
            ("5-12-2026", (5, 12)),
            ("2026-12-05", (5, 12)),
            ("Dec 3rd", (3, 12)),
            ("3rd of December", (3, 12)),
            ("the 5th", (5, 12)),
            ("on the 1st", (1, 12)),
            ("tarehe ishirini na tano", (25, 11)),
            ("12 januari", (12, 1)),
        ] {
            assert_eq!(on(text), Some(expected), "{text}");
        }
        assert_eq!(read("juzi"), None);
        assert_eq!(read("99/99"), None);
    }

    #[test]
    fn weeks_weekends_and_months_are_spans() {
        let within = |from, to| Some(DateMention::Within { from, to });
        assert_eq!(read("next week"), within(date(2026, 11, 30), date(2026, 12, 6)));
        assert_eq!(read("wiki hii"), within(date(2026, 11, 23), date(2026, 11, 29)));
        assert_eq!(read("wikendi"), within(date(2026, 11, 28), date(2026, 11, 29)));
        assert_eq!(read("mwisho wa mwezi"), within(date(2026, 11, 26), date(2026, 11, 30)));
        assert_eq!(read("mwezi ujao"), within(date(2026, 12, 1), date(2026, 12, 31)));
        assert_eq!(read("siku yoyote"), Some(DateMention::Any));
    }
}
