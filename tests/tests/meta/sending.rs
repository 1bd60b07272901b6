//! What the business sends, and every way in which that goes wrong.

use jiff::SignedDuration;
use ratiba_core::domain::message::{Content, Delivery, Reply};
use ratiba_core::ports::channel::Channel;
use ratiba_core::ports::clock::Clock;
use ratiba_core::ports::fault::FaultKind;
use ratiba_core::sim::meta::{Refusal, SendFault, Statuses};

use super::world::{ACCOUNT, HIDDEN, WANJIRU, World, hasty, offer, text};

#[tokio::test]
async fn a_conversation_goes_both_ways() {
    let world = World::new().await;
    let chat = world.wanjiru();
    let id = chat.say("Habari 👋, nataka kusuka kesho/leo");
    let heard = world.messages().await;
    assert_eq!(heard[0].content, text("Habari 👋, nataka kusuka kesho/leo"));
    assert_eq!(heard[0].provider_id, id);
    assert_eq!(heard[0].sent_at, world.clock.now());
    assert_eq!(heard[0].address.peer, WANJIRU);

    let message = world.outbound(WANJIRU, offer("Saa ngapi?", &["10:00", "11:00"]));
    world.channel.acknowledge(&world.account, &message.to, &id).await.unwrap();
    assert!(chat.is_typing());
    let sent = world.channel.send(&world.account, &message).await.unwrap();
    assert_eq!(sent.billable, 1);
    let shown = chat.wait_for(|message| message.text == "Saa ngapi?").await;
    assert_eq!(shown.id, sent.provider_id);
    assert_eq!(shown.opaque, Some(message.id.to_string()));
    assert!(!chat.is_typing());

    chat.tap("11:00").unwrap();
    let heard = world.messages().await;
    assert_eq!(
        heard[1].content,
        Content::Choice { id: "pick:11:00".into(), title: "11:00".into() }
    );
    let statuses = world.statuses().await;
    let outcomes: Vec<_> = statuses.iter().map(|status| status.outcome.clone()).collect();
    assert_eq!(outcomes, [Ok(Delivery::Sent), Ok(Delivery::Delivered), Ok(Delivery::Read)]);
    assert!(statuses.iter().all(|status| status.outbox == Some(message.id)));
}

#[tokio::test]
async fn a_send_without_a_clear_answer_is_unknown_and_its_status_tells() {
    let world = World::with(Statuses::UpToDelivered, Some(hasty())).await;
    let chat = world.wanjiru();
    chat.say("Habari");
    for (n, fault) in [
        SendFault::NoAnswer,
        SendFault::Reset,
        SendFault::ResetMidBody,
        SendFault::Html502 { arrives: true },
        SendFault::Empty200,
        SendFault::RefusedThoughSent(Refusal { subcode: Some(1_357_046), ..Refusal::new(400, 1) }),
    ]
    .into_iter()
    .enumerate()
    {
        world.sim.fail_next_send(fault.clone());
        let message = world.outbound(WANJIRU, Reply::text(format!("Ujumbe {n}")));
        let refused = world.channel.send(&world.account, &message).await.unwrap_err();
        assert_eq!(refused.kind, FaultKind::Unknown, "{fault:?}");
        assert_eq!(chat.received().len(), n + 1, "it arrived once: {fault:?}");
        let told = world.statuses().await;
        assert!(
            told.iter().any(|status| status.outbox == Some(message.id) && status.outcome.is_ok()),
            "{fault:?}"
        );
    }
}

#[tokio::test]
async fn nothing_has_happened_when_nobody_listens() {
    let world = World::new().await;
    world.wanjiru().say("Habari");
    world.sim.settle().await;
    world.sim.stop().await;
    let refused = world.send(WANJIRU, Reply::text("Karibu")).await.unwrap_err();
    assert_eq!(refused.kind, FaultKind::Transient);
}

