//! The golden rendering of each prompt: what a model is shown of a demo tenant, byte for byte.

use jiff::Zoned;

use super::hear::Scene;
use super::mask::Masked;
use super::prompt::Prompt;
use super::role::Role;
use super::shape;
use crate::demo;
use crate::domain::message::{Choice, Language};
use crate::language::understanding::Expecting;

fn rendered(role: Role, user: &str) -> String {
    let prompt = Prompt::of(role, None).unwrap();
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
fn check(role: Role, user: &str, file: &str) {
    assert_eq!(rendered(role, user), file, "the rendering of {role} has changed");
}

#[test]
fn classify_is_rendered_as_it_was() {
    let user = hearing("demo-salon", Role::Classify);
    check(Role::Classify, &user, include_str!("prompts/rendered/classify.v1.txt"));
}

#[test]
fn extract_is_rendered_as_it_was() {
    let user = hearing("demo-salon", Role::Extract);
    check(Role::Extract, &user, include_str!("prompts/rendered/extract.v1.txt"));
}

#[test]
fn shape_answer_is_rendered_as_it_was() {
    let barber = demo::tenant("demo-barbershop").unwrap();
    let words = Masked::new("Je, naweza kuja na \"mtoto\"? Ni Achieng", &["Achieng"]);
    let user = shape::question(&words, Language::Sw, &barber.business, &barber.snippets[..2]);
    check(Role::ShapeAnswer, &user, include_str!("prompts/rendered/shape_answer.v1.txt"));
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
