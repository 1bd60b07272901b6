//! Reaching people whose conversation is closed: by template, by SMS, or not at all; and what the provider reports.

use std::sync::Arc;

use jiff::SignedDuration;
use ratiba_core::domain::channel::ChannelKind;
use ratiba_core::domain::customer::Identity;
use ratiba_core::domain::message::Delivery;
use ratiba_core::domain::route::Why;
use ratiba_core::ports::clock::Clock;
use ratiba_core::ports::outbox::{OutboxStatus, Outgoing};
use ratiba_core::ports::sms::SmsAccount;
use ratiba_core::ports::store::{StoredOutbox, TenantStore};
use ratiba_core::sim::africastalking::{AfricasTalkingSim, SimSmsAccount, SmsFault};
use ratiba_core::sim::daraja::Pin;
use ratiba_core::sim::meta::{SendFault, Template};
use ratiba_core::testing::ManualClock;
use reqwest::StatusCode;

use super::{ACCOUNT, Around, NOON, WANJIRU, answer};

const TOKEN: &str = "reports-of-the-tests";

/// A server around which texts are sent too.
struct World {
    around: Around,
    sms: AfricasTalkingSim,
    store: Arc<dyn TenantStore>,
}

impl World {
    async fn start() -> Self {
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(NOON.parse().unwrap()));
        let sms = AfricasTalkingSim::start(clock).await.unwrap();
        sms.add_account(SimSmsAccount {
            username: "kinyozi".into(),
            api_key: "key".into(),
            sender: None,
        });
        let around = Around::with(&[("AFRICASTALKING_BASE_URL", sms.base_url())]).await;
        let registry = around.server.app.ratiba.store();
        let slug = "demo-barbershop".parse().unwrap();
        let tenant = registry.tenant_by_slug(&slug).await.unwrap().unwrap().id;
        let account = SmsAccount {
            tenant,
            username: "kinyozi".into(),
            api_key: "key".into(),
            sender: None,
            delivery_token: TOKEN.into(),
        };
        // These tests are about customers: the owner, who is answered when the demo begins, takes no texts.
        let store = registry.of(tenant);
        let business = store.business().await.unwrap().unwrap().business;
        for owner in &business.admins {
            store.block_sms(owner, NOON.parse().unwrap()).await.unwrap();
        }
        registry.put_sms_account(&account).await.unwrap();
        sms.set_callback(&around.url(&format!("/api/v1/webhooks/africastalking/delivery/{TOKEN}")));
        Self { around, sms, store }
    }

    /// Rows to Wanjiru, oldest first.
    async fn rows(&self) -> Vec<StoredOutbox> {
        let identity = Identity { channel: ChannelKind::Whatsapp, external_id: WANJIRU.to_owned() };
        let customer = self.store.customer_by_identity(&identity).await.unwrap().unwrap();
        let mut rows = self.store.outbox_of(customer.id).await.unwrap();
        rows.retain(|row| matches!(row.item.what, Outgoing::Reply { .. }));
        rows
    }

    /// A message that WhatsApp took and could not bring because nothing was heard for a day.
    async fn closed(&self) {
        let chat = self.around.meta.chat(ACCOUNT, WANJIRU);
        // Three times: the owner, who asked for the day when the demo began, may be answered first, and then by a template.
        for _ in 0..3 {
            self.around.meta.fail_next_send(SendFault::FailsLater { code: 131_047 });
        }
        chat.say("What services do you have?");
    }

    async fn text(&self) -> ratiba_core::sim::africastalking::Text {
        let mut changes = self.sms.changes();
        loop {
            changes.mark_unchanged();
            if let Some(text) = self.sms.inbox(WANJIRU).pop() {
                return text;
            }
            changes.changed().await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_closed_conversation_refuses_goes_by_sms_and_its_report_is_kept() {
    let world = World::start().await;
    world.closed().await;
    let text = world.text().await;
    assert!(text.text.starts_with("Kinyozi Fresh: ") && text.text.contains("Haircut"));
    assert!(text.text.is_ascii(), "in the cheap alphabet: {}", text.text);
    assert_eq!(world.sms.report(&text.id, WANJIRU, "Success", None).await, Some(200));
    // Late news never moves it down.
    assert_eq!(world.sms.report(&text.id, WANJIRU, "Sent", None).await, Some(200));
    let mut live = world.around.server.app.ratiba.subscribe();
    let by_sms = loop {
        let rows = world.rows().await;
        if let Some(row) = rows.into_iter().find(|row| {
            row.status == OutboxStatus::Done
                && row.delivery == Some(Delivery::Delivered)
                && why(row) == Why::Fallback
        }) {
            break row;
        }
        live.recv().await.unwrap();
    };
    assert_eq!(by_sms.provider_id.as_deref(), Some(text.id.as_str()));
    let log = world.store.sms_log(10).await.unwrap();
    assert_eq!((log.len(), log[0].segments), (1, text.parts));
    assert_eq!(log[0].cost.unwrap().minor, 80 * i64::from(text.parts));
}

fn why(row: &StoredOutbox) -> Why {
    match &row.item.what {
        Outgoing::Reply { route, .. } => route.why,
        _ => Why::Open,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_may_overtake_the_answer_and_somebody_who_wants_none_is_left_alone() {
    let world = World::start().await;
    world.sms.fail_next(SmsFault::ReportFirst);
    world.closed().await;
    world.text().await;
    world.sms.refuse_texts(WANJIRU);
    world.closed().await;
    let mut live = world.around.server.app.ratiba.subscribe();
    let phone = ratiba_core::domain::phone::Phone::from_provider(WANJIRU).unwrap();
    while !world.store.sms_blocked(&phone).await.unwrap() {
        live.recv().await.unwrap();
    }
    assert_eq!(world.sms.inbox(WANJIRU).len(), 1);
    let rows = world.rows().await;
    let first = rows.iter().find(|row| why(row) == Why::Fallback).unwrap();
    assert_eq!(first.delivery, Some(Delivery::Delivered));
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_with_a_wrong_word_or_of_nothing_are_refused_or_kept() {
    let world = World::start().await;
    let post = |token: &str, body: &str| {
        let path = world.around.url(&format!("/api/v1/webhooks/africastalking/delivery/{token}"));
        answer(world.around.http.post(path).body(body.to_owned()))
    };
    let report = "id=ATXid_1&status=Success&phoneNumber=%2B254712345678";
    assert_eq!(post("guess", report).await.0, StatusCode::NOT_FOUND);
    assert_eq!(post(TOKEN, report).await.0, StatusCode::OK);
    assert_eq!(post(TOKEN, "id=ATXid_1&status=Delighted").await.0, StatusCode::OK);
    assert_eq!(post(TOKEN, "\u{0}").await.0, StatusCode::OK);
    assert_eq!(world.around.buried().await, ["sms", "sms"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reminder_of_a_closed_conversation_is_a_template() {
    let world = World::start().await;
    let demo = world.around.server.app.demo.clone().unwrap();
    for (name, parameters) in [("booking_reminder", 1), ("booking_notice", 2)] {
        world.around.meta.add_template(Template {
            name: name.into(),
            language: "en".into(),
            category: "utility".into(),
            parameters,
            paused: false,
        });
    }
    let chat = world.around.meta.chat(ACCOUNT, WANJIRU);
    chat.say("Book a haircut on Saturday at 11am");
    chat.wait_for(|message| !message.buttons.is_empty()).await;
    chat.tap("yes").unwrap();
    world.around.daraja.wait_for_prompt(WANJIRU).await;
    assert!(world.around.daraja.enter_pin(WANJIRU, Pin::Right));
    world.around.daraja.settle().await;
    let receipt = world.around.daraja.book().lines[0].receipt.clone();
    chat.wait_for(|message| message.text.contains(&receipt)).await;
    demo.advance(SignedDuration::from_hours(98)).await;
    let reminder = chat.wait_for(|message| message.template.is_some()).await;
    assert_eq!(reminder.template.as_deref(), Some("booking_reminder"));
    assert!(reminder.text.contains("Haircut"));
    assert_eq!(world.sms.inbox(WANJIRU), []);
}
