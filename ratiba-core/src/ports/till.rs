//! What a business looks up about its money: payments by day and by standing, the ledger by day, and whose a receipt is.

use async_trait::async_trait;

use super::store::StoreError;
use crate::domain::id::PaymentId;
use crate::domain::payment::{LedgerEntry, Payment};
use crate::domain::tenant::Rail;
use crate::domain::time::TimeWindow;

/// Lists over payments and the ledger.
#[async_trait]
pub trait TillStore: Send + Sync {
    /// The payment that a provider's receipt is recorded for. A receipt belongs to one payment of a rail for ever: a commit that would give it to
    /// another is [`CommitOutcome::Stale`](super::store::CommitOutcome), and the turn that is taken again finds it here.
    async fn receipt_owner(
        &self,
        rail: Rail,
        receipt: &str,
    ) -> Result<Option<PaymentId>, StoreError>;

    /// Payments that were made within a range, oldest first.
    async fn payments_made(&self, range: TimeWindow) -> Result<Vec<Payment>, StoreError>;

    /// The last payments, newest first.
    async fn payments_last(&self, limit: u32) -> Result<Vec<Payment>, StoreError>;

    /// Payments whose state has this stored name, oldest first.
    async fn payments_in(&self, state: &str, limit: u32) -> Result<Vec<Payment>, StoreError>;

    /// Rows of the ledger that were written within a range, in order.
    async fn ledger_within(&self, range: TimeWindow) -> Result<Vec<LedgerEntry>, StoreError>;
}
