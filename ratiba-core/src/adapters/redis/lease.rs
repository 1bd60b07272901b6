//! Leases on lanes: taken and given back in one step each, waited for without polling.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use super::key::name_of;
use super::open::RedisHot;
use super::script::{ACQUIRE, RELEASE};
use crate::ports::fault::Fault;
use crate::ports::hot::{Lane, Lease};

/// How often somebody who waits looks by themselves: a lane may be given back while nothing is heard.
const LOOK: Duration = Duration::from_millis(250);

/// What came of asking for a lane.
enum Asked {
    Taken(Lease),
    /// Somebody has it, for so long at most.
    Kept(Duration),
}

impl RedisHot {
    pub(super) async fn take_lane(
        &self,
        lane: Lane,
        ttl: Duration,
        patience: Duration,
    ) -> Result<Option<Lease>, Fault> {
        let deadline = Instant::now() + patience;
        if patience.is_zero() {
            return Ok(match self.ask_for(lane, ttl, None).await? {
                Asked::Taken(lease) => Some(lease),
                Asked::Kept(_) => None,
            });
        }
        // Listens before it asks, so that a lane given back between the two rings.
        let waiter = self.bells.wait_for(lane);
        loop {
            let rung = waiter.bell.notified();
            tokio::pin!(rung);
            rung.as_mut().enable();
            let left = deadline.saturating_duration_since(Instant::now());
            match self.ask_for(lane, ttl, Some(left)).await? {
                Asked::Taken(lease) => return Ok(Some(lease)),
                Asked::Kept(_) if Instant::now() >= deadline => return Ok(None),
                Asked::Kept(kept) => {
                    let until = deadline.min(Instant::now() + kept.min(LOOK));
                    let _ = timeout_at(until, rung).await;
                }
            }
        }
    }

    async fn ask_for(
        &self,
        lane: Lane,
        ttl: Duration,
        waits: Option<Duration>,
    ) -> Result<Asked, Fault> {
        let (lease, fence) = (self.keys.lease(lane, ttl), self.keys.fence(lane));
        let waiting = self.keys.waiting(lane, waits.unwrap_or_default());
        let mut script = ACQUIRE.prepare_invoke();
        script.key(&lease.text).key(&fence.text).key(&waiting.text);
        script.arg(lease.millis()).arg(fence.millis());
        script.arg(waits.map_or(0, |_| waiting.millis()));
        let (fence, kept): (u64, u64) = self
            .link
            .ask("taking a lane", async |connection| script.invoke_async(connection).await)
            .await?;
        Ok(match fence {
            0 => Asked::Kept(Duration::from_millis(kept)),
            fence => Asked::Taken(Lease { fence }),
        })
    }

    pub(super) async fn give_lane_back(&self, lane: Lane, lease: Lease) -> Result<(), Fault> {
        let key = self.keys.lease(lane, Duration::ZERO);
        let waiting = self.keys.waiting(lane, Duration::ZERO);
        let mut script = RELEASE.prepare_invoke();
        script.key(&key.text).key(&waiting.text);
        script.arg(lease.fence).arg(self.keys.freed()).arg(name_of(lane));
        let _given_back: u8 = self
            .link
            .ask("giving a lane back", async |connection| script.invoke_async(connection).await)
            .await?;
        Ok(())
    }
}

/// Bells of lanes that somebody in this process waits for.
#[derive(Debug, Default)]
pub(super) struct Bells {
    lanes: Mutex<HashMap<Lane, (Arc<Notify>, usize)>>,
}

impl Bells {
    /// Somebody waits; no longer when the waiter is dropped.
    fn wait_for(&self, lane: Lane) -> Waiter<'_> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let (bell, waiting) = lanes.entry(lane).or_default();
        *waiting += 1;
        Waiter { bells: self, lane, bell: Arc::clone(bell) }
    }

    /// A lane was given back: all who wait ask again, and one of them gets it.
    pub(super) fn ring(&self, lane: Lane) {
        let lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((bell, _)) = lanes.get(&lane) {
            bell.notify_waiters();
        }
    }
}

struct Waiter<'a> {
    bells: &'a Bells,
    lane: Lane,
    bell: Arc<Notify>,
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        let mut lanes = self.bells.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, waiting)) = lanes.get_mut(&self.lane) {
            *waiting -= 1;
            if *waiting == 0 {
                lanes.remove(&self.lane);
            }
        }
    }
}
