//! Instagram and Messenger against their stand-in.

use std::sync::Arc;

use jiff::SignedDuration;
use proptest::prelude::*;
use ratiba_core::adapters::meta::{Messaging, MetaConfig};
use ratiba_core::domain::channel::Address;
use ratiba_core::domain::id::{Id, Mint};
use ratiba_core::domain::message::{Choice, Link, Reply};
use ratiba_core::ports::channel::{Channel, ChannelAccount, Outbound, Sent};
use ratiba_core::ports::clock::Clock;
use ratiba_core::ports::fault::{Fault, FaultKind};
use ratiba_core::sim::meta::{
    Dm, MessagingSim, MessagingSimConfig, Platform, Refusal, SendFault, Statuses,
};
use ratiba_core::testing::ManualClock;

use super::world::{hasty, offer};

const PAGE: &str = "400000000000001";
const ANNE: &str = "5550001";

/// A page, its stand-in and our adapter.
struct Page {
    sim: MessagingSim,
    channel: Messaging,
    account: ChannelAccount,
    clock: Arc<ManualClock>,
    dm: Dm,
}

impl Page {
    async fn new(platform: Platform) -> Self {
        Self::with(platform, None).await
    }

    async fn with(platform: Platform, client: Option<reqwest::Client>) -> Self {
        let clock = Arc::new(ManualClock::at("2026-11-23T09:00:00+03:00".parse().unwrap()));
        let sim = MessagingSim::start(MessagingSimConfig {
            platform,
            app_secret: "sim-app-secret".into(),
            verify_token: "our-token".into(),
            receipts: Statuses::UpToRead,
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
        })
        .await
        .unwrap();
        sim.add_page(PAGE, "token-1");
        let mut config = MetaConfig::new("our-token".into(), vec!["sim-app-secret".into()]);
        sim.base_url().clone_into(&mut config.graph_url);
        let channel = match platform {
            Platform::Instagram => Messaging::instagram(&config),
            Platform::Messenger => Messaging::messenger(&config),
        };
        let mut channel = channel.unwrap();
        if let Some(client) = client {
            channel = channel.with_client(&config, client);
        }
        let account = ChannelAccount {
            tenant: mint(1),
            channel: channel.kind(),
            account: PAGE.into(),
            token: "token-1".into(),
        };
        let dm = sim.dm(PAGE, ANNE);
        Self { sim, channel, account, clock, dm }
    }

    fn to(&self, peer: &str) -> Address {
        Address { channel: self.channel.kind(), account: PAGE.into(), peer: peer.into() }
    }

    async fn send(&self, reply: Reply) -> Result<Sent, Fault> {
        let message = Outbound { id: mint(7), to: self.to(ANNE), reply };
        self.channel.send(&self.account, &message).await
    }
}

fn mint<K>(n: u32) -> Id<K> {
    Mint { at: jiff::Timestamp::UNIX_EPOCH, seed: 1 }.id(n)
}

const BOTH: [Platform; 2] = [Platform::Instagram, Platform::Messenger];

#[tokio::test]
async fn a_person_is_seen_answered_and_offered_choices() {
    for platform in BOTH {
        let page = Page::new(platform).await;
        let mid = page.dm.say("Habari");
        page.channel.acknowledge(&page.account, &page.to(ANNE), &mid).await.unwrap();
        assert_eq!(page.dm.is_seen_and_typing(), (true, true));
        let sent = page.send(offer("Saa ngapi?", &["10:00", "11:00"])).await.unwrap();
        let shown = page.dm.last().unwrap();
        assert_eq!((&shown.id, sent.billable), (&sent.provider_id, 0));
        let titles: Vec<&str> = shown.quick_replies.iter().map(|it| it.title.as_str()).collect();
        assert_eq!(titles, ["10:00", "11:00"]);
        assert_eq!(page.dm.is_seen_and_typing(), (true, false));
        assert!(page.dm.tap("11:00").is_ok() && page.dm.tap("12:00").is_err());
    }
}

#[tokio::test]
async fn a_send_without_a_clear_answer_is_unknown() {
    for platform in BOTH {
        let page = Page::with(platform, Some(hasty())).await;
        page.dm.say("Habari");
        let sent_all = Refusal { subcode: Some(1_357_046), ..Refusal::new(400, 1) };
        for (n, fault) in [
            SendFault::NoAnswer,
            SendFault::Reset,
            SendFault::ResetMidBody,
            SendFault::Html502 { arrives: true },
            SendFault::Empty200,
            SendFault::RefusedThoughSent(sent_all),
        ]
        .into_iter()
        .enumerate()
        {
            page.sim.fail_next_send(fault.clone());
            let refused = page.send(Reply::text(format!("Ujumbe {n}"))).await.unwrap_err();
            assert_eq!(refused.kind, FaultKind::Unknown, "{fault:?}");
            assert_eq!(page.dm.received().len(), n + 1, "it arrived once: {fault:?}");
        }
        page.sim.stop().await;
        let refused = page.send(Reply::text("Karibu")).await.unwrap_err();
        assert_eq!(refused.kind, FaultKind::Transient);
    }
}

