//! Finds what is written in digits: phone numbers, sums of money, and what must not be kept: card and identity numbers.

use super::concept::C;
use super::number::number_at;
use super::scene::Scene;
use super::text::{Kind, Tokens};
use crate::domain::money::{Currency, Money};
use crate::domain::phone::{Country, Phone};

/// Most pieces that one number is written in: a card in groups of four, a phone digit by digit is not heard.
const MAX_GROUPS: usize = 8;

/// What the digits of a message say.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Digits {
    /// The last phone number.
    pub(super) phone: Option<Phone>,
    /// A card number stands in the text.
    pub(super) card: bool,
    /// A national identity number stands in the text.
    pub(super) national_id: bool,
    /// A sum of money.
    pub(super) amount: Option<Money>,
}

/// Reads the long numbers and claims them.
pub(super) fn hear(
    scene: &mut Scene<'_>,
    text: &str,
    country: Country,
    currency: Currency,
) -> Digits {
    let mut out = Digits { card: has_card(text), ..Digits::default() };
    let mut i = 0;
    while i < scene.tokens.len() {
        let end = run(&scene.tokens, i);
        if end == i {
            i += 1;
            continue;
        }
        if let Some((phone, from, to)) = phone_in(&scene.tokens, i, end, country) {
            let plus = from.checked_sub(1).filter(|k| scene.tokens.is_mark(*k, '+'));
            scene.claim(plus.unwrap_or(from)..to);
            out.phone = Some(phone);
        } else if scene.tokens.word(i).len() >= 7 {
            let length = scene.tokens.word(i).len();
            out.national_id |= end == i + 1 && length <= 8 && names_identity(&scene.tokens);
            scene.claim(i..end);
        }
        i = end;
    }
    out.amount = amount(scene, currency);
    out
}

/// The end of a run of numbers that may be one: spaces, hyphens, dots and brackets only.
fn run(t: &Tokens<'_>, from: usize) -> usize {
    if t.kind(from) != Some(Kind::Number) {
        return from;
    }
    let mut end = from + 1;
    let mut groups = 1;
    while groups < MAX_GROUPS {
        let separator = usize::from(['-', '.', '(', ')'].iter().any(|m| t.is_mark(end, *m)));
        if t.kind(end + separator) != Some(Kind::Number) {
            break;
        }
        end += separator + 1;
        groups += 1;
    }
    end
}

/// The longest part of a run that is a phone number people write.
fn phone_in(
    t: &Tokens<'_>,
    from: usize,
    end: usize,
    country: Country,
) -> Option<(Phone, usize, usize)> {
    for start in from..end {
        for stop in (start + 1..=end).rev() {
            if t.kind(start) != Some(Kind::Number) || t.kind(stop - 1) != Some(Kind::Number) {
                continue;
            }
            let plus = start > 0 && t.is_mark(start - 1, '+');
            let mut digits = String::with_capacity(20);
            digits.push_str(if plus { "+" } else { "" });
            for k in start..stop {
                digits.push_str(t.word(k));
            }
            let first = digits.as_bytes().first().copied();
            let alone = stop == start + 1;
            // Without a zero or a plus only one unbroken number is a phone: "3 500 1200" is not.
            let likely = plus
                || first == Some(b'0')
                || digits.starts_with(country.calling_code()) && digits.len() >= 12
                || alone && digits.len() == 9;
            if likely
                && (9..=16).contains(&digits.len())
                && let Ok(phone) = Phone::parse(&digits, country)
            {
                return Some((phone, start, stop));
            }
        }
    }
    None
}

fn names_identity(t: &Tokens<'_>) -> bool {
    (0..t.len()).any(|i| match t.word(i) {
        "id" => !t.glued(i) || i == 0 || t.word(i + 1) != "like",
        "kitambulisho" | "kipande" | "identity" | "identification" | "idno" | "huduma" => true,
        "national" => matches!(t.word(i + 1), "id" | "identity"),
        _ => false,
    })
}

/// A card number anywhere in the text, however far: 13 to 19 digits, with spaces, dots or hyphens at most, that pass the Luhn check. What stands
/// beside it (the month of expiry, the code, a phone number) hides it as little as it is taken for a part of it.
fn has_card(text: &str) -> bool {
    let mut groups: Vec<Vec<u8>> = vec![Vec::new()];
    let mut gap = 0;
    for byte in text.bytes().chain([b'\n', b'\n']) {
        if byte.is_ascii_digit() {
            if gap > 0 {
                groups.push(Vec::new());
                gap = 0;
            }
            if let Some(group) = groups.last_mut() {
                group.push(byte - b'0');
            }
        } else if matches!(byte, b' ' | b'-' | b'.') && gap == 0 && !groups[0].is_empty() {
            gap = 1;
        } else if !groups[0].is_empty() {
            if holds_card(&groups) {
                return true;
            }
            groups = vec![Vec::new()];
            gap = 0;
        }
    }
    false
}

/// Whether some groups of a run of digits are a card's number: all of them, or a few that begin as the cards of an issuer do.
fn holds_card(groups: &[Vec<u8>]) -> bool {
    const MAX: usize = 19;
    let is_card = |digits: &[u8]| {
        (13..=MAX).contains(&digits.len()) && luhn(digits) && digits.iter().any(|d| *d != digits[0])
    };
    (0..groups.len()).any(|from| {
        let mut digits: Vec<u8> = Vec::with_capacity(MAX);
        let mut upto = from;
        while let Some(group) = groups.get(upto)
            && digits.len() + group.len() <= MAX
        {
            digits.extend(group);
            upto += 1;
            let whole = from == 0 && upto == groups.len();
            if is_card(&digits) && (whole || issued(&digits)) {
                return true;
            }
        }
        false
    })
}