#[tokio::test]
async fn a_refusal_carries_its_decision() {
    let world = World::new().await;
    let chat = world.wanjiru();
    chat.say("Habari");
    for (code, kind) in [
        (2, FaultKind::Transient),
        (100, FaultKind::Rejected),
        (190, FaultKind::Unauthorised),
        (368, FaultKind::Blocked),
        (131_031, FaultKind::Blocked),
        (131_047, FaultKind::WindowClosed),
        (132_001, FaultKind::Misconfigured),
    ] {
        world.sim.fail_next_send(SendFault::Refused(Refusal::new(400, code)));
        let refused = world.send(WANJIRU, Reply::text("Karibu")).await.unwrap_err();
        assert_eq!((refused.kind, refused.code), (kind, Some(code.to_string())));
    }
    world.sim.fail_next_send(SendFault::Html502 { arrives: false });
    let refused = world.send(WANJIRU, Reply::text("Karibu")).await.unwrap_err();
    assert_eq!(refused.kind, FaultKind::Unknown);
    assert_eq!(chat.received(), []);
    world.send(WANJIRU, Reply::text("Karibu")).await.unwrap();
}

#[tokio::test]
async fn waits_are_taken_from_the_headers() {
    let world = World::new().await;
    world.wanjiru().say("Habari");
    let mut slow = Refusal::new(429, 130_429);
    slow.retry_after_seconds = Some(30);
    world.sim.fail_next_send(SendFault::Refused(slow));
    let mut busy = Refusal::new(400, 80_007);
    busy.regain_access_minutes = Some(5);
    world.sim.fail_next_send(SendFault::Refused(busy));
    for seconds in [30, 300] {
        let refused = world.send(WANJIRU, Reply::text("Karibu")).await.unwrap_err();
        assert_eq!(refused.kind, FaultKind::RateLimited);
        assert_eq!(refused.retry_after, Some(SignedDuration::from_secs(seconds)));
    }
}

#[tokio::test]
async fn a_pair_that_was_too_fast_is_left_alone_for_longer_and_longer() {
    let world = World::new().await;
    world.wanjiru().say("Habari");
    for seconds in [4, 16, 64] {
        world.sim.fail_next_send(SendFault::Refused(Refusal::new(400, 131_056)));
        let refused = world.send(WANJIRU, Reply::text("Karibu")).await.unwrap_err();
        assert_eq!(refused.code.as_deref(), Some("131056"));
        assert_eq!(refused.retry_after, Some(SignedDuration::from_secs(seconds)));
        // Too early: our own count refuses, and the stand-in does not hear of it.
        let early = world.send(WANJIRU, Reply::text("Karibu")).await.unwrap_err();
        assert_eq!(early.code.as_deref(), Some("pace"));
        world.clock.advance(SignedDuration::from_secs(seconds));
    }
    world.send(WANJIRU, Reply::text("Karibu")).await.unwrap();
}

#[tokio::test]
async fn a_burst_to_one_person_is_paced_and_nobody_else_waits() {
    let world = World::with(Statuses::None, None).await;
    let chat = world.wanjiru();
    chat.say("Habari");
    world.sim.chat(ACCOUNT, "254722000000").say("Hujambo");
    let refused = loop {
        if let Err(refused) = world.send(WANJIRU, Reply::text("Karibu")).await {
            break refused;
        }
    };
    assert_eq!(refused.kind, FaultKind::RateLimited);
    assert_eq!(chat.received().len(), 31);
    world.send("254722000000", Reply::text("Karibu")).await.unwrap();
    world.clock.advance(refused.retry_after.unwrap());
    world.send(WANJIRU, Reply::text("Karibu")).await.unwrap();
}

#[tokio::test]
async fn a_revoked_token_and_a_strange_account_stop_the_channel() {
    let world = World::new().await;
    world.wanjiru().say("Habari");
    world.sim.revoke_token(ACCOUNT, true);
    let refused = world.send(WANJIRU, Reply::text("Karibu")).await.unwrap_err();
    assert_eq!((refused.kind, refused.code.as_deref()), (FaultKind::Unauthorised, Some("190/463")));
    world.sim.revoke_token(ACCOUNT, false);
    world.send(WANJIRU, Reply::text("Karibu")).await.unwrap();

    let mut strange = world.account.clone();
    strange.account = "200000000000009".into();
    let message = world.outbound(WANJIRU, Reply::text("Karibu"));
    let refused = world.channel.send(&strange, &message).await.unwrap_err();
    assert_eq!(refused.kind, FaultKind::Unauthorised);
    strange.account = "../me".into();
    let refused = world.channel.send(&strange, &message).await.unwrap_err();
    assert_eq!(refused.kind, FaultKind::Misconfigured);
}