#[tokio::test]
async fn a_refusal_carries_its_decision() {
    let page = Page::new(Platform::Messenger).await;
    page.dm.say("Habari");
    for (code, subcode, kind) in [
        (2, Some(2_018_344), FaultKind::Transient),
        (10, Some(1_893_063), FaultKind::Blocked),
        (10, Some(2_018_108), FaultKind::Rejected),
        (10, Some(2_534_022), FaultKind::WindowClosed),
        (10, Some(2_018_278), FaultKind::WindowClosed),
        (100, None, FaultKind::Rejected),
        (100, Some(2_534_029), FaultKind::Blocked),
        (190, None, FaultKind::Unauthorised),
        (200, Some(2_534_041), FaultKind::Unauthorised),
        (551, Some(1_545_041), FaultKind::Rejected),
        (613, Some(2_534_040), FaultKind::RateLimited),
        (80_006, None, FaultKind::RateLimited),
    ] {
        let refusal = Refusal { subcode, ..Refusal::new(400, code) };
        page.sim.fail_next_send(SendFault::Refused(refusal));
        let refused = page.send(Reply::text("Karibu")).await.unwrap_err();
        assert_eq!(refused.kind, kind, "{code}/{subcode:?}");
    }
    let mut slow = Refusal::new(429, 613);
    slow.retry_after_seconds = Some(30);
    page.sim.fail_next_send(SendFault::Refused(slow));
    let refused = page.send(Reply::text("Karibu")).await.unwrap_err();
    assert_eq!(refused.retry_after, Some(SignedDuration::from_secs(30)));
    page.sim.fail_next_send(SendFault::Html502 { arrives: false });
    assert_eq!(page.send(Reply::text("Karibu")).await.unwrap_err().kind, FaultKind::Unknown);
    assert_eq!(page.dm.received(), []);
}

#[tokio::test]
async fn the_window_closes_after_a_day_and_strangers_are_nobody() {
    for platform in BOTH {
        let page = Page::new(platform).await;
        let nobody = page.send(Reply::text("Karibu")).await.unwrap_err();
        assert_eq!(nobody.kind, FaultKind::Rejected);
        page.dm.say("Habari");
        page.send(Reply::text("Karibu")).await.unwrap();
        page.clock.advance(SignedDuration::from_hours(24));
        let late = page.send(Reply::text("Karibu")).await.unwrap_err();
        assert_eq!(late.kind, FaultKind::WindowClosed);
        page.dm.say("Nimerudi");
        page.send(Reply::text("Karibu")).await.unwrap();
        assert_eq!(page.dm.received().len(), 2);
    }
}

#[tokio::test]
async fn a_revoked_token_and_a_strange_page_stop_the_channel() {
    let page = Page::new(Platform::Instagram).await;
    page.dm.say("Habari");
    page.sim.revoke_token(PAGE, true);
    let refused = page.send(Reply::text("Karibu")).await.unwrap_err();
    assert_eq!((refused.kind, refused.code.as_deref()), (FaultKind::Unauthorised, Some("190/463")));
    page.sim.revoke_token(PAGE, false);
    let mut strange = page.account.clone();
    strange.account = "400000000000009".into();
    let message = Outbound { id: mint(8), to: page.to(ANNE), reply: Reply::text("Karibu") };
    let refused = page.channel.send(&strange, &message).await.unwrap_err();
    assert_eq!(refused.kind, FaultKind::Unauthorised);
}

/// Words as people and machines write them, and as nobody should.
fn words(longest: usize) -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-zA-Z0-9 ,.:']{1,60}",
        2 => proptest::collection::vec(any::<char>(), 0..80).prop_map(String::from_iter),
        1 => (1..longest).prop_map(|n| "neno ".repeat(n / 5 + 1)),
        1 => (1..longest / 8).prop_map(|n| "👩‍👩‍👧‍👦é".repeat(n)),
        1 => "[ \\n\\t*_~`]{0,10}",
    ]
}

fn reply() -> impl Strategy<Value = Reply> {
    let id = prop_oneof![8 => "[a-z0-9:-]{1,30}", 1 => words(1200), 1 => Just("same".to_owned())];
    let choice = (id, words(60), proptest::option::of(words(150)))
        .prop_map(|(id, title, description)| Choice { id, title, description });
    let link = (words(60), "https://[a-z]{1,20}\\.example/[a-z0-9]{0,40}");
    let link = link.prop_map(|(title, url)| Link { title, url });
    (
        words(3000),
        proptest::collection::vec(choice, 0..16),
        words(40),
        proptest::option::weighted(0.2, link),
        any::<bool>(),
    )
        .prop_map(|(text, choices, list_label, link, asks_phone)| Reply {
            text,
            choices,
            list_label,
            link,
            asks_phone,
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn no_reply_however_odd_becomes_a_request_that_meta_refuses(replies in proptest::collection::vec(reply(), 10), instagram in any::<bool>()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let page = Page::new(if instagram { Platform::Instagram } else { Platform::Messenger }).await;
            page.dm.say("Habari");
            for reply in replies {
                match page.send(reply.clone()).await {
                    Ok(_) => {
                        let shown = page.dm.last().unwrap();
                        let different: std::collections::HashSet<&str> = reply.choices.iter().map(|c| c.id.as_str()).collect();
                        let numbered = shown.text.lines().filter(|line| line.starts_with(char::is_numeric)).count();
                        let long = shown.text.len() > 900;
                        prop_assert!(long || shown.quick_replies.len() == different.len() || numbered >= reply.choices.len());
                    }
                    Err(refused) => {
                        prop_assert_eq!(refused.kind, FaultKind::Rejected);
                        prop_assert_eq!(refused.code, None, "the stand-in refused it");
                        prop_assert!(reply.choices.is_empty() && reply.link.is_none());
                    }
                }
            }
            Ok(())
        })?;
    }
}
