//! What a model is asked for admins: nobody waits for it, so it is a row of the outbox, and what comes of it is told on the owner's rail.

use super::error::{EngineError, ReceiveError};
use super::handle::Inner;
use crate::domain::id::TenantId;
use crate::ports::fault::FaultKind;
use crate::ports::outbox::{Attempt, Consult, OutboxItem};
use crate::ports::store::TenantStore;

impl Inner {
    /// Asks, tells, and records that it is done. Taken again after a death in the middle it tells nothing twice.
    pub(super) async fn consult(
        &self,
        tenant: TenantId,
        store: &dyn TenantStore,
        item: &OutboxItem,
        about: &Consult,
    ) -> Result<(), EngineError> {
        let told = match about {
            Consult::Command { admin, text, dedupe } => {
                self.take_meant(tenant, admin, text, dedupe).await
            }
            Consult::Brief {} => self.brief_admins(tenant, store, item).await,
        };
        let attempt = match told {
            Ok(()) => Attempt::Done { provider_id: None, billable: 0 },
            Err(ReceiveError::Store(error)) => return Err(error.into()),
            Err(ReceiveError::Engine(error)) => return Err(error),
            // What the rail can't take now it can't take later either.
            Err(error) => {
                Attempt::Failed { kind: FaultKind::Rejected, code: Some(error.to_string()) }
            }
        };
        store.record_attempt(item.id, &attempt, None, self.parts.clock.now()).await?;
        Ok(())
    }
}
