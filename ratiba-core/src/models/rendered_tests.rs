//! The golden rendering of each prompt: what a model is shown of a demo tenant, byte for byte.

use jiff::Zoned;

use super::gaps::Known;
use super::hear::Scene;
use super::mask::Masked;
use super::prompt::Prompt;
use super::role::Role;
use super::shape;
use super::{brief, gaps, owner, price_list, relate};
use crate::demo;
use crate::domain::dials::{
    CancellationTone, CrossSell, DialOverrides, Emoji, Greeting, Honorific, LanguageDial, Tone,
    Upsell,
};
use crate::domain::message::{Choice, Language};
use crate::domain::money::Currency;
use crate::domain::tenant::Business;
use crate::language::understanding::Expecting;

fn rendered(role: Role, version: u32, user: &str) -> String {
    let prompt = Prompt::of(role, Some(version)).unwrap();
    let user: serde_json::Value = serde_json::from_str(user).unwrap();
    let user = serde_json::to_string_pretty(&user).unwrap();
    format!("{} {}\n\n{}\n---\n{user}\n", prompt.name(), prompt.hash(), prompt.system)
}

fn hearing(slug: &str, role: Role) -> String {
    let business = demo::tenant(slug).unwrap().business;
    let now: Zoned = "2026-11-23T09:00:00+03:00[Africa/Nairobi]".parse().unwrap();
    let choice =
        |id: &str, title: &str| Choice { id: id.into(), title: title.into(), description: None };
    let scene = Scene {
        business: &business,
        now: &now,
        expecting: Expecting::Service,
        offered: &[choice("more", "More times"), choice("yes", "Yes")],
        known_date: None,
        acts_at_once: false,
    };
    let words = Masked::new("Mimi Achieng, \"ile ya kucha\" kesho, 0712 345 678", &["Achieng"]);
    scene.question(&words, role)
}

/// Compares with the file; a changed rendering is a changed prompt, so it needs a new version and a new file.
fn check(role: Role, version: u32, user: &str, file: &str) {
    assert_eq!(rendered(role, version, user), file, "the rendering of {role} has changed");
}

#[test]
fn classify_is_rendered_as_it_was() {
    let user = hearing("demo-salon", Role::Classify);
    check(Role::Classify, 1, &user, include_str!("prompts/rendered/classify.v1.txt"));
}

#[test]
fn extract_is_rendered_as_it_was() {
    let user = hearing("demo-salon", Role::Extract);
    check(Role::Extract, 1, &user, include_str!("prompts/rendered/extract.v1.txt"));
}

#[test]
fn shape_answer_is_rendered_as_it_was() {
    let barber = demo::tenant("demo-barbershop").unwrap();
    let words = Masked::new("Je, naweza kuja na \"mtoto\"? Ni Achieng", &["Achieng"]);
    let user = shape::question(&words, Language::Sw, &barber.business, &barber.snippets[..2]);
    check(Role::ShapeAnswer, 1, &user, include_str!("prompts/rendered/shape_answer.v1.txt"));
    check(Role::ShapeAnswer, 2, &user, include_str!("prompts/rendered/shape_answer.v2.txt"));
}

