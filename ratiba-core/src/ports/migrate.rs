//! Bringing the schema up to date: the registry's, and each tenant's.

use std::num::NonZeroUsize;

use async_trait::async_trait;

use super::store::StoreError;
use crate::domain::id::TenantId;

/// How far everything is, and what there is to be done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MigrationPlan {
    /// The last step of the registry that was taken, 0 for none.
    pub registry_at: u32,
    /// The last step of the tenants' chain that there is.
    pub newest: u32,
    /// Steps of the registry that have not been taken.
    pub registry: Vec<String>,
    /// Every tenant, in order of schema, with the steps that its schema lacks; a tenant that lacks none is listed too.
    pub tenants: Vec<TenantPlan>,
}

impl MigrationPlan {
    /// Whether everything is up to date.
    pub fn is_empty(&self) -> bool {
        self.registry.is_empty() && self.tenants.iter().all(|tenant| tenant.steps.is_empty())
    }
}

/// What one tenant lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantPlan {
    /// Whose.
    pub tenant: TenantId,
    /// Where its tables are.
    pub schema: String,
    /// The last step that was taken, 0 for none.
    pub at: u32,
    /// The steps that were not.
    pub steps: Vec<String>,
}

/// One thing has been done, or could not be.
#[derive(Debug)]
pub struct Migrated<'a> {
    /// Whose schema; `None` for the registry's.
    pub tenant: Option<&'a TenantPlan>,
    /// Steps taken, or why none was: a schema that fails stays as it was, and the others go on.
    pub outcome: Result<usize, &'a StoreError>,
    /// Schemas dealt with so far.
    pub done: usize,
    /// Schemas that have something to be done.
    pub of: usize,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MigrationEnd {
    /// Everything was looked at.
    Done {
        /// Schemas brought up to date.
        migrated: usize,
        /// Schemas that failed and are as they were.
        failed: usize,
    },
    /// Somebody else is migrating. Nothing was done.
    Busy,
}

/// Brings a store's schema up to date. Each schema moves in one transaction with the note of how far it is, so that a run that was killed is
/// simply run again.
#[async_trait]
pub trait Migrator: Send + Sync {
    /// What a run would do.
    async fn plan(&self) -> Result<MigrationPlan, StoreError>;
    /// Does it: first the registry, then `jobs` tenants at a time. Never twice at once: whoever comes second is told [`MigrationEnd::Busy`].
    async fn migrate(
        &self,
        jobs: NonZeroUsize,
        progress: &(dyn for<'a> Fn(Migrated<'a>) + Send + Sync),
    ) -> Result<MigrationEnd, StoreError>;
}
