//! Posts webhooks, one after another, and remembers how each was answered.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use tokio::sync::{mpsc, oneshot, watch};

use super::faults::WebhookFault;
use super::payload::{Item, add_malformed_item, envelope, meta_json};

/// Posts whose answers are remembered.
const KEPT: usize = 10_000;

/// A webhook that was posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// The HTTP status of the answer; `None` when there was none.
    pub status: Option<u16>,
    /// The bytes that were posted.
    pub body: Vec<u8>,
}

/// A body on its way.
struct Job {
    body: Vec<u8>,
    header: Option<(&'static str, String)>,
    done: Option<oneshot::Sender<()>>,
}

/// Queues webhooks for a task that posts them in order.
#[derive(Debug)]
pub(super) struct Mailer {
    queue: mpsc::UnboundedSender<Job>,
    shared: Arc<Shared>,
    secret: String,
}

#[derive(Debug)]
struct Shared {
    target: Mutex<Option<String>>,
    posted: Mutex<Vec<Posted>>,
    pending: watch::Sender<usize>,
}

impl Mailer {
    /// Starts the task; it ends when the mailer is dropped.
    pub(super) fn start(secret: String) -> Self {
        let (queue, jobs) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            target: Mutex::default(),
            posted: Mutex::default(),
            pending: watch::Sender::new(0),
        });
        tokio::spawn(run(jobs, Arc::clone(&shared)));
        Self { queue, shared, secret }
    }

    /// Where webhooks go from now on.
    pub(super) fn set_target(&self, url: &str) {
        *lock(&self.shared.target) = Some(url.to_owned());
    }

    pub(super) fn target(&self) -> Option<String> {
        lock(&self.shared.target).clone()
    }

    /// Everything that was posted and how it was answered, oldest first.
    pub(super) fn posted(&self) -> Vec<Posted> {
        lock(&self.shared.posted).clone()
    }

    /// Returns once every webhook so far has been answered.
    pub(super) async fn settle(&self) {
        let mut pending = self.shared.pending.subscribe();
        // The sender lives in `shared`, so it can't be gone.
        drop(pending.wait_for(|pending| *pending == 0).await);
    }

    /// Queues one body; the receiver hears when it has been answered.
    pub(super) fn post(
        &self,
        items: &[Item],
        fault: Option<WebhookFault>,
    ) -> oneshot::Receiver<()> {
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
    ) -> oneshot::Receiver<()> {
        let (done, heard) = oneshot::channel();
        self.shared.pending.send_modify(|pending| *pending += 1);
        if self.queue.send(Job { body, header, done: Some(done) }).is_err() {
            // The runtime is going down and has taken the task with it.
            self.shared.pending.send_modify(|pending| *pending -= 1);
        }
        heard
    }
}

async fn run(mut jobs: mpsc::UnboundedReceiver<Job>, shared: Arc<Shared>) {
    let client = reqwest::Client::builder().timeout(Duration::from_secs(10)).no_proxy().build();
    while let Some(job) = jobs.recv().await {
        let target = lock(&shared.target).clone();
        let status = match (&client, target) {
            (Ok(client), Some(url)) => {
                let mut request = client
                    .post(url)
                    .header("content-type", "application/json")
                    .body(job.body.clone());
                if let Some((name, value)) = job.header {
                    request = request.header(name, value);
                }
                request.send().await.ok().map(|answer| answer.status().as_u16())
            }
            (Ok(_) | Err(_), _) => None,
        };
        {
            let mut posted = lock(&shared.posted);
            if posted.len() == KEPT {
                posted.drain(..KEPT / 2);
            }
            posted.push(Posted { status, body: job.body });
        }
        shared.pending.send_modify(|pending| *pending -= 1);
        if let Some(done) = job.done {
            // Most senders do not wait, and then nobody is there to hear it.
            let _heard = done.send(());
        }
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
