//! Sensitive numbers are masked before a text is kept or passed on.

use crate::language::understanding::Tripwire;

/// Replaces all but the last two digits of long digit runs (8 and more, separators allowed inside) when a tripwire says that the text
/// holds a card or id number. Runs that are a phone number the ear has read stay, as long as no tripwire was raised.
pub(super) fn masked(text: &str, tripwires: &[Tripwire]) -> String {
    let least = match (
        tripwires.contains(&Tripwire::NationalId),
        tripwires.contains(&Tripwire::CardNumber),
    ) {
        (true, _) => 7,
        (false, true) => 12,
        (false, false) => return text.to_owned(),
    };
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut i = 0;
    while i < chars.len() {
        let mut end = i;
        let mut digits = 0;
        while end < chars.len()
            && (chars[end].is_ascii_digit()
                || (digits > 0
                    && matches!(chars[end], ' ' | '-' | '.')
                    && chars.get(end + 1).is_some_and(char::is_ascii_digit)))
        {
            digits += usize::from(chars[end].is_ascii_digit());
            end += 1;
        }
        if digits >= least {
            let mut seen = 0;
            for c in &chars[i..end] {
                if c.is_ascii_digit() {
                    seen += 1;
                    out.push(if seen + 2 > digits { *c } else { '•' });
                } else {
                    out.push(*c);
                }
            }
        } else {
            out.extend(&chars[i..end]);
        }
        if end == i {
            out.push(chars[i]);
            end += 1;
        }
        i = end;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_number_is_masked_and_a_price_is_not() {
        let text = "charge 4111 1111 1111 1111 please, 1500 bob";
        assert_eq!(
            masked(text, &[Tripwire::CardNumber]),
            "charge •••• •••• •••• ••11 please, 1500 bob"
        );
        assert_eq!(masked(text, &[]), text);
    }

    #[test]
    fn an_id_number_is_masked_when_the_ear_says_so() {
        assert_eq!(masked("ID yangu ni 28123456", &[Tripwire::NationalId]), "ID yangu ni ••••••56");
    }
}
