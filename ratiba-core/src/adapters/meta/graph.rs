//! The one place that talks to the Graph API: posts a body with a token and hands back what a decision needs.

use std::time::Duration;

use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Client, RequestBuilder, redirect};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::error::Answer;
use crate::ports::fault::{Fault, FaultKind};

/// Meta usually answers within a second; past this the outcome is unknown, and waiting longer only holds the lane.
const WHOLE_REQUEST: Duration = Duration::from_secs(20);
const CONNECT: Duration = Duration::from_secs(5);
/// No answer of the endpoints that we use comes near this.
const MAX_ANSWER: usize = 1 << 20;

/// A client for one version of the API.
#[derive(Debug, Clone)]
pub(super) struct Graph {
    http: Client,
    /// Base address and version, without a slash at the end.
    base: String,
}

/// An answer, owned.
#[derive(Debug)]
pub(super) struct Reply {
    status: u16,
    retry_after: Option<String>,
    usage: Option<String>,
    body: Vec<u8>,
}

impl Reply {
    /// The parts that a decision needs.
    pub(super) fn answer(&self) -> Answer<'_> {
        Answer {
            status: self.status,
            retry_after: self.retry_after.as_deref(),
            usage: self.usage.as_deref(),
            body: &self.body,
        }
    }
}

/// A client with time limits, without redirects (they would carry the token elsewhere) and without silent retries
/// (a send is not idempotent).
pub(super) fn default_client() -> Result<Client, reqwest::Error> {
    Client::builder()
        .user_agent(concat!("ratiba/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT)
        .timeout(WHOLE_REQUEST)
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .build()
}

impl Graph {
    /// A client below `url`.
    pub(super) fn new(http: Client, url: &str, version: &str) -> Self {
        Self { http, base: format!("{}/{version}", url.trim_end_matches('/')) }
    }

    /// Posts `body` to `<account>/messages`. An error means that no answer came: [`FaultKind::Transient`] when the request
    /// never left, [`FaultKind::Unknown`] when it may have been acted upon.
    pub(super) async fn post_message(
        &self,
        account: &str,
        token: &SecretString,
        body: &Value,
    ) -> Result<Reply, Fault> {
        let url = self.below(account)?;
        let request = self.http.post(format!("{url}/messages")).json(body);
        read(request.bearer_auth(token.expose_secret())).await
    }

    /// Asks for an account's own id: the smallest question that proves its token. Nothing is changed by it, so nothing is unknown.
    pub(super) async fn get_id(&self, account: &str, token: &SecretString) -> Result<Reply, Fault> {
        let url = self.below(account)?;
        let request = self.http.get(format!("{url}?fields=id"));
        read(request.bearer_auth(token.expose_secret())).await.map_err(Fault::harmless)
    }

    /// The address of an account.
    fn below(&self, account: &str) -> Result<String, Fault> {
        // The account comes from our own database; still, it must not be able to point elsewhere.
        if account.is_empty() || !account.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            return Err(Fault::new(FaultKind::Misconfigured, "the account id is no id of Meta's"));
        }
        Ok(format!("{}/{account}", self.base))
    }
}

async fn read(request: RequestBuilder) -> Result<Reply, Fault> {
    let mut response = request.send().await.map_err(unanswered)?;
    let status = response.status().as_u16();
    let retry_after = header(response.headers(), RETRY_AFTER.as_str());
    let usage = header(response.headers(), "x-business-use-case-usage");
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unanswered)? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(Fault::new(FaultKind::Unknown, "the answer has no end"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Reply { status, retry_after, usage, body })
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// The request got no answer. Only a connection that was never made proves that nothing happened.
fn unanswered(error: reqwest::Error) -> Fault {
    let (kind, detail) = if error.is_builder() {
        (FaultKind::Misconfigured, "the Graph API's address or token can't be used")
    } else if error.is_connect() {
        (FaultKind::Transient, "the Graph API can't be reached")
    } else if error.is_timeout() {
        (FaultKind::Unknown, "the Graph API did not answer in time")
    } else {
        (FaultKind::Unknown, "the connection broke before the answer was complete")
    };
    Fault::new(kind, detail).with_source(error.without_url())
}
