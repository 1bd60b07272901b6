//! Posts notifications, one after another, and remembers how each was answered.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot, watch};

/// Nobody waits longer for an answer to a notification.
const PATIENCE: Duration = Duration::from_secs(10);

/// A notification that was sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Notified {
    /// Where.
    pub url: String,
    /// By GET, the names in the query; else by POST.
    pub by_get: bool,
    /// The status of the answer; `None` when there was none.
    pub status: Option<u16>,
    /// The answer, where it is JSON.
    pub answer: Option<Value>,
}

/// A notification on its way.
#[derive(Debug, Clone)]
pub(super) struct Letter {
    pub(super) url: String,
    pub(super) by_get: bool,
    pub(super) tracking_id: String,
    pub(super) reference: String,
}

#[derive(Debug)]
struct Job {
    letter: Letter,
    done: oneshot::Sender<()>,
}

/// Queues notifications for a task that sends them in order.
#[derive(Debug)]
pub(super) struct Courier {
    queue: mpsc::UnboundedSender<Job>,
    shared: Arc<Shared>,
    /// Notifications that wait to be let go; `None` when nothing is held back.
    held: Mutex<Option<Vec<Letter>>>,
}

#[derive(Debug)]
struct Shared {
    sent: Mutex<Vec<Notified>>,
    pending: watch::Sender<usize>,
}

impl Courier {
    /// Starts the task; it ends when the courier is dropped.
    pub(super) fn start() -> Self {
        let (queue, jobs) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared { sent: Mutex::default(), pending: watch::Sender::new(0) });
        tokio::spawn(run(jobs, Arc::clone(&shared)));
        Self { queue, shared, held: Mutex::default() }
    }

    /// Sends one, or keeps it while they are held back. The receiver hears when it has been answered.
    pub(super) fn send(&self, letter: Letter) -> Option<oneshot::Receiver<()>> {
        if let Some(held) = lock(&self.held).as_mut() {
            held.push(letter);
            return None;
        }
        let (done, heard) = oneshot::channel();
        self.shared.pending.send_modify(|pending| *pending += 1);
        // The task lives as long as this queue.
        drop(self.queue.send(Job { letter, done }));
        Some(heard)
    }

    pub(super) fn hold(&self) {
        lock(&self.held).get_or_insert_default();
    }

    pub(super) fn release(&self) {
        // Taken first: sending looks at the same lock.
        let held = lock(&self.held).take().unwrap_or_default();
        for letter in held {
            drop(self.send(letter));
        }
    }

    pub(super) fn sent(&self) -> Vec<Notified> {
        lock(&self.shared.sent).clone()
    }

    /// Returns once every notification so far has been answered.
    pub(super) async fn settle(&self) {
        let mut pending = self.shared.pending.subscribe();
        // The sender lives in `shared`, so it can't be gone.
        drop(pending.wait_for(|pending| *pending == 0).await);
    }
}

async fn run(mut jobs: mpsc::UnboundedReceiver<Job>, shared: Arc<Shared>) {
    let client = reqwest::Client::new();
    while let Some(Job { letter, done }) = jobs.recv().await {
        let Letter { url, by_get, tracking_id, reference } = letter;
        let names = [
            ("OrderTrackingId", tracking_id.as_str()),
            ("OrderMerchantReference", reference.as_str()),
            ("OrderNotificationType", "IPNCHANGE"),
        ];
        let request = if by_get {
            let with = reqwest::Url::parse_with_params(&url, names);
            with.ok().map(|with| client.get(with))
        } else {
            let body: serde_json::Map<String, Value> =
                names.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
            Some(client.post(&url).json(&body))
        };
        let mut notified = Notified { url, by_get, status: None, answer: None };
        if let Some(request) = request
            && let Ok(answer) = request.timeout(PATIENCE).send().await
        {
            notified.status = Some(answer.status().as_u16());
            notified.answer = answer.json().await.ok();
        }
        lock(&shared.sent).push(notified);
        shared.pending.send_modify(|pending| *pending -= 1);
        // Nobody needs to wait for it.
        done.send(()).ok();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
