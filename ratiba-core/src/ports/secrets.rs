//! Sealing stored secrets again after the key has changed.

use async_trait::async_trait;

use super::store::StoreError;

/// What a pass over the stored secrets has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Resealed {
    /// Sealed with the current key already.
    pub current: u64,
    /// Sealed with it now.
    pub resealed: u64,
    /// Sealed with a key that is not configured: neither the current one nor one of before.
    pub unreadable: u64,
}

/// The store's secrets.
#[async_trait]
pub trait SecretStore: Send + Sync {
    /// Seals with the current key every secret that is not, one row at a time; with `dry` only counts. May be repeated and interrupted: a row
    /// holds the one seal or the other, never half of each.
    async fn reseal(&self, dry: bool) -> Result<Resealed, StoreError>;
}
