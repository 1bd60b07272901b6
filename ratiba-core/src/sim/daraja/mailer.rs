//! Posts callbacks, one after another and each once, and remembers how each was answered.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};

/// Nobody waits longer for an answer to a callback.
const PATIENCE: Duration = Duration::from_secs(10);

/// A callback that was posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// Where.
    pub url: String,
    /// The bytes.
    pub body: Vec<u8>,
    /// The status of the answer; `None` when there was none.
    pub status: Option<u16>,
}

/// A callback on its way.
#[derive(Debug)]
pub(super) struct Letter {
    pub(super) url: String,
    pub(super) shortcode: String,
    pub(super) body: String,
}

#[derive(Debug)]
struct Job {
    letter: Letter,
    done: oneshot::Sender<()>,
}

/// Queues callbacks for a task that posts them in order.
#[derive(Debug)]
pub(super) struct Mailer {
    queue: mpsc::UnboundedSender<Job>,
    shared: Arc<Shared>,
    /// Callbacks that wait to be let go; `None` when nothing is held back.
    held: Mutex<Option<Vec<Letter>>>,
}

#[derive(Debug)]
struct Shared {
    posted: Mutex<Vec<Posted>>,
    pending: watch::Sender<usize>,
}

impl Mailer {
    /// Starts the task; it ends when the mailer is dropped.
    pub(super) fn start() -> Self {
        let (queue, jobs) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared { posted: Mutex::default(), pending: watch::Sender::new(0) });
        tokio::spawn(run(jobs, Arc::clone(&shared)));
        Self { queue, shared, held: Mutex::default() }
    }

    /// Posts a callback, or keeps it while callbacks are held back. The receiver hears when it has been answered.
    pub(super) fn post(&self, letter: Letter) -> Option<oneshot::Receiver<()>> {
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
        // Taken first: posting looks at the same lock.
        let held = lock(&self.held).take().unwrap_or_default();
        for letter in held {
            drop(self.post(letter));
        }
    }

    pub(super) fn posted(&self) -> Vec<Posted> {
        lock(&self.shared.posted).clone()
    }

    /// Returns once every callback so far has been answered.
    pub(super) async fn settle(&self) {
        let mut pending = self.shared.pending.subscribe();
        // The sender lives in `shared`, so it can't be gone.
        drop(pending.wait_for(|pending| *pending == 0).await);
    }
}

async fn run(mut jobs: mpsc::UnboundedReceiver<Job>, shared: Arc<Shared>) {
    let client = reqwest::Client::new();
    while let Some(Job { letter, done }) = jobs.recv().await {
        let answer = client
            .post(&letter.url)
            .timeout(PATIENCE)
            .header("content-type", "application/json;charset=UTF-8")
            .header("Businessshortcode", &letter.shortcode)
            .body(letter.body.clone())
            .send()
            .await;
        lock(&shared.posted).push(Posted {
            url: letter.url,
            body: letter.body.into_bytes(),
            status: answer.ok().map(|answer| answer.status().as_u16()),
        });
        shared.pending.send_modify(|pending| *pending -= 1);
        // Nobody needs to wait for it.
        done.send(()).ok();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
