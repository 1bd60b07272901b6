//! Hot state and wake-ups: both only save work. Losing all of it costs time, never facts.

use async_trait::async_trait;
use jiff::SignedDuration;

use super::fault::Fault;
use super::holds::SlotHolds;
use super::offers::LaneOffers;
use crate::domain::id::{CustomerId, TenantId};

/// The unit in which turns run one after another: one customer of one tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lane {
    /// Whose.
    pub tenant: TenantId,
    /// Who.
    pub customer: CustomerId,
}

/// Permission to take turns on a lane. The revision check at commit decides; the lease only saves doubled work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// Grows with every lease of the lane, also after everything else was forgotten.
    pub fence: u64,
}

/// Leases on lanes and counters for rate limits, beside what [`SlotHolds`] and [`LaneOffers`] keep. Every failure may be answered by going on without.
#[async_trait]
pub trait HotState: SlotHolds + LaneOffers + Send + Sync + std::fmt::Debug {
    /// Waits at most `patience` for the lane and takes it for `ttl`; `None` when somebody else kept it.
    async fn acquire(
        &self,
        lane: Lane,
        ttl: SignedDuration,
        patience: SignedDuration,
    ) -> Result<Option<Lease>, Fault>;

    /// Gives the lane back; a lease that has run out is ignored.
    async fn release(&self, lane: Lane, lease: Lease) -> Result<(), Fault>;

    /// Counts one use of `key`; `false` when more than `limit` fell into the current window of `window`.
    async fn allow(&self, key: &str, limit: u32, window: SignedDuration) -> Result<bool, Fault>;

    /// Whether it answers.
    async fn ping(&self) -> Result<(), Fault>;
}

/// What somebody may wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// An inbox item was stored.
    Inbox,
    /// An outbox item is due.
    Outbox,
    /// A timer was set.
    Timers,
}

/// Tells sleepers that there may be work. With none delivered, polling finds the same work.
#[async_trait]
pub trait WakeUp: Send + Sync + std::fmt::Debug {
    /// Wakes whoever waits for the topic, or the next one who will.
    async fn wake(&self, topic: Topic);

    /// Waits until woken, at most `patience`.
    async fn wait(&self, topic: Topic, patience: SignedDuration);
}
