//! Migrations of the embedded store: opening it has run them all.

use std::num::NonZeroUsize;

use async_trait::async_trait;

use super::connect::SqliteStore;
use super::schema::{REGISTRY, TENANT};
use crate::ports::migrate::{Migrated, MigrationEnd, MigrationPlan, Migrator, TenantPlan};
use crate::ports::store::{Registry as _, StoreError};

#[async_trait]
impl Migrator for SqliteStore {
    /// Nothing to be done: a file that is open is up to date, and all tenants are in its tables.
    async fn plan(&self) -> Result<MigrationPlan, StoreError> {
        let last = |chain: &[(u32, &str, &str)]| chain.last().map_or(0, |(version, ..)| *version);
        let newest = last(TENANT);
        let tenants = self.tenants().await?.into_iter().map(|tenant| TenantPlan {
            tenant: tenant.id,
            schema: "main".to_owned(),
            at: newest,
            steps: Vec::new(),
        });
        let tenants = tenants.collect();
        Ok(MigrationPlan { registry_at: last(REGISTRY), newest, registry: Vec::new(), tenants })
    }

    async fn migrate(
        &self,
        _jobs: NonZeroUsize,
        _progress: &(dyn for<'a> Fn(Migrated<'a>) + Send + Sync),
    ) -> Result<MigrationEnd, StoreError> {
        Ok(MigrationEnd::Done { migrated: 0, failed: 0 })
    }
}
