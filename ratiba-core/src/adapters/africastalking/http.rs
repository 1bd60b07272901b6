//! The one place that talks to Africa's Talking: asks, posts a form, and hands back what a decision needs.

use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, RequestBuilder, redirect};
use secrecy::{ExposeSecret, SecretString};

use crate::ports::fault::{Fault, FaultKind};

const CONNECT: Duration = Duration::from_secs(5);
/// No answer comes near this; an edge page might.
const MAX_ANSWER: usize = 1 << 18;

/// A client of one environment.
#[derive(Debug, Clone)]
pub(super) struct Http {
    client: Client,
    base: String,
}

/// An answer of any status. Without Debug: a body holds phone numbers.
pub(super) struct Answer {
    pub(super) status: u16,
    /// Seconds, where the header gives them.
    pub(super) retry_after: Option<i64>,
    pub(super) body: Vec<u8>,
}

impl Http {
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

    /// Posts a form. An error means that no complete answer came: [`FaultKind::Transient`] when the request never left,
    /// [`FaultKind::Unknown`] when it may have been acted upon.
    pub(super) async fn post(
        &self,
        path: &str,
        api_key: &SecretString,
        form: &[(&str, &str)],
    ) -> Result<Answer, Fault> {
        let request = self.client.post(format!("{}{path}", self.base));
        let request =
            request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(encoded(form));
        Self::answer(request, api_key).await
    }

    /// Asks for something that changes nothing.
    pub(super) async fn get(
        &self,
        path: &str,
        api_key: &SecretString,
        query: &[(&str, &str)],
    ) -> Result<Answer, Fault> {
        let request = self.client.get(format!("{}{path}?{}", self.base, encoded(query)));
        Self::answer(request, api_key).await.map_err(Fault::harmless)
    }

    async fn answer(request: RequestBuilder, api_key: &SecretString) -> Result<Answer, Fault> {
        // Without the second they answer in XML.
        let request =
            request.header("apiKey", api_key.expose_secret()).header(ACCEPT, "application/json");
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
}

/// `name=value&…`, as forms are sent; a `+` becomes `%2B`.
fn encoded(form: &[(&str, &str)]) -> String {
    reqwest::Url::parse_with_params("form:", form)
        .ok()
        .and_then(|url| url.query().map(str::to_owned))
        .unwrap_or_default()
}

/// No answer. Only a connection that was never made proves that nothing happened.
fn unanswered(error: reqwest::Error) -> Fault {
    let (kind, detail) = if error.is_builder() {
        (FaultKind::Misconfigured, "the SMS provider's address or key can't be used")
    } else if error.is_connect() {
        (FaultKind::Transient, "the SMS provider can't be reached")
    } else if error.is_timeout() {
        (FaultKind::Unknown, "the SMS provider did not answer in time")
    } else {
        (FaultKind::Unknown, "the connection broke before the answer was complete")
    };
    Fault::new(kind, detail).with_source(error.without_url())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plus_and_an_ampersand_survive() {
        let form = encoded(&[("to", "+254712345678"), ("message", "a & b + c=é\n")]);
        assert_eq!(form, "to=%2B254712345678&message=a+%26+b+%2B+c%3D%C3%A9%0A");
    }
}
