//! What the API refuses.

use poem::Request;
use poem::http::Method;
use serde_json::Value;

use crate::models::schema;
use crate::models::table::{Model, Quiet};
use crate::sim::llm::{Asked, Desk};

/// A refusal: status, type and message.
pub(super) type Refusal = (u16, &'static str, String);

const FIELDS: &[&str] = &[
    "model",
    "max_tokens",
    "messages",
    "system",
    "cache_control",
    "tools",
    "tool_choice",
    "output_config",
    "thinking",
    "stop_sequences",
    "metadata",
    "stream",
    "service_tier",
    "inference_geo",
    "diagnostics",
];
const PICTURES: &[&str] = &["image/jpeg", "image/png", "image/gif", "image/webp"];

fn bad(message: impl Into<String>) -> Refusal {
    (400, "invalid_request_error", message.into())
}

/// The key and the version.
pub(super) fn headers(request: &Request, key: &str) -> Result<(), Refusal> {
    let given = request.header("x-api-key").or_else(|| {
        request.header("authorization").and_then(|value| value.strip_prefix("Bearer "))
    });
    if given != Some(key) {
        return Err((401, "authentication_error", "invalid x-api-key".to_owned()));
    }
    match request.header("anthropic-version") {
        Some("2026-10-21" | "2023-06-01") => {}
        Some(_) => return Err(bad("anthropic-version: is not a known version")),
        None => return Err(bad("anthropic-version: header is required")),
    }
    let is_json = |kind: &str| kind.starts_with("application/json");
    if request.method() == Method::POST && !request.header("content-type").is_some_and(is_json) {
        return Err(bad("content-type: must be application/json"));
    }
    Ok(())
}

/// The body.
pub(super) fn body(desk: &Desk, body: Value) -> Result<Asked, Refusal> {
    let fields = body.as_object().ok_or_else(|| bad("the body must be an object"))?;
    // Sampling parameters among them, even at their default values.
    if let Some(extra) = fields.keys().find(|name| !FIELDS.contains(&name.as_str())) {
        return Err(bad(format!("{extra}: Extra inputs are not permitted")));
    }
    let name = body["model"].as_str().ok_or_else(|| bad("model: Field required"))?;
    let model = desk
        .table
        .model(name)
        .filter(|model| model.provider == "anthropic")
        .ok_or_else(|| (404, "not_found_error", format!("model: {name}")))?
        .clone();
    let max_tokens =
        body["max_tokens"].as_u64().ok_or_else(|| bad("max_tokens: Field required"))?;
    if max_tokens > model.max_output_tokens {
        return Err(bad(format!("max_tokens: {max_tokens} > {}", model.max_output_tokens)));
    }
    if matches!(body["tool_choice"]["type"].as_str(), Some("any" | "tool")) && !model.forced_tool {
        return Err(bad("tool_choice: forcing a tool is not supported by this model"));
    }
    thinking(&body["thinking"], &model)?;
    let words = messages(&body["messages"], &model)?;
    let system = system(&body["system"])?;
    let format = &body["output_config"]["format"];
    if format["type"] != "json_schema" {
        return Err(bad("output_config.format: expected a json_schema"));
    }
    if let Some(problem) = schema::problems(&format["schema"]).first() {
        return Err(bad(format!("output_config.format.schema: {problem}")));
    }
    Ok(Asked {
        role: Desk::role(&system),
        model,
        system,
        words,
        schema: format["schema"].clone(),
        stream: body["stream"] == true,
        max_tokens,
        body,
    })
}

fn thinking(thinking: &Value, model: &Model) -> Result<(), Refusal> {
    let fits = match thinking["type"].as_str() {
        None => thinking.is_null(),
        Some("adaptive") => true,
        Some("disabled") => model.quiet == Quiet::Disabled,
        Some("between_tools") => model.quiet == Quiet::BetweenTools,
        Some(_) => false,
    };
    if fits { Ok(()) } else { Err(bad("thinking.type: is not supported by this model")) }
}

fn system(system: &Value) -> Result<String, Refusal> {
    match system {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text.clone()),
        Value::Array(blocks) => {
            let marks = blocks.iter().filter(|block| !block["cache_control"].is_null()).count();
            if marks > 4 {
                return Err(bad("system: at most 4 blocks with cache_control"));
            }
            blocks
                .iter()
                .map(|block| block["text"].as_str().ok_or_else(|| bad("system: text required")))
                .collect()
        }
        _ => Err(bad("system: must be a string or a list of blocks")),
    }
}

/// The words of the user; an answer begun for the model is refused.
fn messages(messages: &Value, model: &Model) -> Result<String, Refusal> {
    let all = messages.as_array().filter(|all| !all.is_empty());
    let all = all.ok_or_else(|| bad("messages: at least one message is required"))?;
    if all.last().is_some_and(|last| last["role"] != "user") {
        return Err(bad("messages: prefilling an answer is not supported by this model"));
    }
    let mut words = String::new();
    for (n, message) in all.iter().enumerate() {
        if let Some(text) = message["content"].as_str() {
            words.push_str(text);
            continue;
        }
        let blocks = message["content"].as_array();
        let blocks = blocks.ok_or_else(|| bad(format!("messages.{n}.content: Field required")))?;
        for block in blocks {
            let source = &block["source"];
            match block["type"].as_str() {
                Some("text") => words.push_str(block["text"].as_str().unwrap_or_default()),
                Some("image") if !model.images => return Err(bad("image: not supported")),
                Some("image")
                    if source["type"] == "base64"
                        && !PICTURES
                            .contains(&source["media_type"].as_str().unwrap_or_default()) =>
                {
                    return Err(bad("image.source.media_type: must be jpeg, png, gif or webp"));
                }
                Some("document") if !model.pdf => return Err(bad("document: not supported")),
                Some("image" | "document") if source["data"].as_str().is_some() => {}
                _ => return Err(bad(format!("messages.{n}.content: unknown block"))),
            }
        }
    }
    Ok(words)
}
