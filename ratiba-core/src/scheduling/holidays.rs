//! Public holidays by rule: fixed dates, Easter by computation, Kenya's shift from Sunday, and the two Eids by table.
//!
//! What this can't know: days that a government declares at short notice, and a moon that was sighted a day earlier or
//! later than computed. An owner enters those as exceptions, which win over holidays.

use jiff::civil::{Date, Weekday};
use serde::Serialize;

use crate::domain::phone::Country;

/// A public holiday of a country.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct Holiday {
    /// Its name in English.
    pub en: &'static str,
    /// Its name in Swahili.
    pub sw: &'static str,
    /// True when this is a weekday kept in place of a holiday that fell on a Sunday.
    pub in_lieu: bool,
}

/// The public holiday that a country keeps on a date, if any.
///
/// Kenya: Public Holidays Act (Cap. 110) with its schedule as amended up to 2024; a holiday on a Sunday moves the day
/// off to the first following day that is no holiday itself (section 4). Uganda, Tanzania and Rwanda: their fixed days,
/// Good Friday, Easter Monday and the Eids, on the day itself.
///
/// ```
/// use jiff::civil::date;
/// use ratiba_core::domain::phone::Country;
/// use ratiba_core::scheduling::holidays::holiday;
///
/// assert_eq!(holiday(Country::Ke, date(2026, 12, 12)).map(|h| h.en), Some("Jamhuri Day"));
/// assert_eq!(holiday(Country::Ke, date(2026, 11, 23)), None);
/// ```
pub fn holiday(country: Country, date: Date) -> Option<Holiday> {
    if let Some(name) = name_of(country, date) {
        return Some(name.kept(false));
    }
    // Only Kenya's law moves Sunday's holiday; the others keep the day itself.
    if country != Country::Ke {
        return None;
    }
    let mut earlier = date.yesterday().ok()?;
    loop {
        let name = name_of(country, earlier)?;
        if earlier.weekday() == Weekday::Sunday {
            return Some(name.kept(true));
        }
        earlier = earlier.yesterday().ok()?;
    }
}

/// A holiday's names, English first.
#[derive(Clone, Copy)]
struct Name(&'static str, &'static str);

impl Name {
    const fn kept(self, in_lieu: bool) -> Holiday {
        Holiday { en: self.0, sw: self.1, in_lieu }
    }
}

const NEW_YEAR: Name = Name("New Year's Day", "Mwaka Mpya");
const GOOD_FRIDAY: Name = Name("Good Friday", "Ijumaa Kuu");
const EASTER_MONDAY: Name = Name("Easter Monday", "Jumatatu ya Pasaka");
const LABOUR: Name = Name("Labour Day", "Siku ya Wafanyakazi");
const CHRISTMAS: Name = Name("Christmas Day", "Krismasi");
const BOXING: Name = Name("Boxing Day", "Siku ya Boxing");
const EID_AL_FITR: Name = Name("Idd-ul-Fitr", "Idd-ul-Fitr");
const EID_AL_ADHA: Name = Name("Idd-ul-Adha", "Idd-ul-Adha");

/// The holiday that falls on the date itself.
fn name_of(country: Country, date: Date) -> Option<Name> {
    fixed(country, date).or_else(|| easter_days(date)).or_else(|| eid(date))
}

