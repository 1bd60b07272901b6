//! How the adapters talk HTTP: limits of time and size, no redirects (they would carry secrets elsewhere), no silent retries (neither a
//! payment nor a message is idempotent), and what it means when no answer comes.

use std::time::Duration;

use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Client, ClientBuilder, RequestBuilder, Response, redirect};

use crate::ports::fault::{Fault, FaultKind};

const CONNECT: Duration = Duration::from_secs(5);

/// No answer of the providers comes near this; an edge's page might.
const MOST_BYTES: usize = 1 << 20;

/// What every client starts from. How long a whole request may take is not set.
pub(super) fn client() -> ClientBuilder {
    Client::builder()
        .user_agent(concat!("ratiba/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT)
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
}

/// Why a body could not be read.
pub(super) enum Unread {
    /// It broke off.
    Broken(reqwest::Error),
    /// It is longer than any answer.
    Endless,
}

/// Reads a body of so many bytes at most.
pub(super) async fn body(mut response: Response, most: usize) -> Result<Vec<u8>, Unread> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(Unread::Broken)? {
        if body.len() + chunk.len() > most {
            return Err(Unread::Endless);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// A header's text.
pub(super) fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// An answer of any status. Without Debug: a body may hold a phone number, a token or a masked card.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// Seconds to wait, where the header gives them.
    pub(super) fn retry_after(&self) -> Option<i64> {
        header(&self.headers, RETRY_AFTER.as_str())?.trim().parse().ok()
    }

    /// An answer without headers.
    #[cfg(test)]
    pub(super) fn of(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: HeaderMap::new(), body: body.into() }
    }
}

/// Sends a request and reads the whole answer. An error means that no complete answer came: [`FaultKind::Transient`] when the request never
/// left, [`FaultKind::Unknown`] when it may have been acted upon. `whose` names the provider, in the fault's words.
pub(super) async fn send(request: RequestBuilder, whose: &str) -> Result<Answer, Fault> {
    let response = request.send().await.map_err(|error| unanswered(error, whose))?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = body(response, MOST_BYTES).await.map_err(|unread| match unread {
        Unread::Broken(error) => unanswered(error, whose),
        Unread::Endless => Fault::new(FaultKind::Unknown, "the answer has no end"),
    })?;
    Ok(Answer { status, headers, body })
}

/// No answer. Only a connection that was never made proves that nothing happened.
fn unanswered(error: reqwest::Error, whose: &str) -> Fault {
    let (kind, detail) = if error.is_builder() {
        (FaultKind::Misconfigured, format!("{whose}'s address or key can't be used"))
    } else if error.is_connect() {
        (FaultKind::Transient, format!("{whose} can't be reached"))
    } else if error.is_timeout() {
        (FaultKind::Unknown, format!("{whose} did not answer in time"))
    } else {
        (FaultKind::Unknown, "the connection broke before the answer was complete".to_owned())
    };
    Fault::new(kind, detail).with_source(error.without_url())
}

/// A client below one address, for one provider.
#[cfg(any(feature = "daraja", feature = "pesapal", feature = "africastalking"))]
#[derive(Debug, Clone)]
pub(super) struct Http {
    client: Client,
    base: String,
    whose: &'static str,
}

#[cfg(any(feature = "daraja", feature = "pesapal", feature = "africastalking"))]
impl Http {
    /// A client; `timeout` is for a whole request. Does no I/O.
    pub(super) fn new(whose: &'static str, base: &str, timeout: Duration) -> Result<Self, Fault> {
        let client = client().connect_timeout(CONNECT.min(timeout)).timeout(timeout).build();
        let client = client.map_err(|error| {
            Fault::new(FaultKind::Misconfigured, "no HTTP client can be made").with_source(error)
        })?;
        Ok(Self { client, base: base.trim_end_matches('/').to_owned(), whose })
    }

    /// The address that paths are below, without a slash at the end.
    #[cfg(feature = "pesapal")]
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// Begins a question that changes nothing.
    pub(super) fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.base))
    }

    /// Begins a request to do something.
    pub(super) fn post(&self, path: &str) -> RequestBuilder {
        self.client.post(format!("{}{path}", self.base))
    }

    /// Sends a request; see [`send`] for what an error says.
    pub(super) async fn send(&self, request: RequestBuilder) -> Result<Answer, Fault> {
        send(request, self.whose).await
    }
}
