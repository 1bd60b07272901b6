//! How the Graph API answers, and how its connections break.

use std::io;

use futures_util::stream;
use poem::http::StatusCode;
use poem::{Body, Response};
use serde_json::{Value, json};

use super::faults::{Refusal, SendFault};

/// A refusal as the Graph API words it.
pub(super) fn refusal(refused: &Refusal) -> Response {
    let mut error = json!({
        "message": format!("(#{}) {}", refused.code, refused.details),
        "type": "OAuthException",
        "code": refused.code,
        "error_data": { "messaging_product": "whatsapp", "details": refused.details },
        "fbtrace_id": "AbCdSim",
    });
    if let Some(subcode) = refused.subcode {
        error["error_subcode"] = json!(subcode);
    }
    let status = StatusCode::from_u16(refused.http).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = json_response(status, &json!({ "error": error }));
    let mut set = |name: &'static str, value: String| {
        if let Ok(value) = value.parse() {
            response.headers_mut().insert(name, value);
        }
    };
    if let Some(seconds) = refused.retry_after_seconds {
        set("retry-after", seconds.to_string());
    }
    if let Some(minutes) = refused.regain_access_minutes {
        let usage = json!({ "100000000000001": [{
            "type": "whatsapp", "call_count": 100, "estimated_time_to_regain_access": minutes }] });
        set("x-business-use-case-usage", usage.to_string());
    }
    response
}

/// A proxy's page.
pub(super) fn html_502() -> Response {
    Response::builder()
        .status(StatusCode::BAD_GATEWAY)
        .content_type("text/html")
        .body("<html><body><h1>502 Bad Gateway</h1></body></html>")
}

pub(super) fn json_response(status: StatusCode, body: &Value) -> Response {
    Response::builder().status(status).content_type("application/json").body(body.to_string())
}

/// An answer whose connection breaks after these bytes; with none, before anything of it is written.
pub(super) fn broken(bytes: &'static [u8]) -> Response {
    let body = stream::unfold(bytes, |rest| async move {
        if rest.is_empty() {
            // What was written before has to leave the buffer first.
            tokio::task::yield_now().await;
            return Some((Err(io::Error::from(io::ErrorKind::ConnectionReset)), rest));
        }
        Some((Ok(rest), &rest[rest.len()..]))
    });
    Response::builder()
        .status(StatusCode::OK)
        .content_type("application/json")
        .body(Body::from_bytes_stream(body))
}

/// The answer to a message that was taken, as the fault wants it.
pub(super) async fn after(fault: Option<SendFault>, taken: &Value) -> Response {
    match fault {
        Some(SendFault::NoAnswer) => std::future::pending().await,
        Some(SendFault::Reset) => broken(&[]),
        Some(SendFault::ResetMidBody) => broken(br#"{"messaging_product":"#),
        Some(SendFault::Html502 { .. }) => html_502(),
        Some(SendFault::Empty200) => Response::builder().status(StatusCode::OK).finish(),
        Some(SendFault::RefusedThoughSent(refused) | SendFault::Refused(refused)) => {
            refusal(&refused)
        }
        Some(SendFault::FailsLater { .. } | SendFault::StatusFirst) | None => {
            json_response(StatusCode::OK, taken)
        }
    }
}
