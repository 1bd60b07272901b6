//! Decides what day and time was meant: the last one said, on the clock that fits, inside the opening hours.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _, Zoned};

use super::calendar;
use super::clock::{Bound, Mention, Said, links};
use super::concept::C;
use super::hours::Hours;
use super::lexicon::times::part;
use super::scene::Scene;
use super::text::Tokens;
use crate::domain::message::Language;
use crate::domain::time::MinuteOfDay;
use crate::language::understanding::{DateMention, DayPart, TimeMention};

/// What decides between readings, beside the words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame<'a> {
    /// Now, in the tenant's zone.
    pub(super) now: &'a Zoned,
    /// When the business is open.
    pub(super) hours: &'a Hours,
    /// The language of the sentence.
    pub(super) language: Option<Language>,
    /// A day agreed before.
    pub(super) known_date: Option<Date>,
    /// An appointment is moved: what is moved from does not count.
    pub(super) moving: bool,
}

/// What was meant.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct When {
    /// The day.
    pub(super) date: Option<DateMention>,
    /// The time of day.
    pub(super) time: Option<TimeMention>,
    /// Both together, when both are exact.
    pub(super) start: Option<Timestamp>,
}

/// Decides. `dates` and `times` are all mentions in order.
pub(super) fn decide(
    scene: &Scene<'_>,
    dates: &[calendar::Said],
    times: &[Mention],
    frame: &Frame<'_>,
) -> When {
    let t = &scene.tokens;
    let spans = |from: usize, end: usize| Standing::of(t, from, end, frame.moving);
    let date = chosen(dates, |d| spans(d.span.start, d.span.end))
        .map(|d| with_the_day_before(t, dates, d, frame.moving));
    let day = match date {
        Some(DateMention::On { date, .. }) => Some(date),
        Some(DateMention::Within { .. } | DateMention::Any) => None,
        None => frame.known_date,
    };
    let clock = Clock { scene, frame, day };
    let standing = |m: &Mention| spans(m.span.start, m.span.end);
    let mut out = When { date, time: None, start: None };
    match chosen(times, standing) {
        Some(last) => {
            if let Said::InMinutes { minutes } = last.said {
                return clock.minutes_from_now(minutes);
            }
            let before = times
                .iter()
                .rposition(|m| m == last)
                .and_then(|i| i.checked_sub(1))
                .map(|i| &times[i]);
            let partner = before.filter(|b| {
                !frame.moving
                    && standing(b) != Standing::Denied
                    && links(t, b.span.end, last.span.start)
            });
            out.time = Some(clock.read(last, partner));
        }
        None => out.time = clock.part_of_day().map(|part| TimeMention::Part { part }),
    }
    if let (Some(day), Some(TimeMention::At { minute, .. })) = (day, &out.time) {
        out.start = bounded(minute.on(day, frame.now.time_zone()), frame.now);
    }
    out
}

/// "Tuesday or Wednesday": either will do, so no day is decided; and neither is one between "Monday to Wednesday". Whoever moves an
/// appointment from one day to another means the other.
fn with_the_day_before(
    t: &Tokens<'_>,
    dates: &[calendar::Said],
    last: &calendar::Said,
    moving: bool,
) -> DateMention {
    let before = dates.iter().rposition(|d| d == last).and_then(|i| i.checked_sub(1));
    let Some(first) = before.map(|i| &dates[i]) else { return last.what };
    let gap = first.span.end..last.span.start;
    let either = gap.len() <= 2 && gap.clone().any(|k| t.entry(k).has(C::Or));
    let through = !moving && is_span(t, first.span.start, gap);
    match (first.what, last.what) {
        (DateMention::On { date: a, .. }, DateMention::On { date: b, .. }) if either => {
            DateMention::Within { from: a.min(b), to: a.max(b) }
        }
        (DateMention::On { date: from, .. }, DateMention::On { date, .. }) if through => {
            // On a Tuesday, "Monday to Wednesday" ends on the Wednesday after that Monday.
            let to = if date < from { date.saturating_add(7.days()) } else { date };
            if from <= to { DateMention::Within { from, to } } else { last.what }
        }
        (_, what) => what,
    }
}

