//! What grows old: moved out of the way first, deleted later, in batches so small that nobody waits for them.

use async_trait::async_trait;
use jiff::Timestamp;

use super::store::StoreError;

/// What can be reaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reap {
    /// Moves conversations and the records of their turns to the archive: those whose last turn, last appointment and last payment lie before
    /// the moment, with no payment open and nothing waiting for a turn. Counted in conversations.
    Conversations,
    /// Deletes what came to the archive before the moment.
    Archived,
    /// Deletes the callback routes of payments that were made before the moment and are not open.
    PaymentRoutes,
    /// Deletes done inbox rows and ended outbox rows of before the moment that nobody said: timers, payment facts, queries.
    Work,
    /// Deletes done inbox rows and ended outbox rows of before the moment that somebody said: the transcript.
    Transcripts,
    /// Deletes delivery reports of before the moment whose message never became known.
    EarlyStatuses,
}

impl Reap {
    /// All of them, in the order in which they are done.
    pub const ALL: [Self; 6] = [
        Self::Conversations,
        Self::Archived,
        Self::PaymentRoutes,
        Self::Work,
        Self::Transcripts,
        Self::EarlyStatuses,
    ];

    /// The name in logs and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Conversations => "conversations",
            Self::Archived => "archived",
            Self::PaymentRoutes => "payment_routes",
            Self::Work => "work",
            Self::Transcripts => "transcripts",
            Self::EarlyStatuses => "early_statuses",
        }
    }
}

/// A tenant's old rows.
#[async_trait]
pub trait ArchiveStore: Send + Sync {
    /// Reaps at most `limit` things that are older than `before`, in one short transaction. Returns how many; fewer than `limit` means that
    /// nothing is left.
    async fn reap(
        &self,
        what: Reap,
        before: Timestamp,
        now: Timestamp,
        limit: u32,
    ) -> Result<u64, StoreError>;
}