/// The question of the golden conversations `personality-*.yaml`, in the same three personalities.
#[test]
fn the_same_question_is_rendered_in_three_personalities() {
    let salon = demo::tenant("demo-salon").unwrap();
    let words = Masked::new("is there parking?", &[]);
    let snippets: Vec<_> =
        salon.snippets.iter().filter(|s| s.title.contains("arking")).take(1).cloned().collect();
    let question = |dials: DialOverrides| {
        let business = Business { dials, ..salon.business.clone() };
        shape::question(&words, Language::En, &business, &snippets)
    };
    let warm = question(salon.business.dials.clone());
    check(Role::ShapeAnswer, 2, &warm, include_str!("prompts/rendered/shape_answer.v2.warm.txt"));
    let formal = question(DialOverrides {
        tone: Some(Tone::Professional),
        upsell: Some(Upsell::Never),
        cancellation_tone: Some(CancellationTone::Firm),
        honorific: Some(Honorific::FormalEn),
        cross_sell: Some(CrossSell::Never),
        language: Some(LanguageDial::PreferEn),
        emoji: Some(Emoji::None),
        ..DialOverrides::default()
    });
    check(
        Role::ShapeAnswer,
        2,
        &formal,
        include_str!("prompts/rendered/shape_answer.v2.formal.txt"),
    );
    let playful = question(DialOverrides {
        tone: Some(Tone::Playful),
        greeting: Some(Greeting::Own("Sasa! Nywele Studio hapa.".to_owned())),
        upsell: Some(Upsell::SuggestDuringSlotCollection),
        cancellation_tone: Some(CancellationTone::Forgiving),
        honorific: Some(Honorific::FormalSw),
        cross_sell: Some(CrossSell::FullSuggest),
        language: Some(LanguageDial::MirrorCustomer),
        emoji: Some(Emoji::Expressive),
    });
    check(
        Role::ShapeAnswer,
        2,
        &playful,
        include_str!("prompts/rendered/shape_answer.v2.playful.txt"),
    );
}

#[test]
fn admin_nl_is_rendered_as_it_was() {
    let business = demo::tenant("demo-salon").unwrap().business;
    let now: Zoned = "2026-11-23T09:00:00+03:00[Africa/Nairobi]".parse().unwrap();
    let words = Masked::new("Wanjiru hawezi kesho, apelekwe Alhamisi saa nne", &["Grace Wanjiru"]);
    let user = owner::question(&words, &business, &now);
    check(Role::AdminNl, 1, &user, include_str!("prompts/rendered/admin_nl.v1.txt"));
}

#[test]
fn summarise_is_rendered_as_it_was() {
    let mut told = brief::Told::default();
    told.say(true, "Ni Achieng 0712 345 678, mmenichanganya \"sana\"", &["Achieng"]);
    told.say(false, "Pole, sijakuelewa.", &["Achieng"]);
    let user = told.question(Language::Sw);
    check(Role::Summarise, 1, &user, include_str!("prompts/rendered/summarise.v1.txt"));
}

#[test]
fn gap_fill_is_rendered_as_it_was() {
    let business = demo::tenant("demo-salon").unwrap().business;
    let row = |name: &str, minutes| Known {
        name: name.to_owned(),
        duration_min: minutes,
        ..Known::default()
    };
    let user = gaps::question(&[row("Gel Polish", None), row("Facial", Some(45))], &business);
    check(Role::GapFill, 1, &user, include_str!("prompts/rendered/gap_fill.v1.txt"));
}

#[test]
fn relate_is_rendered_as_it_was() {
    let business = demo::tenant("demo-salon").unwrap().business;
    let user = relate::question(&business);
    check(Role::Relate, 1, &user, include_str!("prompts/rendered/relate.v1.txt"));
}

#[test]
fn vision_is_rendered_as_it_was() {
    let user = price_list::question(Currency::Kes, 2, 3);
    check(Role::Vision, 2, &user, include_str!("prompts/rendered/vision.v2.txt"));
}

/// Every dial reaches the user part of the prompt whose words customers read, and no dial the system part.
#[test]
fn every_dial_is_in_the_user_part() {
    let business = demo::tenant("demo-salon").unwrap().business;
    let words = Masked::new("is there parking?", &[]);
    let asked = shape::question(&words, Language::En, &business, &[]);
    let asked: serde_json::Value = serde_json::from_str(&asked).unwrap();
    assert_eq!(asked["voice"], serde_json::to_value(business.dials()).unwrap());
    assert_eq!(asked["voice"].as_object().unwrap().len(), 8);
}

#[test]
fn nothing_of_a_tenant_or_a_customer_is_in_a_system_part() {
    for prompt in Prompt::all() {
        for tenant in demo::tenants() {
            let business = tenant.business;
            assert!(!prompt.system.contains(&business.tenant.name));
            for service in &business.catalogue.services {
                assert!(!prompt.system.contains(&service.name.en), "{}", service.name.en);
            }
        }
    }
}
