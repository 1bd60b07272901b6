//! Migrations of the embedded store: opening it has run them all.

use std::num::NonZeroUsize;

use async_trait::async_trait;

use super::connect::SqliteStore;
use crate::ports::migrate::{Migrated, MigrationEnd, MigrationPlan, Migrator};
use crate::ports::store::StoreError;

#[async_trait]
impl Migrator for SqliteStore {
    /// Nothing: a file that is open is up to date, and all tenants are in its tables.
    async fn plan(&self) -> Result<MigrationPlan, StoreError> {
        Ok(MigrationPlan::default())
    }

    async fn migrate(
        &self,
        _jobs: NonZeroUsize,
        _progress: &(dyn for<'a> Fn(Migrated<'a>) + Send + Sync),
    ) -> Result<MigrationEnd, StoreError> {
        Ok(MigrationEnd::Done { migrated: 0, failed: 0 })
    }
}
