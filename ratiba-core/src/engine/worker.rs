//! The worker: takes turns as they come, delivers, fires timers, and picks up whatever a dead process has left.

use std::future::Future;
use std::sync::Arc;

use jiff::SignedDuration;

use super::builder::Role;
use super::deliver::Delivery;
use super::error::EngineError;
use super::handle::{Inner, Ratiba};
use crate::domain::id::{OutboxId, TenantId};
use crate::ports::hot::{Lane, Topic};
use crate::ports::outbox::{OutboxItem, OutboxStatus};
use crate::ports::store::DueWork;

/// Things claimed together.
const BATCH: u32 = 64;
/// The longest sleep: with no wake-up delivered, work waits at most this long.
const NAP: SignedDuration = SignedDuration::from_secs(5);
/// A lane whose items are younger than this is being worked on by whoever stored them.
const STALE: SignedDuration = SignedDuration::from_secs(3);
/// The same where everything was stored by others, and how often such a process looks when nothing is heard.
const STALE_OF_OTHERS: SignedDuration = SignedDuration::from_secs(1);
/// Lanes taken over together from processes that only receive.
const OFFERS: usize = 64;
/// Sleep while something is due that nobody may take yet.
const BLOCKED: SignedDuration = SignedDuration::from_millis(250);
/// Sleep after a failure of the store, so that an outage is not made worse.
const PAUSE: SignedDuration = SignedDuration::from_secs(1);

impl Ratiba {
    /// Works until `shutdown` is ready, then finishes what is under way. Any number of workers may run on one store.
    pub async fn run(&self, shutdown: impl Future<Output = ()> + Send) {
        tokio::pin!(shutdown);
        let fresh = tokio::spawn(take_fresh(Arc::clone(&self.inner)));
        let deliver = tokio::spawn(deliver_fresh(Arc::clone(&self.inner)));
        let offers = tokio::spawn(take_offers(Arc::clone(&self.inner)));
        let jobs = tokio::spawn(look_for_jobs(Arc::clone(&self.inner)));
        loop {
            // Never cut off in the middle: what it leases must also be set off, or it would count as begun and never be done.
            let worked = self.inner.work_due().await;
            let rest = async {
                match worked {
                    Ok(0) => self.inner.nap().await,
                    Ok(_) => {}
                    Err(error) => {
                        tracing::error!(
                            error = &error as &dyn std::error::Error,
                            "the worker could not work"
                        );
                        self.inner.parts.wake.wait(Topic::Timers, PAUSE).await;
                    }
                }
            };
            tokio::select! {
                biased;
                () = &mut shutdown => break,
                () = rest => {}
            }
        }
        fresh.abort();
        offers.abort();
        deliver.abort();
        // Whatever it is at is in one transaction, or is found again when its lease has run out.
        jobs.abort();
        loop {
            let idle = self.inner.lanes.is_idle() && self.inner.deliveries.is_idle();
            // Turns that end now have leased what they want delivered, so nobody else would deliver it in time.
            let mut more = false;
            while let Some(delivery) = self.inner.next_delivery().await {
                self.inner.push_delivery(delivery);
                more = true;
            }
            if idle && !more {
                return;
            }
            tokio::task::yield_now().await;
            self.inner.parts.wake.wait(Topic::Timers, SignedDuration::from_millis(20)).await;
        }
    }

    /// Works until nothing is due now, in this task, one thing after another; for tests, scripts and the terminal. Returns how many things
    /// were done.
    pub async fn work_until_idle(&self) -> Result<u64, EngineError> {
        let mut done = 0;
        loop {
            let before = done;
            while let Some(lane) = self.inner.next_fresh().await {
                done += self.inner.run_lane(lane).await?;
            }
            while let Some(delivery) = self.inner.next_delivery().await {
                self.inner.attempt(delivery).await?;
                done += 1;
            }
            if done == before {
                done += self.inner.work_due_here().await?;
            }
            if done == before {
                return Ok(done);
            }
        }
    }
}

impl Inner {
    /// Claims what is due and sets it off. Returns how much it was.
    async fn work_due(self: &Arc<Self>) -> Result<u64, EngineError> {
        let stale = match self.parts.role {
            Role::Both | Role::Receives => STALE,
            Role::Works => STALE_OF_OTHERS,
        };
        self.set_off(stale).await
    }

    async fn set_off(self: &Arc<Self>, stale: SignedDuration) -> Result<u64, EngineError> {
        let due = self.claim(stale).await?;
        let now = self.parts.clock.now();
        let mut count = 0;
        let mut timers = Vec::new();
        // What is leased is set off first: nothing that fails may come between.
        for work in due {
            match work {
                DueWork::Lane { tenant, customer } => {
                    let lane = Lane { tenant, customer };
                    // One that is being worked on, or that has just failed, is due all the same; to set it off again would only spin.
                    if !self.lanes.is_busy(&lane) && self.troubles.may_try(lane, now) {
                        self.push_lane(lane);
                        count += 1;
                    }
                }
                DueWork::Outbox { tenant, item, status } => {
                    self.push_claimed(tenant, *item, status);
                    count += 1;
                }
                DueWork::Timer { tenant, timer } => timers.push((tenant, timer)),
            }
        }
        for (tenant, timer) in timers {
            self.fire(tenant, &timer).await?;
            count += 1;
        }
        Ok(count)
    }

    /// Takes lanes that were offered. Returns how many.
    async fn work_offered(self: &Arc<Self>) -> u64 {
        let mut count = 0;
        // Without hot state they are found in the store.
        while let Ok(lanes) = self.parts.hot.take_offers(OFFERS).await {
            if lanes.is_empty() {
                break;
            }
            count += lanes.len() as u64;
            for lane in lanes {
                self.push_lane(lane);
            }
        }
        count
    }

