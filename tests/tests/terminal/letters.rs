//! Dead letters of payments and messages that did not arrive, replayed and dismissed in the terminal.

use std::sync::Arc;

use ratiba_core::adapters::pesapal::{PesaPal, PesaPalSettings};
use ratiba_core::adapters::system::SystemClock;
use ratiba_core::domain::payment::{Payment, PaymentState};
use ratiba_core::domain::phone::Phone;
use ratiba_core::domain::route::Route;
use ratiba_core::domain::tenant::Rail;
use ratiba_core::ports::fault::FaultKind;
use ratiba_core::ports::inbox::{Cause, PaymentFact};
use ratiba_core::ports::outbox::{Attempt, CodeText, OutboxItem, OutboxStatus, Outgoing};
use ratiba_core::ports::payment::{Merchant, PaymentProvider as _};
use ratiba_core::ports::store::{DeadLetter, DeadLetterKind, Registry as _, Store as _, Write};
use ratiba_core::sim::pesapal::SimAccount;
use ratiba_core::testing::conformance::store::{Shop, at};
use secrecy::ExposeSecret as _;

use super::doctor::found;
use super::{in_a_file, ratiba};

#[tokio::test]
async fn a_notification_of_pesapal_is_taken_once_its_account_is_known() {
    let (store, env, _dir) = in_a_file().await;
    let shop = Shop::open(&store).await;
    let (customer, thread) = shop.talker(1).await;
    let payment = Payment {
        rail: Rail::Card,
        state: PaymentState::Pending,
        provider_ref: Some("b945".to_owned()),
        ..shop.payment(customer, thread)
    };
    shop.change(1, at(1), vec![Write::NewPayment(payment.clone())]).await;

    let merchant = Merchant {
        tenant: shop.tenant,
        rail: Rail::Card,
        credentials: SimAccount::named("salon").credentials().into(),
    };
    let rail = PesaPal::new(&PesaPalSettings::at("http://localhost"), Arc::new(SystemClock));
    let rail = rail.unwrap();
    let token = rail.notices().unwrap().token(&merchant).unwrap();
    let letter = DeadLetter {
        id: shop.id(),
        kind: DeadLetterKind::UnroutedCallback,
        source: "pesapal/notice".to_owned(),
        reason: "no payment of this account has this reference".to_owned(),
        raw: format!(
            "OrderTrackingId=b945&OrderMerchantReference={}&OrderNotificationType=IPNCHANGE",
            payment.merchant_reference
        ),
        token: Some(token.expose_secret().to_owned()),
        received_at: at(2),
        settled_at: None,
        dismissed_because: None,
    };
    store.bury(&letter).await.unwrap();
    let id = letter.id.to_string();
    let replay = ["dead-letters", "replay", id.as_str()];

    let (code, told) = ratiba(&replay, &env).await;
    assert_eq!((code, &told["outcome"]), (1, &"still_dead".into()), "{told}");
    store.put_merchant(&merchant).await.unwrap();
    let (code, told) = ratiba(&replay, &env).await;
    assert_eq!((code, &told["outcome"]), (0, &"taken".into()), "{told}");
    let (_, told) = ratiba(&replay, &env).await;
    assert_eq!(told["outcome"], "settled_before");
    let dismissal = ["dead-letters", "dismiss", id.as_str(), "--reason", "seen to"];
    assert_eq!(ratiba(&dismissal, &env).await.1["dismissed"], false);

    let lane = store.of(shop.tenant).lane(customer, 10).await.unwrap().unwrap();
    let facts = lane.pending.iter().filter(|item| {
        matches!(&item.cause, Cause::Payment { payment: id, fact: PaymentFact::Callback { .. } } if *id == payment.id)
    });
    assert_eq!(facts.count(), 1, "{:?}", lane.pending);
}

#[tokio::test]
async fn a_letter_is_dismissed_for_a_reason_that_is_shown() {
    let (store, env, _dir) = in_a_file().await;
    let shop = Shop::open(&store).await;
    let letter = DeadLetter {
        id: shop.id(),
        kind: DeadLetterKind::UnroutedCallback,
        source: "daraja/payment".to_owned(),
        reason: "no payment has this callback token".to_owned(),
        raw: "{}".to_owned(),
        token: Some("f00d".to_owned()),
        received_at: at(2),
        settled_at: None,
        dismissed_because: None,
    };
    store.bury(&letter).await.unwrap();
    let id = letter.id.to_string();
    let dismiss = |reason| ["dead-letters", "dismiss", id.as_str(), "--reason", reason];

    let (code, _) = ratiba(&dismiss("  "), &env).await;
    assert_eq!(code, 2, "a reason that says nothing is a wrong call");
    let (_, open) = ratiba(&["dead-letters", "list"], &env).await;
    assert_eq!(open.as_array().unwrap().len(), 1);
    let (code, told) = ratiba(&dismiss("paid back by hand, RKT1XYZ"), &env).await;
    assert_eq!((code, &told["dismissed"]), (0, &true.into()), "{told}");
    let (_, open) = ratiba(&["dead-letters", "list"], &env).await;
    assert_eq!(open, serde_json::json!([]));
    let (_, settled) = ratiba(&["dead-letters", "list", "--settled"], &env).await;
    assert_eq!(settled[0]["dismissed_because"], "paid back by hand, RKT1XYZ");
    let (_, shown) = ratiba(&["dead-letters", "show", id.as_str()], &env).await;
    assert_eq!(shown["dismissed_because"], "paid back by hand, RKT1XYZ");
}

