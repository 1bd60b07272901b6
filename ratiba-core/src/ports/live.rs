//! News for dashboards: that something changed, never what it says. Best effort: whoever shows it reads it again from the store.

use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;

use crate::domain::id::{CustomerId, TenantId, ThreadId};

/// Something changed; whoever shows it reads it again.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LiveEvent {
    /// Whose.
    pub tenant: TenantId,
    /// Which customer's.
    pub customer: CustomerId,
    /// Which conversation, where one is concerned.
    pub thread: Option<ThreadId>,
    /// What kind of change.
    pub kind: LiveKind,
}

/// What kind of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LiveKind {
    /// A message or another cause was stored.
    Received,
    /// A turn was committed: state, diary and money may have changed.
    Turn,
    /// Something went out, or failed to.
    Delivered,
}

/// Carries news to whoever listens, in this process and, where the adapter can, in others.
pub trait LiveFeed: Send + Sync + std::fmt::Debug {
    /// Tells everybody. Never waits; what nobody can take is dropped.
    fn publish(&self, event: LiveEvent);

    /// News from now on. One that lags behind loses the oldest.
    fn subscribe(&self) -> broadcast::Receiver<LiveEvent>;
}
