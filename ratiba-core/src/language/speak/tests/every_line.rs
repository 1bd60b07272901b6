//! What holds of every line, whatever the tenant and its dials.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{Scene, every_line};
use crate::conversation::choice::Pick;
use crate::conversation::line::Line;
use crate::domain::channel::ChannelKind;
use crate::domain::dials::{CancellationTone, Emoji, Honorific, Tone};
use crate::domain::message::{Language, Reply};
use crate::domain::money::{Currency, Money};
use crate::domain::time::TimeWindow;

const LANGUAGES: [Language; 2] = [Language::En, Language::Sw];
const TENANTS: [&str; 3] = ["demo-barbershop", "demo-salon", "demo-dental"];

/// The words of a well-formed reply: nothing left open, nothing doubled, within what every channel can show.
fn check(reply: &Reply, line: &Line) {
    let text = &reply.text;
    let shown = format!("{line:?}: {text}");
    assert!(!text.trim().is_empty(), "{shown}");
    assert!(text.chars().count() <= 900, "{shown}");
    assert_eq!(text.trim(), text, "{shown}");
    for bad in ['{', '}', '$', '\u{2068}', '\u{2069}', '\u{e000}', '\u{e001}'] {
        assert!(!text.contains(bad), "{bad:?} in {shown}");
    }
    for bad in ["  ", " .", " ,", " !", " ?", "..", "??", ",,", ", ,", ": :", "()", "Error"] {
        assert!(!text.contains(bad), "{bad:?} in {shown}");
    }
    assert!(!text.starts_with(char::is_lowercase), "{shown}");
    assert!(reply.list_label.chars().count() <= 20, "{}", reply.list_label);
    assert!(reply.choices.len() <= 10, "{shown}");
    assert!(reply.choices.is_empty() || !reply.list_label.is_empty(), "{shown}");
    let mut titles = BTreeSet::new();
    for choice in &reply.choices {
        let pick: Pick = choice.id.parse().unwrap();
        let limit = match pick {
            Pick::Service(_) | Pick::Staff(_) | Pick::Booking(_) => 24,
            _ => 20,
        };
        let length = choice.title.chars().count();
        assert!((1..=limit).contains(&length), "{} in {shown}", choice.title);
        let description = choice.description.as_deref().unwrap_or("-");
        assert!((1..=72).contains(&description.chars().count()), "{description}");
        assert!(titles.insert(choice.title.clone()), "{} twice in {shown}", choice.title);
    }
}

