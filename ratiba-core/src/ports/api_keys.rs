//! Keys to a tenant's admin API: hashes of them.

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::store::StoreError;
use crate::domain::id::{ApiKeyId, TenantId};

/// A key, without what opens anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// Whose data it opens.
    pub tenant: TenantId,
    /// What it is for, in the owner's words.
    pub label: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Keys to tenants' admin API.
#[async_trait]
pub trait ApiKeyStore: Send + Sync {
    /// Stores a key by the hash of it.
    async fn put_api_key(&self, key: &ApiKey, hash: &str) -> Result<(), StoreError>;
    /// The key of this hash.
    async fn api_key(&self, hash: &str) -> Result<Option<ApiKey>, StoreError>;
    /// A tenant's keys, oldest first.
    async fn api_keys(&self, tenant: TenantId) -> Result<Vec<ApiKey>, StoreError>;
    /// Removes a tenant's key; false when there is none. It opens nothing from then on.
    async fn delete_api_key(&self, tenant: TenantId, id: ApiKeyId) -> Result<bool, StoreError>;
}
