//! Whole numbers in words, in English and Swahili.

use crate::domain::message::Language;

/// A whole number in words: "one thousand five hundred", "elfu moja mia tano".
pub(in crate::language::speak) fn words(number: u64, language: Language) -> String {
    match language {
        Language::En => english(number),
        Language::Sw => swahili(number),
    }
}

/// The place in a month or a list in words, English only, 1 to 31: "twenty-fourth".
pub(in crate::language::speak) fn english_ordinal(number: u64) -> String {
    const IRREGULAR: [(u64, &str); 6] =
        [(1, "first"), (2, "second"), (3, "third"), (5, "fifth"), (9, "ninth"), (12, "twelfth")];
    if let Some((_, word)) = IRREGULAR.iter().find(|(n, _)| *n == number) {
        return (*word).to_owned();
    }
    match (number / 10, number % 10) {
        (8, 0) | (0, 8) => "eighth".to_owned(),
        (2, 0) => "twentieth".to_owned(),
        (3, 0) => "thirtieth".to_owned(),
        (tens @ 2..=9, unit @ 1..=9) => {
            format!("{}-{}", ENGLISH_TENS[index(tens)], english_ordinal(unit))
        }
        _ => format!("{}th", english(number)),
    }
}

const ENGLISH_UNITS: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const ENGLISH_TENS: [&str; 10] =
    ["", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

const SWAHILI_UNITS: [&str; 10] =
    ["sifuri", "moja", "mbili", "tatu", "nne", "tano", "sita", "saba", "nane", "tisa"];
const SWAHILI_TENS: [&str; 10] = [
    "",
    "kumi",
    "ishirini",
    "thelathini",
    "arobaini",
    "hamsini",
    "sitini",
    "sabini",
    "themanini",
    "tisini",
];

/// An index that is known to be small.
fn index(small: u64) -> usize {
    usize::try_from(small).unwrap_or(0)
}

fn english(number: u64) -> String {
    const SCALES: [(u64, &str); 6] = [
        (1_000_000_000_000_000_000, "quintillion"),
        (1_000_000_000_000_000, "quadrillion"),
        (1_000_000_000_000, "trillion"),
        (1_000_000_000, "billion"),
        (1_000_000, "million"),
        (1_000, "thousand"),
    ];
    for (scale, name) in SCALES {
        if number >= scale {
            let head = format!("{} {name}", english(number / scale));
            let rest = number % scale;
            let join = if rest < 100 { " and " } else { " " };
            return if rest == 0 { head } else { format!("{head}{join}{}", english(rest)) };
        }
    }
    match number {
        0..20 => ENGLISH_UNITS[index(number)].to_owned(),
        20..100 => {
            let (tens, unit) = (ENGLISH_TENS[index(number / 10)], number % 10);
            if unit == 0 {
                tens.to_owned()
            } else {
                format!("{tens}-{}", ENGLISH_UNITS[index(unit)])
            }
        }
        _ => {
            let head = format!("{} hundred", ENGLISH_UNITS[index(number / 100)]);
            let rest = number % 100;
            if rest == 0 { head } else { format!("{head} and {}", english(rest)) }
        }
    }
}

/// Scale words come before their number ("elfu moja"); a hundred thousand is "laki" in Kenya.
fn swahili(number: u64) -> String {
    const SCALES: [(u64, &str); 6] = [
        (1_000_000_000_000, "trilioni"),
        (1_000_000_000, "bilioni"),
        (1_000_000, "milioni"),
        (100_000, "laki"),
        (1_000, "elfu"),
        (100, "mia"),
    ];
    for (scale, name) in SCALES {
        if number >= scale {
            let head = format!("{name} {}", swahili(number / scale));
            let rest = number % scale;
            let join = if rest < 100 { " na " } else { " " };
            return if rest == 0 { head } else { format!("{head}{join}{}", swahili(rest)) };
        }
    }
    let (tens, unit) = (number / 10, number % 10);
    match (tens, unit) {
        (0, unit) => SWAHILI_UNITS[index(unit)].to_owned(),
        (tens, 0) => SWAHILI_TENS[index(tens)].to_owned(),
        (tens, unit) => {
            format!("{} na {}", SWAHILI_TENS[index(tens)], SWAHILI_UNITS[index(unit)])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_said_as_people_say_them() {
        for (number, en, sw) in [
            (0, "zero", "sifuri"),
            (11, "eleven", "kumi na moja"),
            (45, "forty-five", "arobaini na tano"),
            (500, "five hundred", "mia tano"),
            (1_250, "one thousand two hundred and fifty", "elfu moja mia mbili na hamsini"),
            (1_500, "one thousand five hundred", "elfu moja mia tano"),
            (12_000, "twelve thousand", "elfu kumi na mbili"),
            (250_000, "two hundred and fifty thousand", "laki mbili elfu hamsini"),
            (3_000_001, "three million and one", "milioni tatu na moja"),
        ] {
            assert_eq!(words(number, Language::En), en);
            assert_eq!(words(number, Language::Sw), sw);
        }
        assert!(words(u64::MAX, Language::En).starts_with("eighteen quintillion"));
        assert!(words(u64::MAX, Language::Sw).starts_with("trilioni"));
    }

    #[test]
    fn every_day_of_a_month_has_its_ordinal() {
        let said: Vec<String> = (1..=31).map(english_ordinal).collect();
        assert_eq!(said[..5], ["first", "second", "third", "fourth", "fifth"]);
        assert_eq!(said[7], "eighth");
        assert_eq!(
            said[19..24],
            ["twentieth", "twenty-first", "twenty-second", "twenty-third", "twenty-fourth"]
        );
        assert_eq!(said[30], "thirty-first");
    }
}