fn fixed(country: Country, date: Date) -> Option<Name> {
    let day = (date.month(), date.day());
    let everywhere = match day {
        (1, 1) => Some(NEW_YEAR),
        (5, 1) => Some(LABOUR),
        (12, 25) => Some(CHRISTMAS),
        (12, 26) => Some(BOXING),
        _ => None,
    };
    everywhere.or_else(|| match country {
        Country::Ke => kenya(date),
        Country::Ug => match day {
            (1, 26) => Some(Name("NRM Liberation Day", "Siku ya Ukombozi")),
            (2, 16) => {
                Some(Name("Archbishop Janani Luwum Day", "Siku ya Askofu Mkuu Janani Luwum"))
            }
            (3, 8) => Some(Name("International Women's Day", "Siku ya Wanawake Duniani")),
            (6, 3) => Some(Name("Martyrs' Day", "Siku ya Mashahidi")),
            (6, 9) => Some(Name("National Heroes' Day", "Siku ya Mashujaa")),
            (10, 9) => Some(Name("Independence Day", "Siku ya Uhuru")),
            _ => None,
        },
        Country::Tz => match day {
            (1, 12) => Some(Name("Zanzibar Revolution Day", "Mapinduzi ya Zanzibar")),
            (4, 7) => Some(Name("Karume Day", "Siku ya Karume")),
            (4, 26) => Some(Name("Union Day", "Siku ya Muungano")),
            (7, 7) => Some(Name("Saba Saba", "Saba Saba")),
            (8, 8) => Some(Name("Nane Nane", "Nane Nane")),
            (10, 14) => Some(Name("Nyerere Day", "Siku ya Nyerere")),
            (12, 9) => Some(Name("Independence Day", "Siku ya Uhuru")),
            _ => None,
        },
        Country::Rw => match day {
            (1, 2) => Some(Name("Day after New Year", "Siku baada ya Mwaka Mpya")),
            (2, 1) => Some(Name("Heroes' Day", "Siku ya Mashujaa")),
            (4, 7) => {
                Some(Name("Genocide Memorial Day", "Siku ya Kumbukumbu ya Mauaji ya Kimbari"))
            }
            (7, 1) => Some(Name("Independence Day", "Siku ya Uhuru")),
            (7, 4) => Some(Name("Liberation Day", "Siku ya Ukombozi")),
            (8, 15) => Some(Name("Assumption Day", "Kupalizwa kwa Bikira Maria")),
            _ => None,
        },
    })
}

/// Kenya's own days. 10 October was Huduma Day in 2020, Utamaduni Day from 2021 and is Mazingira Day since 2024.
fn kenya(date: Date) -> Option<Name> {
    match (date.month(), date.day()) {
        (6, 1) => Some(Name("Madaraka Day", "Siku ya Madaraka")),
        (10, 10) => Some(match date.year() {
            2024.. => Name("Mazingira Day", "Siku ya Mazingira"),
            2021..=2023 => Name("Utamaduni Day", "Siku ya Utamaduni"),
            _ => Name("Huduma Day", "Siku ya Huduma"),
        }),
        (10, 20) => Some(Name("Mashujaa Day", "Siku ya Mashujaa")),
        (12, 12) => Some(Name("Jamhuri Day", "Siku ya Jamhuri")),
        _ => None,
    }
}

fn easter_days(date: Date) -> Option<Name> {
    // Easter Sunday lies between 22 March and 25 April, so other months need no computation.
    if !(3..=4).contains(&date.month()) {
        return None;
    }
    let sunday = easter_sunday(date.year())?;
    match (date - sunday).get_days() {
        -2 => Some(GOOD_FRIDAY),
        1 => Some(EASTER_MONDAY),
        _ => None,
    }
}

/// Easter Sunday of the Gregorian calendar: Gauss's method with Lichtenberg's correction, valid for every year.
fn easter_sunday(year: i16) -> Option<Date> {
    let year_number = i32::from(year);
    let century = year_number / 100;
    let moon_shift = 15 + (3 * century + 3) / 4 - (8 * century + 13) / 25;
    let sun_shift = 2 - (3 * century + 3) / 4;
    let moon_parameter = year_number % 19;
    let moon_age = (19 * moon_parameter + moon_shift) % 30;
    let correction = (moon_age + moon_parameter / 11) / 29;
    let full_moon = 21 + moon_age - correction;
    let first_sunday_in_march = 7 - (year_number + year_number / 4 + sun_shift) % 7;
    let to_sunday = 7 - (full_moon - first_sunday_in_march).rem_euclid(7);
    let day_of_march = full_moon + to_sunday;
    let (month, day) = if day_of_march > 31 { (4, day_of_march - 31) } else { (3, day_of_march) };
    Date::new(year, month, i8::try_from(day).ok()?).ok()
}

