//! Money and lengths of time as customers read and hear them.

use super::{Manner, number};
use crate::domain::message::Language;
use crate::domain::money::{Currency, Money, grouped};

/// `KSh 1,500`; spoken "one thousand five hundred shillings", "shilingi elfu moja mia tano".
pub(in crate::language::speak) fn money(money: Money, manner: Manner) -> String {
    let per = money.currency.minor_per_unit().unsigned_abs();
    let (units, rest) = (money.minor.unsigned_abs() / per, money.minor.unsigned_abs() % per);
    if manner.spoken {
        return spoken(money.currency, units, rest, manner.language);
    }
    let sign = if money.minor < 0 { "-" } else { "" };
    let symbol = match money.currency {
        Currency::Kes => "KSh ",
        Currency::Ugx => "USh ",
        Currency::Tzs => "TSh ",
        Currency::Rwf => "RF ",
        Currency::Usd => "$",
    };
    let units = grouped(units);
    if rest == 0 {
        return format!("{sign}{symbol}{units}");
    }
    let width = money.currency.exponent() as usize;
    format!("{sign}{symbol}{units}.{rest:0width$}")
}

fn spoken(currency: Currency, units: u64, rest: u64, language: Language) -> String {
    let amount = number::words(units, language);
    let cents = (rest != 0).then(|| number::words(rest, language));
    match language {
        Language::En => {
            let one = units == 1;
            let unit = match currency {
                Currency::Kes | Currency::Ugx | Currency::Tzs if one => "shilling",
                Currency::Kes | Currency::Ugx | Currency::Tzs => "shillings",
                Currency::Rwf if one => "franc",
                Currency::Rwf => "francs",
                Currency::Usd if one => "dollar",
                Currency::Usd => "dollars",
            };
            cents.map_or_else(
                || format!("{amount} {unit}"),
                |cents| format!("{amount} {unit} and {cents} cents"),
            )
        }
        Language::Sw => {
            let unit = match currency {
                Currency::Kes | Currency::Ugx | Currency::Tzs => "shilingi",
                Currency::Rwf => "faranga",
                Currency::Usd => "dola",
            };
            cents.map_or_else(
                || format!("{unit} {amount}"),
                |cents| format!("{unit} {amount} na senti {cents}"),
            )
        }
    }
}

/// "30 min", "1 h 30 min", "3 hours"; "dakika 45", "masaa 3".
///
/// Swahili has one word for an hour and for "o'clock" (*saa tatu* is 9:00), so a length is said with *masaa*, and one
/// hour as sixty minutes: nobody can take it for a time of day.
pub(in crate::language::speak) fn duration(minutes: u64, manner: Manner) -> String {
    let Manner { language, spoken } = manner;
    let count = |n: u64| if spoken { number::words(n, language) } else { n.to_string() };
    let (hours, rest) = (minutes / 60, minutes % 60);
    match language {
        Language::En => {
            let hour = if hours == 1 { "hour" } else { "hours" };
            match (hours, rest) {
                (0, rest) if spoken => format!("{} minutes", count(rest)),
                (0, rest) => format!("{rest} min"),
                (hours, 0) => format!("{} {hour}", count(hours)),
                (hours, 30) if spoken => format!("{} and a half hours", count(hours)),
                (hours, rest) if spoken => {
                    format!("{} {hour} and {} minutes", count(hours), count(rest))
                }
                (hours, rest) => format!("{hours} h {rest} min"),
            }
        }
        Language::Sw => match (hours, rest) {
            (0 | 1, _) => format!("dakika {}", count(minutes)),
            (hours, 0) => format!("masaa {}", count(hours)),
            (hours, 30) => format!("masaa {} na nusu", count(hours)),
            (hours, rest) => format!("masaa {} na dakika {}", count(hours), count(rest)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::manners::{EN, EN_SPOKEN, SW, SW_SPOKEN};
    use super::*;

    #[test]
    fn money_is_written_with_the_symbol_that_people_use() {
        for (amount, written) in [
            (Money::whole(1_500, Currency::Kes), "KSh 1,500"),
            (Money::new(150_050, Currency::Kes), "KSh 1,500.50"),
            (Money::whole(20_000, Currency::Ugx), "USh 20,000"),
            (Money::whole(20_000, Currency::Tzs), "TSh 20,000"),
            (Money::whole(900, Currency::Rwf), "RF 900"),
            (Money::new(1_205, Currency::Usd), "$12.05"),
            (Money::new(-100, Currency::Kes), "-KSh 1"),
        ] {
            assert_eq!(money(amount, EN), written);
            assert_eq!(money(amount, SW), written);
        }
    }

    #[test]
    fn money_is_spoken_in_words() {
        let price = Money::whole(1_500, Currency::Kes);
        assert_eq!(money(price, EN_SPOKEN), "one thousand five hundred shillings");
        assert_eq!(money(price, SW_SPOKEN), "shilingi elfu moja mia tano");
        let cents = Money::new(150, Currency::Usd);
        assert_eq!(money(cents, EN_SPOKEN), "one dollar and fifty cents");
        assert_eq!(money(cents, SW_SPOKEN), "dola moja na senti hamsini");
    }

    #[test]
    fn a_length_is_never_taken_for_a_time_of_day() {
        for (minutes, en, sw) in [
            (45, "45 min", "dakika 45"),
            (60, "1 hour", "dakika 60"),
            (90, "1 h 30 min", "dakika 90"),
            (150, "2 h 30 min", "masaa 2 na nusu"),
            (180, "3 hours", "masaa 3"),
            (200, "3 h 20 min", "masaa 3 na dakika 20"),
        ] {
            assert_eq!(duration(minutes, EN), en);
            assert_eq!(duration(minutes, SW), sw);
        }
        assert_eq!(duration(150, EN_SPOKEN), "two and a half hours");
        assert_eq!(duration(45, SW_SPOKEN), "dakika arobaini na tano");
    }
}
