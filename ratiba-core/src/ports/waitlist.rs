//! Who waits for a time to open up.

use async_trait::async_trait;
use jiff::Timestamp;

use super::inbox::Timer;
use super::store::StoreError;
use crate::domain::id::{CustomerId, WaitId};
use crate::domain::time::TimeWindow;
use crate::domain::wait::Wait;

/// The waitlist. It changes only in turns, see [`Write`](super::store::Write).
#[async_trait]
pub trait WaitlistStore: Send + Sync {
    /// One wish.
    async fn wait(&self, id: WaitId) -> Result<Option<Wait>, StoreError>;
    /// Wishes that a span of time could answer and that nothing has been offered for yet, who asked first comes first.
    async fn waiting(&self, span: TimeWindow, limit: u32) -> Result<Vec<Wait>, StoreError>;
    /// A customer's wishes, oldest first.
    async fn waits_of(&self, customer: CustomerId) -> Result<Vec<Wait>, StoreError>;
    /// How many wishes could still be answered.
    async fn waits_open(&self, now: Timestamp) -> Result<u32, StoreError>;
    /// Sets timers outside of a turn; each replaces one of the same key.
    async fn set_timers(&self, timers: &[Timer]) -> Result<(), StoreError>;
}