/// First digits and lengths of the large issuers (ISO/IEC 7812 ranges of Visa, Mastercard, American Express and Discover).
fn issued(digits: &[u8]) -> bool {
    let first = |count: usize| digits.iter().take(count).fold(0, |sum, d| sum * 10 + u32::from(*d));
    match digits.len() {
        13 | 19 => first(1) == 4,
        15 => matches!(first(2), 34 | 37),
        16 => {
            matches!(first(1), 4 | 6)
                || matches!(first(2), 51..=55)
                || matches!(first(4), 2221..=2720)
        }
        _ => false,
    }
}

/// The check digit of payment cards (ISO/IEC 7812-1, annex B).
fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, d)| {
            let d = u32::from(*d);
            if i % 2 == 0 { d } else { d * 2 / 10 + d * 2 % 10 }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// 500 bob, ksh 1,500, 2k, 1500/-, elfu mbili, mia tano.
fn amount(scene: &mut Scene<'_>, currency: Currency) -> Option<Money> {
    let mut found = None;
    let mut i = 0;
    while i < scene.tokens.len() {
        match amount_at(scene, i) {
            Some((units, from, end)) => {
                scene.claim(from..end);
                found = Some(Money::whole(units, currency));
                i = end;
            }
            None => i += 1,
        }
    }
    found
}

fn amount_at(scene: &Scene<'_>, i: usize) -> Option<(i64, usize, usize)> {
    let t = &scene.tokens;
    let money = |k: usize| t.entry(k).has(C::Money) && !t.entry(k).guessed;
    if scene.is_claimed(i) {
        return None;
    }
    // elfu mbili (na mia tano), mia tano
    if t.entry(i).has(C::Number) && t.entry(i).lang > 0 {
        let n = number_at(t, i + 1).filter(|n| n.value < 100)?;
        let mut units = i64::from(n.value) * i64::from(t.entry(i).value);
        let mut end = n.end;
        let j = if t.word(end) == "na" { end + 1 } else { end };
        if t.entry(j).has(C::Number)
            && let Some(more) = number_at(t, j + 1).filter(|n| n.value < 10)
        {
            units += i64::from(more.value) * i64::from(t.entry(j).value);
            end = more.end;
        }
        return Some((units, i, end));
    }
    let mut end = i + 1;
    let mut units = i64::from(t.number(i).filter(|_| t.word(i).len() <= 7)?);
    // 1,500
    while units < 1_000_000_000
        && t.is_mark(end, ',')
        && t.glued(end)
        && t.glued(end + 1)
        && t.word(end + 1).len() == 3
    {
        units = units * 1_000 + i64::from(t.number(end + 1)?);
        end += 2;
    }
    if t.is_mark(end, '.') && t.glued(end) && t.word(end + 2) == "k" {
        units = units * 1_000 + i64::from(t.number(end + 1)?) * 100;
        return Some((units, i, end + 3));
    }
    let scaled =
        t.word(end) == "k" && t.glued(end) || matches!(t.word(end), "thousand" | "hundred");
    if scaled {
        units *= i64::from(t.entry(end).value.max(1));
        end += 1;
    }
    let slashed = t.is_mark(end, '/') && (t.is_mark(end + 1, '-') || t.is_mark(end + 1, '='));
    let before = i > 0 && money(i - 1);
    if slashed {
        end += 2;
    } else if money(end) {
        end += 1;
    } else if !before && !scaled {
        return None;
    }
    Some((units, i - usize::from(before), end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digits(text: &str) -> Digits {
        hear(&mut Scene::bare(text), text, Country::Ke, Currency::Kes)
    }

    #[test]
    fn phones_are_found_among_other_numbers() {
        for text in [
            "0712345678",
            "kesho saa 3, 0712 345 678",
            "my no is +254 712-345-678",
            "call 254712345678 at 3",
            "712345678",
        ] {
            assert_eq!(
                digits(text).phone.map(String::from).as_deref(),
                Some("+254712345678"),
                "{text}"
            );
        }
        assert_eq!(digits("tarehe 5/12 saa 3 500 bob").phone, None);
    }

    #[test]
    fn cards_and_identity_numbers_trip() {
        assert!(digits("card 4111 1111 1111 1111 exp 12/28").card);
        assert!(!digits("4111 1111 1111 1112").card);
        for beside in [
            "4111 1111 1111 1111 12/26 123",
            "4111 1111 1111 1111 123",
            "4111111111111111 12/28",
            "4111.1111.1111.1111",
            "0712 345 678 4111 1111 1111 1111",
            "5555 5555 5555 4444 0712345678",
            "3782 822463 10005 09/27",
        ] {
            assert!(digits(beside).card, "{beside}");
        }
        for phones in [
            "0712 345 678 0722 334 455",
            "+254 712 345 678 / 254 722 334 455",
            "0712345678 0722334455",
        ] {
            assert!(!digits(phones).card, "{phones}");
        }
        assert!(digits(&format!("{} 4111111111111111", "a ".repeat(5_000))).card);
        assert!(digits("ID yangu ni 23456789").national_id);
        assert!(!digits("order 23456789").national_id);
    }

    #[test]
    fn sums_are_read_as_people_write_them() {
        for (text, units) in [
            ("500 bob", 500),
            ("ksh 1,500", 1_500),
            ("2k", 2_000),
            ("1.5k", 1_500),
            ("1500/-", 1_500),
            ("elfu mbili mia tano", 2_500),
            ("mia tano", 500),
        ] {
            assert_eq!(digits(text).amount, Some(Money::whole(units, Currency::Kes)), "{text}");
        }
        assert_eq!(digits("saa 3").amount, None);
    }
}
