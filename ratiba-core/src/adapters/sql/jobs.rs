//! Who does which run of a job.

use async_trait::async_trait;
use jiff::Timestamp;

use super::TheStore;
use super::error::During;
use super::row::{Cells, micros};
use crate::ports::jobs::{Claim, JobRun, JobStore};
use crate::ports::store::StoreError;

const CLAIMING: &str = "claiming a job";

#[async_trait]
impl JobStore for TheStore {
    async fn claim_job(
        &self,
        run: &JobRun,
        now: Timestamp,
        lease_until: Timestamp,
    ) -> Result<Claim, StoreError> {
        let mut transaction = self.write(CLAIMING).await?;
        let claimed = sqlx::query(
            "INSERT INTO jobs (tenant_id, name, scheduled_for, lease_until, attempts)
             VALUES ($1, $2, $3, $4, 1)
             ON CONFLICT (tenant_id, name, scheduled_for) DO UPDATE
             SET lease_until = excluded.lease_until, attempts = jobs.attempts + 1
             WHERE jobs.finished_at IS NULL AND jobs.lease_until <= $5",
        )
        .bind(whose(run))
        .bind(run.name)
        .bind(micros(run.scheduled_for))
        .bind(micros(lease_until))
        .bind(micros(now))
        .execute(&mut *transaction)
        .await
        .during(CLAIMING)?;
        let claim = if claimed.rows_affected() == 1 {
            Claim::Ours
        } else {
            let row = sqlx::query(
                "SELECT name, finished_at FROM jobs
                 WHERE tenant_id = $1 AND name = $2 AND scheduled_for = $3",
            )
            .bind(whose(run))
            .bind(run.name)
            .bind(micros(run.scheduled_for))
            .fetch_one(&mut *transaction)
            .await
            .during(CLAIMING)?;
            match Cells::new(&row, "jobs", "name").moment_opt("finished_at")? {
                Some(_) => Claim::Finished,
                None => Claim::Taken,
            }
        };
        transaction.commit().await.during(CLAIMING)?;
        Ok(claim)
    }

    async fn has_job(&self, run: &JobRun) -> Result<bool, StoreError> {
        let mut reader = self.read("reading a job").await?;
        let row = sqlx::query(
            "SELECT 1 FROM jobs WHERE tenant_id = $1 AND name = $2 AND scheduled_for = $3",
        )
        .bind(whose(run))
        .bind(run.name)
        .bind(micros(run.scheduled_for))
        .fetch_optional(&mut *reader)
        .await
        .during("reading a job")?;
        Ok(row.is_some())
    }

    async fn finish_job(&self, run: &JobRun, at: Timestamp) -> Result<(), StoreError> {
        let mut transaction = self.write("finishing a job").await?;
        sqlx::query(
            "UPDATE jobs SET finished_at = $4
             WHERE tenant_id = $1 AND name = $2 AND scheduled_for = $3 AND finished_at IS NULL",
        )
        .bind(whose(run))
        .bind(run.name)
        .bind(micros(run.scheduled_for))
        .bind(micros(at))
        .execute(&mut *transaction)
        .await
        .during("finishing a job")?;
        transaction.commit().await.during("finishing a job")?;
        Ok(())
    }

    async fn forget_jobs(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let mut transaction = self.write("forgetting jobs").await?;
        let done = sqlx::query(
            "DELETE FROM jobs WHERE (tenant_id, name, scheduled_for) IN (
                SELECT tenant_id, name, scheduled_for FROM jobs WHERE scheduled_for < $1 LIMIT $2)",
        )
        .bind(micros(before))
        .bind(i64::from(limit))
        .execute(&mut *transaction)
        .await
        .during("forgetting jobs")?;
        transaction.commit().await.during("forgetting jobs")?;
        Ok(done.rows_affected())
    }
}

fn whose(run: &JobRun) -> String {
    run.tenant.map(|tenant| tenant.to_string()).unwrap_or_default()
}
