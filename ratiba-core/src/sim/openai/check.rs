//! What the API refuses.

use serde_json::Value;

use crate::models::schema;
use crate::sim::llm::{Asked, Desk};

/// A refusal: status, type, parameter, code and message.
pub(super) type Refusal = (u16, &'static str, Option<&'static str>, &'static str, String);

const FIELDS: &[&str] = &[
    "model",
    "messages",
    "max_completion_tokens",
    "response_format",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "reasoning_effort",
    "verbosity",
    "seed",
    "stop",
    "stream",
    "stream_options",
    "prompt_cache_key",
    "prompt_cache_options",
    "safety_identifier",
    "service_tier",
    "store",
    "metadata",
];

fn bad(param: &'static str, code: &'static str, message: impl Into<String>) -> Refusal {
    (400, "invalid_request_error", Some(param), code, message.into())
}

/// The body.
pub(super) fn body(desk: &Desk, body: Value) -> Result<Asked, Refusal> {
    let fields =
        body.as_object().ok_or_else(|| bad("body", "invalid_request_error", "no object"))?;
    if let Some(extra) = fields.keys().find(|name| !FIELDS.contains(&name.as_str())) {
        let message = format!("Unsupported parameter: '{extra}' is not supported with this model.");
        return Err(bad("body", "unsupported_parameter", message));
    }
    let name = body["model"].as_str().unwrap_or_default();
    let gone = || (404, "invalid_request_error", Some("model"), "model_not_found", name.to_owned());
    let model = desk.table.model(name).filter(|m| m.provider == "openai").ok_or_else(gone)?.clone();
    if body["reasoning_effort"].as_str() != model.effort.as_deref() {
        return Err(bad("reasoning_effort", "unsupported_value", "not this effort"));
    }
    let format = &body["response_format"];
    let wanted = &format["json_schema"];
    let label = wanted["name"].as_str().unwrap_or_default();
    let named = (1..=64).contains(&label.len())
        && label.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    if format["type"] != "json_schema" || wanted["strict"] != true || !named {
        return Err(bad("response_format", "invalid_request_error", "a strict, named schema"));
    }
    if let Some(problem) = schema::problems(&wanted["schema"]).first() {
        let message = format!("Invalid schema for response_format '{label}': {problem}");
        return Err(bad("response_format", "invalid_json_schema", message));
    }
    if body["safety_identifier"].as_str().is_some_and(|id| id.len() > 128) {
        return Err(bad("safety_identifier", "invalid_request_error", "too long"));
    }
    let (system, words) = messages(&body["messages"])?;
    let most = model.max_output_tokens;
    Ok(Asked {
        role: Desk::role(&system),
        system,
        words,
        schema: wanted["schema"].clone(),
        stream: body["stream"] == true,
        max_tokens: body["max_completion_tokens"].as_u64().unwrap_or(most).min(most),
        model,
        body,
    })
}

fn messages(messages: &Value) -> Result<(String, String), Refusal> {
    let wrong = |what: &str| bad("messages", "invalid_request_error", what);
    let all = messages.as_array().filter(|all| !all.is_empty());
    let (mut system, mut words) = (String::new(), String::new());
    for message in all.ok_or_else(|| wrong("at least one message"))? {
        let into = match message["role"].as_str() {
            Some("system" | "developer") => &mut system,
            Some("user") => &mut words,
            _ => return Err(wrong("a role that nobody has")),
        };
        if let Some(text) = message["content"].as_str() {
            into.push_str(text);
            continue;
        }
        for part in message["content"].as_array().ok_or_else(|| wrong("no content"))? {
            match part["type"].as_str() {
                Some("text") => into.push_str(part["text"].as_str().unwrap_or_default()),
                Some("image_url")
                    if part["image_url"]["url"]
                        .as_str()
                        .is_some_and(|u| u.starts_with("data:image/")) => {}
                Some("file")
                    if part["file"]["file_data"]
                        .as_str()
                        .is_some_and(|d| d.starts_with("data:application/pdf;base64,")) => {}
                _ => return Err(wrong("a part that can't be read")),
            }
        }
    }
    Ok((system, words))
}
