//! Lists inside a sentence, and text cut to a length.

use crate::domain::message::Language;

/// "a, b or c"; "a, b au c".
pub(in crate::language::speak) fn either(items: &[String], language: Language) -> String {
    join(items, if language == Language::En { " or " } else { " au " })
}

/// "a, b and c"; "a, b na c".
pub(in crate::language::speak) fn all(items: &[String], language: Language) -> String {
    join(items, if language == Language::En { " and " } else { " na " })
}

/// Each on a line of its own, a line break before the first.
pub(in crate::language::speak) fn bullets(items: &[String]) -> String {
    items.iter().flat_map(|item| ["\n• ", item.as_str()]).collect()
}

fn join(items: &[String], last: &str) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [head @ .., tail] => format!("{}{last}{tail}", head.join(", ")),
    }
}

/// The text when it has at most `max` characters, else its beginning with an ellipsis, cut between words where that loses little.
pub(in crate::language::speak) fn cut(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let head: String = text.chars().take(max.saturating_sub(1)).collect();
    let end = head.rfind(char::is_whitespace).filter(|&at| at * 3 > head.len() * 2);
    let kept = &head[..end.unwrap_or(head.len())];
    format!("{}…", kept.trim_end_matches(|c: char| c.is_whitespace() || ",;:-–".contains(c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_joined_as_in_speech() {
        let items = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(either(&items, Language::En), "a, b or c");
        assert_eq!(either(&items[..2], Language::Sw), "a au b");
        assert_eq!(all(&items, Language::Sw), "a, b na c");
        assert_eq!(all(&[], Language::En), "");
    }

    #[test]
    fn a_cut_text_never_exceeds_its_length() {
        assert_eq!(cut("short", 20), "short");
        assert_eq!(cut("Kuosha na kukausha nywele", 24), "Kuosha na kukausha…");
        assert_eq!(cut("Donaudampfschifffahrtsgesellschaft", 10), "Donaudamp…");
        assert!(cut("ééééééééé", 4).chars().count() <= 4);
        assert!(cut("anything", 0).chars().count() <= 1);
    }
}
