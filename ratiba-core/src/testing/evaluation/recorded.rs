//! A recorded run as lines of JSON: first who was there, then every call of a model with what became of it. It holds the hash of each question and the
//! words of each answer; neither a key nor a question.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::models::cost::Usage;
use crate::models::role::Role;
use crate::ports::llm::{LlmFault, LlmFaultKind, LlmPart, LlmReply, LlmRequest, StopReason};

/// The version of the format.
pub(super) const VERSION: u32 = 1;

/// The first line: what a replay has to know to ask the same questions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// The version of the format.
    pub version: u32,
    /// What stood in for the moment of lines that name none.
    pub now: Timestamp,
    /// The date of the price table.
    pub prices: Date,
    /// The providers that could be asked.
    pub providers: Vec<String>,
}

impl Header {
    /// Of the format that this program writes.
    pub const fn new(now: Timestamp, prices: Date, providers: Vec<String>) -> Self {
        Self { version: VERSION, now, prices, providers }
    }
}

/// One call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Recorded {
    /// For which configuration.
    pub(super) configuration: String,
    /// The hash of the question.
    pub(super) request: String,
    pub(super) role: Role,
    pub(super) model: String,
    pub(super) latency_ms: u64,
    pub(super) outcome: Outcome,
}

/// What became of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Outcome {
    Answer {
        text: String,
        stop: StopReason,
        usage: Usage,
        model: String,
    },
    Fault {
        kind: LlmFaultKind,
        code: Option<String>,
        detail: String,
        retry_after_ms: Option<i64>,
        usage: Option<Usage>,
    },
}

impl Outcome {
    pub(super) fn of(result: &Result<LlmReply, LlmFault>) -> Self {
        match result {
            Ok(reply) => Self::Answer {
                text: reply.text.clone(),
                stop: reply.stop,
                usage: reply.usage,
                model: reply.model.clone(),
            },
            Err(fault) => Self::Fault {
                kind: fault.kind,
                code: fault.code.as_deref().map(str::to_owned),
                detail: fault.detail.clone(),
                retry_after_ms: fault
                    .retry_after
                    .and_then(|wait| i64::try_from(wait.as_millis()).ok()),
                usage: fault.usage.as_deref().copied(),
            },
        }
    }

    pub(super) fn result(self) -> Result<LlmReply, LlmFault> {
        match self {
            Self::Answer { text, stop, usage, model } => {
                Ok(LlmReply { text, stop, usage, model, request_id: None })
            }
            Self::Fault { kind, code, detail, retry_after_ms, usage } => {
                let mut fault = LlmFault::new(kind, detail).with_usage(usage);
                fault.code = code.map(String::into_boxed_str);
                fault.retry_after = retry_after_ms.map(SignedDuration::from_millis);
                Err(fault)
            }
        }
    }
}

/// The hash of a question: who is asked, in which words, for what kind of answer. How long it may take and who asks are no part of it.
pub(super) fn hash(request: &LlmRequest) -> String {
    let mut hash = Sha256::new();
    let mut part = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    part(request.role.as_str().as_bytes());
    part(request.model.name.as_bytes());
    part(request.system.as_bytes());
    part(request.schema.to_string().as_bytes());
    part(&request.max_output_tokens.to_be_bytes());
    for piece in &request.user {
        match piece {
            LlmPart::Text(text) => part(text.as_bytes()),
            LlmPart::Image { media_type, bytes } => {
                part(media_type.as_bytes());
                part(bytes);
            }
            LlmPart::Pdf { bytes, .. } => part(bytes),
        }
    }
    hex::encode(hash.finalize())
}
