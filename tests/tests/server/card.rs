//! A booking that is paid by card, from the first message to the receipt, over real HTTP on every side; and notifications that nobody sent.

use std::sync::Arc;

use ratiba_core::adapters::pesapal::{PesaPal, PesaPalSettings};
use ratiba_core::adapters::system::SystemClock;
use ratiba_core::domain::tenant::Rail;
use ratiba_core::ports::payment::{Merchant, PaymentProvider as _};
use ratiba_core::ports::store::DeadLetterKind;
use ratiba_core::sim::pesapal::SimAccount;
use reqwest::StatusCode;
use secrecy::ExposeSecret as _;
use serde_json::json;

use super::{Around, OPERATOR, SALON, WANJIRU, answer};

#[tokio::test(flavor = "multi_thread")]
async fn a_treatment_is_booked_and_paid_on_the_page() {
    let around = Around::start().await;
    let chat = around.meta.chat(SALON, WANJIRU);
    chat.say("hair treatment tomorrow at 10am");
    chat.wait_for(|message| !message.buttons.is_empty()).await;
    chat.say("by card please");
    let told = chat.wait_for(|message| message.text.contains("OrderTrackingId=")).await;
    let page = told.text.split_whitespace().find(|word| word.starts_with("http")).unwrap();
    let page = page.to_owned();
    // As a browser does: it looks at the page, tries an empty card, and then one that pays.
    let shown = around.http.get(&page).send().await.unwrap().text().await.unwrap();
    assert!(shown.contains("KES 750.00"), "{shown}");
    let (form, id) = page.split_once("?OrderTrackingId=").unwrap();
    let pay = |card: &str| {
        let body = format!("OrderTrackingId={id}&card={card}");
        around
            .http
            .post(form)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body)
            .send()
    };
    assert!(pay("42").await.unwrap().text().await.unwrap().contains("no card number"));
    let back = pay("4242424242424242").await.unwrap();
    assert!(back.url().path().starts_with("/pay/return/"), "{}", back.url());
    assert!(back.text().await.unwrap().contains("Rudi kwenye chat"));
    chat.wait_for(|message| message.text.contains("receipt 6513")).await;
    assert_eq!(around.buried().await, Vec::<String>::new());
    around.server.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notification_that_came_while_the_account_was_unknown_is_replayed() {
    let around = Around::start().await;
    let chat = around.meta.chat(SALON, WANJIRU);
    chat.say("hair treatment tomorrow at 10am");
    chat.wait_for(|message| !message.buttons.is_empty()).await;
    chat.say("by card please");
    let told = chat.wait_for(|message| message.text.contains("OrderTrackingId=")).await;
    let (_, rest) = told.text.split_once("OrderTrackingId=").unwrap();
    let tracking = rest.split_whitespace().next().unwrap().to_owned();

    let store = Arc::clone(around.server.app.ratiba.store());
    let slug = "demo-salon".parse().unwrap();
    let tenant = store.tenant_by_slug(&slug).await.unwrap().unwrap().id;
    let merchant = store.merchant(tenant, Rail::Card).await.unwrap().unwrap();
    let rail = PesaPal::new(&PesaPalSettings::at("http://localhost"), Arc::new(SystemClock));
    let rail = rail.unwrap();
    let token = rail.notices().unwrap().token(&merchant).unwrap();
    let payment = store.of(tenant).payments_last(1).await.unwrap().remove(0);
    // Somebody has entered other credentials by mistake, and PesaPal tells of the payment meanwhile.
    let other = SimAccount::named("other").credentials().into();
    store.put_merchant(&Merchant { credentials: other, ..merchant.clone() }).await.unwrap();
    let path = format!("/api/v1/webhooks/pesapal/ipn/{}", token.expose_secret());
    let names = format!(
        "OrderTrackingId={tracking}&OrderMerchantReference={}&OrderNotificationType=IPNCHANGE",
        payment.merchant_reference
    );
    let (status, _) = answer(around.http.get(around.url(&format!("{path}?{names}")))).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(around.buried().await, ["pesapal/notice"]);
    let letter = store.dead_letters(None, 1).await.unwrap().remove(0).id;

    let replay = || {
        let path = format!("/api/v1/platform/dead-letters/{letter}/replay");
        answer(around.http.post(around.url(&path)).bearer_auth(OPERATOR))
    };
    let (status, told) = replay().await;
    assert_eq!((status, &told["outcome"]), (StatusCode::OK, &json!("still_dead")), "{told}");
    store.put_merchant(&merchant).await.unwrap();
    let (status, told) = replay().await;
    assert_eq!(status, StatusCode::OK, "{told}");
    assert_eq!(around.buried().await, Vec::<String>::new());
    around.server.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notification_that_nothing_matches_is_kept_and_answered_in_pesapals_words() {
    let around = Around::start().await;
    let path = around.url("/api/v1/webhooks/pesapal/ipn/ffffffffffffffffffffffffffffffff");
    let names = "OrderTrackingId=b945&OrderMerchantReference=BK42&OrderNotificationType=IPNCHANGE";
    let wanted = json!({
        "orderNotificationType": "IPNCHANGE", "orderTrackingId": "b945",
        "orderMerchantReference": "BK42", "status": 200,
    });
    let by_get = answer(around.http.get(format!("{path}?{names}"))).await;
    assert_eq!(by_get, (StatusCode::OK, wanted.clone()));
    let body = json!({"OrderTrackingId": "b945", "OrderMerchantReference": "BK42", "OrderNotificationType": "IPNCHANGE"});
    let by_post = answer(around.http.post(path).body(body.to_string())).await;
    assert_eq!(by_post, (StatusCode::OK, wanted));
    let store = around.server.app.ratiba.store();
    let kept = store.dead_letters(Some(DeadLetterKind::UnroutedCallback), 10).await.unwrap();
    assert_eq!(kept.len(), 2);
    around.server.stop().await.unwrap();
}
