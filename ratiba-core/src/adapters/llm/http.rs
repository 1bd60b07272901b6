//! The one place that talks to a provider of language models: sends, limits time and size, and hands back what a decision needs.

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Response};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::super::http::{self, Unread, body, client};
use super::sse::{Events, SseEvent};
use super::wait;
use crate::ports::llm::{LlmFault, LlmFaultKind};

/// No answer that we ask for comes near this.
const MAX_ANSWER: usize = 8 << 20;

/// A client of one provider.
#[derive(Debug, Clone)]
pub(in crate::adapters) struct Http {
    client: Client,
    url: String,
    headers: HeaderMap,
}

/// An answer of any status. Without Debug: a body holds what a customer wrote about.
pub(in crate::adapters) struct Answer {
    pub(in crate::adapters) status: u16,
    /// Seconds, where a header asks for a wait.
    pub(in crate::adapters) retry_after: Option<i64>,
    pub(in crate::adapters) request_id: Option<String>,
    pub(in crate::adapters) body: Vec<u8>,
}

impl Http {
    /// A client of one address, without redirects (they would carry the key elsewhere) and without silent retries (each may be charged).
    pub(in crate::adapters) fn new(
        url: String,
        plain: &[(&'static str, &str)],
        (secret, value): (&'static str, &SecretString),
    ) -> Result<Self, LlmFault> {
        let wrong = |what: &str| LlmFault::new(LlmFaultKind::BadRequest, what);
        let mut headers = HeaderMap::new();
        for (name, value) in plain {
            let value =
                HeaderValue::from_str(value).map_err(|_| wrong("a header can't be written"))?;
            headers.insert(HeaderName::from_static(name), value);
        }
        let mut key = HeaderValue::from_str(value.expose_secret())
            .map_err(|_| wrong("the key holds what no key holds"))?;
        key.set_sensitive(true);
        headers.insert(HeaderName::from_static(secret), key);
        let client = client()
            .build()
            .map_err(|error| wrong("no HTTP client can be made").with_source(error))?;
        Ok(Self { client, url, headers })
    }

    /// Posts a document and reads the whole answer.
    pub(in crate::adapters) async fn post(
        &self,
        body: &Value,
        timeout: Duration,
        id_header: &str,
    ) -> Result<Answer, LlmFault> {
        let response = self.send(body, timeout).await?;
        read(response, id_header).await
    }

    /// Asks for a document that costs nothing.
    pub(in crate::adapters) async fn get(
        &self,
        url: &str,
        timeout: Duration,
        id_header: &str,
    ) -> Result<Answer, LlmFault> {
        let request = self.client.get(url).headers(self.headers.clone()).timeout(timeout);
        read(request.send().await.map_err(broken)?, id_header).await
    }

    /// Posts a document and hands over the events of its answer as they come; `false` from `take` ends it. An answer that is no stream comes back
    /// whole. `None`: the stream has ended.
    pub(in crate::adapters) async fn stream(
        &self,
        body: &Value,
        timeout: Duration,
        id_header: &str,
        take: &mut (dyn FnMut(SseEvent) -> bool + Send),
    ) -> Result<(Option<Answer>, Option<String>), LlmFault> {
        let mut response = self.send(body, timeout).await?;
        let is_stream = response.status().is_success()
            && header(&response, "content-type")
                .is_some_and(|kind| kind.starts_with("text/event-stream"));
        if !is_stream {
            return read(response, id_header).await.map(|answer| (Some(answer), None));
        }
        let id = header(&response, id_header);
        let mut events = Events::default();
        let mut size = 0;
        while let Some(chunk) = response.chunk().await.map_err(broken)? {
            size += chunk.len();
            if size > MAX_ANSWER {
                return Err(endless());
            }
            for event in events.feed(&chunk) {
                if !take(event) {
                    return Ok((None, id));
                }
            }
        }
        Ok((None, id))
    }

    async fn send(&self, body: &Value, timeout: Duration) -> Result<Response, LlmFault> {
        let request = self.client.post(&self.url).headers(self.headers.clone()).timeout(timeout);
        request.json(body).send().await.map_err(broken)
    }
}

async fn read(response: Response, id_header: &str) -> Result<Answer, LlmFault> {
    let status = response.status().as_u16();
    let retry_after = wait::seconds(
        header(&response, "retry-after-ms").as_deref(),
        header(&response, RETRY_AFTER.as_str()).as_deref(),
    );
    let request_id = header(&response, id_header);
    let body = body(response, MAX_ANSWER).await.map_err(|unread| match unread {
        Unread::Broken(error) => broken(error),
        Unread::Endless => endless(),
    })?;
    Ok(Answer { status, retry_after, request_id, body })
}

fn header(response: &Response, name: &str) -> Option<String> {
    http::header(response.headers(), name).map(str::to_owned)
}

fn endless() -> LlmFault {
    LlmFault::new(LlmFaultKind::Broken, "the answer has no end")
}

/// No whole answer. Only a connection that was never made proves that nothing is charged.
fn broken(error: reqwest::Error) -> LlmFault {
    let (kind, detail) = if error.is_builder() {
        (LlmFaultKind::BadRequest, "the provider's address can't be used")
    } else if error.is_connect() {
        (LlmFaultKind::Unreachable, "the provider can't be reached")
    } else if error.is_timeout() {
        (LlmFaultKind::TimedOut, "the provider did not answer in time")
    } else {
        (LlmFaultKind::Broken, "the connection broke before the answer was complete")
    };
    LlmFault::new(kind, detail).with_source(error.without_url())
}
