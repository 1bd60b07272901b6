//! Notices dates that no calendar has: the 31st of November, 30/2.

use jiff::civil::Date;

use super::{Reader, make, year_of};
use crate::language::hear::concept::C;
use crate::language::hear::number::{Script, number_at};
use crate::language::hear::scene::Scene;
use crate::language::understanding::NoSuchDay;

/// A day and a month as they were said, whether there is such a day or not.
pub(super) struct Spelt {
    pub(super) day: u32,
    pub(super) month: u32,
    pub(super) year: Option<u32>,
    pub(super) end: usize,
}

/// The last date that does not exist; its tokens are claimed, so that nobody takes "November" alone for the wish.
pub(in crate::language::hear) fn no_such_day(
    scene: &mut Scene<'_>,
    today: Date,
) -> Option<NoSuchDay> {
    let mut found = None;
    let mut i = 0;
    while i < scene.tokens.len() {
        let reader = Reader { t: &scene.tokens, today };
        match (!scene.is_claimed(i)).then(|| reader.spelt(i)).flatten() {
            Some(spelt) => {
                if let Some(missing) = reader.missing(&spelt) {
                    scene.claim(i..spelt.end);
                    found = Some(missing);
                }
                i = spelt.end;
            }
            None => i += 1,
        }
    }
    found
}

impl Reader<'_, '_> {
    /// What was spelt out, where neither this year nor the next (or the year that was named) has it.
    fn missing(&self, spelt: &Spelt) -> Option<NoSuchDay> {
        let &Spelt { day, month, year, .. } = spelt;
        let said = (1..=12).contains(&month) && (1..=31).contains(&day);
        let this = year_of(self.today);
        let mut years = year.map_or(this..this + 2, |year| year..year + 1);
        if !said || years.any(|year| make(year, month, day).is_some()) {
            return None;
        }
        Some(NoSuchDay { day: i8::try_from(day).ok()?, month: i8::try_from(month).ok()? })
    }

    fn spelt(&self, i: usize) -> Option<Spelt> {
        self.spelt_in_digits(i)
            .or_else(|| self.spelt_month_first(i))
            .or_else(|| self.spelt_day_first(i))
    }

    /// 31/11, 31/11/2026, 31-11-2026, 31.11.26.
    pub(super) fn spelt_in_digits(&self, i: usize) -> Option<Spelt> {
        let day = self.t.number(i).filter(|day| *day <= 31)?;
        let sign = ['/', '-', '.'].into_iter().find(|sign| self.t.is_mark(i + 1, *sign))?;
        let glued = |k: usize| self.t.glued(k);
        let month = self.t.number(i + 2).filter(|_| glued(i + 1) && glued(i + 2))?;
        let third = self.t.is_mark(i + 3, sign) && glued(i + 3) && glued(i + 4);
        match self.t.number(i + 4).filter(|_| third) {
            Some(year @ (26..=99 | 2020..=2099)) => {
                let year = if year < 100 { 2000 + year } else { year };
                Some(Spelt { day, month, year: Some(year), end: i + 5 })
            }
            Some(_) => None,
            None => (sign == '/' && !third && self.word(i + 2).len() <= 2).then_some(Spelt {
                day,
                month,
                year: None,
                end: i + 3,
            }),
        }
    }

    /// November 31, Nov the 31st.
    fn spelt_month_first(&self, i: usize) -> Option<Spelt> {
        let month = self.month_named(i)?;
        let j = i + 1 + usize::from(self.word(i + 1) == "the");
        let (day, end) = self.day_said(j)?;
        let (year, end) = self.year(end);
        Some(Spelt { day, month, year, end })
    }

    /// 31 November, the 31st of Nov, tarehe 31 mwezi wa kumi na moja.
    fn spelt_day_first(&self, i: usize) -> Option<Spelt> {
        let (day, end) = self.day_said(i)?;
        let j = end + usize::from(matches!(self.word(end), "of" | "ya" | "wa"));
        if let Some(month) = self.month_named(j) {
            let (year, end) = self.year(j + 1);
            return Some(Spelt { day, month, year, end });
        }
        if !self.has(j, C::MonthWord) {
            return None;
        }
        let k = j + 1 + usize::from(self.word(j + 1) == "wa");
        let month = number_at(self.t, k)?;
        Some(Spelt { day, month: month.value, year: None, end: month.end })
    }

    fn month_named(&self, i: usize) -> Option<u32> {
        let entry = self.t.entry(i);
        (entry.has(C::Month) && !entry.guessed).then(|| u32::from(entry.value))
    }

    fn day_said(&self, i: usize) -> Option<(u32, usize)> {
        self.ordinal_number(i).or_else(|| {
            let number = number_at(self.t, i)?;
            (number.script != Script::English).then(|| (number.value, self.suffix(number.end)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::mentions;
    use super::*;
    use jiff::civil::date;

    fn read(text: &str) -> Option<(i8, i8)> {
        let mut scene = Scene::bare(text);
        let today = date(2026, 11, 23);
        let missing = no_such_day(&mut scene, today);
        if missing.is_some() {
            assert!(mentions(&mut scene, today).is_empty(), "{text}: nothing else is made of it");
        }
        missing.map(|it| (it.day, it.month))
    }

    #[test]
    fn days_that_no_calendar_has_are_noticed_however_they_are_written() {
        for (text, day, month) in [
            ("31/11", 31, 11),
            ("nataka kunyoa 31/11 saa tisa", 31, 11),
            ("31/11/2026", 31, 11),
            ("31-11-26", 31, 11),
            ("31.9.2027", 31, 9),
            ("30/2", 30, 2),
            ("29/2/2027", 29, 2),
            ("29 Feb", 29, 2),
            ("31 November", 31, 11),
            ("the 31st of Nov", 31, 11),
            ("November 31st", 31, 11),
            ("june the 31st", 31, 6),
            ("tarehe 31 Novemba", 31, 11),
            ("tarehe 31 mwezi wa kumi na moja", 31, 11),
            ("tarehe thelathini Februari", 30, 2),
        ] {
            assert_eq!(read(text), Some((day, month)), "{text}");
        }
    }

    #[test]
    fn days_that_exist_and_other_numbers_are_left_alone() {
        for text in [
            "30/11",
            "31/12",
            "5/12/2026",
            "29/2/2028",
            "24/7",
            "99/99",
            "1/2",
            "half 1/2 hour",
            "tarehe 31",
            "the 31st",
            "31 people",
            "3 Dec",
            "Dec 10ish",
            "0712-345-678",
            "12.30",
            "10-11",
            "saa 4-5",
            "500/-",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
