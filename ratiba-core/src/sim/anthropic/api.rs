//! The endpoint, its answers and its failures.

use std::sync::Arc;

use poem::http::Method;
use poem::{Endpoint, EndpointExt, Request, Response, endpoint};
use serde_json::{Value, json};

use super::check::{self, Refusal};
use crate::sim::llm::{
    Asked, Desk, ModelFault, Piece, Tokens, html_502, json as document, reset, sse,
};

/// The larger of what the documentation says of a request.
const MAX_BODY: usize = 32 << 20;
const ID: (&str, &str) = ("request-id", "req_sim");

pub(super) fn app(desk: Arc<Desk>) -> impl Endpoint<Output = Response> + 'static {
    endpoint::make(move |request| {
        let desk = Arc::clone(&desk);
        async move { Ok::<_, poem::Error>(serve(&desk, request).await) }
    })
    .map_to_response()
}

async fn serve(desk: &Desk, mut request: Request) -> Response {
    if request.uri().path() == "/v1/models" {
        return list(desk, &request);
    }
    if request.uri().path() != "/v1/messages" {
        return refusal((404, "not_found_error", "Not found".to_owned()));
    }
    if request.method() != Method::POST {
        return refusal((405, "invalid_request_error", "Method Not Allowed".to_owned()));
    }
    if let Err(refused) = check::headers(&request, &desk.key) {
        return refusal(refused);
    }
    let Ok(body) = request.take_body().into_bytes_limit(MAX_BODY).await else {
        return refusal((413, "request_too_large", "Request exceeds the maximum size".to_owned()));
    };
    let Ok(body) = serde_json::from_slice::<Value>(&body) else {
        return refusal((400, "invalid_request_error", "the body is not JSON".to_owned()));
    };
    match check::body(desk, body) {
        Ok(asked) => answer(desk, &asked).await,
        Err(refused) => refusal(refused),
    }
}

/// The list of models, as far as anybody reads it.
fn list(desk: &Desk, request: &Request) -> Response {
    if let Err(refused) = check::headers(request, &desk.key) {
        return refusal(refused);
    }
    let entries = desk.listed("anthropic").into_iter().map(|(name, ends)| {
        let lifecycle = if ends.is_some() { "deprecated" } else { "active" };
        json!({"type": "model", "id": name, "lifecycle": lifecycle, "retires_at": ends})
    });
    let data: Vec<Value> = entries.collect();
    document(200, &[ID], &json!({"data": data, "has_more": false}))
}

fn refusal((status, kind, message): Refusal) -> Response {
    failure(status, kind, &message, None, &[])
}

fn failure(
    status: u16,
    kind: &str,
    message: &str,
    code: Option<&str>,
    headers: &[(&str, &str)],
) -> Response {
    let mut error = json!({"type": kind, "message": message});
    if let Some(code) = code {
        error["details"] = json!({"error_code": code});
    }
    let mut headers = headers.to_vec();
    headers.push(ID);
    document(status, &headers, &json!({"type": "error", "error": error, "request_id": ID.1}))
}

async fn answer(desk: &Desk, asked: &Asked) -> Response {
    use ModelFault as F;
    let fault = desk.fault();
    let refuse = |status, kind, message: &str, code, headers: &[(&str, &str)]| {
        desk.log(asked, status, None);
        failure(status, kind, message, code, headers)
    };
    match &fault {
        Some(F::Overloaded { retry_after }) => {
            let wait: Vec<_> = retry_after.iter().map(|wait| ("retry-after", *wait)).collect();
            return refuse(529, "overloaded_error", "Overloaded", None, &wait);
        }
        Some(F::OverloadedMidStream) if !asked.stream => {
            return refuse(529, "overloaded_error", "Overloaded", None, &[]);
        }
        Some(F::RateLimited { retry_after }) => {
            let headers =
                [("retry-after", *retry_after), ("anthropic-ratelimit-requests-remaining", "0")];
            return refuse(429, "rate_limit_error", "Too many requests", None, &headers);
        }
        Some(F::SpendCapped) => {
            let code = Some("enforced_spend_limit_reached");
            return refuse(429, "rate_limit_error", "Spend limit reached", code, &[]);
        }
        Some(F::GrammarTooLarge) => {
            let message = "The compiled grammar is too large";
            return refuse(400, "invalid_request_error", message, None, &[]);
        }
        Some(F::ModelRetired) => return refuse(404, "not_found_error", "model", None, &[]),
        Some(F::KeyRevoked) => {
            return refuse(401, "authentication_error", "invalid x-api-key", None, &[]);
        }
        Some(F::TooLarge) => return refuse(413, "request_too_large", "too large", None, &[]),
        Some(F::ServerError) => {
            return refuse(500, "api_error", "Internal server error", None, &[]);
        }
        Some(F::Html502) => {
            desk.log(asked, 502, None);
            return html_502();
        }
        _ => {}
    }
    let whole = desk.answer(asked);
    let (text, stop) = match &fault {
        Some(F::HalfAnswer) => (half(&whole), "max_tokens"),
        Some(F::Refusal) => (String::new(), "refusal"),
        Some(F::ThoughtOnly) => (String::new(), "max_tokens"),
        Some(F::Babble) => ("Certainly! Here you are.".to_owned(), "end_turn"),
        _ => (whole, "end_turn"),
    };
    let tokens = desk.count(asked, text.len());
    match fault {
        Some(F::Cut { .. }) if !asked.stream => {
            desk.log(asked, 0, Some(tokens));
            reset()
        }
        Some(F::Stall) if !asked.stream => {
            desk.log(asked, 0, Some(tokens));
            std::future::pending().await
        }
        fault => {
            desk.log(asked, 200, Some(tokens));
            if asked.stream {
                streamed(asked, &text, stop, tokens, fault.as_ref())
            } else {
                document(200, &[ID], &message(asked, &text, stop, tokens, fault.as_ref()))
            }
        }
    }
}

