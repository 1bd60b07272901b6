//! Instagram and Messenger through the whole server: webhooks in, answers out, and what echoes do to a conversation.

use std::sync::Arc;

use ratiba_core::domain::channel::ChannelKind;
use ratiba_core::domain::customer::Identity;
use ratiba_core::domain::message::Delivery;
use ratiba_core::ports::clock::Clock;
use ratiba_core::ports::outbox::OutboxStatus;
use ratiba_core::ports::store::{StoredOutbox, StoredThread, TenantStore};
use ratiba_core::sim::meta::{
    Dm, MessagingSim, MessagingSimConfig, Platform, Release, SendFault, Statuses, WebhookFault,
};
use ratiba_core::testing::ManualClock;
use ratiba_server::config::Program;
use ratiba_server::run::{Running, start};

use super::{NOON, SECRET, VERIFY, settings};

const INSTAGRAM: &str = "17841400000000001";
const PAGE: &str = "400015000000001";
const ANNE: &str = "5550001";

/// A server and a stand-in of our own.
struct Place {
    server: Running,
    sim: MessagingSim,
    kind: ChannelKind,
    dm: Dm,
}

impl Place {
    async fn new(platform: Platform) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(NOON.parse().unwrap()));
        let sim = MessagingSim::start(MessagingSimConfig {
            platform,
            app_secret: SECRET.to_owned(),
            verify_token: VERIFY.to_owned(),
            receipts: Statuses::UpToRead,
            clock,
        });
        let sim = sim.await.unwrap();
        let (kind, account, secret) = match platform {
            Platform::Instagram => (ChannelKind::Instagram, INSTAGRAM, "INSTAGRAM_APP_SECRET"),
            Platform::Messenger => (ChannelKind::Messenger, PAGE, "MESSENGER_APP_SECRET"),
        };
        sim.add_page(account, &format!("demo-token-{account}"));
        let rotated = format!("another,{SECRET}");
        let settings = settings(&[
            ("META_GRAPH_URL", sim.base_url()),
            (secret, &rotated),
            ("META_VERIFY_TOKEN", VERIFY),
        ]);
        let server = start(Program::Demo, &settings).await.unwrap();
        sim.set_webhook(&format!("{}/api/v1/webhooks/{kind}", server.url));
        let dm = sim.dm(account, ANNE);
        Self { server, sim, kind, dm }
    }

    /// The barbershop's data.
    async fn store(&self) -> Arc<dyn TenantStore> {
        let registry = self.server.app.ratiba.store();
        let slug = "demo-barbershop".parse().unwrap();
        let tenant = registry.tenant_by_slug(&slug).await.unwrap().unwrap();
        registry.of(tenant.id)
    }

    /// The conversation and everything that was sent in it.
    async fn stored(&self) -> (StoredThread, Vec<StoredOutbox>) {
        let store = self.store().await;
        let identity = Identity { channel: self.kind, external_id: ANNE.to_owned() };
        let customer = store.customer_by_identity(&identity).await.unwrap().unwrap();
        let lane = store.lane(customer.id, 1).await.unwrap().unwrap();
        (lane.current.unwrap(), store.outbox_of(customer.id).await.unwrap())
    }

    /// Whether something was heard on which no turn was taken yet, or is to be said.
    async fn has_work(&self) -> bool {
        let (thread, sent) = self.stored().await;
        let lane = self.store().await.lane(thread.customer, 1).await.unwrap().unwrap();
        !lane.pending.is_empty() || sent.iter().any(|row| row.status == OutboxStatus::Pending)
    }
}

