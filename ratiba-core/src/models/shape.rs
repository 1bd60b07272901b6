//! Asking a model to answer a question from the owner's snippets, and the proof that its answer rests on them.

use serde_json::{Value, json};

use super::claims::claims;
use super::mask::Masked;
use super::reply::Shaped;
use crate::domain::knowledge::Snippet;
use crate::domain::message::Language;
use crate::domain::tenant::Business;

/// Tokens of snippets that one question may cost, at `BYTES_PER_TOKEN` bytes for each.
pub const TOKEN_BUDGET: usize = 1_200;
/// A careful reading of both languages.
const BYTES_PER_TOKEN: usize = 3;
/// An answer longer than this is no chat message.
const LONGEST: usize = 600;

/// Snippets for one question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chosen {
    /// Newest first.
    pub snippets: Vec<Snippet>,
    /// There was more that might matter than fits: the sign to move to retrieval.
    pub overflow: bool,
}

/// Chooses within the token budget: first the relevant ones, best first; then, while there is room, the others in the customer's language.
pub fn choose(relevant: &[Snippet], all: &[Snippet], language: Language) -> Chosen {
    let mut left = TOKEN_BUDGET * BYTES_PER_TOKEN;
    let mut chosen = Chosen::default();
    let size = |snippet: &Snippet| snippet.title.len() + snippet.body.len() + 20;
    for snippet in relevant {
        if let Some(rest) = left.checked_sub(size(snippet)) {
            left = rest;
            chosen.snippets.push(snippet.clone());
        } else {
            chosen.overflow = true;
        }
    }
    let mut others: Vec<&Snippet> = all
        .iter()
        .filter(|s| s.active && s.language == language && relevant.iter().all(|r| r.id != s.id))
        .collect();
    others.sort_by_key(|snippet| std::cmp::Reverse((snippet.updated_at, snippet.id)));
    for snippet in others {
        if let Some(rest) = left.checked_sub(size(snippet)) {
            left = rest;
            chosen.snippets.push(snippet.clone());
        } else if relevant.is_empty() {
            chosen.overflow = true;
        }
    }
    chosen.snippets.sort_by_key(|snippet| std::cmp::Reverse((snippet.updated_at, snippet.id)));
    chosen
}

/// Whether what is active in a language is more than fits one question, so that some of it is not looked at: `knowledge_overflow`, the sign to shorten
/// it or to move to retrieval.
pub fn overflows(all: &[Snippet], language: Language) -> bool {
    choose(&[], all, language).overflow
}

/// What a model is told of a question.
pub fn question(
    words: &Masked,
    language: Language,
    business: &Business,
    snippets: &[Snippet],
) -> String {
    let snippets: Vec<Value> = snippets
        .iter()
        .enumerate()
        .map(|(n, s)| json!({"id": format!("k{}", n + 1), "title": s.title, "body": s.body}))
        .collect();
    json!({
        "language": language,
        "voice": business.dials(),
        "snippets": snippets,
        "question": words.text,
    })
    .to_string()
}

/// What became of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered {
    /// Say this.
    Grounded(String),
    /// The snippets do not hold it.
    Unknown,
}

/// The answer, if it is proven by the snippets that it names: at least one, each of them given, and every number, link and address in it
/// written in one of them, and nothing in it said to be done. What the customer wrote proves nothing. `None`: it is refused.
pub fn believe(shaped: &Shaped, words: &Masked, snippets: &[Snippet]) -> Option<Answered> {
    let answer = shaped.answer.trim();
    if !shaped.answered {
        return Some(Answered::Unknown);
    }
    if answer.is_empty() || answer.len() > LONGEST || shaped.used.is_empty() {
        return None;
    }
    let mut proof = String::new();
    for code in &shaped.used {
        let n: usize = code.strip_prefix('k')?.parse().ok()?;
        let snippet = snippets.get(n.checked_sub(1)?)?;
        proof.push(' ');
        proof.push_str(&snippet.title);
        proof.push(' ');
        proof.push_str(&snippet.body);
    }
    let numbers = numbers(&proof);
    let proven = numbers_in(answer).all(|number| numbers.contains(&number))
        && answer.split_whitespace().filter(|word| is_address(word)).all(|word| {
            proof.to_lowercase().contains(
                word.trim_matches(|c: char| !c.is_alphanumeric() && c != '/')
                    .to_lowercase()
                    .as_str(),
            )
        })
        && !answer.chars().any(|c| c.is_control() && c != '\n')
        && !claims(answer, &proof);
    proven.then(|| Answered::Grounded(words.restore(answer)))
}

