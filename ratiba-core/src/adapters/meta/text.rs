//! Fitting words into a limit without cutting a character in half.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;

/// How long a text is for Meta. Whether it counts code points or UTF-16 units is not documented; UTF-16 units are never
/// fewer, so what fits by this count fits by either.
pub(super) fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// The text, or its beginning and an ellipsis, in at most `max` units. Cuts between what a reader sees as characters.
pub(super) fn fit(text: &str, max: usize) -> Cow<'_, str> {
    if text.len() <= max || units(text) <= max {
        return Cow::Borrowed(text);
    }
    let mut room = max.saturating_sub(1);
    let mut end = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        let size = units(grapheme);
        if size > room {
            break;
        }
        room -= size;
        end = at + grapheme.len();
    }
    Cow::Owned(format!("{}…", text[..end].trim_end()))
}

/// One line for a label: no line breaks, no control characters, no markup that Meta refuses there, no outer space.
pub(super) fn label(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        let start = line.len();
        if start > 0 {
            line.push(' ');
        }
        let before = line.len();
        line.extend(word.chars().filter(|c| !matches!(c, '*' | '_' | '~' | '`')));
        if line.len() == before {
            line.truncate(start);
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_fits_is_left_alone() {
        assert_eq!(fit("Ndiyo", 5), "Ndiyo");
        assert_eq!(fit("Habari ya asubuhi", 20), "Habari ya asubuhi");
    }

    #[test]
    fn a_cut_falls_between_visible_characters_and_counts_the_ellipsis() {
        assert_eq!(fit("Haircut and beard trim", 12), "Haircut and…");
        let families = "👩‍👩‍👧‍👦👩‍👩‍👧‍👦";
        assert_eq!(units(families), 22);
        assert_eq!(fit(families, 20), "👩‍👩‍👧‍👦…");
        assert_eq!(fit(families, 5), "…");
        assert_eq!(fit("e\u{301}e\u{301}e\u{301}", 4), "e\u{301}…");
    }

    #[test]
    fn a_label_is_one_plain_line() {
        assert_eq!(label("  *Haircut*\n&\tbeard_ "), "Haircut & beard");
        assert_eq!(label(" \n* "), "");
    }
}
