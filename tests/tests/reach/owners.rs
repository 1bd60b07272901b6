//! What an owner is told once they have not written for a day: by template, by SMS, or visibly not at all.

use jiff::SignedDuration;
use ratiba_core::domain::route::Sink;
use ratiba_core::domain::template::TemplatePurpose;
use ratiba_core::ports::notify::Notice;
use ratiba_core::ports::outbox::{OutboxStatus, Outgoing};
use ratiba_core::ports::store::StoredOutbox;
use ratiba_core::sim::meta::{Refusal, SendFault};

use super::world::{OWNER, World, on_both_stores};

on_both_stores! {
    an_owner_who_writes_is_answered_freely,
    a_page_outside_of_the_window_is_a_template,
    a_page_without_a_template_is_a_text,
    the_cheaper_of_both_is_taken_and_a_bad_template_is_a_text,
    a_page_that_goes_no_way_is_seen,
}

/// A customer calls for a person.
async fn needed(world: &World) {
    let chat = world.wanjiru();
    world.says(&chat, "I want to talk to a person").await;
    world.work().await;
}

/// The rows to the owner: by which way, and how they ended.
async fn ways(world: &World) -> Vec<(&'static str, OutboxStatus)> {
    let way = |row: &StoredOutbox| match &row.item.what {
        Outgoing::Admin { route, .. } => Some((route.sink.as_str(), row.status)),
        _ => None,
    };
    world.rows().await.iter().filter_map(way).collect()
}

async fn an_owner_who_writes_is_answered_freely(world: World) {
    world.with_sms().await;
    world.change(|business| business.settings.templates.clear()).await;
    let owner = world.owner();
    world.says(&owner, "/today").await;
    needed(&world).await;
    assert_eq!(ways(&world).await, [("session", OutboxStatus::Done)]);
    assert_eq!(world.on_phone(OWNER).1, 0);
    assert!(owner.received().iter().all(|message| message.template.is_none()));
}

async fn a_page_outside_of_the_window_is_a_template(world: World) {
    world.change(|business| business.settings.templates.clear()).await;
    world.with_template("owner_page", TemplatePurpose::Page).await;
    let owner = world.owner();
    world.says(&owner, "/today").await;
    world.later(SignedDuration::from_hours(25)).await;
    let before = owner.received().len();
    needed(&world).await;
    let got = owner.received().split_off(before);
    assert_eq!(got.len(), 1, "{got:?}");
    assert_eq!(got[0].template.as_deref(), Some("owner_page"));
    assert!(got[0].text.contains("Kinyozi"), "{}", got[0].text);
    assert_eq!(
        ways(&world).await,
        [("session", OutboxStatus::Failed), ("template", OutboxStatus::Done)]
    );
}

async fn a_page_without_a_template_is_a_text(world: World) {
    world.change(|business| business.settings.templates.clear()).await;
    world.with_sms().await;
    needed(&world).await;
    let texts = world.sms.inbox(OWNER);
    assert_eq!(texts.len(), 1, "{texts:?}");
    assert!(texts[0].text.starts_with("Kinyozi") && texts[0].parts <= 2, "{}", texts[0].text);
    assert_eq!(world.owner().received(), []);
}

async fn the_cheaper_of_both_is_taken_and_a_bad_template_is_a_text(world: World) {
    world.change(|business| business.settings.templates.clear()).await;
    world.with_template("owner_page", TemplatePurpose::Page).await;
    world.with_sms().await;
    needed(&world).await;
    let owner = world.owner();
    assert_eq!((owner.received().len(), world.sms.inbox(OWNER).len()), (1, 0), "it costs less");
    // Nobody comes; when the owners are reminded, Meta does not know the template any more.
    world.meta.fail_next_send(SendFault::FailsLater { code: 131_047 });
    world.meta.fail_next_send(SendFault::Refused(Refusal::new(404, 132_001)));
    world.later(SignedDuration::from_mins(2)).await;
    world.work().await;
    assert_eq!((owner.received().len(), world.sms.inbox(OWNER).len()), (1, 1));
    assert_eq!(ways(&world).await.last(), Some(&("sms", OutboxStatus::Done)));
}

async fn a_page_that_goes_no_way_is_seen(world: World) {
    world.change(|business| business.settings.templates.clear()).await;
    needed(&world).await;
    assert_eq!(ways(&world).await, [("session", OutboxStatus::Failed)]);
    let row = world.rows().await.into_iter().find(|row| {
        matches!(&row.item.what, Outgoing::Admin { route, .. } if route.sink == Sink::Session)
    });
    let row = row.unwrap();
    assert_eq!(row.fault_code.as_deref(), Some("131047"));
    let told = world.notices();
    assert!(
        told.iter().any(|notice| matches!(notice, Notice::Undeliverable { outbox, .. } if *outbox == row.item.id)),
        "{told:?}"
    );
}