/// Whether a word is a link, an address or a handle.
pub(super) fn is_address(word: &str) -> bool {
    let inner = word.trim_matches(|c: char| !c.is_alphanumeric());
    word.contains("://")
        || word.contains('@')
        || inner.split_once('.').is_some_and(|(a, b)| {
            a.len() > 1
                && b.len() > 1
                && b.starts_with(char::is_alphabetic)
                && a.ends_with(char::is_alphabetic)
        })
}

pub(super) fn numbers(text: &str) -> std::collections::BTreeSet<String> {
    numbers_in(text).collect()
}

/// Runs of digits, separators of thousands taken out, zeros in front too.
fn numbers_in(text: &str) -> impl Iterator<Item = String> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if !chars[at].is_numeric() {
            at += 1;
            continue;
        }
        let mut run = String::new();
        while at < chars.len() {
            let thousands = chars[at] == ','
                && chars[at + 1..].iter().take_while(|c| c.is_ascii_digit()).count() == 3;
            if chars[at].is_numeric() {
                run.push(chars[at]);
            } else if !thousands {
                break;
            }
            at += 1;
        }
        let bare = run.trim_start_matches('0');
        found.push(if bare.is_empty() { "0".to_owned() } else { bare.to_owned() });
    }
    found.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;

    fn snippets() -> Vec<Snippet> {
        let mut all = demo::tenant("demo-barbershop").unwrap().snippets;
        all[0].body =
            "Parking is free for 2 hours, then KES 1,500. Book at parking.example.co.ke".into();
        all.truncate(2);
        all
    }

    fn shaped(answer: &str, used: &[&str]) -> Shaped {
        Shaped {
            answered: true,
            answer: answer.into(),
            used: used.iter().map(|s| (*s).to_owned()).collect(),
        }
    }

    fn check(answer: &str, used: &[&str]) -> Option<Answered> {
        believe(&shaped(answer, used), &Masked::new("naweza kupaki?", &[]), &snippets())
    }

    #[test]
    fn an_answer_that_its_snippets_prove_is_given() {
        let good = "Ndiyo, masaa 2 ni bure, kisha KES 1500: parking.example.co.ke.";
        assert_eq!(check(good, &["k1"]), Some(Answered::Grounded(good.into())));
    }

    #[test]
    fn an_answer_that_they_do_not_prove_is_refused() {
        for (answer, used) in [
            ("Free for 3 hours.", &["k1"][..]),
            ("Only KES 50.", &["k1"]),
            ("See http://evil.example/pay", &["k1"]),
            ("Write to boss@evil.example", &["k1"]),
            ("Go to evil.example now", &["k1"]),
            ("Free parking.", &[]),
            ("Free parking.", &["k9"]),
            ("Free parking.", &["parking"]),
            ("", &["k1"]),
        ] {
            assert_eq!(check(answer, used), None, "{answer}");
        }
        assert_eq!(check(&"words ".repeat(200), &["k1"]), None);
    }

    #[test]
    fn what_the_snippets_do_not_hold_is_unknown() {
        let none = Shaped { answered: false, answer: String::new(), used: vec![] };
        assert_eq!(believe(&none, &Masked::default(), &snippets()), Some(Answered::Unknown));
    }

    #[test]
    fn snippets_stay_within_the_budget_and_tell_when_more_mattered() {
        let mut all = demo::tenant("demo-barbershop").unwrap().snippets;
        let few = choose(&all[..1], &all, all[0].language);
        assert!(!few.overflow && few.snippets.len() > 1);
        for snippet in &mut all {
            snippet.body = "x".repeat(2_000);
        }
        let many = choose(&all, &all, all[0].language);
        assert!(many.overflow && many.snippets.len() == 1);
        let bytes: usize = many.snippets.iter().map(|s| s.body.len()).sum();
        assert!(bytes <= TOKEN_BUDGET * BYTES_PER_TOKEN);
    }
}
