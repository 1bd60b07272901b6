//! A message out of the events of a stream.

use serde::Deserialize;

use super::super::llm::SseEvent;
use super::decode::{WireUsage, stop};
use super::fault::{self, WireError};
use crate::ports::llm::{LlmFault, LlmFaultKind, LlmReply};

/// A message under way.
#[derive(Default)]
pub(super) struct Stream {
    text: String,
    model: String,
    stop_reason: Option<String>,
    usage: WireUsage,
    begun: bool,
    ended: bool,
    fault: Option<LlmFault>,
}

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    message: Option<Begun>,
    delta: Option<Delta>,
    usage: Option<WireUsage>,
    error: Option<WireError>,
}

#[derive(Deserialize)]
struct Begun {
    model: String,
    usage: Option<WireUsage>,
}

#[derive(Deserialize)]
struct Delta {
    #[serde(rename = "type")]
    kind: Option<String>,
    text: Option<String>,
    stop_reason: Option<String>,
}

impl Stream {
    /// Takes in an event; gives the words that it brings. Events and deltas that we do not know are skipped.
    pub(super) fn take(&mut self, event: &SseEvent) -> Option<String> {
        let event: Event = serde_json::from_str(&event.data).ok()?;
        match event.kind.as_str() {
            "message_start" => {
                self.begun = true;
                if let Some(begun) = event.message {
                    self.model = begun.model;
                    self.usage.update(begun.usage.unwrap_or_default());
                }
                None
            }
            "content_block_delta" => {
                let delta = event.delta?;
                let text = delta.text.filter(|_| delta.kind.as_deref() == Some("text_delta"))?;
                self.text.push_str(&text);
                Some(text)
            }
            "message_delta" => {
                self.stop_reason =
                    event.delta.and_then(|d| d.stop_reason).or(self.stop_reason.take());
                self.usage.update(event.usage.unwrap_or_default());
                None
            }
            "message_stop" => {
                self.ended = true;
                None
            }
            "error" => {
                self.fault = Some(fault::in_stream(&event.error.unwrap_or_default()));
                self.ended = true;
                None
            }
            _ => None,
        }
    }

    /// Whether nothing more is to come.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// The reply, or why there is none. What was used until it broke is told as far as it is known.
    pub(super) fn finish(self, request_id: Option<String>) -> Result<LlmReply, LlmFault> {
        let usage = self.usage.usage();
        let told = self.begun.then_some(usage);
        if let Some(fault) = self.fault {
            return Err(fault.with_usage(told).with_request_id(request_id));
        }
        if !self.ended {
            let fault =
                LlmFault::new(LlmFaultKind::Broken, "the stream ended before the message did");
            return Err(fault.with_usage(told).with_request_id(request_id));
        }
        let stop = stop(self.stop_reason.as_deref());
        Ok(LlmReply { text: self.text, stop, usage, model: self.model, request_id })
    }
}
