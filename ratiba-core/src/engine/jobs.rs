//! Jobs at set times: what is due is computed from the clock and the tenant's zone alone, so every worker sees the same runs; the store gives
//! each run to one of them.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::error::EngineError;
use super::handle::{Inner, Ratiba};
use crate::domain::id::TenantId;
use crate::domain::tenant::{Tenant, TenantStatus};
use crate::domain::time::MinuteOfDay;
use crate::ports::jobs::{Claim, JobRun};

/// How often a worker looks for runs that are due.
pub(super) const LOOK: SignedDuration = SignedDuration::from_secs(30);

/// A job of every tenant that is served. To add one, add a variant and an arm to `Inner::run_job`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Job {
    /// Archives what is old and deletes what is older.
    Reap,
    /// Completes visits that are over and that no conversation watches, and tells the owners what the day brings.
    Digest,
    /// Tells the owners the day's money: M-Pesa, card and cash against what was booked, and each member's share.
    DayEnd,
    /// Asks the providers about every payment that is open for longer than it should be.
    Reconcile,
}

/// When runs of a job fall due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schedule {
    /// Once a day at a minute of the tenant's day.
    Daily(MinuteOfDay),
    /// Whenever so many minutes have passed, counted from 1970, so that all workers count alike.
    Every(u32),
}

impl Schedule {
    /// The last moment, up to `now`, that the schedule names.
    pub fn latest(self, now: Timestamp, zone: &TimeZone) -> Timestamp {
        match self {
            Self::Daily(minute) => {
                let today = now.to_zoned(zone.clone()).date();
                let at = minute.on(today, zone);
                if at <= now { at } else { minute.on(today.yesterday().unwrap_or(today), zone) }
            }
            Self::Every(minutes) => {
                let step = i64::from(minutes.max(1)) * 60;
                let second = now.as_second().div_euclid(step) * step;
                Timestamp::from_second(second).unwrap_or(now)
            }
        }
    }
}

impl Job {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Reap, Self::Digest, Self::DayEnd, Self::Reconcile];

    /// The stored name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reap => "reap",
            Self::Digest => "digest",
            Self::DayEnd => "day_end",
            Self::Reconcile => "reconcile",
        }
    }

    /// When.
    pub const fn schedule(self) -> Schedule {
        match self {
            Self::Reap => Schedule::Daily(MinuteOfDay::hm(3, 0).expect("03:00 is a time of day")),
            Self::Digest => Schedule::Daily(MinuteOfDay::hm(7, 0).expect("07:00 is a time of day")),
            Self::DayEnd => {
                Schedule::Daily(MinuteOfDay::hm(21, 0).expect("21:00 is a time of day"))
            }
            Self::Reconcile => Schedule::Every(30),
        }
    }

    /// How late a run may still begin; one that is later is left out, because its time has passed.
    pub const fn grace(self) -> SignedDuration {
        match self {
            Self::Reap => SignedDuration::from_hours(23),
            // A morning message after noon would be about half a day that is over.
            Self::Digest => SignedDuration::from_hours(5),
            // Nobody counts a drawer at midnight.
            Self::DayEnd => SignedDuration::from_hours(2),
            Self::Reconcile => SignedDuration::from_mins(29),
        }
    }

    /// How long a run is kept for the worker that has begun it: longer than it ever takes.
    pub const fn lease(self) -> SignedDuration {
        match self {
            Self::Reap => SignedDuration::from_mins(30),
            Self::Digest | Self::DayEnd => SignedDuration::from_mins(5),
            Self::Reconcile => SignedDuration::from_mins(10),
        }
    }

    /// The run that is due now for a tenant, if any.
    pub fn due(self, now: Timestamp, tenant: &Tenant) -> Option<JobRun> {
        let scheduled_for = self.schedule().latest(now, &tenant.zone);
        (now.duration_since(scheduled_for) <= self.grace()).then_some(JobRun {
            name: self.name(),
            tenant: Some(tenant.id),
            scheduled_for,
        })
    }
}

/// The last run of each job and tenant that this process knows to be finished, so that it is not asked for again all day.
#[derive(Debug, Default)]
pub(super) struct Finished(Mutex<HashMap<(Job, TenantId), Timestamp>>);

impl Finished {
    fn knows(&self, job: Job, tenant: TenantId, scheduled_for: Timestamp) -> bool {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&(job, tenant)).is_some_and(|last| *last >= scheduled_for)
    }

    fn learn(&self, job: Job, tenant: TenantId, scheduled_for: Timestamp) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert((job, tenant), scheduled_for);
    }
}

