//! Finds the day that was meant: today and tomorrow, weekdays, dates, weeks and weekends, in both languages and mixed.

mod dates;
mod days;
mod feasts;
mod missing;

use std::ops::Range;

use jiff::ToSpan;
use jiff::civil::Date;

pub(super) use self::missing::no_such_day;

use super::concept::C;
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
        if let Some(at) = this_part(&scene.tokens, i) {
            out.push(Said { span: at..at + 1, what: DateMention::On { date: today, or: None } });
            i = at + 1;
            continue;
        }
        let reader = Reader { t: &scene.tokens, today };
        match reader.at(i) {
            Some((what, end)) if end > i => {
                scene.claim(i..end);
                let joined = out.last().is_some_and(|last| {
                    // "sio kesho, ijumaa": the second stands in place of the first.
                    let denied =
                        last.span.start > 0 && scene.tokens.entry(last.span.start - 1).has(C::Not);
                    !denied
                        && gap_is_light(&scene.tokens, last.span.end, i)
                        && complements(last.what, what)
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

/// "this evening", "asubuhi hii": today. The part of the day is left to the clock; the token that says "this" is given.
fn this_part(t: &Tokens<'_>, i: usize) -> Option<usize> {
    let part = |k: usize| t.entry(k).has(C::Part) && !t.entry(k).guessed;
    if matches!(t.word(i), "this" | "ths" | "dis") && part(i + 1) {
        return Some(i);
    }
    (part(i) && matches!(t.word(i + 1), "hii" | "huu")).then_some(i + 1)
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
            ("a week from today", 30),
            ("the twenty fifth", 25),
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
            ("in 2 weeks on Friday", (11, 12)),
            ("Friday in two weeks", (11, 12)),
            ("ijumaa baada ya wiki mbili", (11, 12)),
            ("baada ya wiki mbili, Ijumaa", (11, 12)),
            ("two weeks from Friday", (11, 12)),
            ("a week from tomorrow", (1, 12)),
            ("in a fortnight", (7, 12)),
            ("the week after next, Monday", (7, 12)),
            ("boxing day", (26, 12)),
            ("krismasi", (25, 12)),
            ("christmas eve", (24, 12)),
            ("new years eve", (31, 12)),
            ("this evening", (23, 11)),
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
            ("2026-12-30", (30, 12)),
            ("5.12.2026", (5, 12)),
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
        assert_eq!(read("when the sun goes down"), None);
        assert_eq!(on("on the sun"), Some((29, 11)));
        assert_eq!(read("99/99"), None);
    }

    #[test]
    fn weeks_weekends_and_months_are_spans() {
        let within = |from, to| Some(DateMention::Within { from, to });
        assert_eq!(read("next week"), within(date(2026, 11, 30), date(2026, 12, 6)));
        assert_eq!(read("wiki hii"), within(date(2026, 11, 23), date(2026, 11, 29)));
        assert_eq!(read("wikendi"), within(date(2026, 11, 28), date(2026, 11, 29)));
        for nearest in ["this weekend", "this coming weekend", "the coming weekend"] {
            assert_eq!(read(nearest), within(date(2026, 11, 28), date(2026, 11, 29)), "{nearest}");
        }
        assert_eq!(read("next weekend"), within(date(2026, 12, 5), date(2026, 12, 6)));
        assert_eq!(read("mwisho wa mwezi"), within(date(2026, 11, 26), date(2026, 11, 30)));
        assert_eq!(read("mwezi ujao"), within(date(2026, 12, 1), date(2026, 12, 31)));
        assert_eq!(read("siku yoyote"), Some(DateMention::Any));
    }
}
