//! Names that strangers typed, made safe to say, and the form in which a person is addressed.

use crate::domain::dials::Honorific;

/// The longest name that is said, in characters.
const MAX_NAME: usize = 40;

/// Titles with which people introduce themselves: the word, formal English, formal Swahili.
const TITLES: &[(&str, &str, &str)] = &[
    ("mr", "Mr", "Bw"),
    ("bw", "Mr", "Bw"),
    ("bwana", "Mr", "Bw"),
    ("mrs", "Mrs", "Bi"),
    ("ms", "Ms", "Bi"),
    ("miss", "Ms", "Bi"),
    ("bi", "Ms", "Bi"),
    ("dr", "Dr", "Dkt"),
    ("dkt", "Dr", "Dkt"),
    ("prof", "Prof", "Prof"),
    ("eng", "Eng", "Mhandisi"),
    ("pst", "Pastor", "Mchungaji"),
    ("pastor", "Pastor", "Mchungaji"),
    ("rev", "Rev", "Mchungaji"),
];

/// One line of visible text: control, invisible, bidirectional and private characters are gone, white space is single, and
/// at most `max` characters are left. Letters of every script stay.
pub(in crate::language::speak) fn clean(text: &str, max: usize) -> String {
    let visible = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c });
    let visible: String = visible.filter(|&c| c == ' ' || is_visible(c)).collect();
    let single = visible.split(' ').filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ");
    let cut: String = single.chars().take(max).collect();
    cut.trim_end().to_owned()
}

/// A person's name as it may be said, or `None` when nothing sayable is left of it.
pub(in crate::language::speak) fn person(name: &str) -> Option<String> {
    let name = clean(name, MAX_NAME);
    name.chars().any(char::is_alphabetic).then_some(name)
}

/// How a customer is addressed, or `None` to do without a name.
///
/// Nobody's gender is guessed: "Ms" or "Bw" is said only to those who call themselves so.
pub(in crate::language::speak) fn address(
    name: Option<&str>,
    honorific: Honorific,
) -> Option<String> {
    let name = person(name?)?;
    let mut words: Vec<&str> =
        name.split(' ').filter(|w| w.chars().any(char::is_alphabetic)).collect();
    let first = words.first()?.trim_end_matches('.').to_lowercase();
    let title = TITLES.iter().find(|(word, ..)| *word == first).filter(|_| words.len() > 1);
    if title.is_some() {
        words.remove(0);
    }
    let (given, family) = (words.first()?, words.last()?);
    Some(match (honorific, title) {
        (Honorific::FirstName, _) => (*given).to_owned(),
        (Honorific::FormalEn, Some((_, title, _))) | (Honorific::FormalSw, Some((_, _, title))) => {
            format!("{title} {family}")
        }
        (Honorific::FormalEn | Honorific::FormalSw, None) => words.join(" "),
    })
}

/// Whether a character shows: no control, format, bidirectional or private-use character.
fn is_visible(c: char) -> bool {
    !(c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{e000}'..='\u{f8ff}' | '\u{feff}'
            | '\u{fff0}'..='\u{ffff}' | '\u{e0000}'..='\u{10ffff}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_visible_line() {
        assert_eq!(person(" Wanjiru\n\tKamau\u{202e} "), Some("Wanjiru Kamau".to_owned()));
        assert_eq!(person("a\u{0}b"), Some("ab".to_owned()));
        assert_eq!(person("عائشة"), Some("عائشة".to_owned()));
        assert_eq!(person("😎 254"), None);
        assert_eq!(person(&"x".repeat(99)).map(|n| n.len()), Some(MAX_NAME));
    }

    #[test]
    fn people_are_addressed_as_the_dial_says() {
        let all = |name| {
            [Honorific::FirstName, Honorific::FormalEn, Honorific::FormalSw]
                .map(|h| address(Some(name), h).unwrap_or_default())
        };
        assert_eq!(all("Grace Wanjiru"), ["Grace", "Grace Wanjiru", "Grace Wanjiru"]);
        assert_eq!(all("Mrs. Grace Wanjiru"), ["Grace", "Mrs Wanjiru", "Bi Wanjiru"]);
        assert_eq!(all("bwana Otieno"), ["Otieno", "Mr Otieno", "Bw Otieno"]);
        assert_eq!(all("Bi"), ["Bi", "Bi", "Bi"]);
        assert_eq!(all("~ 🙂"), ["", "", ""]);
        assert_eq!(address(None, Honorific::FirstName), None);
    }
}
