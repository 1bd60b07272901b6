//! A question as the body of `POST /chat/completions`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::ports::llm::{LlmFault, LlmFaultKind, LlmPart, LlmRequest};

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
            LlmPart::Image { media_type, bytes } => {
                let url = format!("data:{media_type};base64,{}", STANDARD.encode(bytes));
                json!({"type": "image_url", "image_url": {"url": url, "detail": "high"}})
            }
            LlmPart::Pdf { .. } if !model.pdf => return refuse("no PDF documents"),
            LlmPart::Pdf { name, bytes } => {
                let data = format!("data:application/pdf;base64,{}", STANDARD.encode(bytes));
                json!({"type": "file", "file": {"filename": name, "file_data": data}})
            }
        });
    }
    let mut body = json!({
        "model": model.name,
        "messages": [
            {"role": "system", "content": request.system},
            {"role": "user", "content": content},
        ],
        "max_completion_tokens": request.max_output_tokens,
        "response_format": {"type": "json_schema", "json_schema": {
            "name": request.schema_name, "strict": true, "schema": request.schema,
        }},
        // The system part is the same for all tenants, so all calls of a role share their beginning.
        "prompt_cache_key": request.schema_name,
        "safety_identifier": request.subject,
        "store": false,
    });
    if let Some(effort) = &model.effort {
        body["reasoning_effort"] = effort.as_str().into();
    }
    if stream {
        body["stream"] = true.into();
        body["stream_options"] = json!({"include_usage": true, "include_obfuscation": false});
    }
    Ok(body)
}