const BOTH: [Platform; 2] = [Platform::Instagram, Platform::Messenger];

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_is_made_and_the_phone_asked_for_on_the_way() {
    for platform in BOTH {
        let place = Place::new(platform).await;
        assert!(place.sim.verify_webhook().await);
        place.dm.say("Hi I want to book a haircut tomorrow at 3pm");
        let asks = place.dm.wait_for(|it| it.text.contains("number")).await;
        assert_eq!(asks.asks_phone, platform == Platform::Messenger);
        place.dm.share_own_number("+254712345678");
        let asks_yes = |it: &ratiba_core::sim::meta::DmMessage| it.quick_replies.len() == 2;
        let confirm = place.dm.wait_for(asks_yes).await;
        assert!(confirm.text.contains("Haircut") && confirm.text.contains("500"));
        place.dm.tap("yes").unwrap();
        place.dm.wait_for(|it| it.text.contains("PIN")).await;
        let (thread, _) = place.stored().await;
        assert_eq!(thread.state_name, "AWAITING_PAYMENT");
        assert_eq!(thread.driver_name, "AGENT_DRIVING");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn our_own_echo_is_never_taken_for_a_person_however_early_it_comes() {
    for platform in BOTH {
        for fault in [SendFault::StatusFirst, SendFault::Reset, SendFault::Empty200] {
            let place = Place::new(platform).await;
            place.sim.fail_next_send(fault.clone());
            place.dm.say("What services do you have?");
            place.dm.wait_for(|_| true).await;
            place.sim.settle().await;
            place.dm.say("What time do you close?");
            place.dm.wait_for(|it| !it.text.contains("Haircut")).await;
            place.sim.settle().await;
            let (thread, sent) = place.stored().await;
            assert_eq!(thread.driver_name, "AGENT_DRIVING", "{platform:?} {fault:?}");
            // Told by the echo, not sent twice.
            assert_eq!(place.dm.received().len(), sent.len(), "{platform:?} {fault:?}");
            assert!(sent[0].delivery >= Some(Delivery::Sent), "{platform:?} {fault:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_in_the_inbox_takes_the_conversation_over() {
    for platform in BOTH {
        let place = Place::new(platform).await;
        place.dm.say("Habari");
        place.dm.wait_for(|_| true).await;
        let mut live = place.server.app.ratiba.subscribe();
        place.dm.owner_says("Karibu, mimi ni Brian");
        while place.stored().await.0.driver_name != "HUMAN_DRIVING" {
            live.recv().await.unwrap();
        }
        let before = place.dm.received().len();
        place.dm.say("Asante Brian");
        place.sim.settle().await;
        while place.has_work().await {
            live.recv().await.unwrap();
        }
        assert_eq!(place.dm.received().len(), before, "the agent was silent");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_repeated_and_wrapped_webhooks_make_one_conversation() {
    let place = Place::new(Platform::Messenger).await;
    for fault in [
        WebhookFault::WrongSignature,
        WebhookFault::NoSignature,
        WebhookFault::SignedReencoded,
        WebhookFault::Twice,
        WebhookFault::MalformedSibling,
        WebhookFault::InArray,
    ] {
        place.sim.fail_next_webhook(fault);
    }
    place.sim.hold_webhooks();
    for text in ["Moja 👋", "Mbili", "Tatu 👋", "Nne", "Tano", "Sita"] {
        place.dm.say(text);
    }
    place.sim.release_webhooks(Release::InOrder);
    place.sim.settle().await;
    let refused: Vec<_> = place.sim.posted_webhooks().iter().take(3).map(|it| it.status).collect();
    assert_eq!(refused, [Some(403), Some(401), Some(403)]);
    place.sim.retry_failed_webhooks();
    place.sim.redeliver_in_one_batch();
    place.sim.settle().await;
    let registry = place.server.app.ratiba.store();
    let letters = registry.dead_letters(None, 100).await.unwrap();
    assert_eq!(letters.len(), 1, "the sibling that can't be read");
    let (thread, _) = place.stored().await;
    let lines = place.store().await.transcript(thread.customer, 100).await.unwrap();
    let theirs = lines.into_iter().map(|line| line.reply.text).filter(|text| text.len() < 12);
    let mut heard: Vec<String> = theirs.collect();
    heard.sort();
    assert_eq!(heard, ["Mbili", "Moja 👋", "Nne", "Sita", "Tano", "Tatu 👋"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_customer_takes_back_is_forgotten() {
    for platform in BOTH {
        let place = Place::new(platform).await;
        let secret = "Is 4711 my card number, what services do you have?";
        let mid = place.dm.say(secret);
        place.dm.wait_for(|it| it.text.contains("Haircut")).await;
        place.sim.settle().await;
        let known = async || {
            let (thread, _) = place.stored().await;
            let store = place.store().await;
            let lines = store.transcript(thread.customer, 99).await.unwrap();
            let mut all: Vec<_> = lines.into_iter().map(|line| line.reply.text).collect();
            for record in store.records(thread.id).await.unwrap() {
                all.push(serde_json::to_string(&record.steps).unwrap());
            }
            all.iter().any(|text| text.contains("4711"))
        };
        assert!(known().await, "{platform:?}");
        place.dm.unsend(&mid);
        place.sim.settle().await;
        assert!(!known().await, "{platform:?}");
        place.dm.say("What time do you close?");
        place.dm.wait_for(|it| !it.text.contains("Haircut")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_message_gets_a_sensible_answer() {
    let place = Place::new(Platform::Instagram).await;
    place.dm.postback("What are your prices?", "ICE_BREAKER_1", false);
    place.dm.wait_for(|it| it.text.contains("500")).await;
    for (n, act) in [
        (|dm: &Dm| drop(dm.reply_to_story("Kunyoa ni bei gani?"))) as fn(&Dm),
        |dm| drop(dm.attach("audio")),
        |dm| drop(dm.attach("share")),
        |dm| drop(dm.thumb()),
        |dm| drop(dm.location(-1.25, 36.5)),
        |dm| drop(dm.unsupported()),
        |dm| dm.edit("m_IN000001", "?"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut live = place.server.app.ratiba.subscribe();
        act(&place.dm);
        place.sim.settle().await;
        while place.has_work().await {
            live.recv().await.unwrap();
        }
        let (_, sent) = place.stored().await;
        assert_eq!(place.dm.received().len(), n + 2, "{:#?}", sent.last());
    }
    // None of these is answered.
    place.dm.react("m_OUT000001", true);
    place.dm.react("m_OUT000001", false);
    place.dm.unsend("m_IN000001");
    place.dm.event("referral");
    place.dm.say_on_standby("Habari");
    place.sim.settle().await;
    assert!(place.sim.posted_webhooks().iter().all(|posted| posted.status == Some(200)));
    let letters = place.server.app.ratiba.store().dead_letters(None, 100).await.unwrap();
    assert_eq!(letters, []);
}
