//! The one place that talks to Daraja: sends, limits time and size, and hands back what a decision needs.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, RETRY_AFTER};
use reqwest::{Client, RequestBuilder, redirect};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::ports::fault::{Fault, FaultKind};

const CONNECT: Duration = Duration::from_secs(5);
/// No answer of Daraja's comes near this; an edge page might.
const MAX_ANSWER: usize = 1 << 18;

/// A client of one environment.
#[derive(Debug, Clone)]
pub(super) struct Http {
    client: Client,
    base: String,
}

/// An answer of any status. Without Debug: a body may hold a phone number or a token.
pub(super) struct Answer {
    pub(super) status: u16,
    /// Seconds, where the header gives them.
    pub(super) retry_after: Option<i64>,
    pub(super) body: Vec<u8>,
}

impl Http {
    /// A client with time limits, without redirects (they would carry secrets elsewhere) and without silent retries
    /// (asking for money is not idempotent).
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

    /// Asks for a token.
    pub(super) async fn token(&self, basic: &SecretString) -> Result<Answer, Fault> {
        let url = format!("{}/oauth/v1/generate?grant_type=client_credentials", self.base);
        answer(self.client.get(url).header(AUTHORIZATION, basic.expose_secret())).await
    }

    /// Posts a body. An error means that no complete answer came: [`FaultKind::Transient`] when the request never left,
    /// [`FaultKind::Unknown`] when it may have been acted upon.
    pub(super) async fn post(
        &self,
        path: &str,
        token: &SecretString,
        body: &Value,
    ) -> Result<Answer, Fault> {
        let url = format!("{}{path}", self.base);
        answer(self.client.post(url).bearer_auth(token.expose_secret()).json(body)).await
    }
}

async fn answer(request: RequestBuilder) -> Result<Answer, Fault> {
    let mut response = request.send().await.map_err(unanswered)?;
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
    Ok(Answer { status, retry_after, body })
}

/// No answer. Only a connection that was never made proves that nothing happened.
fn unanswered(error: reqwest::Error) -> Fault {
    let (kind, detail) = if error.is_builder() {
        (FaultKind::Misconfigured, "Daraja's address can't be used")
    } else if error.is_connect() {
        (FaultKind::Transient, "Daraja can't be reached")
    } else if error.is_timeout() {
        (FaultKind::Unknown, "Daraja did not answer in time")
    } else {
        (FaultKind::Unknown, "the connection broke before the answer was complete")
    };
    Fault::new(kind, detail).with_source(error.without_url())
}
