//! News for dashboards: that something changed, never what it says.

use serde::Serialize;

use crate::domain::id::{CustomerId, TenantId, ThreadId};

/// Something changed; whoever shows it reads it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LiveKind {
    /// A message or another cause was stored.
    Received,
    /// A turn was committed: state, diary and money may have changed.
    Turn,
    /// Something went out, or failed to.
    Delivered,
}
