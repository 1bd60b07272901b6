//! Jobs that happen at set times, such as 03:00 local: any number of workers see that one is due, and one of them does it.

use async_trait::async_trait;
use jiff::Timestamp;

use super::store::StoreError;
use crate::domain::id::TenantId;

/// One run of a job: the same for every worker that works out what is due.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct JobRun {
    /// The job's stored name.
    pub name: &'static str,
    /// For whom; `None` for a job of the whole deployment.
    pub tenant: Option<TenantId>,
    /// The moment that its schedule names.
    pub scheduled_for: Timestamp,
}

/// Who does a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// The caller, until its lease ends.
    Ours,
    /// Somebody else is at it, or died at it and still holds the lease.
    Taken,
    /// It is done.
    Finished,
}

/// Who does which run. A run whose holder died is given to the next one after the lease, so a job must bear being done twice.
#[async_trait]
pub trait JobStore: Send + Sync {
    /// Takes a run that nobody has finished and nobody holds.
    async fn claim_job(
        &self,
        run: &JobRun,
        now: Timestamp,
        lease_until: Timestamp,
    ) -> Result<Claim, StoreError>;
    /// Whether anybody has ever claimed this run.
    async fn has_job(&self, run: &JobRun) -> Result<bool, StoreError>;
    /// Ends a run for good.
    async fn finish_job(&self, run: &JobRun, at: Timestamp) -> Result<(), StoreError>;
    /// Forgets up to `limit` runs of before a moment, finished or not; returns how many.
    async fn forget_jobs(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;
}