#[tokio::test]
async fn messages_that_did_not_arrive_are_listed_with_their_tenant_and_sent_again_once() {
    let (store, env, _dir) = in_a_file().await;
    let shop = Shop::open(&store).await;
    let (customer, _) = shop.talker(1).await;
    let to = Phone::from_provider("254722000111").unwrap();
    let text = "Wanjiru waits for a person".to_owned();
    let what = Outgoing::Admin { to: to.clone(), text, route: Route::default() };
    let page = OutboxItem { what, ..shop.reply(customer, "admin:+254722000111", "") };
    let what = Outgoing::Code { to, text: CodeText("Your code is 123456".into()) };
    let code = OutboxItem { what, ..shop.reply(customer, "code", "") };
    for item in [&page, &code] {
        shop.store.enqueue(std::slice::from_ref(item)).await.unwrap();
        let (kind, code) = (FaultKind::Rejected, Some("131026".to_owned()));
        let failed = Attempt::Failed { kind, code };
        shop.store.record_attempt(item.id, &failed, None, at(2)).await.unwrap();
    }
    let (page, code) = (page.id.to_string(), code.id.to_string());
    let of_tenant = ["--tenant", "demo-barbershop"];
    let run = async |words: &[&str]| ratiba(&[&["dead-letters"], words].concat(), &env).await;
    let at_tenant = async |words: &[&str]| run(&[words, &of_tenant].concat()).await;

    assert_eq!(run(&["list"]).await.1, serde_json::json!([]));
    let (_, open) = at_tenant(&["list"]).await;
    let ids: Vec<_> = open.as_array().unwrap().iter().map(|one| &one["id"]).collect();
    assert_eq!(ids, [&code.as_str(), &page.as_str()], "{open}");
    assert_eq!((&open[1]["kind"], &open[1]["to"]), (&"failed_delivery".into(), &"…111".into()));
    let all = open.to_string();
    assert!(!all.contains("Wanjiru") && !all.contains("123456") && !all.contains("254722000111"));
    assert_eq!(at_tenant(&["list", "--code", "131047"]).await.1, serde_json::json!([]));

    // The code is listed, and nobody is asked to send it again.
    let doctor = async || ratiba(&["doctor", "--offline"], &env).await.1;
    let checks = doctor().await;
    let (state, told) = found(&checks, "demo-barbershop messages");
    assert_eq!((state, told.as_str()), ("warning", "1 did not arrive and can be sent again"));

    assert_eq!(run(&["show", &page]).await.0, 2, "whose it is has to be said");
    let (_, shown) = at_tenant(&["show", &page]).await;
    assert_eq!(shown["text"], "Wanjiru waits for a person");
    assert_eq!(at_tenant(&["show", &code]).await.1["text"], serde_json::Value::Null);
    let absent = shop.id::<ratiba_core::domain::id::OutboxKind>().to_string();
    assert_eq!(at_tenant(&["show", &absent]).await.0, 4);

    let (exit, told) = at_tenant(&["replay", &code]).await;
    assert_eq!((exit, &told["outcome"]), (1, &"still_dead".into()), "{told}");
    assert!(told["detail"].as_str().unwrap().contains("code is not sent twice"), "{told}");
    let (exit, told) = at_tenant(&["replay", &page]).await;
    assert_eq!((exit, &told["outcome"]), (0, &"taken".into()), "{told}");
    assert_eq!(at_tenant(&["replay", &page]).await.1["outcome"], "settled_before");
    assert!(!doctor().await.to_string().contains("barbershop messages"));
    let rows = shop.store.outbox_of(customer).await.unwrap();
    let waiting: Vec<_> = rows.iter().filter(|row| row.status == OutboxStatus::Pending).collect();
    assert_eq!(waiting.len(), 1);
    assert_eq!(
        (waiting[0].item.lane.as_str(), waiting[0].item.attempts),
        ("admin:+254722000111", 0)
    );

    let (exit, told) = at_tenant(&["dismiss", &code, "--reason", "they asked again"]).await;
    assert_eq!((exit, &told["dismissed"]), (0, &true.into()), "{told}");
    assert_eq!(at_tenant(&["list"]).await.1, serde_json::json!([]));
    let (_, settled) = at_tenant(&["list", "--settled"]).await;
    assert_eq!(settled[0]["dismissed_because"], "they asked again", "{settled}");
    assert_eq!(settled[1]["sent_as"], waiting[0].item.id.to_string());
}
