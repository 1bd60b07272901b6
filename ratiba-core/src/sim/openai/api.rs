//! The endpoint, its answers and its failures.

use std::sync::Arc;

use poem::http::Method;
use poem::{Endpoint, EndpointExt, Request, Response, endpoint};
use serde_json::{Value, json};

use super::check::{self, Refusal};
use crate::sim::llm::{
    Asked, Desk, End, ModelFault, Said, Tokens, html_502, json as document, sse,
};

/// As large as pictures may come.
const MAX_BODY: usize = 50 << 20;
const ID: (&str, &str) = ("x-request-id", "req_sim");

pub(in crate::sim) fn app(desk: Arc<Desk>) -> impl Endpoint<Output = Response> + 'static {
    endpoint::make(move |request| {
        let desk = Arc::clone(&desk);
        async move { Ok::<_, poem::Error>(serve(&desk, request).await) }
    })
    .map_to_response()
}

async fn serve(desk: &Desk, mut request: Request) -> Response {
    let kind = "invalid_request_error";
    let bearer = request.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    let known = bearer == Some(desk.key.as_str());
    if request.uri().path() == "/models" && known {
        let entries = desk.listed("openai").into_iter();
        let data: Vec<Value> =
            entries.map(|(name, _)| json!({"id": name, "object": "model"})).collect();
        return document(200, &[ID], &json!({"object": "list", "data": data}));
    }
    if request.uri().path() != "/chat/completions" && request.uri().path() != "/models" {
        return refusal((404, kind, None, "not_found", "Not found".to_owned()));
    }
    if !known {
        return refusal((401, kind, None, "invalid_api_key", "Incorrect API key".to_owned()));
    }
    if request.method() != Method::POST {
        return refusal((405, kind, None, "method_not_allowed", "POST only".to_owned()));
    }
    let Ok(body) = request.take_body().into_bytes_limit(MAX_BODY).await else {
        return refusal((413, kind, None, "too_large", "too large".to_owned()));
    };
    let Ok(body) = serde_json::from_slice::<Value>(&body) else {
        return refusal((400, kind, None, kind, "the body is not JSON".to_owned()));
    };
    match check::body(desk, body) {
        Ok(asked) => answer(desk, &asked).await,
        Err(refused) => refusal(refused),
    }
}

fn refusal((status, kind, param, code, message): Refusal) -> Response {
    failure(status, kind, param, code, &message, &[])
}

fn failure(
    status: u16,
    kind: &str,
    param: Option<&str>,
    code: &str,
    message: &str,
    headers: &[(&str, &str)],
) -> Response {
    let mut headers = headers.to_vec();
    headers.push(ID);
    let error = json!({"message": message, "type": kind, "param": param, "code": code});
    document(status, &headers, &json!({ "error": error }))
}

async fn answer(desk: &Desk, asked: &Asked) -> Response {
    use ModelFault as F;
    let fault = desk.fault();
    let refuse = |status, kind, code, headers: &[(&str, &str)]| {
        desk.log(asked, status, None);
        failure(status, kind, None, code, "as the script says", headers)
    };
    let bad = "invalid_request_error";
    match &fault {
        Some(F::Overloaded { retry_after }) => {
            let wait: Vec<_> = retry_after.iter().map(|wait| ("retry-after", *wait)).collect();
            return refuse(503, "server_error", "server_error", &wait);
        }
        Some(F::OverloadedMidStream) if !asked.stream => {
            return refuse(503, "server_error", "server_error", &[]);
        }
        Some(F::RateLimited { retry_after }) => {
            let headers = [("retry-after", *retry_after), ("x-ratelimit-remaining-requests", "0")];
            return refuse(429, "requests", "rate_limit_exceeded", &headers);
        }
        Some(F::SpendCapped) => {
            return refuse(429, "insufficient_quota", "insufficient_quota", &[]);
        }
        Some(F::GrammarTooLarge) => return refuse(400, bad, "invalid_json_schema", &[]),
        Some(F::ModelRetired) => return refuse(404, bad, "model_not_found", &[]),
        Some(F::KeyRevoked) => return refuse(401, bad, "invalid_api_key", &[]),
        Some(F::TooLarge) => return refuse(400, bad, "context_length_exceeded", &[]),
        Some(F::ServerError) => return refuse(500, "server_error", "server_error", &[]),
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
        document(200, &[ID], &completion(asked, &said, fault.as_ref()))
    }
}

/// A refusal has ended like any answer.
const fn finish(end: End) -> &'static str {
    match end {
        End::Done | End::Refused => "stop",
        End::Limit => "length",
    }
}

fn usage(tokens: Tokens, fault: Option<&ModelFault>) -> Value {
    let prompt = tokens.input + tokens.read + tokens.written;
    let mut usage = json!({
        "prompt_tokens": prompt, "completion_tokens": tokens.output, "total_tokens": prompt + tokens.output,
    });
    if fault != Some(&ModelFault::BareUsage) {
        usage["prompt_tokens_details"] = json!({
            "cached_tokens": tokens.read, "cache_write_tokens": tokens.written, "audio_tokens": 0,
        });
        usage["completion_tokens_details"] = json!({"reasoning_tokens": 0});
    }
    usage
}

fn completion(asked: &Asked, said: &Said, fault: Option<&ModelFault>) -> Value {
    let message = if said.end == End::Refused {
        json!({"role": "assistant", "content": null, "refusal": "I can't help with that."})
    } else {
        json!({"role": "assistant", "content": said.text, "refusal": null})
    };
    let mut completion = json!({
        "id": "chatcmpl-sim", "object": "chat.completion", "created": 1, "model": format!("{}-2026-11-01", asked.model.name),
        "choices": [{"index": 0, "message": message, "finish_reason": finish(said.end)}],
        "usage": usage(said.tokens, fault), "service_tier": "default",
    });
    if fault == Some(&ModelFault::Novelties) {
        completion["novelty"] = json!({"n": 1});
        completion["choices"][0]["message"]["mood"] = "bright".into();
    }
    completion
}

fn streamed(asked: &Asked, said: &Said, fault: Option<&ModelFault>) -> Response {
    let chunk = |choices: Value, usage: Value| {
        let data = json!({"id": "chatcmpl-sim", "object": "chat.completion.chunk", "created": 1, "model": asked.model.name,
            "choices": choices, "usage": usage});
        format!("data: {data}\n\n")
    };
    let delta = |delta: Value, finish: Option<&str>| {
        chunk(json!([{"index": 0, "delta": delta, "finish_reason": finish}]), Value::Null)
    };
    let mut events = vec![delta(json!({"role": "assistant", "content": ""}), None)];
    if fault == Some(&ModelFault::Novelties) {
        events.push("event: hologram\ndata: {\"n\":1}\n\n: a comment\n\n".to_owned());
        events.push(delta(json!({"mood": "bright"}), None));
    }
    if said.end == End::Refused {
        events.push(delta(json!({"refusal": "I can't help with that."}), None));
    } else {
        for piece in said.pieces() {
            events.push(delta(json!({ "content": piece }), None));
        }
    }
    if fault == Some(&ModelFault::OverloadedMidStream) {
        let error =
            json!({"error": {"message": "overloaded", "type": "server_error", "code": null}});
        events.push(format!("data: {error}\n\n"));
        return sse(&[ID], events, None);
    }
    events.push(delta(json!({}), Some(finish(said.end))));
    events.push(chunk(json!([]), usage(said.tokens, fault)));
    events.push("data: [DONE]\n\n".to_owned());
    sse(&[ID], events, fault)
}
