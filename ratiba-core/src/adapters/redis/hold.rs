//! Short claims on time: one or several in one step.

use std::time::Duration;

use async_trait::async_trait;
use jiff::SignedDuration;

use super::key::millis;
use super::open::{RedisHot, unsigned};
use super::script::{HOLD, UNHOLD};
use crate::domain::appointment::Busy;
use crate::domain::id::{TenantId, ThreadId};
use crate::ports::fault::Fault;
use crate::ports::holds::SlotHolds;

#[async_trait]
impl SlotHolds for RedisHot {
    async fn hold(
        &self,
        tenant: TenantId,
        holder: ThreadId,
        claims: &[Busy],
        ttl: SignedDuration,
    ) -> Result<bool, Fault> {
        if claims.is_empty() {
            return Ok(true);
        }
        let ttl = unsigned(ttl);
        let mut script = HOLD.prepare_invoke();
        script.arg(holder.to_string()).arg(millis(ttl));
        self.each(tenant, claims, ttl, |key, from, to| {
            script.key(key).arg(from).arg(to);
        });
        let held: u8 = self
            .link
            .ask("holding a slot", async |connection| script.invoke_async(connection).await)
            .await?;
        Ok(held == 1)
    }

    async fn unhold(
        &self,
        tenant: TenantId,
        holder: ThreadId,
        claims: &[Busy],
    ) -> Result<(), Fault> {
        if claims.is_empty() {
            return Ok(());
        }
        let mut script = UNHOLD.prepare_invoke();
        script.arg(holder.to_string());
        self.each(tenant, claims, Duration::ZERO, |key, from, to| {
            script.key(key).arg(from).arg(to);
        });
        let _given_back: u8 = self
            .link
            .ask("giving a slot back", async |connection| script.invoke_async(connection).await)
            .await?;
        Ok(())
    }
}

impl RedisHot {
    /// Every key that the claims touch, with start and end in seconds; appointments begin and end on whole minutes.
    fn each(
        &self,
        tenant: TenantId,
        claims: &[Busy],
        ttl: Duration,
        mut give: impl FnMut(&str, i64, i64),
    ) {
        for claim in claims {
            let (from, to) = (claim.blocked.start.as_second(), claim.blocked.end.as_second());
            for key in self.keys.claims(tenant, claim, ttl) {
                give(&key.text, from, to);
            }
        }
    }
}
