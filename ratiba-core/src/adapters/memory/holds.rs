//! Short claims on time, within one process.

use std::sync::PoisonError;

use async_trait::async_trait;
use jiff::SignedDuration;
use tokio::time::Instant;

use super::hot::{MemoryHotState, unsigned};
use crate::domain::appointment::Busy;
use crate::domain::id::{ResourceId, StaffId, TenantId, ThreadId};
use crate::domain::time::TimeWindow;
use crate::ports::fault::Fault;
use crate::ports::holds::SlotHolds;

/// One claim on one member of staff or one resource.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    tenant: TenantId,
    of: Claimed,
    window: TimeWindow,
    holder: ThreadId,
    until: Instant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Claimed {
    Staff(StaffId),
    Resource(ResourceId),
}

/// What a claim is on: the member of staff, and the resource where there is one.
fn parts(claim: &Busy) -> impl Iterator<Item = Claimed> + use<> {
    [Some(Claimed::Staff(claim.staff)), claim.resource.map(Claimed::Resource)].into_iter().flatten()
}

#[async_trait]
impl SlotHolds for MemoryHotState {
    async fn hold(
        &self,
        tenant: TenantId,
        holder: ThreadId,
        claims: &[Busy],
        ttl: SignedDuration,
    ) -> Result<bool, Fault> {
        let now = Instant::now();
        let mut holds = self.holds.lock().unwrap_or_else(PoisonError::into_inner);
        // Claims last for seconds, so there are only ever a few.
        holds.retain(|held| held.until > now);
        let refused = |claim: &Busy| {
            parts(claim).any(|of| {
                holds.iter().any(|held| {
                    held.tenant == tenant
                        && held.of == of
                        && held.holder != holder
                        && held.window.overlaps(claim.blocked)
                })
            })
        };
        if claims.iter().any(refused) {
            return Ok(false);
        }
        for claim in claims {
            for of in parts(claim) {
                let (window, until) = (claim.blocked, now + unsigned(ttl));
                holds.retain(|held| !is(held, tenant, holder, of, window));
                holds.push(Held { tenant, of, window, holder, until });
            }
        }
        Ok(true)
    }

    async fn unhold(
        &self,
        tenant: TenantId,
        holder: ThreadId,
        claims: &[Busy],
    ) -> Result<(), Fault> {
        let mut holds = self.holds.lock().unwrap_or_else(PoisonError::into_inner);
        for claim in claims {
            for of in parts(claim) {
                holds.retain(|held| !is(held, tenant, holder, of, claim.blocked));
            }
        }
        Ok(())
    }
}

fn is(held: &Held, tenant: TenantId, holder: ThreadId, of: Claimed, window: TimeWindow) -> bool {
    held.tenant == tenant && held.holder == holder && held.of == of && held.window == window
}
