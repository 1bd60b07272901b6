//! What the speaker tells people to say is understood by the ear, in both languages.

use super::{Scene, every_line};
use crate::domain::message::Language::{self, En, Sw};
use crate::language::hear::{Ear, HearContext};
use crate::language::speak::say::Manner;
use crate::language::speak::say::date::{Exact, moment};
use crate::language::understanding::{Expecting, Intent, Understanding};

fn hear(scene: &Scene, text: &str, expecting: Expecting) -> Understanding {
    let now = scene.now.to_zoned(scene.tenant.business.tenant.zone.clone());
    let context = HearContext { expecting, ..HearContext::fresh(&now) };
    Ear::new(&scene.tenant.business).hear(text, &context)
}

#[test]
fn the_words_that_messages_suggest_do_what_they_promise() {
    let scene = Scene::of("demo-salon");
    let suggested: &[(&str, Intent)] = &[
        ("human", Intent::Human),
        ("nataka mtu", Intent::Human),
        ("cancel", Intent::Cancel),
        ("ghairi", Intent::Cancel),
        ("MOVE", Intent::Reschedule),
        ("CANCEL", Intent::Cancel),
        ("HAMISHA", Intent::Reschedule),
        ("GHAIRI", Intent::Cancel),
        ("try again", Intent::Affirm),
        ("jaribu tena", Intent::Affirm),
    ];
    let mut wrong = Vec::new();
    for (words, intent) in suggested {
        let heard = hear(&scene, words, Expecting::Nothing);
        if heard.intent != *intent || heard.confidence < 0.55 {
            wrong.push(format!("{words}: {:?} {}", heard.intent, heard.confidence));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_title_can_be_typed_and_every_position_said() {
    for slug in ["demo-barbershop", "demo-salon", "demo-dental"] {
        let scene = Scene::of(slug);
        let ear = Ear::new(&scene.tenant.business);
        let now = scene.now.to_zoned(scene.tenant.business.tenant.zone.clone());
        for line in every_line(&scene) {
            for language in [En, Sw] {
                let reply = scene.say(language, std::slice::from_ref(&line));
                let context = HearContext {
                    offered: &reply.choices,
                    expecting: Expecting::Choice,
                    ..HearContext::fresh(&now)
                };
                for (at, choice) in reply.choices.iter().enumerate() {
                    for typed in [choice.title.clone(), (at + 1).to_string()] {
                        let heard = ear.hear(&typed, &context);
                        let picked = heard.slots.choice.as_deref();
                        assert_eq!(picked, Some(choice.id.as_str()), "{typed} of {line:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_time_as_it_is_said_is_the_time_that_is_heard() {
    // English for the ear is left out: its compound number words come back from speech recognition as digits.
    let forms = [(En, false), (Sw, false), (Sw, true)];
    let scene = Scene::of("demo-barbershop");
    let zone = scene.tenant.business.tenant.zone.clone();
    for day in 24..=29 {
        for hour in 10..18 {
            for minute in [0, 15, 30, 45] {
                let start = jiff::civil::date(2026, 11, day).at(hour, minute, 0, 0);
                let start = start.to_zoned(zone.clone()).unwrap().timestamp();
                for (language, spoken) in forms {
                    let said = said(&scene, start, language, spoken);
                    let heard = hear(&scene, &said, Expecting::Slot);
                    assert_eq!(heard.slots.start, Some(start), "{said}");
                }
            }
        }
    }
}

/// "tomorrow, Tuesday 24 November, at 3:00 pm", as a confirmation says it.
fn said(scene: &Scene, start: jiff::Timestamp, language: Language, spoken: bool) -> String {
    let zone = &scene.tenant.business.tenant.zone;
    let today = scene.now.to_zoned(zone.clone()).date();
    let at = start.to_zoned(zone.clone()).datetime();
    moment(at, today, Exact::Full, Manner { language, spoken })
}
