//! Reads days that are told from today: tomorrow, weekdays, weeks, weekends, months, "in three days".

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::{Read, Reader};
use crate::language::hear::concept::C;
use crate::language::hear::number::number_at;
use crate::language::understanding::DateMention;

/// A span counted from a day.
struct Ahead {
    days: i64,
    /// It was told in weeks, so a weekday beside it names a day of that week.
    weeks: bool,
    from: Date,
    end: usize,
}

/// That weekday of the Monday-to-Sunday week in which a day lies.
fn weekday_of_week(day: Date, monday_zero: u16) -> Date {
    let back = i64::from(day.weekday().to_monday_zero_offset());
    day.saturating_sub(back.days()).saturating_add(i64::from(monday_zero).days())
}

impl Reader<'_, '_> {
    pub(super) fn at(&self, i: usize) -> Read {
        self.relative_day(i)
            .or_else(|| self.numeric(i))
            .or_else(|| self.day_of_month(i))
            .or_else(|| self.weekday(i))
            .or_else(|| self.week(i))
            .or_else(|| self.month(i))
            .or_else(|| self.in_days(i))
            .or_else(|| self.feast(i))
            .or_else(|| self.any_day(i))
    }

    pub(super) fn word(&self, i: usize) -> &str {
        self.t.word(i)
    }

    pub(super) fn has(&self, i: usize, concept: C) -> bool {
        self.t.entry(i).has(concept)
    }

    pub(super) fn plus(&self, days: i64) -> Date {
        self.today.saturating_add(days.days())
    }

    pub(super) fn on(day: Date) -> DateMention {
        DateMention::On { date: day, or: None }
    }