/// Whether what stands between two days makes a span of them: "Monday to Wednesday", "between the 1st and the 5th", "Jumatatu hadi Jumatano".
fn is_span(t: &Tokens<'_>, start: usize, gap: std::ops::Range<usize>) -> bool {
    let joins = |word: &str| matches!(word, "to" | "till" | "until" | "through" | "hadi" | "mpaka");
    let ands = |word: &str| matches!(word, "and" | "na" | "&");
    let filler = |word: &str| matches!(word, "the" | "tarehe" | "ya" | "on");
    let words: Vec<&str> = gap.map(|k| t.word(k)).filter(|word| !filler(word)).collect();
    let between = (start.saturating_sub(3)..start).any(|k| matches!(t.word(k), "between" | "kati"));
    match words[..] {
        [one] => joins(one) || between && ands(one),
        _ => false,
    }
}

/// True when some part of the day is named outside a greeting.
pub(super) fn says_part(scene: &Scene<'_>) -> bool {
    let t = &scene.tokens;
    (0..t.len()).any(|k| t.entry(k).has(C::Part) && !scene.is_greeting(k) && !t.entry(k).guessed)
}

/// A moment far from now was misread, whatever the words.
fn bounded(start: Timestamp, now: &Zoned) -> Option<Timestamp> {
    const DAY_H: i64 = 24;
    let now = now.timestamp();
    let earliest = now - SignedDuration::from_hours(DAY_H);
    let latest = now + SignedDuration::from_hours(DAY_H * 400);
    (earliest <= start && start <= latest).then_some(start)
}

/// How a mention stands among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    /// "not three", "sio kesho".
    Denied,
    /// Where an appointment is moved from.
    Old,
    /// Perhaps which appointment is meant: "my appointment on Friday".
    Named,
    /// Said plainly.
    Plain,
    /// Where an appointment is moved to.
    Aim,
}

impl Standing {
    fn of(t: &Tokens<'_>, from: usize, end: usize, moving: bool) -> Self {
        let names_booking = t.entry(end).has(C::Appt) && !t.entry(end).has(C::Free);
        let mut named = false;
        let mut found = Self::Plain;
        for k in (0..from).rev().take(4) {
            let (entry, word) = (t.entry(k), t.word(k));
            // "hapana, saa kumi" says no to what was said before, not to what follows.
            let denies = !matches!(word, "cant" | "dont" | "hapana" | "apana" | "hpana" | "hapna");
            let replaced = matches!(
                (word, t.word(k + 1)),
                ("instead", "of") | ("badala", "ya") | ("rather", "than")
            );
            if replaced || entry.has(C::Not) && denies && !entry.guessed {
                return Self::Denied;
            }
            match word {
                "to" | "hadi" | "mpaka" | "iwe" | "ifike" | "into" | "ikuwe" | "iende"
                | "until" | "kwa" => {
                    found = Self::Aim;
                    break;
                }
                "from" | "kutoka" | "toka" => {
                    found = Self::Old;
                    break;
                }
                "my" | "our" | "yangu" | "ile" => {
                    let direct = k + 1 == from && entry.lang < 0 || t.word(k + 1) == "ya";
                    found = if direct { Self::Old } else { Self::Named };
                    break;
                }
                "appointment" | "booking" | "miadi" | "appt" => named = true,
                "at" | "ya" | "on" | "the" | "saa" | "for" | "ni" | "hiyo" | "hii" | "of"
                | "wa" | "than" => {}
                _ => break,
            }
        }
        match (moving, found) {
            (false, _) => Self::Plain,
            (true, Self::Aim) => Self::Aim,
            (true, _) if names_booking => Self::Old,
            (true, Self::Plain) if named => Self::Named,
            (true, other) => other,
        }
    }
}

/// The last mention that counts: from the last aim on, else the last plain one, else the only booking that was named.
fn chosen<T>(all: &[T], standing: impl Fn(&T) -> Standing) -> Option<&T> {
    let from = all.iter().rposition(|m| standing(m) == Standing::Aim).unwrap_or(0);
    let last = |least: Standing| all[from..].iter().rev().find(|m| standing(m) >= least);
    last(Standing::Plain).or_else(|| last(Standing::Named))
}

struct Clock<'a, 't> {
    scene: &'a Scene<'t>,
    frame: &'a Frame<'a>,
    day: Option<Date>,
}

impl Clock<'_, '_> {
    fn minutes_from_now(&self, minutes: u32) -> When {
        let moment = self.frame.now.saturating_add(SignedDuration::from_mins(i64::from(minutes)));
        let minute = MinuteOfDay::of(moment.time());
        When {
            date: Some(DateMention::On { date: moment.date(), or: None }),
            time: Some(TimeMention::At { minute, about: false }),
            start: bounded(minute.on(moment.date(), self.frame.now.time_zone()), self.frame.now),
        }
    }

