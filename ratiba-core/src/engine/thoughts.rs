//! What models are thinking about just now in this process, by the message that caused it.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::SignedDuration;
use tokio::sync::watch;

use crate::domain::id::{InboxId, TenantId};
use crate::language::understanding::Understanding;

/// Finished thoughts that nobody has fetched are forgotten beyond so many.
const KEPT: usize = 4_096;

/// Which thought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key {
    tenant: TenantId,
    inbox: InboxId,
    answering: bool,
}

impl Key {
    /// About what the customer meant.
    pub(super) const fn hearing(tenant: TenantId, inbox: InboxId) -> Self {
        Self { tenant, inbox, answering: false }
    }

    /// About their question.
    pub(super) const fn answering(tenant: TenantId, inbox: InboxId) -> Self {
        Self { tenant, inbox, answering: true }
    }
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Made {
    /// What the customer meant; also when that is what the ear had heard.
    Heard(Box<Understanding>),
    /// An answer.
    Answer(String),
    /// Nothing: the deterministic answer stands.
    Nothing,
    /// Nothing, because the booking has cost what it may.
    Ceiling,
}

/// Thoughts under way. Cheap to clone; every clone is the same.
#[derive(Debug, Clone, Default)]
pub(super) struct Thoughts {
    under_way: Arc<Mutex<HashMap<Key, watch::Receiver<Option<Made>>>>>,
}

impl Thoughts {
    /// Waits for a thought, at most so long; begins it where nobody has. It goes on when the wait is over, and whoever waits next finds it.
    pub(super) async fn wait<F>(
        &self,
        key: Key,
        patience: SignedDuration,
        begin: impl FnOnce() -> F,
    ) -> Option<Made>
    where
        F: Future<Output = Made> + Send + 'static,
    {
        let mut receiver = self.find_or_begin(key, begin);
        let patience = Duration::try_from(patience).unwrap_or(Duration::ZERO);
        if patience.is_zero() {
            return receiver.borrow().clone();
        }
        let made = tokio::time::timeout(patience, receiver.wait_for(Option::is_some)).await;
        match made {
            Ok(Ok(made)) => made.clone(),
            // Its task has ended without a word: a panic, or a runtime that shuts down.
            Ok(Err(_)) => {
                self.forget(key);
                Some(Made::Nothing)
            }
            Err(_) => None,
        }
    }

    /// Forgets a thought that has been made use of.
    pub(super) fn forget(&self, key: Key) {
        self.lock().remove(&key);
    }

    fn find_or_begin<F>(&self, key: Key, begin: impl FnOnce() -> F) -> watch::Receiver<Option<Made>>
    where
        F: Future<Output = Made> + Send + 'static,
    {
        let mut under_way = self.lock();
        if let Some(receiver) = under_way.get(&key) {
            return receiver.clone();
        }
        if under_way.len() >= KEPT {
            under_way.retain(|_, receiver| receiver.borrow().is_none());
        }
        let (sender, receiver) = watch::channel(None);
        let thought = begin();
        tokio::spawn(async move {
            let made = thought.await;
            // Nobody waiting is no error.
            let _ = sender.send(Some(made));
        });
        under_way.insert(key, receiver.clone());
        receiver
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Key, watch::Receiver<Option<Made>>>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::domain::id::Mint;

    fn key() -> Key {
        let mint = Mint { at: jiff::Timestamp::UNIX_EPOCH, seed: 1 };
        Key::hearing(mint.id(0), mint.id(1))
    }

    #[tokio::test]
    async fn a_thought_is_thought_once_whoever_waits() {
        let thoughts = Thoughts::default();
        let count = Arc::new(AtomicU32::new(0));
        let begin = || {
            let count = Arc::clone(&count);
            async move {
                count.fetch_add(1, Ordering::SeqCst);
                Made::Answer("yes".into())
            }
        };
        for _ in 0..3 {
            let made = thoughts.wait(key(), SignedDuration::from_secs(5), begin).await;
            assert_eq!(made, Some(Made::Answer("yes".into())));
        }
        assert_eq!(count.load(Ordering::SeqCst), 1);
        thoughts.forget(key());
        thoughts.wait(key(), SignedDuration::from_secs(5), begin).await;
        assert_eq!(count.load(Ordering::SeqCst), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_thought_goes_on_when_the_wait_is_over() {
        let thoughts = Thoughts::default();
        let (go, gone) = tokio::sync::oneshot::channel::<()>();
        let slow = || async {
            let _ = gone.await;
            Made::Nothing
        };
        assert_eq!(thoughts.wait(key(), SignedDuration::from_millis(10), slow).await, None);
        drop(go);
        let never = || std::future::pending::<Made>();
        let made = thoughts.wait(key(), SignedDuration::from_secs(5), never).await;
        assert_eq!(made, Some(Made::Nothing));
    }

    #[tokio::test]
    async fn a_thought_that_dies_is_none() {
        let thoughts = Thoughts::default();
        let dies = || async { panic!("as a bug would") };
        let made = thoughts.wait(key(), SignedDuration::from_secs(5), dies).await;
        assert_eq!(made, Some(Made::Nothing));
    }
}
