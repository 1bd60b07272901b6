//! Language models: one question, one answer, and how it failed. Which model, with which words and for whose money is the router's business.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::models::cost::{Size, Usage};
use crate::models::role::Role;
use crate::models::table::Model;

/// One part of what a model is shown.
#[derive(Clone, PartialEq, Eq)]
pub enum LlmPart {
    /// Words.
    Text(String),
    /// A picture: JPEG, PNG, GIF or WebP.
    Image {
        /// Such as `image/jpeg`.
        media_type: String,
        /// The file.
        bytes: Arc<[u8]>,
    },
    /// A PDF document.
    Pdf {
        /// Its name, for the model.
        name: String,
        /// The file.
        bytes: Arc<[u8]>,
    },
}

/// Shows no content.
impl fmt::Debug for LlmPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Image { media_type, bytes } => {
                write!(f, "Image({media_type}, {} bytes)", bytes.len())
            }
            Self::Pdf { bytes, .. } => write!(f, "Pdf({} bytes)", bytes.len()),
        }
    }
}

/// One question to a model.
#[derive(Clone, PartialEq)]
pub struct LlmRequest {
    /// What it is asked for.
    pub role: Role,
    /// Who is asked, with what it can do.
    pub model: Arc<Model>,
    /// The system part: the same bytes for all tenants.
    pub system: &'static str,
    /// The user part, in order.
    pub user: Vec<LlmPart>,
    /// The JSON schema of the answer.
    pub schema: Value,
    /// A name for the schema: letters, digits, `_` and `-`, at most 64.
    pub schema_name: String,
    /// Tokens of the answer, at most.
    pub max_output_tokens: u64,
    /// How long it may take, all in all.
    pub timeout: SignedDuration,
    /// Who asks, opaque to the provider: never a phone or a name.
    pub subject: String,
}

impl LlmRequest {
    /// Its size, as far as its price is concerned.
    pub fn size(&self) -> Size {
        let mut size = Size {
            text_bytes: (self.system.len() + self.schema.to_string().len()) as u64,
            max_output_tokens: self.max_output_tokens,
            ..Size::default()
        };
        for part in &self.user {
            match part {
                LlmPart::Text(text) => size.text_bytes += text.len() as u64,
                LlmPart::Image { .. } => size.images += 1,
                LlmPart::Pdf { bytes, .. } => size.pdf_bytes += bytes.len() as u64,
            }
        }
        size
    }

    /// The words of the user part.
    pub fn words(&self) -> String {
        let words: Vec<&str> = self
            .user
            .iter()
            .filter_map(|part| match part {
                LlmPart::Text(text) => Some(text.as_str()),
                LlmPart::Image { .. } | LlmPart::Pdf { .. } => None,
            })
            .collect();
        words.join("\n")
    }
}

/// Shows no words: they are a customer's.
impl fmt::Debug for LlmRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LlmRequest")
            .field("role", &self.role)
            .field("model", &self.model.name)
            .field("parts", &self.user.len())
            .field("size", &self.size())
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// Why a model stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// It was done: the text is whole.
    Done,
    /// It reached its limit: the text is cut, or absent when it thought aloud.
    Limit,
    /// It, or a filter, would not answer.
    Refused,
    /// Something that we do not know; the text is not to be trusted.
    Unknown,
}

/// A model's answer.
#[derive(Clone, PartialEq, Eq)]
pub struct LlmReply {
    /// The words; JSON of the schema when it stopped because it was done.
    pub text: String,
    /// Why it stopped.
    pub stop: StopReason,
    /// What it used.
    pub usage: Usage,
    /// The model that the provider says has answered.
    pub model: String,
    /// The provider's id of the call.
    pub request_id: Option<String>,
}

impl fmt::Debug for LlmReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LlmReply")
            .field("bytes", &self.text.len())
            .field("stop", &self.stop)
            .field("usage", &self.usage)
            .field("model", &self.model)
            .field("request_id", &self.request_id)
            .finish()
    }
}

