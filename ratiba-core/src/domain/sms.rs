//! Text messages by SMS: which alphabet a text needs, in how many parts it goes, and how it is written so that it costs least.
//!
//! GSM-7 (3GPP TS 23.038) carries 160 characters in one part and 153 in each of several; a text with anything else goes as UCS-2, 70 and 67.

use serde::{Deserialize, Serialize};

/// The characters of the default alphabet, each one septet.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Those of the extension table: an escape and one more, two septets.
const EXTENDED: &str = "\u{c}^{}\\[~]|€";

/// How the characters of a text are carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alphabet {
    /// Seven bits a character.
    Gsm7,
    /// Sixteen bits a character: one emoji or curly quote is enough to need it.
    Ucs2,
}

/// What a text becomes on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Segments {
    /// The alphabet.
    pub alphabet: Alphabet,
    /// Septets or 16-bit units.
    pub units: usize,
    /// The parts that are paid for.
    pub parts: u32,
}

/// A text of at most so many parts; what is left out is marked by three dots.
pub fn cut(text: &str, parts: u32) -> String {
    if segments(text).parts <= parts {
        return text.to_owned();
    }
    let mut chars: Vec<char> = text.chars().collect();
    loop {
        let Some(_) = chars.pop() else { return String::new() };
        let short = format!("{}...", chars.iter().collect::<String>().trim_end());
        if segments(&short).parts <= parts {
            return short;
        }
    }
}

/// Counts a text. A character is never split between parts, so an escaped one or a pair of surrogates may leave a unit unused.
pub fn segments(text: &str) -> Segments {
    let septets = |c: char| match c {
        c if BASIC.contains(c) => Some(1),
        c if EXTENDED.contains(c) => Some(2),
        _ => None,
    };
    let (alphabet, sizes, whole, part): (_, Vec<usize>, _, _) =
        match text.chars().map(septets).collect::<Option<Vec<usize>>>() {
            Some(sizes) => (Alphabet::Gsm7, sizes, 160, 153),
            None => (Alphabet::Ucs2, text.chars().map(char::len_utf16).collect(), 70, 67),
        };
    let units = sizes.iter().sum();
    let parts = if units <= whole {
        u32::from(units > 0)
    } else {
        let (mut parts, mut room) = (1, part);
        for size in sizes {
            if size > room {
                parts += 1;
                room = part;
            }
            room -= size;
        }
        parts
    };
    Segments { alphabet, units, parts }
}

/// The same words in the cheap alphabet where that is only a matter of typography: quotes, dashes, dots and spaces become plain, emoji and
/// control characters go, letters with foreign accents lose them. What can't be said so stays as it is.
pub fn plain(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '‘' | '’' | '‚' | '′' | '`' | 'ʼ' => out.push('\''),
            '“' | '”' | '„' | '″' => out.push('"'),
            '–' | '—' | '−' | '‑' | '•' | '·' => out.push('-'),
            '…' => out.push_str("..."),
            '\u{a0}' | '\u{202f}' | '\u{2009}' | '\t' => out.push(' '),
            '\n' => out.push('\n'),
            c if c.is_control() || is_pictograph(c) => {}
            c if BASIC.contains(c) || EXTENDED.contains(c) => out.push(c),
            c => match std::iter::once(c).nfd().find(char::is_ascii_alphanumeric) {
                Some(base) => out.push(base),
                None => out.push(c),
            },
        }
    }
    let lines: Vec<String> = out
        .lines()
        .map(|line| line.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "))
        .collect();
    lines.join("\n").trim().to_owned()
}

/// Emoji, their modifiers and joiners.
fn is_pictograph(c: char) -> bool {
    matches!(c, '\u{1F000}'..='\u{1FAFF}' | '\u{2600}'..='\u{27BF}' | '\u{FE00}'..='\u{FE0F}' | '\u{200D}' | '\u{20E3}' | '\u{2B50}' | '\u{2B55}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parts_follow_the_alphabet_and_the_length() {
        for (text, alphabet, units, parts) in [
            (String::new(), Alphabet::Gsm7, 0, 0),
            ("a".repeat(160), Alphabet::Gsm7, 160, 1),
            ("a".repeat(161), Alphabet::Gsm7, 161, 2),
            ("a".repeat(306), Alphabet::Gsm7, 306, 2),
            ("a".repeat(307), Alphabet::Gsm7, 307, 3),
            ("€".repeat(80), Alphabet::Gsm7, 160, 1),
            ("€".repeat(81), Alphabet::Gsm7, 162, 2),
            // 153 holds 76 escaped characters and leaves one septet unused.
            ("€".repeat(153), Alphabet::Gsm7, 306, 3),
            ("ñ".repeat(160), Alphabet::Gsm7, 160, 1),
            ("’".to_owned(), Alphabet::Ucs2, 1, 1),
            ("û".repeat(70), Alphabet::Ucs2, 70, 1),
            ("û".repeat(71), Alphabet::Ucs2, 71, 2),
            ("👋".repeat(35), Alphabet::Ucs2, 70, 1),
            // 67 holds 33 pairs.
            ("👋".repeat(67), Alphabet::Ucs2, 134, 3),
        ] {
            assert_eq!(segments(&text), Segments { alphabet, units, parts }, "{text}");
        }
    }

    #[test]
    fn typography_is_made_cheap_and_words_are_kept() {
        assert_eq!(
            plain("Habari 👋🏽 – “saa tisa” kesho…  ni’njoo"),
            "Habari - \"saa tisa\" kesho... ni'njoo"
        );
        assert_eq!(plain("Kĩhũ\u{a0}Café\nKSh 500"), "Kihu Café\nKSh 500");
        assert_eq!(plain("日本"), "日本");
    }

    proptest! {
        #[test]
        fn plain_is_never_dearer_and_settles(text in "\\PC{0,300}") {
            let once = plain(&text);
            prop_assert!(once.chars().count() <= text.chars().count() * 3);
            prop_assert_eq!(plain(&once), once);
        }

        #[test]
        fn parts_hold_the_text(text in "[a-z€{👋é ]{0,500}") {
            let Segments { alphabet, units, parts } = segments(&text);
            let part = if alphabet == Alphabet::Gsm7 { 153 } else { 67 };
            prop_assert!(parts <= 1 || units <= parts as usize * part);
        }
    }
}
