//! The message files of both languages, parsed once: an id and its values in, words out.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use crate::domain::message::Language;
use crate::language::speak::emoji;

/// The attribute that holds a message's words for the ear.
const FOR_THE_EAR: &str = "voice";

pub(super) const EN: &[&str] = &[
    include_str!("messages/en/opening.ftl"),
    include_str!("messages/en/asking.ftl"),
    include_str!("messages/en/slots.ftl"),
    include_str!("messages/en/paying.ftl"),
    include_str!("messages/en/cancelling.ftl"),
    include_str!("messages/en/questions.ftl"),
    include_str!("messages/en/people.ftl"),
    include_str!("messages/en/waiting.ftl"),
];
pub(super) const SW: &[&str] = &[
    include_str!("messages/sw/opening.ftl"),
    include_str!("messages/sw/asking.ftl"),
    include_str!("messages/sw/slots.ftl"),
    include_str!("messages/sw/paying.ftl"),
    include_str!("messages/sw/cancelling.ftl"),
    include_str!("messages/sw/questions.ftl"),
    include_str!("messages/sw/people.ftl"),
    include_str!("messages/sw/waiting.ftl"),
];

/// The messages of both languages.
pub(super) struct Texts {
    en: FluentBundle<FluentResource>,
    sw: FluentBundle<FluentResource>,
}

impl Texts {
    /// Parses the embedded files. A test proves that they have no errors; what could not be read would be left out.
    pub(super) fn load() -> Self {
        Self { en: bundle("en", EN), sw: bundle("sw", SW) }
    }

    /// The words of a message, for the ear where it has such; empty for an id that does not exist.
    pub(super) fn text(
        &self,
        language: Language,
        spoken: bool,
        id: &str,
        args: &FluentArgs<'_>,
    ) -> String {
        let bundle = self.of(language);
        let Some(message) = bundle.get_message(id) else { return String::new() };
        let for_the_ear = message.get_attribute(FOR_THE_EAR).filter(|_| spoken).map(|a| a.value());
        let Some(pattern) = for_the_ear.or(message.value()) else { return String::new() };
        let mut errors = Vec::new();
        bundle.format_pattern(pattern, Some(args), &mut errors).into_owned()
    }

    /// The bundle of a language.
    pub(super) const fn of(&self, language: Language) -> &FluentBundle<FluentResource> {
        match language {
            Language::En => &self.en,
            Language::Sw => &self.sw,
        }
    }
}

fn bundle(language: &str, files: &[&str]) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new_concurrent(vec![language.parse().unwrap_or_default()]);
    // Isolation marks help a browser with mixed scripts; in a chat they are litter.
    bundle.set_use_isolating(false);
    // Fails only for a name that is taken, and the bundle is still empty.
    let _ = bundle.add_function("ICON", icon);
    for file in files {
        let resource =
            FluentResource::try_new((*file).to_owned()).unwrap_or_else(|(readable, _)| readable);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// `ICON("🎉")` in a message: an emoji that the dial may drop.
fn icon<'a>(positional: &[FluentValue<'a>], _: &FluentArgs<'_>) -> FluentValue<'a> {
    match positional {
        [FluentValue::String(icon)] => FluentValue::from(emoji::marked(icon)),
        _ => FluentValue::Error,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    /// The values that every message may use; which ones differs between languages by taste.
    const COMMON: &[&str] = &["tone", "cancellation", "named", "name", "business"];

    /// Message ids with the values that each uses; the words for the ear count as `id.voice`.
    fn values_used(files: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let (mut message, mut current) = (String::new(), String::new());
        for line in files.iter().flat_map(|file| file.lines()) {
            let head = line.split_once(" =").map_or("", |(head, _)| head);
            if line.starts_with(|c: char| c.is_ascii_alphabetic()) {
                head.clone_into(&mut message);
                head.clone_into(&mut current);
                assert!(!found.contains_key(head), "{head} stands twice");
            } else if head.trim_start().starts_with('.') {
                current = format!("{message}{}", head.trim());
            }
            let used = found.entry(current.clone()).or_default();
            for rest in line.split('$').skip(1) {
                let name = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next();
                used.extend(name.filter(|n| !COMMON.contains(n)).map(str::to_owned));
            }
        }
        found
    }

    #[test]
    fn the_files_parse_without_errors() {
        for file in EN.iter().chain(SW) {
            if let Err((_, errors)) = FluentResource::try_new((*file).to_owned()) {
                panic!("{errors:?} in {}", file.lines().next().unwrap_or_default());
            }
        }
    }

    #[test]
    fn both_languages_have_the_same_messages_with_the_same_values() {
        let (en, sw) = (values_used(EN), values_used(SW));
        assert!(en.len() > 100, "{} messages", en.len());
        for (id, values) in &en {
            assert_eq!(sw.get(id), Some(values), "{id}");
        }
        assert!(sw.keys().all(|id| en.contains_key(id)), "Swahili has messages of its own");
    }
}