    fn read(&self, last: &Mention, partner: Option<&Mention>) -> TimeMention {
        if last.said == Said::Any {
            // "any time in the morning" is a morning.
            return self.part_of_day().map_or(TimeMention::Any, |part| TimeMention::Part { part });
        }
        let part = self.part_near(last);
        let readings = self.readings(last.said, part);
        if let Some(first) = partner {
            return self.span(first, last, &readings);
        }
        let [minute] = readings[..] else {
            return TimeMention::Unclear { readings };
        };
        match last.bound {
            Bound::At => TimeMention::At { minute, about: last.about },
            Bound::After => TimeMention::Between { from: minute, to: MinuteOfDay::END },
            Bound::Before => TimeMention::Between { from: MinuteOfDay::START, to: minute },
        }
    }

    /// Two times joined: a span, or one of two.
    fn span(&self, first: &Mention, last: &Mention, last_readings: &[MinuteOfDay]) -> TimeMention {
        let t = &self.scene.tokens;
        let firsts = self.readings(first.said, self.part_near(first));
        let either = (first.span.end..last.span.start).any(|k| t.entry(k).has(C::Or));
        let to = last_readings.last().copied();
        if either {
            let mut readings: Vec<MinuteOfDay> =
                firsts.iter().chain(last_readings).copied().collect();
            readings.sort_unstable();
            readings.dedup();
            return TimeMention::Unclear { readings };
        }
        // "2 to 5pm": the start is the reading closest before the end.
        let all = match first.said {
            Said::English { hour, minute } | Said::Bare { hour, minute } => {
                let base = hour % 12 * 60 + minute;
                [base, base + 720].into_iter().filter_map(MinuteOfDay::new).collect()
            }
            Said::Swahili { .. } | Said::Exact { .. } | Said::InMinutes { .. } | Said::Any => {
                firsts.clone()
            }
        };
        let from = match firsts[..] {
            [one] if to.is_some_and(|to| one < to) => Some(one),
            _ => all.into_iter().filter(|f| to.is_some_and(|to| *f < to)).max(),
        };
        match (from, to) {
            (Some(from), Some(to)) => TimeMention::Between { from, to },
            (None, Some(_)) | (_, None) => {
                TimeMention::Unclear { readings: last_readings.to_vec() }
            }
        }
    }

    /// The minutes of the day that the words can mean, decided as far as anything decides.
    fn readings(&self, said: Said, part: Option<(u16, bool)>) -> Vec<MinuteOfDay> {
        let swahili = |hour: u16, minute: u16| ((hour + 6) * 60 + minute) % 1440;
        let pair = |base: u16| [base % 720, base % 720 + 720];
        let both_clocks = |hour: u16, minute: u16| {
            let english = pair(hour % 12 * 60 + minute);
            let other = pair(swahili(hour, minute));
            [english[0], english[1], other[0], other[1]]
        };
        let minutes: Vec<u16> = match (said, part) {
            (Said::Exact { minute }, _) => vec![minute],
            (Said::InMinutes { .. } | Said::Any, _) => Vec::new(),
            (Said::Swahili { hour, minute }, Some((part, _))) => {
                let pair = pair(swahili(hour, minute));
                only(pair.iter().copied().filter(|m| in_wide(part, *m)), &pair)
            }
            (Said::Swahili { hour, minute }, None) => self.open(&pair(swahili(hour, minute))),
            (Said::English { hour, minute }, Some((part, _))) => {
                let pair = pair(hour % 12 * 60 + minute);
                only(pair.iter().copied().filter(|m| in_wide(part, *m)), &pair)
            }
            (Said::English { hour, minute }, None) => self.open(&pair(hour % 12 * 60 + minute)),
            (Said::Bare { hour, minute }, Some((part, swahili_word))) => {
                if swahili_word || self.frame.language == Some(Language::Sw) {
                    let all = both_clocks(hour, minute);
                    let fitting: Vec<u16> =
                        all.iter().copied().filter(|m| in_narrow(part, *m)).collect();
                    if fitting.len() > 1 {
                        self.open(&fitting)
                    } else {
                        only(fitting.into_iter(), &all)
                    }
                } else {
                    let pair = pair(hour % 12 * 60 + minute);
                    only(pair.iter().copied().filter(|m| in_wide(part, *m)), &pair)
                }
            }
            (Said::Bare { hour, minute }, None) => {
                if self.frame.language == Some(Language::Sw) {
                    let mut all = self.inside(&both_clocks(hour, minute));
                    if all.len() < 2 {
                        all = both_clocks(hour, minute).to_vec();
                    }
                    all
                } else {
                    self.open(&pair(hour % 12 * 60 + minute))
                }
            }
        };
        let mut readings: Vec<MinuteOfDay> =
            minutes.into_iter().filter_map(MinuteOfDay::new).collect();
        readings.sort_unstable();
        readings.dedup();
        readings
    }

