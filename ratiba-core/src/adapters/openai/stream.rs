//! A completion out of the chunks of a stream.

use serde::Deserialize;

use super::super::llm::SseEvent;
use super::decode::{WireUsage, stop};
use super::fault::{self, WireError};
use crate::ports::llm::{LlmFault, LlmFaultKind, LlmReply};

/// A completion under way.
#[derive(Default)]
pub(super) struct Stream {
    text: String,
    model: String,
    refused: bool,
    finish_reason: Option<String>,
    usage: Option<WireUsage>,
    ended: bool,
    fault: Option<LlmFault>,
}

#[derive(Deserialize)]
struct Chunk {
    #[serde(default)]
    model: String,
    #[serde(default)]
    choices: Vec<Choice>,
    usage: Option<WireUsage>,
    error: Option<WireError>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    delta: Delta,
    finish_reason: Option<String>,
}

#[derive(Default, Deserialize)]
struct Delta {
    content: Option<String>,
    refusal: Option<String>,
}

impl Stream {
    /// Takes in a chunk; gives the words that it brings.
    pub(super) fn take(&mut self, event: &SseEvent) -> Option<String> {
        if event.data == "[DONE]" {
            self.ended = true;
            return None;
        }
        let chunk: Chunk = serde_json::from_str(&event.data).ok()?;
        if let Some(error) = chunk.error {
            self.fault = Some(fault::in_stream(&error));
            self.ended = true;
            return None;
        }
        if !chunk.model.is_empty() {
            self.model = chunk.model;
        }
        self.usage = chunk.usage.or(self.usage.take());
        let choice = chunk.choices.into_iter().next()?;
        self.finish_reason = choice.finish_reason.or(self.finish_reason.take());
        self.refused |= choice.delta.refusal.is_some();
        let text = choice.delta.content?;
        self.text.push_str(&text);
        Some(text)
    }

    /// Whether nothing more is to come.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// The reply, or why there is none. Of a stream that was cut nobody tells what it used.
    pub(super) fn finish(self, request_id: Option<String>) -> Result<LlmReply, LlmFault> {
        let usage = self.usage.as_ref().map(WireUsage::usage);
        if let Some(fault) = self.fault {
            // What was produced until then is charged, and nobody tells how much.
            let fault = if usage.is_none() && fault.kind == LlmFaultKind::Overloaded {
                LlmFault { kind: LlmFaultKind::Broken, ..fault }
            } else {
                fault
            };
            return Err(fault.with_usage(usage).with_request_id(request_id));
        }
        let (true, Some(usage)) = (self.ended, usage) else {
            let fault =
                LlmFault::new(LlmFaultKind::Broken, "the stream ended before the answer did");
            return Err(fault.with_usage(usage).with_request_id(request_id));
        };
        let stop = stop(self.finish_reason.as_deref(), self.refused);
        Ok(LlmReply { text: self.text, stop, usage, model: self.model, request_id })
    }
}