#[test]
fn every_line_has_words_in_every_dial_and_both_languages() {
    for slug in TENANTS {
        let mut scene = Scene::of(slug);
        let lines = every_line(&scene);
        for tone in [Tone::Warm, Tone::Professional, Tone::Playful] {
            for honorific in [Honorific::FirstName, Honorific::FormalEn, Honorific::FormalSw] {
                for cancellation in
                    [CancellationTone::Forgiving, CancellationTone::Neutral, CancellationTone::Firm]
                {
                    let dials = &mut scene.tenant.business.dials;
                    dials.tone = Some(tone);
                    dials.honorific = Some(honorific);
                    dials.cancellation_tone = Some(cancellation);
                    for named in [true, false] {
                        scene.customer.name = named.then(|| "Bi Grace Wanjiru".to_owned());
                        for line in &lines {
                            for language in LANGUAGES {
                                check(&scene.say(language, std::slice::from_ref(line)), line);
                            }
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn for_the_ear_there_are_two_sentences_without_digits_addresses_or_emoji() {
    for slug in TENANTS {
        let mut scene = Scene::of(slug);
        scene.channel = ChannelKind::Voice;
        for line in every_line(&scene) {
            for language in LANGUAGES {
                let reply = scene.say(language, std::slice::from_ref(&line));
                let text = &reply.text;
                let ends = text.matches(['.', '!', '?']).count();
                assert!((1..=2).contains(&ends), "{ends} sentences: {text}");
                assert!(!text.contains(['\n', '•', '*', '(']), "{text}");
                assert!(!text.contains("://"), "{text}");
                let digits = text.contains(|c: char| c.is_ascii_digit());
                assert!(!digits || matches!(line, Line::Snippet { .. }), "{text}");
                assert!(!text.contains(['🎉', '😊', '🙌', '😎', '😅']), "{text}");
            }
        }
    }
}

#[test]
fn no_emoji_means_none_at_all() {
    let mut scene = Scene::of("demo-salon");
    let is_emoji = |c: char| ('\u{1f000}'..='\u{1faff}').contains(&c);
    let mut seen = 0;
    for dial in [Emoji::None, Emoji::Light, Emoji::Expressive] {
        scene.tenant.business.dials.emoji = Some(dial);
        for line in every_line(&scene) {
            for language in LANGUAGES {
                let reply = scene.say(language, &[Line::Greeting, line.clone()]);
                let count = reply.text.chars().filter(|&c| is_emoji(c)).count();
                match dial {
                    Emoji::None => assert_eq!(count, 0, "{}", reply.text),
                    Emoji::Light => assert!(count <= 1, "{}", reply.text),
                    Emoji::Expressive => seen += count,
                }
            }
        }
    }
    assert!(seen > 0, "the dial has something to decide");
}

#[test]
fn offers_and_confirmations_name_the_service_in_the_language_of_the_reply() {
    let scene = Scene::of("demo-barbershop");
    for line in every_line(&scene) {
        if matches!(line, Line::OfferSlots { ref slots, .. } if slots.is_empty()) {
            continue;
        }
        if matches!(
            line,
            Line::OfferSlots { .. }
                | Line::ConfirmBooking { .. }
                | Line::ConfirmBundle { .. }
                | Line::ConfirmMove { .. }
                | Line::ConfirmCancel { .. }
                | Line::PaidAndBooked { .. }
                | Line::Booked { .. }
        ) {
            let en = scene.say(Language::En, std::slice::from_ref(&line)).text;
            let sw = scene.say(Language::Sw, std::slice::from_ref(&line)).text;
            assert!(en.contains("Haircut"), "{en}");
            assert!(sw.contains("Kunyoa nywele") && !sw.contains("Haircut"), "{sw}");
            assert!(en.contains("3:00 pm") || en.contains("8:45 am"), "{en}");
            assert!(sw.contains("(15:00)") || sw.contains("(08:45)"), "{sw}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever stands in the catalogue, the profile and the calendar: some words come out, within their limits.
    #[test]
    fn nothing_from_outside_breaks_a_reply(
        name in any::<Option<String>>(),
        label in "\\PC{0,80}|[\\x00-\\x20]{0,5}|[\u{202a}-\u{202e}\u{5d0}-\u{5ea}{}$*]{0,90}",
        body in any::<String>(),
        minor in any::<i64>(),
        start in jiff::Timestamp::MIN.as_second()..jiff::Timestamp::MAX.as_second() - 864_000,
        now in jiff::Timestamp::MIN.as_second()..jiff::Timestamp::MAX.as_second(),
        minutes in any::<u32>(),
        hours in any::<u32>(),
        voice in any::<bool>(),
    ) {
        let mut scene = Scene::of("demo-salon");
        scene.customer.name = name;
        scene.now = jiff::Timestamp::from_second(now).unwrap();
        scene.channel = if voice { ChannelKind::Voice } else { ChannelKind::Web };
        scene.tenant.business.tenant.name.clone_from(&label);
        let catalogue = &mut scene.tenant.business.catalogue;
        catalogue.staff[0].name.clone_from(&label);
        catalogue.services[0].name.en.clone_from(&label);
        catalogue.services[0].price = Money::new(minor, Currency::Usd);
        let start = jiff::Timestamp::from_second(start).unwrap();
        let mut slot = scene.slot(0, "2026-11-24T15:00:00+03:00");
        slot.window = TimeWindow::of_minutes(start, 60);
        let money = Money::new(minor, Currency::Kes);
        let mut lines = every_line(&scene);
        scene.tenant.business.catalogue.services[0].duration_min = minutes;
        lines.extend([
            Line::Snippet { body },
            Line::ConfirmBooking { slot, price: money, due: money, state_date: true, rail: None },
            Line::ConfirmCancel { slot, refund: money, kept: money, free_until_hours: hours },
            Line::OfferSlots { slots: vec![slot; 12], more: true, part: None },
            Line::OpeningHours { day: Some(start) },
            Line::NotFree { wished: start, why: crate::scheduling::slot::Blocked::Closed, staff: None },
        ]);
        for language in LANGUAGES {
            let all = scene.say(language, &lines);
            prop_assert!(all.text.chars().count() <= 900 || voice);
            for line in &lines {
                let reply = scene.say(language, std::slice::from_ref(line));
                prop_assert!(reply.text.chars().count() <= 900 || voice);
                for choice in &reply.choices {
                    prop_assert!(choice.title.chars().count() <= 24);
                    prop_assert!(choice.id.parse::<Pick>().is_ok());
                }
            }
        }
    }
}