impl Ratiba {
    /// Does every job that is due now and that nobody else does; what [`Ratiba::run`] does by itself twice a minute. Returns how many runs
    /// were done here.
    pub async fn run_due_jobs(&self) -> Result<u64, EngineError> {
        self.inner.run_due_jobs().await
    }
}

impl Inner {
    pub(super) async fn run_due_jobs(&self) -> Result<u64, EngineError> {
        let mut done = 0;
        for tenant in self.parts.store.tenants().await? {
            if tenant.status == TenantStatus::Suspended {
                continue;
            }
            for job in Job::ALL {
                if let Some(run) = job.due(self.parts.clock.now(), &tenant) {
                    done += u64::from(self.run_once(job, &tenant, &run).await?);
                }
            }
        }
        Ok(done)
    }

    /// Does a run unless somebody has; true when it was done here. A run that fails is tried again when its lease has run out.
    async fn run_once(&self, job: Job, tenant: &Tenant, run: &JobRun) -> Result<bool, EngineError> {
        if self.finished_jobs.knows(job, tenant.id, run.scheduled_for) {
            return Ok(false);
        }
        let store = &self.parts.store;
        let now = self.parts.clock.now();
        match store.claim_job(run, now, now + job.lease()).await? {
            Claim::Taken => return Ok(false),
            Claim::Finished => {
                self.finished_jobs.learn(job, tenant.id, run.scheduled_for);
                return Ok(false);
            }
            Claim::Ours => {}
        }
        let outcome = self.run_job(job, tenant, run).await;
        let label = if outcome.is_ok() { "done" } else { "failed" };
        metrics::counter!("ratiba_jobs_total", "name" => job.name(), "outcome" => label)
            .increment(1);
        match outcome {
            Ok(()) => {
                store.finish_job(run, self.parts.clock.now()).await?;
                self.finished_jobs.learn(job, tenant.id, run.scheduled_for);
                Ok(true)
            }
            Err(error) => {
                tracing::error!(tenant.id = %tenant.id, job = job.name(), error = &error as &dyn std::error::Error, "a job failed; it will be tried again");
                Ok(false)
            }
        }
    }

    async fn run_job(&self, job: Job, tenant: &Tenant, run: &JobRun) -> Result<(), EngineError> {
        match job {
            Job::Reap => self.reap(tenant.id, run.scheduled_for).await,
            Job::Digest => self.send_digest(tenant, run.scheduled_for).await,
            Job::DayEnd => self.send_day_end(tenant, run.scheduled_for).await,
            Job::Reconcile => self.reconcile(tenant.id).await.map(drop),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_daily_job_is_due_at_its_minute_of_the_tenants_day() {
        let nairobi = TimeZone::get("Africa/Nairobi").unwrap();
        let three = Schedule::Daily(MinuteOfDay::hm(3, 0).unwrap());
        let before = at("2026-11-23T02:59:59+03:00");
        assert_eq!(three.latest(before, &nairobi), at("2026-11-22T03:00:00+03:00"));
        let then = at("2026-11-23T03:00:00+03:00");
        assert_eq!(three.latest(then, &nairobi), then);
        assert_eq!(three.latest(at("2026-11-23T23:30:00+03:00"), &nairobi), then);
        let kigali = TimeZone::get("Africa/Kigali").unwrap();
        assert_eq!(three.latest(then, &kigali), at("2026-11-22T03:00:00+02:00"));
    }

    #[test]
    fn a_repeated_job_falls_due_at_the_same_moments_for_everybody() {
        let every = Schedule::Every(10);
        for second in [0, 1, 599] {
            let now = at("2026-11-23T06:20:00Z") + SignedDuration::from_secs(second);
            assert_eq!(every.latest(now, &TimeZone::UTC), at("2026-11-23T06:20:00Z"));
        }
    }

    #[test]
    fn a_run_whose_time_has_passed_is_left_out() {
        let tenant = crate::demo::tenant("demo-salon").unwrap().business.tenant;
        let due = |now: &str| Job::Reap.due(at(now), &tenant).map(|run| run.scheduled_for);
        assert_eq!(due("2026-11-23T04:00:00+03:00"), Some(at("2026-11-23T03:00:00+03:00")));
        assert_eq!(due("2026-11-23T02:30:00+03:00"), None);
    }

    #[test]
    fn names_of_jobs_are_unique() {
        let names: std::collections::BTreeSet<_> = Job::ALL.iter().map(|job| job.name()).collect();
        assert_eq!(names.len(), Job::ALL.len());
    }
}
