//! Which messages were stored lately: a hint for whoever may act on one that is wrong. The engine does not answer redeliveries by it: the
//! memory may be of another database, and only the store's unique key decides.

use async_trait::async_trait;

use super::fault::Fault;
use crate::domain::id::{CustomerId, TenantId};

/// Keys of inbox items that are known to be stored. May forget any of them at any time.
#[async_trait]
pub trait RecentIds: Send + Sync {
    /// For each key, in order: whose lane it is on, when it is remembered.
    async fn recall(
        &self,
        tenant: TenantId,
        keys: &[&str],
    ) -> Result<Vec<Option<CustomerId>>, Fault>;

    /// Remembers keys that are stored. Never called before they are.
    async fn remember(&self, tenant: TenantId, stored: &[(&str, CustomerId)]) -> Result<(), Fault>;
}