#[tokio::test]
async fn a_message_may_be_taken_and_fail_later() {
    let world = World::new().await;
    let chat = world.wanjiru();
    chat.say("Habari");
    for (code, kind) in [
        (131_026, FaultKind::Rejected),
        (131_042, FaultKind::Blocked),
        (131_047, FaultKind::WindowClosed),
        (131_049, FaultKind::Rejected),
        (131_000, FaultKind::Transient),
    ] {
        world.sim.fail_next_send(SendFault::FailsLater { code });
        let sent = world.send(WANJIRU, Reply::text("Karibu")).await.unwrap();
        let last = world.statuses().await.pop().unwrap();
        let failed = last.outcome.unwrap_err();
        assert_eq!(
            (last.provider_id, failed.kind, failed.code),
            (sent.provider_id, kind, code.to_string())
        );
    }
    assert_eq!(chat.received(), []);
}

#[tokio::test]
async fn the_window_closes_after_a_day_and_opens_with_a_message() {
    let world = World::new().await;
    let chat = world.wanjiru();
    chat.say("Habari");
    world.clock.advance(SignedDuration::from_hours(24));
    world.send(WANJIRU, Reply::text("Karibu")).await.unwrap();
    let failed = world.statuses().await.pop().unwrap().outcome.unwrap_err();
    assert_eq!(failed.kind, FaultKind::WindowClosed);
    chat.say("Nimerudi");
    world.send(WANJIRU, Reply::text("Karibu")).await.unwrap();
    assert_eq!(chat.received().len(), 1);
    // Somebody who is not on WhatsApp.
    world.send("254799999999", Reply::text("Karibu")).await.unwrap();
    assert_eq!(world.statuses().await.pop().unwrap().outcome.unwrap_err().code, "131026");
}

#[tokio::test]
async fn a_status_may_come_before_the_answer() {
    let world = World::new().await;
    world.wanjiru().say("Habari");
    world.sim.fail_next_send(SendFault::StatusFirst);
    let message = world.outbound(WANJIRU, Reply::text("Karibu"));
    let sent = world.channel.send(&world.account, &message).await.unwrap();
    let first = world.statuses().await.remove(0);
    assert_eq!((first.provider_id, first.outbox), (sent.provider_id, Some(message.id)));
}

#[tokio::test]
async fn a_person_without_a_phone_is_answered_and_asked_for_it() {
    let world = World::new().await;
    let chat = world.sim.chat(ACCOUNT, HIDDEN);
    chat.say("Hi, nataka kunyoa");
    let heard = world.messages().await.remove(0);
    assert!(heard.phone.is_none() && heard.address.peer.starts_with("KE."));
    let ask = Reply { asks_phone: true, ..Reply::text("Namba yako ya simu ni gani?") };
    world.send(&heard.address.peer, ask).await.unwrap();
    assert!(chat.last().unwrap().asks_phone);
    chat.share_card(WANJIRU);
    chat.share_own_number();
    let cards: Vec<Content> =
        world.messages().await.into_iter().skip(1).map(|m| m.content).collect();
    let card = |phone: &str, own| Content::Contact { phone: phone.parse().ok(), own };
    assert_eq!(cards, [card(WANJIRU, false), card(HIDDEN, true)]);
}

#[tokio::test]
async fn what_was_seen_is_acknowledged_once_it_exists() {
    let world = World::new().await;
    let chat = world.wanjiru();
    let to = world.outbound(WANJIRU, Reply::text("x")).to;
    let refused = world.channel.acknowledge(&world.account, &to, "wamid.none").await.unwrap_err();
    assert_eq!(refused.kind, FaultKind::Rejected);
    let id = chat.say("Habari");
    world.channel.acknowledge(&world.account, &to, &id).await.unwrap();
    assert!(chat.is_typing());
}
