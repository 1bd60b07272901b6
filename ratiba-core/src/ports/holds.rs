//! Short claims on time, before the store is asked: they only make a race polite. The store decides at commit.

use async_trait::async_trait;
use jiff::SignedDuration;

use super::fault::Fault;
use crate::domain::appointment::Busy;
use crate::domain::id::{TenantId, ThreadId};

/// Claims on members of staff and resources, each by one conversation, that lapse by themselves.
#[async_trait]
pub trait SlotHolds: Send + Sync {
    /// Takes all of the claims for `holder` in one step, or none of them: one that overlaps another holder's refuses them all. A holder never
    /// refuses itself; claims taken again last `ttl` from now.
    async fn hold(
        &self,
        tenant: TenantId,
        holder: ThreadId,
        claims: &[Busy],
        ttl: SignedDuration,
    ) -> Result<bool, Fault>;

    /// Gives back what `holder` has of these; what another holds meanwhile stays theirs.
    async fn unhold(
        &self,
        tenant: TenantId,
        holder: ThreadId,
        claims: &[Busy],
    ) -> Result<(), Fault>;
}
