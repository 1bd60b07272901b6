//! A question as the body of `POST /v1/messages`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::models::table::{CacheStyle, Quiet};
use crate::ports::llm::{LlmFault, LlmFaultKind, LlmPart, LlmRequest};

/// What the API takes of pictures; others are to be converted first.
const PICTURES: [&str; 4] = ["image/jpeg", "image/png", "image/gif", "image/webp"];

/// The body. Refused where the model's row says that it would be.
pub(super) fn body(request: &LlmRequest, stream: bool) -> Result<Value, LlmFault> {
    let model = &request.model;
    let refuse = |what: &str| {
        let detail = format!("{what}, as the row of {} in the table of models says", model.name);
        Err(LlmFault::new(LlmFaultKind::BadRequest, detail))
    };
    if !model.json_schema {
        return refuse("no structured answers");
    }
    let mut content = Vec::new();
    for part in &request.user {
        content.push(match part {
            LlmPart::Text(text) => json!({"type": "text", "text": text}),
            LlmPart::Image { .. } if !model.images => return refuse("no pictures"),
            LlmPart::Image { media_type, .. } if !PICTURES.contains(&media_type.as_str()) => {
                return refuse("no such kind of picture");
            }
            LlmPart::Image { media_type, bytes } => json!({
                "type": "image",
                "source": {"type": "base64", "media_type": media_type, "data": STANDARD.encode(bytes)},
                "transformations": {"oversized_image": "error"},
            }),
            LlmPart::Pdf { .. } if !model.pdf => return refuse("no PDF documents"),
            LlmPart::Pdf { name, bytes } => json!({
                "type": "document",
                "source": {"type": "base64", "media_type": "application/pdf", "data": STANDARD.encode(bytes)},
                "title": name,
            }),
        });
    }
    let mut system = json!({"type": "text", "text": request.system});
    if model.cache.style == CacheStyle::Marked {
        // Everything up to here is the same for all tenants. Below the model's minimum the marker is ignored.
        system["cache_control"] = json!({"type": "ephemeral"});
    }
    let mut body = json!({
        "model": model.name,
        "max_tokens": request.max_output_tokens,
        "system": [system],
        "messages": [{"role": "user", "content": content}],
        "output_config": {"format": {"type": "json_schema", "schema": request.schema}},
        "metadata": {"user_id": request.subject},
    });
    match model.quiet {
        Quiet::Unset => {}
        Quiet::Disabled => body["thinking"] = json!({"type": "disabled"}),
        Quiet::BetweenTools => body["thinking"] = json!({"type": "between_tools"}),
    }
    if let Some(effort) = &model.effort {
        body["output_config"]["effort"] = effort.as_str().into();
    }
    if stream {
        body["stream"] = true.into();
    }
    Ok(body)
}
