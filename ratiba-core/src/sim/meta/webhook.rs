//! Webhooks as Meta signs and posts them, and how each was answered.

use std::sync::{Mutex, PoisonError};

use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use tokio::sync::oneshot;

use super::super::courier::{Courier, Letter};
use super::faults::WebhookFault;
use super::payload::{Item, add_malformed_item, envelope, meta_json};

/// A webhook that was posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// The HTTP status of the answer; `None` when there was none.
    pub status: Option<u16>,
    /// The bytes that were posted.
    pub body: Vec<u8>,
}

/// A webhook on its way.
#[derive(Debug)]
struct Hook {
    /// Nowhere, when nobody has said where webhooks go.
    url: Option<String>,
    body: Vec<u8>,
    header: Option<(&'static str, String)>,
}

impl Letter for Hook {
    type Sent = Posted;

    async fn bring(self, client: &reqwest::Client) -> Posted {
        let Self { url, body, header } = self;
        let Some(url) = url else { return Posted { status: None, body } };
        let request = client.post(url).header("content-type", "application/json");
        let request = match header {
            Some((name, value)) => request.header(name, value),
            None => request,
        };
        let answer = request.body(body.clone()).send().await;
        Posted { status: answer.ok().map(|answer| answer.status().as_u16()), body }
    }
}

/// Signs webhooks and sends them in order.
#[derive(Debug)]
pub(super) struct Mailer {
    courier: Courier<Hook>,
    target: Mutex<Option<String>>,
    secret: String,
}

impl Mailer {
    /// Starts the task that posts; it ends when the mailer is dropped.
    pub(super) fn start(secret: String) -> Self {
        Self { courier: Courier::start(), target: Mutex::default(), secret }
    }

    /// Where webhooks go from now on.
    pub(super) fn set_target(&self, url: &str) {
        *lock(&self.target) = Some(url.to_owned());
    }

    pub(super) fn target(&self) -> Option<String> {
        lock(&self.target).clone()
    }

    /// Everything that was posted and how it was answered, oldest first.
    pub(super) fn posted(&self) -> Vec<Posted> {
        self.courier.sent()
    }

    /// Returns once every webhook so far has been answered.
    pub(super) async fn settle(&self) {
        self.courier.settle().await;
    }

    /// Queues one body; the receiver hears when it has been answered.
    pub(super) fn post(
        &self,
        items: &[Item],
        fault: Option<WebhookFault>,
    ) -> Option<oneshot::Receiver<()>> {
        let mut whole = envelope(items);
        match fault {
            Some(WebhookFault::MalformedSibling) => add_malformed_item(&mut whole),
            Some(WebhookFault::InArray) => whole = Value::Array(vec![whole]),
            Some(_) | None => {}
        }
        let mut body = meta_json(&whole);
        if fault == Some(WebhookFault::Truncated) {
            body.truncate(body.len() / 2);
        }
        let header = match fault {
            Some(WebhookFault::NoSignature) => None,
            // SHA-1 is not computed: nobody may accept it, whatever it says.
            Some(WebhookFault::Sha1Only) => Some(("x-hub-signature", format!("sha1={:040}", 0))),
            Some(WebhookFault::WrongSignature) => Some(sha256(&sign("another secret", &body))),
            Some(WebhookFault::UppercaseHex) => {
                Some(sha256(&sign(&self.secret, &body).to_uppercase()))
            }
            Some(WebhookFault::SignedReencoded) => {
                Some(sha256(&sign(&self.secret, whole.to_string().as_bytes())))
            }
            Some(
                WebhookFault::Twice
                | WebhookFault::Truncated
                | WebhookFault::InArray
                | WebhookFault::MalformedSibling,
            )
            | None => Some(sha256(&sign(&self.secret, &body))),
        };
        if fault == Some(WebhookFault::Twice) {
            drop(self.enqueue(body.clone(), header.clone()));
        }
        self.enqueue(body, header)
    }

    /// Posts earlier bytes once more, correctly signed.
    pub(super) fn post_again(&self, body: Vec<u8>) {
        let header = sha256(&sign(&self.secret, &body));
        drop(self.enqueue(body, Some(header)));
    }

    fn enqueue(
        &self,
        body: Vec<u8>,
        header: Option<(&'static str, String)>,
    ) -> Option<oneshot::Receiver<()>> {
        self.courier.send(Hook { url: self.target(), body, header })
    }
}

fn sha256(hex: &str) -> (&'static str, String) {
    ("x-hub-signature-256", format!("sha256={hex}"))
}

fn sign(secret: &str, body: &[u8]) -> String {
    // HMAC takes keys of every length.
    Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_or_else(
        |_| String::new(),
        |mut mac| {
            mac.update(body);
            hex::encode(mac.finalize().into_bytes())
        },
    )
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_metas() {
        let body = br#"{"object":"page","entry":[]}"#;
        assert_eq!(
            sign("sim-app-secret", body),
            "dc96db67d817653fe6cd5b8150c69850fa5dd322d488da7f4ad879319a0b9413"
        );
    }
}
