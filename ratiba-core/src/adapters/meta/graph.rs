//! The one place that talks to the Graph API: posts a body with a token and hands back what a decision needs.

use std::time::Duration;

use reqwest::Client;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::super::http::{self, Answer};
use crate::ports::fault::{Fault, FaultKind};

/// Meta usually answers within a second; past this the outcome is unknown, and waiting longer only holds the lane.
const WHOLE_REQUEST: Duration = Duration::from_secs(20);
const API: &str = "the Graph API";

/// A client for one version of the API.
#[derive(Debug, Clone)]
pub(super) struct Graph {
    http: Client,
    /// Base address and version, without a slash at the end.
    base: String,
}

/// A client with time limits, without redirects (they would carry the token elsewhere) and without silent retries
/// (a send is not idempotent).
pub(super) fn default_client() -> Result<Client, reqwest::Error> {
    http::client().timeout(WHOLE_REQUEST).build()
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
    ) -> Result<Answer, Fault> {
        let url = self.below(account)?;
        let request = self.http.post(format!("{url}/messages")).json(body);
        http::send(request.bearer_auth(token.expose_secret()), API).await
    }

    /// Asks for an account's own id: the smallest question that proves its token. Nothing is changed by it, so nothing is unknown.
    pub(super) async fn get_id(
        &self,
        account: &str,
        token: &SecretString,
    ) -> Result<Answer, Fault> {
        let url = self.below(account)?;
        let request = self.http.get(format!("{url}?fields=id"));
        http::send(request.bearer_auth(token.expose_secret()), API).await.map_err(Fault::harmless)
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
