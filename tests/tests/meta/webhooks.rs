//! What comes in, and every way in which that goes wrong.

use std::collections::HashSet;

use ratiba_core::domain::message::{Content, Delivery, Reply};
use ratiba_core::ports::channel::ChannelEvent;
use ratiba_core::sim::meta::{Release, Statuses, WebhookFault};

use super::world::{ACCOUNT, WANJIRU, World, text};

#[tokio::test]
async fn the_address_proves_itself_by_the_token() {
    let world = World::new().await;
    assert!(world.sim.verify_webhook().await);
    assert!(!World::with_token("not ours").await.sim.verify_webhook().await);
}

#[tokio::test]
async fn only_what_is_signed_over_the_raw_bytes_is_heard() {
    let world = World::new().await;
    let chat = world.wanjiru();
    let faults = [
        (WebhookFault::WrongSignature, 403),
        (WebhookFault::NoSignature, 401),
        (WebhookFault::Sha1Only, 401),
        (WebhookFault::UppercaseHex, 403),
        (WebhookFault::SignedReencoded, 403),
    ];
    for (fault, _) in faults {
        world.sim.fail_next_webhook(fault);
        chat.say("Habari 👋");
    }
    assert_eq!(world.answers().await, faults.map(|(_, status)| Some(status)));
    assert_eq!(world.events().await, []);
    // Meta posts again what was not answered with 200.
    world.sim.retry_failed_webhooks();
    assert_eq!(world.messages().await.len(), faults.len());
}

#[tokio::test]
async fn bodies_that_are_cut_off_wrapped_or_half_bad_do_no_harm() {
    let world = World::new().await;
    let chat = world.wanjiru();
    for fault in [WebhookFault::Truncated, WebhookFault::InArray, WebhookFault::MalformedSibling] {
        world.sim.fail_next_webhook(fault);
        chat.say("Habari");
    }
    let events = world.events().await;
    assert_eq!(events.len(), 3, "{events:?}");
    assert!(matches!(&events[0], ChannelEvent::Message(_)));
    assert!(
        matches!(&events[1], ChannelEvent::Malformed { account, .. } if account.as_deref() == Some(ACCOUNT))
    );
    assert!(matches!(&events[2], ChannelEvent::Message(_)));
    assert_eq!(world.answers().await, [Some(200); 3]);
}

#[tokio::test]
async fn repetitions_carry_the_same_id() {
    let world = World::new().await;
    let chat = world.wanjiru();
    world.sim.fail_next_webhook(WebhookFault::Twice);
    let first = chat.say("Moja");
    let second = chat.say("Mbili");
    world.sim.settle().await;
    world.sim.redeliver_in_one_batch();
    let ids: Vec<String> = world.messages().await.into_iter().map(|m| m.provider_id).collect();
    assert_eq!(ids, [&first, &first, &second, &first, &second].map(Clone::clone));
}

#[tokio::test]
async fn order_is_not_promised_but_nothing_is_lost() {
    for order in [Release::InOrder, Release::Reversed, Release::OneBatch, Release::Shuffled(7)] {
        let world = World::with(Statuses::UpToRead, None).await;
        let chat = world.wanjiru();
        chat.say("Habari");
        world.sim.settle().await;
        world.sim.hold_webhooks();
        world.send(WANJIRU, Reply::text("Karibu")).await.unwrap();
        chat.say("Asante");
        assert_eq!(world.events().await.len(), 1);
        world.sim.release_webhooks(order);
        let told: HashSet<Delivery> =
            world.statuses().await.into_iter().map(|s| s.outcome.unwrap()).collect();
        assert_eq!(told.len(), 3, "{order:?}");
        assert_eq!(world.messages().await.last().unwrap().content, text("Asante"));
    }
}

#[tokio::test]
async fn a_thousand_messages_of_several_people_come_in_one_body() {
    let world = World::new().await;
    world.sim.hold_webhooks();
    let sent: Vec<String> = (0..1000)
        .map(|n| world.sim.chat(ACCOUNT, &format!("2541{:08}", n % 50)).say(&format!("Ujumbe {n}")))
        .collect();
    world.sim.release_webhooks(Release::OneBatch);
    let heard: Vec<String> = world.messages().await.into_iter().map(|m| m.provider_id).collect();
    assert!(heard == sent, "{} of {}", heard.len(), sent.len());
    assert_eq!(world.answers().await, [Some(200)]);
}

#[tokio::test]
async fn every_kind_of_message_is_heard_as_what_it_is() {
    let world = World::new().await;
    let chat = world.wanjiru();
    chat.voice_note("300000000000009");
    chat.picture("300000000000010", "Kama hii");
    chat.sticker();
    chat.location(-1.286_389, 36.817_223);
    chat.react("wamid.OUT1", "👍");
    chat.react("wamid.OUT1", "");
    chat.unsupported("poll_creation");
    let contents: Vec<Content> = world.messages().await.into_iter().map(|m| m.content).collect();
    assert_eq!(
        contents,
        [
            Content::Audio { media_id: "300000000000009".into() },
            Content::Image { media_id: "300000000000010".into(), caption: Some("Kama hii".into()) },
            Content::Attachment { what: "sticker".into(), caption: None },
            Content::Location { latitude: -1.286_389, longitude: 36.817_223 },
            Content::Reaction { emoji: Some("👍".into()) },
            Content::Reaction { emoji: None },
            Content::Unsupported { what: "poll_creation".into() },
        ]
    );
}

#[tokio::test]
async fn the_owner_answering_from_their_phone_is_an_echo() {
    let world = World::new().await;
    let id = world.wanjiru().owner_says("Nitakupigia sasa hivi");
    let events = world.events().await;
    let [ChannelEvent::Echo { address, provider_id, text, .. }] = events.as_slice() else {
        panic!("no echo: {events:?}")
    };
    assert_eq!(
        (address.peer.as_str(), provider_id, text.as_str()),
        (WANJIRU, &id, "Nitakupigia sasa hivi")
    );
}

#[tokio::test]
async fn what_was_offered_can_be_tapped_twice_and_nothing_else() {
    let world = World::new().await;
    let chat = world.wanjiru();
    chat.say("Habari");
    world
        .send(WANJIRU, super::world::offer("Ipi?", &["Moja", "Mbili", "Tatu", "Nne"]))
        .await
        .unwrap();
    chat.tap("Tatu").unwrap();
    chat.tap("pick:Tatu").unwrap();
    assert!(chat.tap("Tano").is_err());
    let taps: Vec<Content> =
        world.messages().await.into_iter().skip(1).map(|m| m.content).collect();
    assert_eq!(taps[0], Content::Choice { id: "pick:Tatu".into(), title: "Tatu".into() });
    assert_eq!(taps[0], taps[1]);
}