    /// The same in this task, one after another.
    async fn work_due_here(&self) -> Result<u64, EngineError> {
        let due = self.claim(SignedDuration::ZERO).await?;
        let count = due.len() as u64;
        for work in due {
            match work {
                DueWork::Lane { tenant, customer } => {
                    self.run_lane(Lane { tenant, customer }).await?;
                }
                DueWork::Outbox { tenant, item, status } => {
                    self.attempt_or_resolve(tenant, *item, status).await?;
                }
                DueWork::Timer { tenant, timer } => self.fire(tenant, &timer).await?,
            }
        }
        Ok(count)
    }

    async fn claim(&self, stale: SignedDuration) -> Result<Vec<DueWork>, EngineError> {
        let now = self.parts.clock.now();
        Ok(self.parts.store.claim_due(now, now - stale, now + self.parts.takeover, BATCH).await?)
    }

    async fn fire(
        &self,
        tenant: TenantId,
        timer: &crate::ports::inbox::Timer,
    ) -> Result<(), EngineError> {
        let now = self.parts.clock.now();
        if let Some(customer) =
            self.parts.store.of(tenant).promote(timer, self.new_id(), now).await?
        {
            self.lane_has_work(tenant, customer).await;
        }
        Ok(())
    }

    async fn attempt_or_resolve(
        &self,
        tenant: TenantId,
        item: OutboxItem,
        status: OutboxStatus,
    ) -> Result<(), EngineError> {
        match status {
            OutboxStatus::Pending => self.attempt(Delivery { tenant, item, leased: true }).await,
            OutboxStatus::Unknown => self.resolve(tenant, item).await,
            OutboxStatus::Done | OutboxStatus::Failed => Ok(()),
        }
    }

    fn push_lane(self: &Arc<Self>, lane: Lane) {
        let inner = Arc::clone(self);
        self.lanes.push_unless_waiting(lane, async move {
            if let Err(error) = inner.run_lane(lane).await {
                tracing::error!(tenant.id = %lane.tenant, error = &error as &dyn std::error::Error, "a turn failed; it will be taken again");
            }
        });
    }

    fn push_claimed(self: &Arc<Self>, tenant: TenantId, item: OutboxItem, status: OutboxStatus) {
        let inner = Arc::clone(self);
        self.deliveries.push((tenant, item.lane.clone()), async move {
            let id = item.id;
            if let Err(error) = inner.attempt_or_resolve(tenant, item, status).await {
                not_recorded(tenant, id, &error);
            }
        });
    }

    fn push_delivery(self: &Arc<Self>, delivery: Delivery) {
        let inner = Arc::clone(self);
        let (tenant, id) = (delivery.tenant, delivery.item.id);
        self.deliveries.push((tenant, delivery.item.lane.clone()), async move {
            if let Err(error) = inner.attempt(delivery).await {
                not_recorded(tenant, id, &error);
            }
        });
    }

    async fn nap(&self) {
        let now = self.parts.clock.now();
        let until_due = match self.parts.store.next_due().await {
            // What is due and was not claimed waits for something else (its lane, its tenant): asking again at once would only spin.
            Ok(Some(at)) if at <= now => BLOCKED,
            Ok(Some(at)) => at.duration_since(now).clamp(SignedDuration::from_millis(5), NAP),
            Ok(None) | Err(_) => NAP,
        };
        let until_due = match self.parts.role {
            Role::Both | Role::Receives => until_due,
            Role::Works => until_due.min(STALE_OF_OTHERS),
        };
        self.parts.wake.wait(Topic::Timers, until_due).await;
    }

    async fn next_fresh(&self) -> Option<Lane> {
        self.fresh_lanes.lock().await.try_recv().ok()
    }

    async fn next_delivery(&self) -> Option<Delivery> {
        self.deliver_queue.lock().await.try_recv().ok()
    }
}

/// Sets off lanes as soon as their items are stored.
async fn take_fresh(inner: Arc<Inner>) {
    let mut lanes = inner.fresh_lanes.lock().await;
    while let Some(lane) = lanes.recv().await {
        inner.push_lane(lane);
    }
}

/// Takes lanes over from processes that only receive, as soon as they are offered.
async fn take_offers(inner: Arc<Inner>) {
    loop {
        inner.parts.wake.wait(Topic::Inbox, NAP).await;
        if inner.work_offered().await > 0 || inner.parts.hot.is_shared() {
            continue;
        }
        // Wake-ups cross processes and hot state does not: what the wake-up was about is in the store.
        if let Err(error) = inner.set_off(SignedDuration::ZERO).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "could not look for new work");
        }
    }
}

/// Sets off deliveries as soon as their turns are committed.
async fn deliver_fresh(inner: Arc<Inner>) {
    let mut queue = inner.deliver_queue.lock().await;
    while let Some(delivery) = queue.recv().await {
        inner.push_delivery(delivery);
    }
}

/// Does jobs as they fall due, beside the turns.
async fn look_for_jobs(inner: Arc<Inner>) {
    let pause = std::time::Duration::try_from(super::jobs::LOOK).unwrap_or_default();
    loop {
        if let Err(error) = inner.run_due_jobs().await {
            tracing::error!(error = &error as &dyn std::error::Error, "could not look for jobs");
        }
        tokio::time::sleep(pause).await;
    }
}

fn not_recorded(tenant: TenantId, id: OutboxId, error: &EngineError) {
    tracing::error!(tenant.id = %tenant, outbox.id = %id, error = error as &dyn std::error::Error, "a delivery could not be recorded");
}
