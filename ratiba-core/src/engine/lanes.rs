//! Deliveries in order: jobs of one key run one after another, jobs of different keys side by side.

use std::collections::{HashMap, VecDeque};
use std::future::Future;
use std::hash::Hash;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Keyed queues; a key costs memory only while it has jobs.
#[derive(Clone)]
pub(super) struct Lanes<K> {
    queues: Arc<Mutex<HashMap<K, VecDeque<Job>>>>,
}

impl<K> Default for Lanes<K> {
    fn default() -> Self {
        Self { queues: Arc::default() }
    }
}

impl<K> std::fmt::Debug for Lanes<K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Lanes")
    }
}

impl<K: Eq + Hash + Clone + Send + 'static> Lanes<K> {
    /// Runs the job after all jobs of the same key that were pushed before it.
    pub(super) fn push(&self, key: K, job: impl Future<Output = ()> + Send + 'static) {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        let running = queues.contains_key(&key);
        queues.entry(key.clone()).or_default().push_back(Box::pin(job));
        if !running {
            let lanes = self.clone();
            tokio::spawn(async move { lanes.drain(key).await });
        }
    }

    /// The same unless a job of the key waits already, which will see what this one would.
    pub(super) fn push_unless_waiting(
        &self,
        key: K,
        job: impl Future<Output = ()> + Send + 'static,
    ) {
        let waits = {
            let queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
            queues.get(&key).is_some_and(|queue| !queue.is_empty())
        };
        if !waits {
            self.push(key, job);
        }
    }

    /// Whether a job of the key is waiting or running.
    pub(super) fn is_busy(&self, key: &K) -> bool {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner).contains_key(key)
    }

    /// Whether any job is waiting or running.
    pub(super) fn is_idle(&self) -> bool {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    async fn drain(&self, key: K) {
        loop {
            let job = {
                let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
                let Some(job) = queues.get_mut(&key).and_then(VecDeque::pop_front) else {
                    queues.remove(&key);
                    return;
                };
                job
            };
            job.await;
        }
    }
}
