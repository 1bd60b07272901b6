//! Fitting words into a limit without cutting a character in half.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;

/// How long a text is for Meta. Whether it counts code points or UTF-16 units is not documented; UTF-16 units are never
/// fewer, so what fits by this count fits by either.
pub(super) fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// How long a text is in UTF-8, by which Instagram counts.
pub(super) const fn bytes(text: &str) -> usize {
    text.len()
}

/// A limit of a channel: so much, counted so.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limit {
    pub(super) most: usize,
    pub(super) measure: fn(&str) -> usize,
}

impl Limit {
    /// So many UTF-16 units.
    pub(super) const fn units(most: usize) -> Self {
        Self { most, measure: units }
    }

    /// So many bytes of UTF-8.
    pub(super) const fn bytes(most: usize) -> Self {
        Self { most, measure: bytes }
    }

    /// The text, or its beginning and an ellipsis, within the limit less what is `taken`. Cuts between what a reader sees as characters.
    pub(super) fn fit(self, text: &str, taken: usize) -> Cow<'_, str> {
        const ELLIPSIS: &str = "…";
        let most = self.most.saturating_sub(taken);
        if (self.measure)(text) <= most {
            return Cow::Borrowed(text);
        }
        let mut room = most.saturating_sub((self.measure)(ELLIPSIS));
        let mut end = 0;
        for (at, grapheme) in text.grapheme_indices(true) {
            let size = (self.measure)(grapheme);
            if size > room {
                break;
            }
            room -= size;
            end = at + grapheme.len();
        }
        Cow::Owned(format!("{}{ELLIPSIS}", text[..end].trim_end()))
    }
}

/// The text, or its beginning and an ellipsis, in at most `max` units.
pub(super) fn fit(text: &str, max: usize) -> Cow<'_, str> {
    Limit::units(max).fit(text, 0)
}

/// Longer texts than any channel allows can only be a mistake or an attack.
const MOST_KEPT: usize = 64 * 1024;

/// Text as we keep it: no NUL, which Postgres can't store, and no more than 64 KiB.
pub(super) fn kept(given: &str) -> String {
    let kept = &given[..given.floor_char_boundary(MOST_KEPT)];
    if kept.contains('\0') { kept.replace('\0', "") } else { kept.to_owned() }
}

/// The provider's word for something, short enough for a log.
pub(super) fn short(what: &str) -> String {
    what.chars().filter(|c| !c.is_control()).take(64).collect()
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
    fn bytes_are_counted_where_the_channel_counts_them() {
        let limit = Limit::bytes(10);
        assert_eq!(limit.fit("éééé", 0), "éééé");
        assert_eq!(limit.fit("éééééé", 0), "ééé…");
        assert_eq!(limit.fit("éééé", 3), "éé…");
    }

    #[test]
    fn a_label_is_one_plain_line() {
        assert_eq!(label("  *Haircut*\n&\tbeard_ "), "Haircut & beard");
        assert_eq!(label(" \n* "), "");
    }
}