    /// leo, kesho, kesho kutwa, mtondo, tomorrow, the day after tomorrow, tonight.
    pub(super) fn relative_day(&self, i: usize) -> Read {
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

    /// Ijumaa, next Friday, Jumatatu ijayo, wiki ijayo Jumatano, Friday next week.
    pub(super) fn weekday(&self, i: usize) -> Read {
        let (at, next_before) = match (self.has(i, C::Next), self.has(i, C::This)) {
            (true, _) if self.has(i + 1, C::Weekday) => (i + 1, true),
            (false, true) if self.has(i + 1, C::Weekday) => (i + 1, false),
            _ => (i, false),
        };
        let entry = self.t.entry(at);
        if !entry.has(C::Weekday) || (entry.guessed && self.word(at).len() < 6) {
            return None;
        }
        // "sun" and "sat" and "mon" are weekdays here, but "when the sun goes down" is none.
        let sky =
            matches!(self.word(at + 1), "goes" | "is" | "sets" | "rises" | "comes" | "shines");
        if self.word(at) == "sun" && sky && at > 0 && self.word(at - 1) == "the" {
            return None;
        }
        let day = self.next_weekday(entry.value);
        let mut end = at + 1;
        let next_after = self.has(end, C::Next) && !self.has(end + 1, C::Week);
        end += usize::from(next_after);
        // "Friday in two weeks", "ijumaa baada ya wiki mbili"
        if let Some(ahead) = self.ahead(end).filter(|a| a.weeks && a.from == self.today) {
            let that = weekday_of_week(self.plus(ahead.days), entry.value);
            return Some((Self::on(that), ahead.end));
        }
        let or = (next_before || next_after)
            .then(|| self.monday_next_week().saturating_add(i64::from(entry.value).days()))
            .filter(|other| *other != day);
        Some((DateMention::On { date: day, or }, end))
    }

    /// The next such weekday after today, never today.
    pub(super) fn next_weekday(&self, monday_zero: u16) -> Date {
        let today = i64::from(self.today.weekday().to_monday_zero_offset());
        let ahead = (i64::from(monday_zero) - today).rem_euclid(7);
        self.plus(if ahead == 0 { 7 } else { ahead })
    }

    pub(super) fn monday_next_week(&self) -> Date {
        self.next_weekday(0)
    }

    /// next week, wiki ijayo, this week, weekend, mwisho wa wiki.
    pub(super) fn week(&self, i: usize) -> Read {
        let named = |i: usize, c: C| self.has(i, c) && !self.t.entry(i).guessed;
        let monday = self.monday_next_week();
        let next_week = DateMention::Within { from: monday, to: monday.saturating_add(6.days()) };
        let this_week =
            DateMention::Within { from: self.today, to: monday.saturating_sub(1.day()) };
        if named(i, C::Next) && named(i + 1, C::Week) || named(i, C::Week) && named(i + 1, C::Next)
        {
            return Some((next_week, i + 2));
        }
        if named(i, C::Week) && self.word(i + 1) == "after" && named(i + 2, C::Next) {
            let from = monday.saturating_add(7.days());
            return Some((DateMention::Within { from, to: from.saturating_add(6.days()) }, i + 3));
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
        // "this coming weekend" and "the coming weekend" are the nearest, "next weekend" is not.
        let coming = |i: usize| matches!(self.word(i), "coming" | "upcoming");
        if named(i, C::This) && coming(i + 1) && named(i + 2, C::Weekend) {
            return Some((this_weekend, i + 3));
        }
        if coming(i) && named(i + 1, C::Weekend) {
            return Some((this_weekend, i + 2));
        }
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
    pub(super) fn end_of(&self, i: usize) -> Option<usize> {
        match (self.word(i), self.word(i + 1), self.word(i + 2)) {
            ("end", "of", "the" | "this" | "next") => Some(i + 3),
            ("mwisho", "wa" | "ya", _) | ("end", "of", _) => Some(i + 2),
            ("end", _, _) => Some(i + 1),
            _ => None,
        }
    }

    /// next month, mwezi ujao, end of month, mwisho wa mwezi.
    pub(super) fn month(&self, i: usize) -> Read {
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

    /// in 3 days, baada ya siku tatu, siku tatu zijazo, in a week, in 2 weeks on Friday, two weeks from tomorrow.
    pub(super) fn in_days(&self, i: usize) -> Read {
        let ahead = self.ahead(i)?;
        let day = ahead.from.saturating_add(ahead.days.days());
        let (day, end) = match self.weekday_beside(ahead.end).filter(|_| ahead.weeks) {
            Some((weekday, end)) => (weekday_of_week(day, weekday), end),
            None => (day, ahead.end),
        };
        (day <= self.plus(366)).then_some((Self::on(day), end))
    }

    /// A weekday right after a span of weeks: "on Friday", ", Ijumaa".
    fn weekday_beside(&self, end: usize) -> Option<(u16, usize)> {
        let light = matches!(self.word(end), "on" | "the" | "siku" | "ya" | "that")
            || self.t.is_mark(end, ',');
        let at = end + usize::from(light);
        let entry = self.t.entry(at);
        (entry.has(C::Weekday) && !entry.guessed).then_some((entry.value, at + 1))
    }

    /// So many days or weeks from some day, as it is said around token `i`.
    fn ahead(&self, i: usize) -> Option<Ahead> {
        let unit = |k: usize| -> Option<i64> {
            if self.has(k, C::DayWord) {
                Some(1)
            } else if self.word(k) == "fortnight" {
                Some(14)
            } else if self.has(k, C::Week) && !self.t.entry(k).guessed {
                Some(7)
            } else {
                None
            }
        };
        let count = |k: usize| -> Option<(i64, usize)> {
            match number_at(self.t, k) {
                Some(n) => (n.value <= 60).then_some((i64::from(n.value), n.end)),
                None => (self.word(k) == "a").then_some((1, k + 1)),
            }
        };
        let said = |n: i64, each: i64, end: usize| {
            let (from, end) = self.counted_from(end).unwrap_or((self.today, end));
            Some(Ahead { days: n * each, weeks: each >= 7, from, end })
        };
        // in 3 days / after two weeks / baada ya siku tatu / baada ya wiki mbili
        if self.word(i) == "in" || self.has(i, C::After) {
            let j = if self.word(i + 1) == "ya" { i + 2 } else { i + 1 };
            if let Some((n, end)) = count(j)
                && let Some(each) = unit(end)
            {
                return said(n, each, end + 1 + usize::from(self.word(end + 1) == "time"));
            }
            if let Some(each) = unit(j)
                && let Some((n, end)) = count(j + 1)
            {
                return said(n, each, end + usize::from(self.has(end, C::Next)));
            }
        }
        // 3 days from now / two weeks from Friday / two weeks time
        if let Some((n, end)) = count(i)
            && let Some(each) = unit(end)
        {
            if self.word(end + 1) == "time" {
                return said(n, each, end + 2);
            }
            if self.counted_from(end + 1).is_some() {
                return said(n, each, end + 1);
            }
        }
        // siku tatu zijazo / wiki mbili zijazo / wiki mbili kuanzia leo
        let each = unit(i)?;
        let (n, end) = count(i + 1)?;
        if self.counted_from(end).is_some() {
            return said(n, each, end);
        }
        self.has(end, C::Next).then(|| said(n, each, end + 1))?
    }

    /// "from now", "from tomorrow", "from Friday", "kuanzia leo": the day that a span is counted from.
    fn counted_from(&self, i: usize) -> Option<(Date, usize)> {
        if !matches!(self.word(i), "from" | "kuanzia" | "kutoka" | "toka") {
            return None;
        }
        let entry = self.t.entry(i + 1);
        if matches!(self.word(i + 1), "now" | "sasa") {
            Some((self.today, i + 2))
        } else if entry.has(C::Day) && !entry.guessed {
            Some((self.plus(i64::from(entry.value)), i + 2))
        } else if entry.has(C::Weekday) && !entry.guessed {
            Some((self.next_weekday(entry.value), i + 2))
        } else {
            None
        }
    }

    /// any day, siku yoyote.
    pub(super) fn any_day(&self, i: usize) -> Read {
        let any = self.has(i, C::DayWord) && self.has(i + 1, C::Any)
            || self.has(i, C::Any) && self.has(i + 1, C::DayWord);
        if any {
            return Some((DateMention::Any, i + 2));
        }
        (self.word(i) == "anyday").then_some((DateMention::Any, i + 1))
    }
}
