//! The one place that talks to PesaPal: sends, limits time and size, and hands back what a decision needs.

use std::time::Duration;

use reqwest::header::{ACCEPT, RETRY_AFTER};
use reqwest::{Client, RequestBuilder, Url, redirect};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::ports::fault::{Fault, FaultKind};

const CONNECT: Duration = Duration::from_secs(5);
/// No answer comes near this, but the list of addresses that are notified; an edge page might.
const MAX_ANSWER: usize = 1 << 20;

/// A client of one environment.
#[derive(Debug, Clone)]
pub(super) struct Http {
    client: Client,
    base: String,
}

/// An answer of any status. Without Debug: a body may hold a token or a masked card.
pub(super) struct Answer {
    pub(super) status: u16,
    /// Seconds, where the header gives them.
    pub(super) retry_after: Option<i64>,
    /// The body, where it is JSON.
    pub(super) json: Option<Value>,
}

impl Http {
    /// A client with time limits, without redirects (they would carry secrets elsewhere) and without silent retries (an order is not
    /// idempotent).
    pub(super) fn new(base: &str, timeout: Duration) -> Result<Self, Fault> {
        let client = Client::builder()
            .user_agent(concat!("ratiba/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT.min(timeout))
            .timeout(timeout)
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .build()
            .map_err(|error| {
                Fault::new(FaultKind::Misconfigured, "no HTTP client can be made")
                    .with_source(error)
            })?;
        Ok(Self { client, base: base.trim_end_matches('/').to_owned() })
    }

    /// The configured base address.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// Asks for something that changes nothing: whatever goes wrong, it may be asked again.
    pub(super) async fn get(
        &self,
        path: &str,
        query: &[(&str, &str)],
        token: &SecretString,
    ) -> Result<Answer, Fault> {
        let url = Url::parse_with_params(&format!("{}{path}", self.base), query)
            .map_err(|_| Fault::new(FaultKind::Misconfigured, "PesaPal's address can't be used"))?;
        let request = self.client.get(url).bearer_auth(token.expose_secret());
        answer(request).await.map_err(Fault::harmless)
    }

    /// Posts a body. An error means that no complete answer came: [`FaultKind::Transient`] when the request never left,
    /// [`FaultKind::Unknown`] when it may have been acted upon.
    pub(super) async fn post(
        &self,
        path: &str,
        body: &Value,
        token: Option<&SecretString>,
    ) -> Result<Answer, Fault> {
        let mut request = self.client.post(format!("{}{path}", self.base)).json(body);
        if let Some(token) = token {
            request = request.bearer_auth(token.expose_secret());
        }
        answer(request).await
    }
}

async fn answer(request: RequestBuilder) -> Result<Answer, Fault> {
    let mut response =
        request.header(ACCEPT, "application/json").send().await.map_err(unanswered)?;
    let status = response.status().as_u16();
    let retry_after = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.trim().parse().ok());
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unanswered)? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(Fault::new(FaultKind::Unknown, "the answer has no end"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, retry_after, json: serde_json::from_slice(&body).ok() })
}

/// No answer. Only a connection that was never made proves that nothing happened.
fn unanswered(error: reqwest::Error) -> Fault {
    let (kind, detail) = if error.is_builder() {
        (FaultKind::Misconfigured, "PesaPal's address can't be used")
    } else if error.is_connect() {
        (FaultKind::Transient, "PesaPal can't be reached")
    } else if error.is_timeout() {
        (FaultKind::Unknown, "PesaPal did not answer in time")
    } else {
        (FaultKind::Unknown, "the connection broke before the answer was complete")
    };
    Fault::new(kind, detail).with_source(error.without_url())
}
