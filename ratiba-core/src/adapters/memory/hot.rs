//! Leases on lanes and counters for rate limits, within one process.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::SignedDuration;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use super::holds;
use super::sweep::Sweeping;
use crate::ports::fault::Fault;
use crate::ports::hot::{HotState, Lane, Lease};

/// Hot state of one process, on its monotonic clock. What has run out is swept away, so it stays as large as what is in use.
#[derive(Debug, Default)]
pub struct MemoryHotState {
    lanes: Mutex<Lanes>,
    windows: Mutex<Sweeping<String, Window>>,
    pub(super) holds: Mutex<Vec<holds::Held>>,
    pub(super) offers: Mutex<HashSet<Lane>>,
}

impl MemoryHotState {
    /// Nothing is leased, nothing is counted.
    pub fn new() -> Self {
        Self::default()
    }

    fn lanes(&self) -> MutexGuard<'_, Lanes> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl HotState for MemoryHotState {
    async fn acquire(
        &self,
        lane: Lane,
        ttl: SignedDuration,
        patience: SignedDuration,
    ) -> Result<Option<Lease>, Fault> {
        let ttl = unsigned(ttl);
        let deadline = Instant::now() + unsigned(patience);
        if let Ok(lease) = self.lanes().take(lane, ttl) {
            return Ok(Some(lease));
        }
        let waiter = Waiter::join(self, lane);
        loop {
            let taken = self.lanes().take(lane, ttl);
            match taken {
                Ok(lease) => return Ok(Some(lease)),
                Err(_) if Instant::now() >= deadline => return Ok(None),
                // A lane given back between the two lines rings for the next listener, so nothing is missed.
                Err(kept_until) => {
                    let _ = timeout_at(deadline.min(kept_until), waiter.bell.notified()).await;
                }
            }
        }
    }

    async fn release(&self, lane: Lane, lease: Lease) -> Result<(), Fault> {
        self.lanes().give_back(lane, lease);
        Ok(())
    }

    async fn allow(&self, key: &str, limit: u32, window: SignedDuration) -> Result<bool, Fault> {
        let now = Instant::now();
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        windows.sweep(|window| window.ends > now);
        let fresh = || Window { ends: now + unsigned(window), used: 0 };
        let counter = windows.entries.entry(key.to_owned()).or_insert_with(fresh);
        if counter.ends <= now {
            *counter = fresh();
        }
        counter.used = counter.used.saturating_add(1);
        Ok(counter.used <= limit)
    }

    async fn ping(&self) -> Result<(), Fault> {
        Ok(())
    }
}

/// Uses of a key within its current window, which opens with the first use.
#[derive(Debug)]
struct Window {
    ends: Instant,
    used: u32,
}

#[derive(Debug, Default)]
struct Lanes {
    held: Sweeping<Lane, Held>,
    /// One counter for all lanes grows for each of them, and needs no entry to outlive its lease.
    fence: u64,
}

/// A lane that is leased, was leased, or is waited for.
#[derive(Debug)]
struct Held {
    /// The lease in force; `None` once it was given back.
    fence: Option<u64>,
    until: Instant,
    waiting: usize,
    bell: Arc<Notify>,
}

impl Held {
    fn free() -> Self {
        Self { fence: None, until: Instant::now(), waiting: 0, bell: Arc::default() }
    }
}

impl Lanes {
    /// Takes the lane, or says until when it is kept at most.
    fn take(&mut self, lane: Lane, ttl: Duration) -> Result<Lease, Instant> {
        let now = Instant::now();
        self.held.sweep(|held| held.waiting > 0 || held.until > now);
        let held = self.held.entries.entry(lane).or_insert_with(Held::free);
        if held.fence.is_some() && held.until > now {
            return Err(held.until);
        }
        self.fence += 1;
        held.fence = Some(self.fence);
        held.until = now + ttl;
        Ok(Lease { fence: self.fence })
    }

    fn give_back(&mut self, lane: Lane, lease: Lease) {
        let Some(held) = self.held.entries.get_mut(&lane) else { return };
        if held.fence != Some(lease.fence) {
            return;
        }
        held.fence = None;
        if held.waiting > 0 {
            held.bell.notify_one();
        } else {
            self.held.entries.remove(&lane);
        }
    }
}

/// Somebody who waits for a lane; no longer counted when they give up or are cancelled.
struct Waiter<'a> {
    hot: &'a MemoryHotState,
    lane: Lane,
    bell: Arc<Notify>,
}

impl<'a> Waiter<'a> {
    /// Counts one more; the entry, and so its bell, stays while somebody is counted.
    fn join(hot: &'a MemoryHotState, lane: Lane) -> Self {
        let mut lanes = hot.lanes();
        let held = lanes.held.entries.entry(lane).or_insert_with(Held::free);
        held.waiting += 1;
        Self { hot, lane, bell: Arc::clone(&held.bell) }
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        let mut lanes = self.hot.lanes();
        let Some(held) = lanes.held.entries.get_mut(&self.lane) else { return };
        held.waiting -= 1;
        if held.waiting == 0 && held.fence.is_none() {
            lanes.held.entries.remove(&self.lane);
        }
    }
}

pub(super) fn unsigned(duration: SignedDuration) -> Duration {
    Duration::try_from(duration).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::sweep::SWEEP_FROM;
    use super::*;
    use crate::domain::id::Mint;

    const TTL: SignedDuration = SignedDuration::from_secs(30);

    fn lane(n: u32) -> Lane {
        let mint = Mint { at: jiff::Timestamp::UNIX_EPOCH, seed: 1 };
        Lane { tenant: mint.id(0), customer: mint.id(n) }
    }

    #[tokio::test]
    async fn nothing_is_kept_of_lanes_given_back() {
        let hot = MemoryHotState::new();
        for n in 1..100 {
            let lease = hot.acquire(lane(n), TTL, SignedDuration::ZERO).await.unwrap().unwrap();
            hot.release(lane(n), lease).await.unwrap();
        }
        assert!(hot.lanes().held.entries.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn what_has_run_out_is_swept_away() {
        let hot = MemoryHotState::new();
        for n in 0..10_000 {
            hot.acquire(lane(n), TTL, SignedDuration::ZERO).await.unwrap();
            hot.allow(&n.to_string(), 1, TTL).await.unwrap();
            tokio::time::advance(Duration::from_millis(100)).await;
        }
        assert!(hot.lanes().held.entries.len() <= 2 * SWEEP_FROM);
        assert!(hot.windows.lock().unwrap().entries.len() <= 2 * SWEEP_FROM);
    }
}
