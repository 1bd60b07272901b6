//! The emoji dial: message files mark their emoji, and the finished reply keeps as many as the owner likes.

use crate::domain::dials::Emoji;

/// Opens a marked emoji; private-use characters never come from outside, because values are cleaned of them.
const OPEN: char = '\u{e000}';
const CLOSE: char = '\u{e001}';

/// An emoji between marks.
pub(super) fn marked(icon: &str) -> String {
    format!("{OPEN}{icon}{CLOSE}")
}

/// The text with all, the first or none of its marked emoji, a space before each.
pub(super) fn apply(text: &str, dial: Emoji) -> String {
    let mut budget = match dial {
        Emoji::None => 0,
        Emoji::Light => 1,
        Emoji::Expressive => usize::MAX,
    };
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(OPEN) {
        let (icon, after) = after.split_once(CLOSE).unwrap_or(("", after));
        out.push_str(before);
        if budget > 0 && !icon.is_empty() {
            budget -= 1;
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(icon);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// What a model has written, with as many emoji as the dial allows: what it was told it need not have kept to.
#[cfg(any(feature = "engine", test))]
pub(crate) fn limited(text: &str, dial: Emoji) -> String {
    let mut budget = match dial {
        Emoji::None => 0,
        Emoji::Light => 1,
        Emoji::Expressive => return text.to_owned(),
    };
    let mut out = String::with_capacity(text.len());
    let (mut within, mut kept) = (false, false);
    for c in text.chars() {
        if !is_emoji(c) {
            // The space that led to an emoji goes with it.
            let doubled = within && !kept && (c == ' ' || ".,!?".contains(c)) && out.ends_with(' ');
            if doubled {
                out.pop();
            }
            out.push(c);
            within = false;
            continue;
        }
        if !within {
            (within, kept) = (true, budget > 0);
            budget -= i32::from(kept);
        }
        if kept {
            out.push(c);
        }
    }
    out.trim().to_owned()
}

/// Pictographs, flags, and what joins and colours them.
#[cfg(any(feature = "engine", test))]
const fn is_emoji(c: char) -> bool {
    matches!(c,
        '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{23e9}'..='\u{23fa}'
        | '\u{231a}' | '\u{231b}' | '\u{fe0f}' | '\u{200d}' | '\u{20e3}' | '\u{e0020}'..='\u{e007f}')
}

/// The text without the marks' characters, for values from outside.
pub(super) fn without_marks(text: String) -> String {
    if text.contains([OPEN, CLOSE]) { text.replace([OPEN, CLOSE], "") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dial_decides_how_many_stay() {
        let text = format!("Karibu!{} Booked.{}", marked("😊"), marked("🎉"));
        assert_eq!(apply(&text, Emoji::None), "Karibu! Booked.");
        assert_eq!(apply(&text, Emoji::Light), "Karibu! 😊 Booked.");
        assert_eq!(apply(&text, Emoji::Expressive), "Karibu! 😊 Booked. 🎉");
    }

    #[test]
    fn a_model_keeps_to_the_dial_whether_it_wants_to_or_not() {
        let text = "Ndiyo 😊, parking 🚗🚗 ipo! Karibu 👩🏾‍🦱";
        assert_eq!(limited(text, Emoji::None), "Ndiyo, parking ipo! Karibu");
        assert_eq!(limited(text, Emoji::Light), "Ndiyo 😊, parking ipo! Karibu");
        assert_eq!(limited(text, Emoji::Expressive), text);
        assert_eq!(limited("KES 1,500 – 2 h", Emoji::None), "KES 1,500 – 2 h");
    }

    #[test]
    fn broken_marks_do_no_harm() {
        assert_eq!(apply("a\u{e000}b", Emoji::Expressive), "ab");
        assert_eq!(without_marks("a\u{e000}b\u{e001}".to_owned()), "ab");
    }
}
