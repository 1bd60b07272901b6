//! How the operator counts parts: GSM-7 where every character is in its tables, else UCS-2.

/// Positions of the default alphabet that are letters, signs and digits beyond ASCII.
const BEYOND_ASCII: &str = "£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà";
/// ASCII that the default alphabet lacks altogether.
const LACKING: &str = "`\t";
/// ASCII and one more that take an escape.
const ESCAPED: &str = "^{}\\[~]|€\u{c}";

/// The parts of a text.
pub(super) fn parts(text: &str) -> u32 {
    let mut septets = Vec::new();
    for c in text.chars() {
        if ESCAPED.contains(c) {
            septets.push(2);
        } else if (c.is_ascii()
            && !LACKING.contains(c)
            && (!c.is_control() || c == '\n' || c == '\r'))
            || BEYOND_ASCII.contains(c)
        {
            septets.push(1);
        } else {
            let units: Vec<usize> = text.chars().map(char::len_utf16).collect();
            return split(&units, 70, 67);
        }
    }
    split(&septets, 160, 153)
}

fn split(sizes: &[usize], whole: usize, part: usize) -> u32 {
    if sizes.iter().sum::<usize>() <= whole {
        return 1;
    }
    let mut count = 1;
    let mut used = 0;
    for size in sizes {
        if used + size > part {
            count += 1;
            used = 0;
        }
        used += size;
    }
    count
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn we_and_the_operator_count_alike(text in "[a-zA-Z0-9 ,.!?'é€{}`’👋\n@£ñç]{1,500}") {
            prop_assert_eq!(super::parts(&text), crate::domain::sms::segments(&text).parts);
        }
    }
}
