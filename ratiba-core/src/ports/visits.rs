//! What became of visits after their time.

use async_trait::async_trait;
use jiff::Timestamp;

use super::store::StoreError;
use crate::domain::id::{AppointmentId, CustomerId};
use crate::domain::visit::VisitOutcome;

/// What became of visits.
#[async_trait]
pub trait VisitStore: Send + Sync {
    /// How often a customer has stayed away since a moment.
    async fn no_shows(&self, customer: CustomerId, since: Timestamp) -> Result<u32, StoreError>;
    /// Says whether the customer came. False when there is no such visit, it was called off, or it has not begun at `now`.
    async fn mark_visit(
        &self,
        id: AppointmentId,
        outcome: VisitOutcome,
        now: Timestamp,
    ) -> Result<bool, StoreError>;
    /// Completes what ended before a moment and nobody has marked: visits that no conversation watches over. Returns how many.
    async fn complete_ended(&self, before: Timestamp) -> Result<u64, StoreError>;
    /// Calls off a confirmed appointment that no conversation knows, such as one that the owner entered; false when there is none.
    async fn call_off(&self, id: AppointmentId) -> Result<bool, StoreError>;
}
