//! Brings letters to whoever is to hear of something, one after another and each once, and remembers what became of them.

use std::collections::VecDeque;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};

/// Nobody waits longer for an answer to a letter.
const PATIENCE: Duration = Duration::from_secs(10);

/// Letters that are remembered.
const KEPT: usize = 10_000;

/// A callback, notification or webhook on its way.
pub(super) trait Letter: Debug + Send + 'static {
    /// The letter and how it was answered.
    type Sent: Debug + Clone + Send + 'static;

    /// Brings it.
    fn bring(self, client: &reqwest::Client) -> impl Future<Output = Self::Sent> + Send;
}

#[derive(Debug)]
struct Job<L> {
    letter: L,
    done: oneshot::Sender<()>,
}

/// Queues letters for a task that brings them in order.
#[derive(Debug)]
pub(super) struct Courier<L: Letter> {
    queue: mpsc::UnboundedSender<Job<L>>,
    shared: Arc<Shared<L::Sent>>,
    /// Letters that wait to be let go; `None` when nothing is held back.
    held: Mutex<Option<Vec<L>>>,
}

#[derive(Debug)]
struct Shared<S> {
    sent: Mutex<VecDeque<S>>,
    pending: watch::Sender<usize>,
}

impl<L: Letter> Courier<L> {
    /// Starts the task; it ends when the courier is dropped.
    pub(super) fn start() -> Self {
        let (queue, jobs) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared { sent: Mutex::default(), pending: watch::Sender::new(0) });
        tokio::spawn(run(jobs, Arc::clone(&shared)));
        Self { queue, shared, held: Mutex::default() }
    }

    /// Sends a letter, or keeps it while letters are held back. The receiver hears when it has been answered.
    pub(super) fn send(&self, letter: L) -> Option<oneshot::Receiver<()>> {
        if let Some(held) = lock(&self.held).as_mut() {
            held.push(letter);
            return None;
        }
        let (done, heard) = oneshot::channel();
        self.shared.pending.send_modify(|pending| *pending += 1);
        if self.queue.send(Job { letter, done }).is_err() {
            // The runtime is going down and has taken the task with it.
            self.shared.pending.send_modify(|pending| *pending -= 1);
        }
        Some(heard)
    }

    pub(super) fn hold(&self) {
        lock(&self.held).get_or_insert_default();
    }

    /// Sends what was held back, in order, and holds nothing back any more.
    pub(super) fn release(&self) {
        // Taken first: sending looks at the same lock.
        let held = lock(&self.held).take().unwrap_or_default();
        for letter in held {
            drop(self.send(letter));
        }
    }

    /// What was brought and how it was answered, oldest first; of a great many the newest.
    pub(super) fn sent(&self) -> Vec<L::Sent> {
        lock(&self.shared.sent).iter().cloned().collect()
    }

    /// Returns once every letter so far has been answered.
    pub(super) async fn settle(&self) {
        let mut pending = self.shared.pending.subscribe();
        // The sender lives in `shared`, so it can't be gone.
        drop(pending.wait_for(|pending| *pending == 0).await);
    }
}

async fn run<L: Letter>(mut jobs: mpsc::UnboundedReceiver<Job<L>>, shared: Arc<Shared<L::Sent>>) {
    let client = reqwest::Client::builder().timeout(PATIENCE).no_proxy().build();
    let client = client.unwrap_or_default();
    while let Some(Job { letter, done }) = jobs.recv().await {
        let sent = letter.bring(&client).await;
        {
            let mut all = lock(&shared.sent);
            if all.len() == KEPT {
                all.pop_front();
            }
            all.push_back(sent);
        }
        shared.pending.send_modify(|pending| *pending -= 1);
        // Nobody needs to wait for it.
        done.send(()).ok();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
