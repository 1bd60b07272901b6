//! A booking that is paid for, from the first message to the receipt, over real HTTP on every side.

use ratiba_core::ports::store::DeadLetterKind;
use ratiba_core::sim::daraja::Pin;
use reqwest::StatusCode;
use serde_json::json;

use super::{ACCOUNT, Around, WANJIRU, answer};

#[tokio::test(flavor = "multi_thread")]
async fn a_haircut_is_booked_and_paid() {
    let around = Around::start().await;
    let chat = around.meta.chat(ACCOUNT, WANJIRU);
    chat.say("Nataka kunyoa kesho saa tisa");
    chat.wait_for(|message| !message.buttons.is_empty()).await;
    chat.say("ndio");
    let prompt = around.daraja.wait_for_prompt(WANJIRU).await;
    assert_eq!(prompt.amount, 500);
    assert!(around.daraja.enter_pin(WANJIRU, Pin::Right));
    around.daraja.settle().await;
    let receipt = around.daraja.book().lines[0].receipt.clone();
    chat.wait_for(|message| message.text.contains(&receipt)).await;
    assert_eq!(around.buried().await, Vec::<String>::new());
    around.server.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_that_nothing_matches_is_kept_and_answered_as_any_other() {
    let around = Around::start().await;
    let path = around.url("/api/v1/webhooks/daraja/stk/ffffffffffffffffffffffffffffffff");
    let (status, taken) = answer(around.http.post(path).body(r#"{"Body":{}}"#)).await;
    assert_eq!(
        (status, taken),
        (StatusCode::OK, json!({ "ResultCode": 0, "ResultDesc": "Accepted" }))
    );
    let store = around.server.app.ratiba.store();
    let kept = store.dead_letters(Some(DeadLetterKind::UnroutedCallback), 10).await.unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].raw, r#"{"Body":{}}"#);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_sources_are_listed_a_callback_from_elsewhere_is_refused() {
    let elsewhere = Around::with(&[("DARAJA_CALLBACK_SOURCES", "196.201.214.0/24")]).await;
    for kind in ["stk", "refund", "refund-timeout"] {
        let path = elsewhere.url(&format!("/api/v1/webhooks/daraja/{kind}/ffffffff"));
        let (status, problem) = answer(elsewhere.http.post(path).body("{}")).await;
        assert_eq!((status, &problem["code"]), (StatusCode::FORBIDDEN, &json!("RTB-2022")));
    }
    assert_eq!(elsewhere.buried().await, Vec::<String>::new());
    let here = Around::with(&[("DARAJA_CALLBACK_SOURCES", "127.0.0.1, ::1")]).await;
    let path = here.url("/api/v1/webhooks/daraja/stk/ffffffffffffffffffffffffffffffff");
    let (status, _) = answer(here.http.post(path).body("{}")).await;
    assert_eq!(status, StatusCode::OK);
}
