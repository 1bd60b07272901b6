//! Times of day: the English clock, and the Swahili one that counts from dawn.

use jiff::civil::Time;

use super::{Manner, number};
use crate::domain::message::Language;

/// "3:00 pm"; "saa tisa alasiri (15:00)", both ways because the two clocks differ by six hours.
///
/// Spoken without digits: "three in the afternoon", "saa tisa alasiri".
pub(in crate::language::speak) fn clock(time: Time, manner: Manner) -> String {
    match (manner.language, manner.spoken) {
        (Language::En, false) => english_digits(time),
        (Language::En, true) => english_words(time),
        (Language::Sw, false) => format!("{} ({})", swahili_words(time), digits(time)),
        (Language::Sw, true) => swahili_words(time),
    }
}

/// The shortest clear form, for the titles of choices: "3:00 pm", "15:00".
pub(in crate::language::speak) fn short(time: Time, language: Language) -> String {
    match language {
        Language::En => english_digits(time),
        Language::Sw => digits(time),
    }
}

/// "15:00".
fn digits(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

/// Hour of a twelve-hour dial, 1 to 12.
fn dial(hour: i8) -> u64 {
    match u64::from(hour.unsigned_abs()) % 12 {
        0 => 12,
        hour => hour,
    }
}

fn english_digits(time: Time) -> String {
    let half = if time.hour() < 12 { "am" } else { "pm" };
    format!("{}:{:02} {half}", dial(time.hour()), time.minute())
}

fn english_words(time: Time) -> String {
    let minute = u64::from(time.minute().unsigned_abs());
    let part = match time.hour() {
        12 if minute == 0 => return "twelve noon".to_owned(),
        0 if minute == 0 => return "midnight".to_owned(),
        0..12 => "in the morning",
        12..17 => "in the afternoon",
        17..21 => "in the evening",
        _ => "at night",
    };
    let hour = number::words(dial(time.hour()), Language::En);
    match minute {
        0 => format!("{hour} {part}"),
        1..10 => format!("{hour} oh {} {part}", number::words(minute, Language::En)),
        _ => format!("{hour} {} {part}", number::words(minute, Language::En)),
    }
}

/// "saa nane na nusu mchana". The part of the day is that of the moment itself, so 14:45 is "saa tisa kasorobo mchana".
fn swahili_words(time: Time) -> String {
    let hour = dial(time.hour() + 6);
    let name = |hour: u64| number::words(hour, Language::Sw);
    let part = swahili_part(time.hour());
    match u64::from(time.minute().unsigned_abs()) {
        0 => format!("saa {} {part}", name(hour)),
        15 => format!("saa {} na robo {part}", name(hour)),
        30 => format!("saa {} na nusu {part}", name(hour)),
        45 => format!("saa {} kasorobo {part}", name(hour % 12 + 1)),
        minute => format!("saa {} na dakika {} {part}", name(hour), name(minute)),
    }
}

/// The word for a part of the day, by the hour of the ordinary clock, as Nairobi uses it: four is *jioni* already.
fn swahili_part(hour: i8) -> &'static str {
    match hour {
        4..6 => "alfajiri",
        6..12 => "asubuhi",
        12..15 => "mchana",
        15 => "alasiri",
        16..20 => "jioni",
        _ => "usiku",
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::super::manners::{EN, EN_SPOKEN, SW, SW_SPOKEN};
    use super::*;

    #[test]
    fn swahili_counts_from_dawn_and_says_both() {
        for (hour, minute, said) in [
            (15, 0, "saa tisa alasiri (15:00)"),
            (14, 30, "saa nane na nusu mchana (14:30)"),
            (8, 45, "saa tatu kasorobo asubuhi (08:45)"),
            (9, 15, "saa tatu na robo asubuhi (09:15)"),
            (19, 0, "saa moja jioni (19:00)"),
            (21, 0, "saa tatu usiku (21:00)"),
            (3, 0, "saa tisa usiku (03:00)"),
            (0, 0, "saa sita usiku (00:00)"),
            (12, 0, "saa sita mchana (12:00)"),
            (6, 45, "saa moja kasorobo asubuhi (06:45)"),
            (18, 45, "saa moja kasorobo jioni (18:45)"),
            (10, 20, "saa nne na dakika ishirini asubuhi (10:20)"),
        ] {
            assert_eq!(clock(time(hour, minute, 0, 0), SW), said);
        }
        assert_eq!(clock(time(15, 0, 0, 0), SW_SPOKEN), "saa tisa alasiri");
        assert_eq!(short(time(9, 5, 0, 0), Language::Sw), "09:05");
    }

    #[test]
    fn english_uses_am_and_pm_and_speaks_in_words() {
        for (hour, minute, written, spoken) in [
            (15, 0, "3:00 pm", "three in the afternoon"),
            (0, 0, "12:00 am", "midnight"),
            (12, 0, "12:00 pm", "twelve noon"),
            (12, 30, "12:30 pm", "twelve thirty in the afternoon"),
            (9, 5, "9:05 am", "nine oh five in the morning"),
            (18, 45, "6:45 pm", "six forty-five in the evening"),
            (23, 0, "11:00 pm", "eleven at night"),
        ] {
            assert_eq!(clock(time(hour, minute, 0, 0), EN), written);
            assert_eq!(clock(time(hour, minute, 0, 0), EN_SPOKEN), spoken);
        }
    }
}
