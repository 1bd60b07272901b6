//! Days and moments: as near as "tomorrow", as exact as "Thursday 3 December".

use jiff::civil::{Date, DateTime, Weekday};

use super::{Manner, number, time};
use crate::domain::message::Language;

/// How exactly a day is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::language::speak) enum Exact {
    /// "tomorrow", "on Thursday", and the date only when it is more than six days away.
    Near,
    /// "tomorrow, Tuesday 24 November".
    Full,
    /// As `Full`, without "on": "from … to Thursday 26 November".
    Bare,
}

/// A day as an adverb: "tomorrow", "on Thursday"; "kesho", "Alhamisi".
pub(in crate::language::speak) fn day(
    date: Date,
    today: Date,
    exact: Exact,
    manner: Manner,
) -> String {
    let distance = days_between(today, date);
    let relative = match (manner.language, distance) {
        (Language::En, -1) => Some("yesterday"),
        (Language::En, 0) => Some("today"),
        (Language::En, 1) => Some("tomorrow"),
        (Language::Sw, -1) => Some("jana"),
        (Language::Sw, 0) => Some("leo"),
        (Language::Sw, 1) => Some("kesho"),
        (Language::Sw, 2) => Some("kesho kutwa"),
        _ => None,
    };
    let near = exact == Exact::Near;
    match (manner.language, relative) {
        (_, Some(relative)) if near => relative.to_owned(),
        (_, Some(relative)) => format!("{relative}, {}", dated(date, distance, manner)),
        (Language::En, None) if exact == Exact::Bare => dated(date, distance, manner),
        (Language::En, None) if near && (2..=6).contains(&distance) => {
            format!("on {}", weekday(date.weekday(), Language::En))
        }
        (Language::En, None) => format!("on {}", dated(date, distance, manner)),
        (Language::Sw, None) if near && (2..=6).contains(&distance) => {
            weekday(date.weekday(), Language::Sw).to_owned()
        }
        (Language::Sw, None) => dated(date, distance, manner),
    }
}

/// A day and a time: "tomorrow, Tuesday 24 November, at 3:00 pm"; "kesho saa tisa alasiri (15:00)".
pub(in crate::language::speak) fn moment(
    at: DateTime,
    today: Date,
    exact: Exact,
    manner: Manner,
) -> String {
    let day = day(at.date(), today, exact, manner);
    let clock = time::clock(at.time(), manner);
    match manner.language {
        Language::En if day.contains(',') => format!("{day}, at {clock}"),
        Language::En => format!("{day} at {clock}"),
        Language::Sw if exact == Exact::Near => format!("{day} {clock}"),
        Language::Sw => format!("{day}, {clock}"),
    }
}

/// The title of a choice, at most 20 characters: "Tomorrow 3:00 pm", "Thu 26 Nov, 3:00 pm"; "Kesho 15:00", "Alhamisi 26/11 15:00".
pub(in crate::language::speak) fn title(at: DateTime, today: Date, language: Language) -> String {
    let clock = time::short(at.time(), language);
    let date = at.date();
    match (language, days_between(today, date)) {
        (Language::En, 0) => format!("Today {clock}"),
        (Language::En, 1) => format!("Tomorrow {clock}"),
        (Language::En, _) => {
            let (day, month) = (weekday(date.weekday(), language), month(date.month(), language));
            format!("{} {} {}, {clock}", &day[..3], date.day(), &month[..3])
        }
        (Language::Sw, 0) => format!("Leo {clock}"),
        (Language::Sw, 1) => format!("Kesho {clock}"),
        (Language::Sw, _) => {
            let day = weekday(date.weekday(), language);
            format!("{day} {}/{} {clock}", date.day(), date.month())
        }
    }
}

/// "Tuesday 24 November"; "Jumanne tarehe 24 Novemba"; with the year when it is half a year away.
fn dated(date: Date, distance: i32, manner: Manner) -> String {
    let Manner { language, spoken } = manner;
    let weekday = weekday(date.weekday(), language);
    let said = format!("{weekday} {}", of_month(date.day(), date.month(), manner));
    if distance.unsigned_abs() <= 180 {
        return said;
    }
    let year = u64::from(date.year().unsigned_abs());
    if spoken {
        format!("{said} {}", number::words(year, language))
    } else {
        format!("{said} {year}")
    }
}

/// "24 November"; "tarehe 24 Novemba"; whether there is such a day or not.
pub(in crate::language::speak) fn of_month(day: i8, month: i8, manner: Manner) -> String {
    let Manner { language, spoken } = manner;
    let month = self::month(month, language);
    let day = u64::from(day.unsigned_abs());
    match (language, spoken) {
        (Language::En, false) => format!("{day} {month}"),
        (Language::En, true) => format!("the {} of {month}", number::english_ordinal(day)),
        (Language::Sw, false) => format!("tarehe {day} {month}"),
        (Language::Sw, true) => format!("tarehe {} {month}", number::words(day, language)),
    }
}

/// Days from one date to another; negative when the other is earlier.
fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(i32::MAX, |span| span.get_days())
}

