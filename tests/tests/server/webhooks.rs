//! What Meta and load balancers may ask, and how each refusal looks.

use reqwest::StatusCode;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::{Around, VERIFY, WANJIRU, answer, sign};

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_message_is_answered_at_the_stand_in() {
    let around = Around::start().await;
    let chat = around.meta.chat(super::ACCOUNT, WANJIRU);
    chat.say("Hi, I want to book a haircut tomorrow at 3pm");
    let reply = chat.wait_for(|message| message.text.contains("Haircut")).await;
    assert!(reply.text.contains("500"), "{}", reply.text);
    assert!(!reply.buttons.is_empty());
    around.server.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_without_a_good_signature_is_refused_with_its_code() {
    let around = Around::start().await;
    let body = br#"{"object":"whatsapp_business_account","entry":[]}"#.to_vec();
    let (status, problem) = around.post(body.clone(), None).await;
    assert_eq!((status, &problem["code"]), (StatusCode::UNAUTHORIZED, &json!("RTB-2006")));
    let (status, problem) = around.post(body.clone(), Some(sign(b"something else"))).await;
    assert_eq!((status, &problem["code"]), (StatusCode::FORBIDDEN, &json!("RTB-2007")));
    let (status, _) = around.post(body.clone(), Some(sign(&body))).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(around.buried().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_t_be_read_or_is_for_nobody_is_kept_and_answered_200() {
    let around = Around::start().await;
    let broken = b"{\"object\":".to_vec();
    let signature = sign(&broken);
    assert_eq!(around.post(broken, Some(signature)).await.0, StatusCode::OK);
    let stranger = json!({ "object": "whatsapp_business_account", "entry": [{ "id": "1", "changes": [{
        "field": "messages",
        "value": {
            "messaging_product": "whatsapp",
            "metadata": { "display_phone_number": "254799999999", "phone_number_id": "999999999999999" },
            "contacts": [{ "profile": { "name": "Juma" }, "wa_id": WANJIRU, "user_id": "KE.1" }],
            "messages": [{ "id": "wamid.X", "from": WANJIRU, "from_user_id": "KE.1", "timestamp": "1795413600",
                "type": "text", "text": { "body": "Habari" } }],
        },
    }] }] })
    .to_string()
    .into_bytes();
    let signature = sign(&stranger);
    assert_eq!(around.post(stranger, Some(signature)).await.0, StatusCode::OK);
    assert_eq!(around.buried().await, ["whatsapp", "whatsapp"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_beyond_the_limit_is_refused() {
    let around = Around::start().await;
    let length = 4 * 1024 * 1024 + 1;
    // The head alone: the refusal must not wait for the body, and a client that is still sending one may never get to read it.
    let address = around.server.url.trim_start_matches("http://");
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /api/v1/webhooks/whatsapp HTTP/1.1\r\nHost: {address}\r\nContent-Length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut seen = Vec::new();
    while !String::from_utf8_lossy(&seen).contains("RTB-") {
        assert!(stream.read_buf(&mut seen).await.unwrap() > 0, "closed without an answer");
    }
    let answer = String::from_utf8_lossy(&seen);
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("RTB-2004"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn meta_s_verification_is_echoed_only_with_our_token() {
    let around = Around::start().await;
    assert!(around.meta.verify_webhook().await);
    let ask = |channel: &str, token: &str| {
        let query = format!("hub.mode=subscribe&hub.verify_token={token}&hub.challenge=42");
        answer(around.http.get(around.url(&format!("/api/v1/webhooks/{channel}?{query}"))))
    };
    assert_eq!(ask("whatsapp", VERIFY).await, (StatusCode::OK, json!(42)));
    let (status, problem) = ask("whatsapp", "guess").await;
    assert_eq!((status, &problem["code"]), (StatusCode::FORBIDDEN, &json!("RTB-2008")));
    assert_eq!(ask("instagram", VERIFY).await, (StatusCode::OK, json!(42)));
    assert_eq!(ask("messenger", VERIFY).await, (StatusCode::OK, json!(42)));
    let (status, problem) = ask("telegram", VERIFY).await;
    assert_eq!((status, &problem["code"]), (StatusCode::NOT_FOUND, &json!("RTB-2001")));
}

#[tokio::test(flavor = "multi_thread")]
async fn health_readiness_and_metrics_answer_and_name_no_path() {
    let around = Around::start().await;
    assert_eq!(answer(around.http.get(around.url("/healthz"))).await.0, StatusCode::OK);
    let (status, ready) = answer(around.http.get(around.url("/readyz"))).await;
    assert_eq!((status, &ready["status"]), (StatusCode::OK, &json!("ready")));
    let token = "0123456789abcdef0123456789abcdef";
    let path = around.url(&format!("/api/v1/webhooks/daraja/stk/{token}"));
    answer(around.http.post(path).body("{}")).await;
    let metrics = around.http.get(around.url("/metrics")).send().await.unwrap();
    let metrics = metrics.text().await.unwrap();
    assert!(metrics.contains("ratiba_http_requests_total"));
    assert!(metrics.contains("/api/v1/webhooks/daraja/stk/:token"));
    assert!(!metrics.contains(token));
}