/// First days of the two Eids by the Umm al-Qura calendar, which the gazetted days in East Africa mostly follow.
/// The moon decides in the end: each may fall a day later, and then the owner enters an exception.
const EIDS: [Eids; 7] = [
    Eids { year: 2026, fitr: (3, 20), adha: (5, 27) },
    Eids { year: 2027, fitr: (3, 9), adha: (5, 16) },
    Eids { year: 2028, fitr: (2, 26), adha: (5, 5) },
    Eids { year: 2029, fitr: (2, 14), adha: (4, 24) },
    Eids { year: 2030, fitr: (2, 4), adha: (4, 13) },
    Eids { year: 2031, fitr: (1, 24), adha: (4, 2) },
    Eids { year: 2032, fitr: (1, 14), adha: (3, 22) },
];

/// The days of one year, as month and day.
struct Eids {
    year: i16,
    fitr: (i8, i8),
    adha: (i8, i8),
}

/// All four countries keep both: where the law names only Idd-ul-Fitr, as in Kenya, Idd-ul-Adha is gazetted each year.
fn eid(date: Date) -> Option<Name> {
    let eids = EIDS.iter().find(|eids| eids.year == date.year())?;
    let day = (date.month(), date.day());
    if day == eids.fitr {
        Some(EID_AL_FITR)
    } else if day == eids.adha {
        Some(EID_AL_ADHA)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn named(year: i16, month: i8, day: i8) -> Option<&'static str> {
        holiday(Country::Ke, date(year, month, day)).map(|h| h.en)
    }

    #[test]
    fn kenyas_year_2026_has_its_twelve_days_and_no_others() {
        let mut found = Vec::new();
        let mut day = date(2026, 1, 1);
        while day.year() == 2026 {
            if let Some(h) = holiday(Country::Ke, day) {
                found.push((day.month(), day.day(), h.en));
            }
            day = day.tomorrow().unwrap();
        }
        assert_eq!(
            found,
            [
                (1, 1, "New Year's Day"),
                (3, 20, "Idd-ul-Fitr"),
                (4, 3, "Good Friday"),
                (4, 6, "Easter Monday"),
                (5, 1, "Labour Day"),
                (5, 27, "Idd-ul-Adha"),
                (6, 1, "Madaraka Day"),
                (10, 10, "Mazingira Day"),
                (10, 20, "Mashujaa Day"),
                (12, 12, "Jamhuri Day"),
                (12, 25, "Christmas Day"),
                (12, 26, "Boxing Day"),
            ]
        );
    }

    #[test]
    fn a_sunday_holiday_gives_the_first_following_day_that_is_none() {
        assert_eq!(named(2027, 10, 11), Some("Mazingira Day"), "10 October 2027 is a Sunday");
        assert_eq!(named(2022, 12, 27), Some("Christmas Day"), "Monday was Boxing Day already");
        assert_eq!(named(2022, 12, 28), None);
        assert!(holiday(Country::Ke, date(2027, 5, 17)).is_some_and(|h| h.in_lieu));
        assert_eq!(holiday(Country::Ug, date(2027, 12, 27)), None, "only Kenya shifts");
    }

    #[test]
    fn the_tenth_of_october_has_changed_its_name() {
        assert_eq!(named(2023, 10, 10), Some("Utamaduni Day"));
        assert_eq!(named(2024, 10, 10), Some("Mazingira Day"));
    }

    #[test]
    fn easter_falls_where_the_churches_keep_it() {
        let known = [
            (2000, 4, 23),
            (2024, 3, 31),
            (2025, 4, 20),
            (2026, 4, 5),
            (2027, 3, 28),
            (2038, 4, 25),
        ];
        for (year, month, day) in known {
            assert_eq!(easter_sunday(year), Some(date(year, month, day)));
        }
    }

    #[test]
    fn neighbours_keep_their_own_days() {
        let name = |country, m, d| holiday(country, date(2026, m, d)).map(|h| h.en);
        assert_eq!(name(Country::Ug, 6, 3), Some("Martyrs' Day"));
        assert_eq!(name(Country::Tz, 7, 7), Some("Saba Saba"));
        assert_eq!(name(Country::Rw, 7, 4), Some("Liberation Day"));
        assert_eq!(name(Country::Ke, 7, 7), None);
    }
}