/// "Thursday"; "Alhamisi".
pub(in crate::language::speak) const fn weekday(day: Weekday, language: Language) -> &'static str {
    match (language, day) {
        (Language::En, Weekday::Monday) => "Monday",
        (Language::En, Weekday::Tuesday) => "Tuesday",
        (Language::En, Weekday::Wednesday) => "Wednesday",
        (Language::En, Weekday::Thursday) => "Thursday",
        (Language::En, Weekday::Friday) => "Friday",
        (Language::En, Weekday::Saturday) => "Saturday",
        (Language::En, Weekday::Sunday) => "Sunday",
        (Language::Sw, Weekday::Monday) => "Jumatatu",
        (Language::Sw, Weekday::Tuesday) => "Jumanne",
        (Language::Sw, Weekday::Wednesday) => "Jumatano",
        (Language::Sw, Weekday::Thursday) => "Alhamisi",
        (Language::Sw, Weekday::Friday) => "Ijumaa",
        (Language::Sw, Weekday::Saturday) => "Jumamosi",
        (Language::Sw, Weekday::Sunday) => "Jumapili",
    }
}

fn month(month: i8, language: Language) -> &'static str {
    const EN: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    const SW: [&str; 12] = [
        "Januari", "Februari", "Machi", "Aprili", "Mei", "Juni", "Julai", "Agosti", "Septemba",
        "Oktoba", "Novemba", "Desemba",
    ];
    let index = usize::from(month.unsigned_abs()).saturating_sub(1).min(11);
    match language {
        Language::En => EN[index],
        Language::Sw => SW[index],
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::manners::{EN, EN_SPOKEN, SW, SW_SPOKEN};
    use super::*;

    const MONDAY: Date = date(2026, 11, 23);

    fn said(days: i8, exact: Exact, manner: Manner) -> String {
        let at = date(2026, 11, 23 + days).at(15, 0, 0, 0);
        moment(at, MONDAY, exact, manner)
    }

    #[test]
    fn near_days_have_names_and_far_ones_a_date() {
        for (days, en, sw) in [
            (0, "today at 3:00 pm", "leo saa tisa alasiri (15:00)"),
            (1, "tomorrow at 3:00 pm", "kesho saa tisa alasiri (15:00)"),
            (2, "on Wednesday at 3:00 pm", "kesho kutwa saa tisa alasiri (15:00)"),
            (6, "on Sunday at 3:00 pm", "Jumapili saa tisa alasiri (15:00)"),
            (
                7,
                "on Monday 30 November at 3:00 pm",
                "Jumatatu tarehe 30 Novemba saa tisa alasiri (15:00)",
            ),
        ] {
            assert_eq!(said(days, Exact::Near, EN), en);
            assert_eq!(said(days, Exact::Near, SW), sw);
        }
    }

    #[test]
    fn a_full_date_leaves_no_doubt() {
        assert_eq!(said(1, Exact::Full, EN), "tomorrow, Tuesday 24 November, at 3:00 pm");
        assert_eq!(
            said(1, Exact::Full, SW),
            "kesho, Jumanne tarehe 24 Novemba, saa tisa alasiri (15:00)"
        );
        assert_eq!(said(3, Exact::Full, EN), "on Thursday 26 November at 3:00 pm");
        assert_eq!(said(3, Exact::Bare, EN), "Thursday 26 November at 3:00 pm");
        assert_eq!(
            said(1, Exact::Full, EN_SPOKEN),
            "tomorrow, Tuesday the twenty-fourth of November, at three in the afternoon"
        );
        assert_eq!(
            said(3, Exact::Full, SW_SPOKEN),
            "Alhamisi tarehe ishirini na sita Novemba, saa tisa alasiri"
        );
        let next_year = day(date(2027, 11, 23), MONDAY, Exact::Full, EN);
        assert_eq!(next_year, "on Tuesday 23 November 2027");
    }

    #[test]
    fn titles_fit_on_a_button() {
        for days in 0..400 {
            let date = MONDAY.checked_add(jiff::Span::new().days(days)).unwrap();
            for hour in [9, 12, 22] {
                for language in [Language::En, Language::Sw] {
                    let title = title(date.at(hour, 45, 0, 0), MONDAY, language);
                    assert!(title.chars().count() <= 20, "{title}");
                }
            }
        }
        let thursday = date(2026, 11, 26).at(15, 0, 0, 0);
        assert_eq!(title(thursday, MONDAY, Language::En), "Thu 26 Nov, 3:00 pm");
        assert_eq!(title(thursday, MONDAY, Language::Sw), "Alhamisi 26/11 15:00");
    }

    #[test]
    fn the_ends_of_the_calendar_are_still_days() {
        for manner in [EN, SW, EN_SPOKEN, SW_SPOKEN] {
            assert!(!day(Date::MAX, Date::MIN, Exact::Near, manner).is_empty());
            assert!(!day(Date::MIN, Date::MAX, Exact::Full, manner).is_empty());
        }
    }
}
