//! One lane: its pending items, taken one after another, each as a turn that is retried when somebody else moved first.

use jiff::SignedDuration;

use super::error::EngineError;
use super::handle::Inner;
use super::live::LiveKind;
use super::turn::Turn;
use crate::domain::tenant::TenantStatus;
use crate::ports::hot::Lane;
use crate::ports::outbox::{Cause, InboxItem};
use crate::ports::store::{CommitOutcome, LaneView};

/// A turn takes milliseconds; a lane kept longer than this belonged to a process that died.
const LEASE: SignedDuration = SignedDuration::from_secs(30);
/// How long somebody waits for a lane before leaving its items to whoever has it.
const PATIENCE: SignedDuration = SignedDuration::from_secs(10);
/// Items read together.
const BATCH: u32 = 16;
/// Races lost before a turn is given up for now.
const TRIES: u32 = 12;
/// How long the committing process keeps new outbox items to itself.
const OUTBOX_LEASE: SignedDuration = SignedDuration::from_secs(60);

impl Inner {
    /// Takes turns until the lane is empty. Returns how many were taken.
    pub(super) async fn run_lane(&self, lane: Lane) -> Result<u64, EngineError> {
        let Some(lease) = self.parts.hot.acquire(lane, LEASE, PATIENCE).await? else {
            return Ok(0);
        };
        let outcome = self.drain_lane(lane).await;
        self.parts.hot.release(lane, lease).await?;
        outcome
    }

    async fn drain_lane(&self, lane: Lane) -> Result<u64, EngineError> {
        let tenant = self.parts.store.tenant(lane.tenant).await?;
        if tenant.is_none_or(|tenant| tenant.status == TenantStatus::Suspended) {
            return Ok(0);
        }
        let store = self.parts.store.of(lane.tenant);
        let mut taken = 0;
        loop {
            let Some(mut view) = store.lane(lane.customer, BATCH).await? else { return Ok(taken) };
            if view.pending.is_empty() {
                return Ok(taken);
            }
            in_order_of_sending(&mut view.pending);
            let item = view.pending.swap_remove(0);
            self.take_turn(lane, &item, view).await?;
            taken += 1;
        }
    }

    async fn take_turn(
        &self,
        lane: Lane,
        item: &InboxItem,
        view: LaneView,
    ) -> Result<(), EngineError> {
        let store = self.parts.store.of(lane.tenant);
        let mut view = Some(view);
        for _ in 0..TRIES {
            let fresh = match view.take() {
                Some(view) => view,
                None => match store.lane(lane.customer, BATCH).await? {
                    Some(view) if view.pending.iter().any(|pending| pending.id == item.id) => view,
                    Some(_) | None => return Ok(()), // somebody else has taken this turn
                },
            };
            let loaded = self.business(lane.tenant, Some(fresh.business_version)).await?;
            let now = self.parts.clock.now();
            let seed = self.parts.entropy.draw();
            let Some(turn) =
                Turn::begin(self, store.as_ref(), loaded, fresh, item, now, seed).await?
            else {
                store.skip(item.id, now).await?;
                return Ok(());
            };
            let commit = turn.run(item, now + OUTBOX_LEASE).await?;
            match store.commit(&commit).await? {
                CommitOutcome::Committed { leased } => {
                    metrics::counter!("ratiba_turns_total").increment(1);
                    tracing::info!(
                        tenant.id = %lane.tenant, thread.id = %commit.thread.id, turn = commit.thread.revision + 1,
                        state = %commit.thread.state_name, driver = %commit.thread.driver_name,
                        writes = commit.writes.len(), outbox = commit.outbox.len(), "turn committed"
                    );
                    self.tell(lane.tenant, lane.customer, Some(commit.thread.id), LiveKind::Turn);
                    self.deliver_committed(lane.tenant, commit.outbox, &leased);
                    return Ok(());
                }
                outcome @ (CommitOutcome::Stale
                | CommitOutcome::SlotTaken
                | CommitOutcome::PaymentInFlight) => {
                    metrics::counter!("ratiba_turns_retaken_total").increment(1);
                    tracing::debug!(tenant.id = %lane.tenant, ?outcome, "turn is taken again");
                }
            }
        }
        Err(EngineError::Contended)
    }
}

/// Providers do not keep the order of messages, so those that wait together are taken in the order in which they were sent. Everything else
/// keeps the order of arrival.
fn in_order_of_sending(pending: &mut [InboxItem]) {
    let at = |item: &InboxItem| match &item.cause {
        // A sender's clock may be wrong: a message never counts as sent after it arrived.
        Cause::Message { message } => message.sent_at.min(item.received_at),
        Cause::OwnerSpoke { .. }
        | Cause::Admin { .. }
        | Cause::Timer { .. }
        | Cause::Payment { .. }
        | Cause::Reminder { .. }
        | Cause::VisitOver { .. }
        | Cause::FollowUp { .. }
        | Cause::SlotFreed { .. }
        | Cause::OfferOver { .. }
        | Cause::ToolFailed { .. }
        | Cause::Thought { .. } => item.received_at,
    };
    pending.sort_by_key(|item| (at(item), item.id));
}
