//! One lane: its pending items, taken one after another, each as a turn that is retried when somebody else moved first.

use jiff::SignedDuration;

use super::error::EngineError;
use super::handle::Inner;
use super::trouble::Verdict;
use super::turn::{Reading, Turn};
use crate::domain::appointment::Busy;
use crate::domain::id::ThreadId;
use crate::domain::tenant::TenantStatus;
use crate::ports::hot::Lane;
use crate::ports::inbox::{Cause, InboxItem};
use crate::ports::live::LiveKind;
use crate::ports::store::{CommitOutcome, LaneView, TurnCommit, Write};

/// A turn takes milliseconds; a lane kept longer than this belonged to a process that died.
const LEASE: SignedDuration = SignedDuration::from_secs(30);
/// How long somebody waits for a lane before leaving its items to whoever has it.
const PATIENCE: SignedDuration = SignedDuration::from_secs(10);
/// Items read together.
const BATCH: u32 = 16;
/// Races lost before a turn is given up for now.
const TRIES: u32 = 12;
/// How long a turn keeps others from the time that it is about to take: much longer than a commit takes.
const CLAIM: SignedDuration = SignedDuration::from_secs(5);

impl Inner {
    /// Takes turns until the lane is empty. Returns how many were taken.
    pub(super) async fn run_lane(&self, lane: Lane) -> Result<u64, EngineError> {
        let lease = match self.parts.hot.acquire(lane, LEASE, PATIENCE).await {
            Ok(Some(lease)) => Some(lease),
            Ok(None) => return Ok(0),
            // The lease only saves doubled work: without hot state the revision at commit is enough.
            Err(fault) => {
                metrics::counter!("ratiba_turns_unleased_total").increment(1);
                tracing::debug!(tenant.id = %lane.tenant, fault = %fault, "turns are taken without a lease");
                None
            }
        };
        // Boxed, or every future around it would be as large as a turn.
        let outcome = Box::pin(self.drain_lane(lane)).await;
        if let Some(lease) = lease
            && let Err(fault) = self.parts.hot.release(lane, lease).await
        {
            tracing::debug!(tenant.id = %lane.tenant, fault = %fault, "a lane was not given back; its lease runs out");
        }
        outcome
    }

    async fn drain_lane(&self, lane: Lane) -> Result<u64, EngineError> {
        let store = self.parts.store.of(lane.tenant);
        let mut taken = 0;
        loop {
            let mut view = match store.lane(lane.customer, BATCH).await {
                Ok(Some(view)) => view,
                Ok(None) => return Ok(taken),
                Err(error) => {
                    self.note_failure(lane, None, error.into()).await?;
                    continue;
                }
            };
            if view.pending.is_empty() || view.tenant_status == TenantStatus::Suspended {
                return Ok(taken);
            }
            // Whoever stores an item runs its lane, and waits for this lease: only what is known to wait is looked for here.
            let last = view.pending.len() == 1;
            in_order_of_sending(&mut view.pending);
            let item = view.pending.swap_remove(0);
            match self.take_turn(lane, &item, view, Reading::Required).await {
                Ok(()) => self.troubles.over(lane),
                Err(error) => self.note_failure(lane, Some(&item), error).await?,
            }
            taken += 1;
            if last {
                return Ok(taken);
            }
        }
    }

    /// A turn failed: the failure, for as long as it is to be tried again; nothing, when it was given up.
    async fn note_failure(
        &self,
        lane: Lane,
        item: Option<&InboxItem>,
        error: EngineError,
    ) -> Result<(), EngineError> {
        let now = self.parts.clock.now();
        if self.troubles.failed(lane, item.map(|item| item.id), &error, now) == Verdict::Again {
            return Err(error);
        }
        let Some(item) = item else {
            self.pass_over_damage(lane, error).await?;
            self.troubles.over(lane);
            return Ok(());
        };
        match (&error, &item.cause) {
            // Somebody waits for an answer: they go on in a new conversation, and a person is told.
            (EngineError::State { .. }, Cause::Message { .. } | Cause::OwnerSpoke { .. }) => {
                self.keep_lost_state(lane, item, &error).await?;
                let view = self.parts.store.of(lane.tenant).lane(lane.customer, BATCH).await?;
                if let Some(view) = view {
                    self.take_turn(lane, item, view, Reading::OrNew).await?;
                }
            }
            _ => self.give_up(lane, item, &error).await?,
        }
        self.troubles.over(lane);
        Ok(())
    }

    async fn take_turn(
        &self,
        lane: Lane,
        item: &InboxItem,
        view: LaneView,
        reading: Reading,
    ) -> Result<(), EngineError> {
        let store = self.parts.store.of(lane.tenant);
        let mut view = Some(view);
        // What others are about to take, as far as hot state knows: this turn offers something else.
        let mut avoid = Vec::new();
        for _ in 0..TRIES {
            let fresh = match view.take() {
                Some(view) => view,
                None => match store.lane(lane.customer, BATCH).await? {
                    Some(view) if view.pending.iter().any(|pending| pending.id == item.id) => view,
                    Some(_) | None => return Ok(()), // somebody else has taken this turn
                },
            };
            let loaded = self.business(lane.tenant, Some(fresh.business_version)).await?;
            let mint = self.mint();
            let now = mint.at;
            let begun =
                Turn::begin(self, store.as_ref(), loaded, fresh, item, mint, reading).await?;
            let Some(mut turn) = begun else {
                store.skip(item.id, now).await?;
                return Ok(());
            };
            turn.avoid.clone_from(&avoid);
            let commit = turn.run(item, now + self.parts.takeover).await?;
            let claims = claims_of(&commit);
            if avoid.is_empty() && !self.may_claim(lane, commit.thread.id, &claims).await {
                avoid = claims;
                continue;
            }
            let outcome = store.commit(&commit).await;
            if !claims.is_empty() {
                // The row decides from now on, or nothing was taken.
                let _ = self.parts.hot.unhold(lane.tenant, commit.thread.id, &claims).await;
            }
            match outcome? {
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

    /// Whether nobody else is just about to take this time. Without hot state the store alone decides.
    async fn may_claim(&self, lane: Lane, thread: ThreadId, claims: &[Busy]) -> bool {
        if claims.is_empty() {
            return true;
        }
        let held = self.parts.hot.hold(lane.tenant, thread, claims, CLAIM).await;
        if matches!(held, Ok(false)) {
            metrics::counter!("ratiba_claims_refused_total").increment(1);
        }
        held.unwrap_or(true)
    }
}

/// The time that a turn takes for its customer.
fn claims_of(commit: &TurnCommit) -> Vec<Busy> {
    let held = commit.writes.iter().filter_map(|write| match write {
        Write::Hold(appointments) => Some(appointments),
        _ => None,
    });
    held.flatten()
        .map(|appointment| Busy {
            staff: appointment.staff,
            resource: appointment.resource,
            blocked: appointment.blocked,
            appointment: appointment.id,
        })
        .collect()
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
