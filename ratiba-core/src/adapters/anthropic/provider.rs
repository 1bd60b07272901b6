//! The provider: encodes, posts, decodes.

use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;

use super::super::llm::Http;
use super::stream::Stream;
use super::{decode, encode, fault};
use crate::ports::llm::{LlmFault, LlmProvider, LlmReply, LlmRequest, OfferedModel};

/// The version of the API that requests are written for.
const VERSION: &str = "2026-10-21";
const REQUEST_ID: &str = "request-id";
/// Models on one page of the list: as many as a page may have, far more than there are.
const MOST_MODELS: u32 = 1_000;

/// Where it is and with which key.
#[derive(Debug, Clone)]
pub struct AnthropicSettings {
    /// The base address, without `/v1`.
    pub base_url: String,
    /// The key.
    pub api_key: SecretString,
}

impl AnthropicSettings {
    /// Anthropic's own address.
    pub const BASE_URL: &'static str = "https://api.anthropic.com";

    /// At Anthropic's own address.
    pub fn new(api_key: SecretString) -> Self {
        Self { base_url: Self::BASE_URL.to_owned(), api_key }
    }
}

/// Anthropic.
#[derive(Debug)]
pub struct Anthropic {
    http: Http,
    models: String,
}

impl Anthropic {
    /// A provider. Fails when a key or address can't be used at all; does no I/O.
    pub fn new(settings: &AnthropicSettings) -> Result<Self, LlmFault> {
        let base = settings.base_url.trim_end_matches('/');
        let (url, models) =
            (format!("{base}/v1/messages"), format!("{base}/v1/models?limit={MOST_MODELS}"));
        let plain = [("anthropic-version", VERSION)];
        let http = Http::new(url, &plain, ("x-api-key", &settings.api_key))?;
        Ok(Self { http, models })
    }

    /// Asks which models the key may use. It costs nothing.
    pub async fn models(&self, timeout: Duration) -> Result<Vec<OfferedModel>, LlmFault> {
        let answer = self.http.get(&self.models, timeout, REQUEST_ID).await?;
        if answer.status == 200 { decode::models(&answer.body) } else { Err(fault::of(&answer)) }
    }
}

#[async_trait]
impl LlmProvider for Anthropic {
    #[expect(clippy::unnecessary_literal_bound, reason = "the trait lets others compute theirs")]
    fn name(&self) -> &str {
        "anthropic"
    }

    async fn ask(&self, request: &LlmRequest) -> Result<LlmReply, LlmFault> {
        let body = encode::body(request, false)?;
        let answer = self.http.post(&body, timeout(request), REQUEST_ID).await?;
        if answer.status == 200 {
            decode::reply(&answer.body, answer.request_id)
        } else {
            Err(fault::of(&answer))
        }
    }

    async fn stream(
        &self,
        request: &LlmRequest,
        words: &mut (dyn for<'w> FnMut(&'w str) + Send),
    ) -> Result<LlmReply, LlmFault> {
        let body = encode::body(request, true)?;
        let mut stream = Stream::default();
        let mut take = |event| {
            if let Some(text) = stream.take(&event) {
                words(&text);
            }
            !stream.ended()
        };
        let (whole, id) = self.http.stream(&body, timeout(request), REQUEST_ID, &mut take).await?;
        match whole {
            Some(answer) if answer.status == 200 => decode::reply(&answer.body, answer.request_id),
            Some(answer) => Err(fault::of(&answer)),
            None => stream.finish(id),
        }
    }
}

fn timeout(request: &LlmRequest) -> Duration {
    Duration::try_from(request.timeout).unwrap_or(Duration::ZERO)
}
