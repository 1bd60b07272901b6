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
    fn broken_marks_do_no_harm() {
        assert_eq!(apply("a\u{e000}b", Emoji::Expressive), "ab");
        assert_eq!(without_marks("a\u{e000}b\u{e001}".to_owned()), "ab");
    }
}
