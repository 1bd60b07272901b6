//! A message as a reply.

use serde::Deserialize;

use super::super::llm::list;
use crate::models::cost::Usage;
use crate::ports::llm::{LlmFault, LlmFaultKind, LlmReply, OfferedModel, StopReason};

#[derive(Deserialize)]
struct Message {
    model: String,
    #[serde(default)]
    content: Vec<Block>,
    stop_reason: Option<String>,
    usage: WireUsage,
}

#[derive(Deserialize)]
struct Block {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    text: Option<String>,
}

/// The models of a list, with what is said of their ends.
pub(super) fn models(body: &[u8]) -> Result<Vec<OfferedModel>, LlmFault> {
    #[derive(Deserialize)]
    struct Entry {
        id: String,
        lifecycle: Option<String>,
        retires_at: Option<String>,
    }

    let offered = list::<Entry>(body)?.into_iter().map(|entry| {
        let lifecycle = entry.lifecycle.filter(|it| it != "active");
        let ends = match (lifecycle, entry.retires_at) {
            (Some(lifecycle), Some(at)) => Some(format!("{lifecycle}, retires {at}")),
            (Some(lifecycle), None) => Some(lifecycle),
            (None, at) => at.map(|at| format!("retires {at}")),
        };
        OfferedModel { name: entry.id, ends }
    });
    Ok(offered.collect())
}

/// Every field but two may be absent or null.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct WireUsage {
    pub(super) input_tokens: Option<u64>,
    pub(super) output_tokens: Option<u64>,
    pub(super) cache_read_input_tokens: Option<u64>,
    pub(super) cache_creation_input_tokens: Option<u64>,
    pub(super) cache_creation: Option<WireCreation>,
}

#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct WireCreation {
    ephemeral_5m_input_tokens: Option<u64>,
    ephemeral_1h_input_tokens: Option<u64>,
}

impl WireUsage {
    /// The counts; `input_tokens` holds only what came from no cache and went into none. Without the breakdown all that was written was written for
    /// the lifetime that we asked for, the short one.
    pub(super) fn usage(&self) -> Usage {
        let written = self.cache_creation_input_tokens.unwrap_or(0);
        let (short, long) = self.cache_creation.as_ref().map_or((written, 0), |parts| {
            (
                parts.ephemeral_5m_input_tokens.unwrap_or(0),
                parts.ephemeral_1h_input_tokens.unwrap_or(0),
            )
        });
        Usage {
            input: self.input_tokens.unwrap_or(0),
            cache_read: self.cache_read_input_tokens.unwrap_or(0),
            cache_write: short,
            cache_write_long: long,
            output: self.output_tokens.unwrap_or(0),
        }
    }

    /// Lays newer counts over these: those of a stream are cumulative, and come in part.
    pub(super) fn update(&mut self, newer: Self) {
        self.input_tokens = newer.input_tokens.or(self.input_tokens);
        self.output_tokens = newer.output_tokens.or(self.output_tokens);
        self.cache_read_input_tokens =
            newer.cache_read_input_tokens.or(self.cache_read_input_tokens);
        self.cache_creation_input_tokens =
            newer.cache_creation_input_tokens.or(self.cache_creation_input_tokens);
        self.cache_creation = newer.cache_creation.or(self.cache_creation.take());
    }
}

/// Why it stopped, by the API's words.
pub(super) fn stop(reason: Option<&str>) -> StopReason {
    match reason {
        Some("end_turn" | "stop_sequence") => StopReason::Done,
        Some("max_tokens" | "model_context_window_exceeded") => StopReason::Limit,
        Some("refusal") => StopReason::Refused,
        Some(_) | None => StopReason::Unknown,
    }
}

/// Reads a message.
pub(super) fn reply(body: &[u8], request_id: Option<String>) -> Result<LlmReply, LlmFault> {
    let message: Message = serde_json::from_slice(body).map_err(|_| {
        LlmFault::new(LlmFaultKind::Broken, "the answer is no message")
            .with_request_id(request_id.clone())
    })?;
    // Blocks that we do not know, such as thinking, are skipped.
    let text = message
        .content
        .into_iter()
        .filter(|block| block.kind == "text")
        .filter_map(|block| block.text)
        .collect();
    Ok(LlmReply {
        text,
        stop: stop(message.stop_reason.as_deref()),
        usage: message.usage.usage(),
        model: message.model,
        request_id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &str = r#"{"id":"msg_x","type":"message","role":"assistant","model":"m-1",
        "content":[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"text","text":"{\"a\":"},{"type":"text","text":"1}"},{"type":"novel","n":1}],
        "stop_reason":"end_turn","stop_sequence":null,"stop_details":null,
        "usage":{"input_tokens":52,"cache_creation_input_tokens":900,"cache_read_input_tokens":2048,
        "cache_creation":{"ephemeral_5m_input_tokens":900,"ephemeral_1h_input_tokens":0},
        "output_tokens":200,"output_tokens_details":{"thinking_tokens":120},"service_tier":"standard"}}"#;

    #[test]
    fn a_message_is_read_and_unknown_blocks_are_skipped() {
        let reply = reply(MESSAGE.as_bytes(), Some("req_1".into())).unwrap();
        assert_eq!((reply.text.as_str(), reply.stop), ("{\"a\":1}", StopReason::Done));
        let usage = Usage {
            input: 52,
            cache_read: 2_048,
            cache_write: 900,
            output: 200,
            ..Usage::default()
        };
        assert_eq!(reply.usage, usage);
    }

    #[test]
    fn counts_that_are_missing_or_null_are_none() {
        let body = r#"{"model":"m","content":[],"stop_reason":"novel","usage":{"input_tokens":5,"output_tokens":1,"cache_creation":null,"cache_creation_input_tokens":7}}"#;
        let reply = reply(body.as_bytes(), None).unwrap();
        assert_eq!(reply.stop, StopReason::Unknown);
        assert_eq!((reply.usage.input, reply.usage.cache_write, reply.usage.cache_read), (5, 7, 0));
    }

    #[test]
    fn what_is_no_message_is_a_fault() {
        for body in ["", "null", "{}", "<html>", "[]"] {
            let fault = reply(body.as_bytes(), None).unwrap_err();
            assert_eq!(fault.kind, LlmFaultKind::Broken);
        }
    }
}