/// What to do about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LlmFaultKind {
    /// Too busy, or broken at their end; another try may succeed.
    Overloaded,
    /// Too many of ours; not before `retry_after`.
    RateLimited,
    /// Our money there is spent, or a limit on it is reached: nothing works until a person acts. Never a matter of waiting.
    SpendCapped,
    /// Our key is refused, or we may not use it from here.
    Unauthorised,
    /// That model is not there, or not any more; others may be.
    NoSuchModel,
    /// The request is larger than the model or the provider takes.
    TooLarge,
    /// The request is one that they will never take: our fault.
    BadRequest,
    /// No connection: nothing has happened.
    Unreachable,
    /// No answer in time; it may have been produced, and be charged.
    TimedOut,
    /// The answer broke off or can't be read; it may be charged.
    Broken,
}

impl LlmFaultKind {
    /// A word for logs and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Overloaded => "overloaded",
            Self::RateLimited => "rate_limited",
            Self::SpendCapped => "spend_capped",
            Self::Unauthorised => "unauthorised",
            Self::NoSuchModel => "no_such_model",
            Self::TooLarge => "too_large",
            Self::BadRequest => "bad_request",
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed_out",
            Self::Broken => "broken",
        }
    }

    /// Whether the same request to the same model may succeed at once.
    pub const fn may_retry(self) -> bool {
        matches!(self, Self::Overloaded | Self::Unreachable | Self::Broken)
    }

    /// Whether the call may have been charged though its answer never came.
    pub const fn may_be_charged(self) -> bool {
        matches!(self, Self::TimedOut | Self::Broken)
    }
}

/// A failure of a model.
#[derive(Debug, thiserror::Error)]
#[error("{detail} ({})", kind.as_str())]
pub struct LlmFault {
    /// What to do about it.
    pub kind: LlmFaultKind,
    /// The provider's own code, for logs.
    pub code: Option<Box<str>>,
    /// One fragment of a sentence, without anybody's words.
    pub detail: String,
    /// How long to wait, where the provider says so.
    pub retry_after: Option<SignedDuration>,
    /// The provider's id of the call.
    pub request_id: Option<String>,
    /// What was used until it failed, as far as the provider told.
    pub usage: Option<Box<Usage>>,
    /// Why.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl LlmFault {
    /// A failure of a kind.
    pub fn new(kind: LlmFaultKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            code: None,
            detail: detail.into(),
            retry_after: None,
            request_id: None,
            usage: None,
            source: None,
        }
    }

    /// Adds the provider's code.
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into().into_boxed_str());
        self
    }

    /// Adds how long to wait; odd values are brought into sense.
    pub fn with_retry_after(mut self, seconds: Option<i64>) -> Self {
        /// Longer than this is no wait but a stop.
        const LONGEST: i64 = 3_600;
        self.retry_after = seconds.map(|s| SignedDuration::from_secs(s.clamp(0, LONGEST)));
        self
    }

    /// Adds the provider's id of the call.
    pub fn with_request_id(mut self, id: Option<String>) -> Self {
        self.request_id = id;
        self
    }

    /// Adds what was used.
    pub fn with_usage(mut self, usage: Option<Usage>) -> Self {
        self.usage = usage.map(Box::new);
        self
    }

    /// Adds the cause.
    pub fn with_source(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.source = Some(source.into());
        self
    }
}

/// A model that a provider says it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedModel {
    /// Its name.
    pub name: String,
    /// What the provider says of its end, where it has one: when, or that it has come.
    pub ends: Option<String>,
}

/// A provider of models.
#[async_trait]
pub trait LlmProvider: Send + Sync + fmt::Debug {
    /// Its name in the table of models, such as `anthropic`.
    fn name(&self) -> &str;

    /// Asks. It gives up by itself within the request's time-out; the caller limits it all the same.
    async fn ask(&self, request: &LlmRequest) -> Result<LlmReply, LlmFault>;

    /// Asks, and hands over the words as they come. What was handed over is worth nothing when it fails. By default all words come at once.
    async fn stream(
        &self,
        request: &LlmRequest,
        words: &mut (dyn for<'w> FnMut(&'w str) + Send),
    ) -> Result<LlmReply, LlmFault> {
        let reply = self.ask(request).await?;
        words(&reply.text);
        Ok(reply)
    }
}
