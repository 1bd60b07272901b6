//! The reaper: what is old goes to the archive, what is older goes for good, a few rows at a time so that nobody waits for it.

use jiff::{SignedDuration, Timestamp};

use super::error::EngineError;
use super::handle::Inner;
use crate::domain::id::TenantId;
use crate::ports::archive::Reap;

/// Things reaped in one transaction.
const BATCH: u32 = 50;
/// Runs of jobs are remembered for so long.
const JOBS_KEPT: SignedDuration = SignedDuration::from_hours(24 * 30);

/// How long each thing stays where it is (`product.md` §13: 90 days live, then 90 days archived). A transcript stays as long as the
/// conversation and its archived copy do; a report that found no message within a week never will.
const fn stays(what: Reap) -> SignedDuration {
    let days = match what {
        Reap::Conversations | Reap::Archived | Reap::PaymentRoutes | Reap::Work => 90,
        Reap::Transcripts => 180,
        Reap::EarlyStatuses => 7,
    };
    SignedDuration::from_hours(24 * days)
}

impl Inner {
    /// Reaps everything of a tenant that is due on a day.
    pub(super) async fn reap(&self, tenant: TenantId, today: Timestamp) -> Result<(), EngineError> {
        let store = self.parts.store.of(tenant);
        for what in Reap::ALL {
            let before = today - stays(what);
            let mut reaped = 0;
            loop {
                let done = store.reap(what, before, self.parts.clock.now(), BATCH).await?;
                reaped += done;
                if done < u64::from(BATCH) {
                    break;
                }
                // Turns of this process go first.
                tokio::task::yield_now().await;
            }
            if reaped > 0 {
                metrics::counter!("ratiba_reaped_total", "what" => what.as_str()).increment(reaped);
                tracing::info!(tenant.id = %tenant, what = what.as_str(), reaped, "reaped");
            }
        }
        while self.parts.store.forget_jobs(today - JOBS_KEPT, BATCH).await? == u64::from(BATCH) {}
        Ok(())
    }
}
