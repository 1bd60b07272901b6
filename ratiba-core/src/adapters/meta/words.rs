//! A reply in words alone: where a channel has no buttons, or what is said does not fit beside them.

use super::text::{Limit, label};
use crate::domain::message::{Choice, Reply};

/// The link on one line; empty where there is none.
pub(super) fn link_line(reply: &Reply) -> String {
    let Some(link) = &reply.link else { return String::new() };
    let title = label(&link.title);
    if title.is_empty() { tidy(&link.url) } else { tidy(&format!("{title}: {}", link.url)) }
}

/// The choices as a numbered list.
pub(super) fn numbered(choices: &[Choice]) -> String {
    let lines: Vec<String> = choices
        .iter()
        .zip(1_usize..)
        .map(|(choice, ordinal)| {
            let title = label(&choice.title);
            let second = choice.description.as_deref().map(label).filter(|text| !text.is_empty());
            match second {
                Some(second) => format!("{ordinal}. {title} - {second}"),
                None => format!("{ordinal}. {title}"),
            }
        })
        .collect();
    lines.join("\n")
}

/// Words and what stands below them, within a limit. The words give way: a link or a list is what the message is for.
pub(super) fn compose(limit: Limit, words: &str, below: &[&str]) -> String {
    let below: Vec<&str> = below.iter().copied().filter(|part| !part.is_empty()).collect();
    let below = below.join("\n\n");
    let words = tidy(words);
    let whole = if below.is_empty() {
        words
    } else {
        let words = limit.fit(&words, (limit.measure)(&below) + 2);
        tidy(&format!("{words}\n\n{below}"))
    };
    limit.fit(&whole, 0).into_owned()
}

/// Without outer space and without what no screen shows.
pub(super) fn tidy(text: &str) -> String {
    let shown = |c: &char| !c.is_control() || *c == '\n';
    text.chars().filter(shown).collect::<String>().trim().to_owned()
}
