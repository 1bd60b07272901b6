//! The endpoint, its answers and its failures.

use std::sync::Arc;

use poem::http::Method;
use poem::{Endpoint, EndpointExt, Request, Response, endpoint};
use serde_json::{Value, json};

use super::check::{self, Refusal};
use crate::sim::llm::{
    Asked, Desk, End, ModelFault, Said, Tokens, html_502, json as document, sse,
};

/// The larger of what the documentation says of a request.
const MAX_BODY: usize = 32 << 20;
const ID: (&str, &str) = ("request-id", "req_sim");

pub(in crate::sim) fn app(desk: Arc<Desk>) -> impl Endpoint<Output = Response> + 'static {
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
    let said = match desk.say(asked, fault.as_ref()).await {
        Ok(said) => said,
        Err(broken) => return broken,
    };
    if asked.stream {
        streamed(asked, &said, fault.as_ref())
    } else {
        document(200, &[ID], &message(asked, &said, fault.as_ref()))
    }
}

const fn stop(end: End) -> &'static str {
    match end {
        End::Done => "end_turn",
        End::Limit => "max_tokens",
        End::Refused => "refusal",
    }
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

fn message(asked: &Asked, said: &Said, fault: Option<&ModelFault>) -> Value {
    let mut content = vec![];
    if fault == Some(&ModelFault::ThoughtOnly) {
        content.push(json!({"type": "thinking", "thinking": "…", "signature": "sim"}));
    } else if said.end != End::Refused {
        content.push(json!({"type": "text", "text": said.text}));
    }
    let mut message = json!({
        "id": "msg_sim", "type": "message", "role": "assistant", "model": asked.model.name,
        "content": content, "stop_reason": stop(said.end), "stop_sequence": null, "stop_details": null,
        "usage": usage(said.tokens, fault),
    });
    if said.end == End::Refused {
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

fn streamed(asked: &Asked, said: &Said, fault: Option<&ModelFault>) -> Response {
    let mut begun = message(asked, said, None);
    begun["content"] = json!([]);
    begun["stop_reason"] = Value::Null;
    begun["stop_details"] = Value::Null;
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
    for piece in said.pieces() {
        let delta = json!({"index": 0, "delta": {"type": "text_delta", "text": piece}});
        events.push(event("content_block_delta", delta));
    }
    if fault == Some(&ModelFault::OverloadedMidStream) {
        let error = json!({"error": {"type": "overloaded_error", "message": "Overloaded"}});
        events.push(event("error", error));
        return sse(&[ID], events, None);
    }
    events.push(event("content_block_stop", json!({"index": 0})));
    events.push(event(
        "message_delta",
        json!({"delta": {"stop_reason": stop(said.end), "stop_sequence": null}, "usage": usage(said.tokens, fault)}),
    ));
    events.push(event("message_stop", json!({})));
    sse(&[ID], events, fault)
}