    /// The one reading inside the opening hours, else all of them.
    fn open(&self, readings: &[u16]) -> Vec<u16> {
        only(self.inside(readings).into_iter(), readings)
    }

    fn inside(&self, readings: &[u16]) -> Vec<u16> {
        let open = self.frame.hours.on(self.day);
        readings
            .iter()
            .copied()
            .filter(|m| open.is_some_and(|(from, to)| (from..to).contains(m)))
            .collect()
    }

    /// The part of the day that belongs to a time: the nearest, unless it is denied. With whether the word is Swahili.
    fn part_near(&self, mention: &Mention) -> Option<(u16, bool)> {
        let t = &self.scene.tokens;
        let distance = |k: usize| {
            if k >= mention.span.end {
                (k - mention.span.end) * 2
            } else {
                (mention.span.start - k) * 2 + 1
            }
        };
        self.parts().min_by_key(|k| distance(*k)).map(|k| (t.entry(k).value, t.entry(k).lang > 0))
    }

    fn parts(&self) -> impl DoubleEndedIterator<Item = usize> + '_ {
        let t = &self.scene.tokens;
        (0..t.len()).filter(move |&k| {
            let entry = t.entry(k);
            let denied = (1..=2).any(|back| k >= back && t.entry(k - back).has(C::Not));
            entry.has(C::Part)
                && !self.scene.is_greeting(k)
                && !denied
                && (!entry.guessed || t.word(k).len() >= 6)
        })
    }

    /// The last part of the day that was said on its own.
    fn part_of_day(&self) -> Option<DayPart> {
        let t = &self.scene.tokens;
        if (0..t.len()).any(|k| after_lunch(t, k)) {
            return Some(DayPart::Afternoon);
        }
        if let Some(k) = self.parts().next_back() {
            return Some(match t.entry(k).value {
                part::DAWN | part::MORNING => DayPart::Morning,
                part::MIDDAY => DayPart::Midday,
                part::AFTERNOON => DayPart::Afternoon,
                part::EVENING => DayPart::Evening,
                _ => DayPart::Night,
            });
        }
        (0..t.len()).find_map(|k| match (t.word(k), t.word(k + 1), t.word(k + 2)) {
            ("after", "work", _)
            | ("baada", "ya", "kazi" | "job" | "work")
            | ("nikitoka", "kazi" | "job", _) => Some(DayPart::Evening),
            ("mapema" | "early", _, _) => Some(DayPart::Morning),
            _ => None,
        })
    }
}

/// "after lunch", "baada ya chakula cha mchana".
fn after_lunch(t: &Tokens<'_>, k: usize) -> bool {
    let meal = match (t.word(k), t.word(k + 1)) {
        ("baada", "ya") | ("after", "my" | "the") => k + 2,
        ("after", _) => k + 1,
        _ => return false,
    };
    matches!(t.word(meal), "lunch" | "lunchtime")
        || t.word(meal) == "chakula" && (t.word(meal + 1), t.word(meal + 2)) == ("cha", "mchana")
}

/// The one reading that is left, else all of them.
fn only(left: impl Iterator<Item = u16>, all: &[u16]) -> Vec<u16> {
    let left: Vec<u16> = left.collect();
    if left.len() == 1 { left } else { all.to_vec() }
}

/// Where an hour with this part of the day lies, generously: of two readings twelve hours apart at most one fits.
fn in_wide(which: u16, minute: u16) -> bool {
    let hour = minute / 60;
    match which {
        part::DAWN => (2..8).contains(&hour),
        part::MORNING => (5..12).contains(&hour),
        part::MIDDAY => (10..18).contains(&hour),
        part::AFTERNOON => (12..19).contains(&hour),
        part::EVENING => (15..22).contains(&hour),
        _ => !(6..18).contains(&hour),
    }
}

/// Where an hour lies for sure, for a digit that may be on either clock.
fn in_narrow(which: u16, minute: u16) -> bool {
    let hour = minute / 60;
    match which {
        part::DAWN => (3..7).contains(&hour),
        part::MORNING => (6..12).contains(&hour),
        part::MIDDAY => (11..16).contains(&hour),
        part::AFTERNOON => (13..18).contains(&hour),
        part::EVENING => (16..20).contains(&hour),
        _ => !(5..19).contains(&hour),
    }
}
