//! Odd and hostile texts: heard without harm, within bounds, and never as a request that changes anything.

use jiff::{Timestamp, Zoned};

use super::{Ear, HearContext};
use crate::language::understanding::{Expecting, Intent, Tripwire};

const LONGEST: usize = 64 * 1024;

fn now() -> Zoned {
    let now: Timestamp = "2026-11-23T06:00:00Z".parse().unwrap();
    now.in_tz("Africa/Nairobi").unwrap()
}

fn ear() -> Ear {
    Ear::new(&crate::demo::tenant("demo-barbershop").unwrap().business)
}

/// As many repetitions as fit into the longest message that is taken in.
fn full_of(piece: &str) -> String {
    piece.repeat(LONGEST / piece.len())
}

#[test]
fn noise_asks_for_nothing() {
    let (now, ear) = (now(), ear());
    for noise in [
        full_of("a"),
        full_of("7"),
        full_of("9 "),
        full_of("\u{0}"),
        full_of("\u{7}\u{1b}[31m"),
        full_of("\u{202e}\u{2066}"),
        full_of("😂"),
        full_of("👩‍👩‍👧‍👦"),
        full_of("q\u{301}\u{302}\u{303}"),
        full_of("\u{fdfa}"),
        full_of("مرحبا بك "),
        full_of("[{\"\\"),
        full_of("' OR 1=1; --"),
        full_of("\n"),
        full_of("la "),
        "🤷🏽‍♀️🤷🏽‍♀️".to_owned(),
        "12345678901234567890".to_owned(),
        "\u{feff}\u{200b}".to_owned(),
        String::new(),
    ] {
        for expecting in [Expecting::Nothing, Expecting::YesNo, Expecting::Slot] {
            let heard = ear.hear(&noise, &HearContext { expecting, ..HearContext::fresh(&now) });
            let start: String = noise.chars().take(12).collect();
            assert!(
                matches!(heard.intent, Intent::Other | Intent::Deny | Intent::Provide),
                "{start:?}: {:?}",
                heard.intent
            );
            assert_eq!(heard.slots.start, None, "{start:?}");
            assert_eq!(heard.slots.phone, None, "{start:?}");
            assert!(heard.slots.services.is_empty(), "{start:?}");
        }
    }
}

#[test]
fn words_said_over_and_over_are_heard_as_said_once() {
    let (now, ear) = (now(), ear());
    for (piece, intent) in [
        ("nataka kunyoa ", Intent::Book),
        ("haircut please ", Intent::Provide),
        ("cancel ", Intent::Cancel),
        ("hello ", Intent::Greet),
    ] {
        let heard = ear.hear(&full_of(piece), &HearContext::fresh(&now));
        assert_eq!(heard.intent, intent, "{piece}");
        assert!(heard.slots.services.len() <= 1, "{piece}: {:?}", heard.slots.services);
    }
}

#[test]
fn marks_of_direction_and_odd_letters_do_not_hide_words() {
    let (now, ear) = (now(), ear());
    for text in [
        "\u{202e}haircut tomorrow at 3pm\u{202c}",
        "ｈａｉｒｃｕｔ ｔｏｍｏｒｒｏｗ ａｔ ３ｐｍ",
        "*haircut* _tomorrow_ at ~3pm~",
        "hair\u{200b}cut tomorrow\u{a0}at 3\u{202f}pm",
        "haircut\u{0}tomorrow at 3pm".replace('\u{0}', " \u{0}").as_str(),
    ] {
        let heard = ear.hear(text, &HearContext::fresh(&now));
        let start = heard.slots.start.map(|s| s.to_string());
        assert_eq!(start.as_deref(), Some("2026-11-24T12:00:00Z"), "{text:?}");
        assert_eq!(heard.slots.services.len(), 1, "{text:?}");
    }
}

#[test]
fn a_card_number_trips_wherever_it_hides() {
    let (now, ear) = (now(), ear());
    let far = format!("{}4111 1111 1111 1111", "x ".repeat(30_000));
    let heard = ear.hear(&far, &HearContext::fresh(&now));
    assert!(heard.tripwires.contains(&Tripwire::CardNumber));
}