fn half(text: &str) -> String {
    text.chars().take(text.chars().count() / 2).collect()
}

fn usage(tokens: Tokens, fault: Option<&ModelFault>) -> Value {
    if fault == Some(&ModelFault::BareUsage) {
        return json!({"input_tokens": tokens.input + tokens.read + tokens.written, "output_tokens": tokens.output,
            "cache_creation": null, "cache_read_input_tokens": null});
    }
    json!({
        "input_tokens": tokens.input,
        "cache_creation_input_tokens": tokens.written,
        "cache_read_input_tokens": tokens.read,
        "cache_creation": {"ephemeral_5m_input_tokens": tokens.written, "ephemeral_1h_input_tokens": 0},
        "output_tokens": tokens.output,
        "output_tokens_details": {"thinking_tokens": 0},
        "service_tier": "standard",
        "inference_geo": "global",
    })
}

fn message(
    asked: &Asked,
    text: &str,
    stop: &str,
    tokens: Tokens,
    fault: Option<&ModelFault>,
) -> Value {
    let mut content = vec![];
    if fault == Some(&ModelFault::ThoughtOnly) {
        content.push(json!({"type": "thinking", "thinking": "…", "signature": "sim"}));
    } else if stop != "refusal" {
        content.push(json!({"type": "text", "text": text}));
    }
    let mut message = json!({
        "id": "msg_sim", "type": "message", "role": "assistant", "model": asked.model.name,
        "content": content, "stop_reason": stop, "stop_sequence": null, "stop_details": null,
        "usage": usage(tokens, fault),
    });
    if stop == "refusal" {
        message["stop_details"] = json!({"type": "refusal", "category": "sim", "explanation": "…"});
    }
    if fault == Some(&ModelFault::Novelties) {
        message["novelty"] = json!({"n": 1});
        if let Some(content) = message["content"].as_array_mut() {
            content.insert(0, json!({"type": "hologram", "text": "nobody reads this"}));
        }
    }
    message
}

fn streamed(
    asked: &Asked,
    text: &str,
    stop: &str,
    tokens: Tokens,
    fault: Option<&ModelFault>,
) -> Response {
    let mut begun = message(asked, "", "", tokens, None);
    begun["content"] = json!([]);
    begun["stop_reason"] = Value::Null;
    begun["usage"]["output_tokens"] = 1.into();
    let event = |name: &str, data: Value| {
        let mut data = data;
        data["type"] = name.into();
        format!("event: {name}\ndata: {data}\n\n")
    };
    let mut events = vec![
        event("message_start", json!({"message": begun})),
        event(
            "content_block_start",
            json!({"index": 0, "content_block": {"type": "text", "text": ""}}),
        ),
        event("ping", json!({})),
    ];
    if fault == Some(&ModelFault::Novelties) {
        events.push(event("hologram", json!({"index": 7})));
        events.push(event(
            "content_block_delta",
            json!({"index": 0, "delta": {"type": "mood_delta", "text": "!"}}),
        ));
    }
    let letters: Vec<char> = text.chars().collect();
    for piece in letters.chunks(letters.len().div_ceil(3).max(1)) {
        let piece: String = piece.iter().collect();
        let delta = json!({"index": 0, "delta": {"type": "text_delta", "text": piece}});
        events.push(event("content_block_delta", delta));
    }
    if fault == Some(&ModelFault::OverloadedMidStream) {
        let error = json!({"error": {"type": "overloaded_error", "message": "Overloaded"}});
        events.push(event("error", error));
        return sse(&[ID], bytes(events));
    }
    events.push(event("content_block_stop", json!({"index": 0})));
    events.push(event(
        "message_delta",
        json!({"delta": {"stop_reason": stop, "stop_sequence": null}, "usage": usage(tokens, fault)}),
    ));
    events.push(event("message_stop", json!({})));
    sse(&[ID], disturbed(events, fault))
}

fn bytes(events: Vec<String>) -> Vec<Piece> {
    events.into_iter().map(|event| Piece::Bytes(event.into_bytes())).collect()
}

/// What the network makes of the events.
pub(in crate::sim) fn disturbed(events: Vec<String>, fault: Option<&ModelFault>) -> Vec<Piece> {
    match fault {
        Some(ModelFault::Cut { after }) => {
            let mut pieces = bytes(events.into_iter().take(*after).collect());
            pieces.push(Piece::Break);
            pieces
        }
        Some(ModelFault::Stall) => {
            let mut pieces = bytes(events.into_iter().take(1).collect());
            pieces.push(Piece::Silence);
            pieces
        }
        Some(ModelFault::Splinters) => {
            // Every other line end a CRLF, and three bytes a piece, whatever they are.
            let mut n = 0;
            let mut all = String::new();
            for letter in events.concat().chars() {
                if letter == '\n' {
                    n += 1;
                    all.push_str(if n % 2 == 0 { "\r\n" } else { "\n" });
                } else {
                    all.push(letter);
                }
            }
            all.into_bytes().chunks(3).map(|piece| Piece::Bytes(piece.to_vec())).collect()
        }
        _ => bytes(events),
    }
}
