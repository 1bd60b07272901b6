//! Several parts become one reply: paragraphs for the eye, two sentences for the ear.

use super::context::Context;
use super::emoji;
use super::part::Part;
use super::say::{list, number};
use crate::domain::dials::Emoji;
use crate::domain::message::{Language, Reply};

/// The longest text of a reply, in characters: WhatsApp allows 1024 in the body of an interactive message.
const MAX_TEXT: usize = 900;
/// Up to here two parts share a paragraph, in characters.
const ONE_PARAGRAPH: usize = 160;
/// The longest sentence into which others are drawn for the ear, in characters.
const MAX_SPOKEN_LEAD: usize = 220;
/// So many choices can be remembered when they are heard.
const MAX_SPOKEN_CHOICES: usize = 4;

/// One reply from a turn's parts.
pub(super) fn reply(mut parts: Vec<Part>, context: &Context<'_>) -> Reply {
    parts.retain(|part| !part.text.trim().is_empty());
    let text = if context.spoken() { spoken(&parts, context) } else { written(&mut parts) };
    let emoji = if context.spoken() { Emoji::None } else { context.dials.emoji };
    let mut reply = Reply::text(emoji::apply(&text, emoji));
    reply.asks_phone = parts.iter().any(|part| part.asks_phone);
    reply.link = parts.iter_mut().rev().find_map(|part| part.link.take());
    if let Some(question) = parts.iter_mut().rev().find(|part| part.asks) {
        reply.choices = std::mem::take(&mut question.choices);
        reply.list_label = std::mem::take(&mut question.list_label);
    }
    reply
}

/// Paragraphs. When all is too long, the longest part is cut, never the last: that is the question.
fn written(parts: &mut [Part]) -> String {
    let total = |parts: &[Part]| parts.iter().map(|p| p.text.chars().count() + 2).sum::<usize>();
    let excess = total(parts).saturating_sub(MAX_TEXT);
    if excess > 0 {
        let (last, earlier) =
            parts.split_last_mut().map_or((None, &mut [][..]), |(l, e)| (Some(l), e));
        let longest = earlier.iter_mut().max_by_key(|part| part.text.len());
        if let Some(part) = longest.or(last) {
            let length = part.text.chars().count();
            part.text = list::cut(&part.text, length.saturating_sub(excess));
        }
    }
    let mut text = String::new();
    let mut paragraph = 0;
    let (mut after_list, mut after_opening) = (false, false);
    for part in parts.iter() {
        let words = part.text.trim();
        let (length, is_list) = (words.chars().count(), words.contains('\n'));
        let short = after_opening || paragraph + length < ONE_PARAGRAPH;
        let joins = short && !after_list && !is_list && !part.opens;
        match (text.is_empty(), joins) {
            (true, _) => {}
            (false, true) => text.push(' '),
            (false, false) => text.push_str("\n\n"),
        }
        text.push_str(words);
        paragraph = if joins { paragraph + length } else { length };
        (after_list, after_opening) = (is_list, part.opens);
    }
    list::cut(&text, MAX_TEXT)
}

/// At most two sentences: what comes before the question in one breath, then the question.
fn spoken(parts: &[Part], context: &Context<'_>) -> String {
    let mut sentences: Vec<String> = Vec::new();
    for part in parts {
        sentences.extend(sentences_of(&plain(&part.text)));
    }
    let Some(mut last) = sentences.pop() else { return String::new() };
    if let Some(question) = parts.last().filter(|part| part.asks) {
        last = naming(&last, &question.spoken_choices, context.language());
    }
    let mut lead = String::new();
    for sentence in sentences {
        if lead.is_empty() {
            lead = sentence;
        } else if lead.chars().count() + sentence.chars().count() < MAX_SPOKEN_LEAD {
            let open = lead.trim_end_matches(['.', '!', '?', ',']).to_owned();
            lead = format!("{open}, {sentence}");
        }
    }
    if lead.is_empty() { last } else { format!("{lead} {last}") }
}

/// "Which service would you like: say one for Haircut, two for Beard Trim or three for Hair Dye."
fn naming(question: &str, choices: &[String], language: Language) -> String {
    if choices.is_empty() {
        return question.to_owned();
    }
    let shown = choices.iter().take(MAX_SPOKEN_CHOICES);
    let named: Vec<String> = (1..)
        .zip(shown)
        .map(|(n, choice)| match language {
            Language::En => format!("{} for {}", number::words(n, language), plain(choice)),
            Language::Sw => format!("{} kwa {}", number::words(n, language), plain(choice)),
        })
        .collect();
    let say = if language == Language::En { "say" } else { "sema" };
    let question = question.trim_end_matches(['.', '!', '?']);
    format!("{question}: {say} {}.", list::either(&named, language))
}

/// Text without what can't be spoken: addresses, markup, line breaks.
fn plain(text: &str) -> String {
    let address = |word: &&str| {
        let word = word.to_ascii_lowercase();
        word.contains("://") || word.starts_with("www.")
    };
    let bare: String = text
        .split_whitespace()
        .filter(|word| !address(word))
        .flat_map(|word| word.chars().chain([' ']))
        .filter(|c| !"*_~`#•|<>[]".contains(*c))
        .collect();
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The sentences of a text; a full stop inside a number or a name ends none.
fn sentences_of(text: &str) -> Vec<String> {
    let mut sentences = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices() {
        let after = &text[at + c.len_utf8()..];
        let ends = matches!(c, '.' | '!' | '?') && (after.is_empty() || after.starts_with(' '));
        if ends {
            sentences.push(text[start..at + c.len_utf8()].trim().to_owned());
            start = at + c.len_utf8();
        }
    }
    sentences.push(text[start..].trim().to_owned());
    sentences.retain(|sentence| sentence.chars().any(char::is_alphanumeric));
    sentences
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_never_cut_for_a_long_answer() {
        let mut parts = [Part::says("ndefu ".repeat(300)), Part::asks("Saa ngapi?".to_owned())];
        let text = written(&mut parts);
        assert!(text.chars().count() <= MAX_TEXT && text.ends_with("…\n\nSaa ngapi?"), "{text}");
    }

    #[test]
    fn short_parts_share_a_paragraph_and_lists_do_not() {
        let mut parts = [
            Part::says("Habari.".to_owned()),
            Part::says("Bei:\n• A\n• B".to_owned()),
            Part::asks("Ipi?".to_owned()),
        ];
        assert_eq!(written(&mut parts), "Habari.\n\nBei:\n• A\n• B\n\nIpi?");
        let mut parts = [Part::says("Habari.".to_owned()), Part::asks("Ipi?".to_owned())];
        assert_eq!(written(&mut parts), "Habari. Ipi?");
    }

    #[test]
    fn sentences_end_where_a_speaker_would_pause() {
        assert_eq!(
            sentences_of("Pay 12.50 now. See www.x.co! Ok"),
            ["Pay 12.50 now.", "See www.x.co!", "Ok"]
        );
        assert_eq!(plain("*Bold* see https://x.y/z now\n• one"), "Bold see now one");
    }
}
