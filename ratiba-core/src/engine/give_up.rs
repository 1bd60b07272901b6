//! A turn that can never succeed: what it was about is kept for the operator, and the customer goes on.

use super::error::EngineError;
use super::handle::Inner;
use crate::domain::id::{InboxId, OutboxId};
use crate::ports::hot::Lane;
use crate::ports::inbox::{Cause, InboxItem};
use crate::ports::notify::Notice;
use crate::ports::outbox::{OutboxItem, Outgoing};
use crate::ports::store::{DeadLetter, DeadLetterKind, StoreError};

/// Where such a letter came from.
const SOURCE: &str = "turn";

impl Inner {
    /// Buries an inbox item and marks it as done. Again after a death in between: the letter has the item's id, so there is one.
    pub(super) async fn give_up(
        &self,
        lane: Lane,
        item: &InboxItem,
        why: &EngineError,
    ) -> Result<(), EngineError> {
        let raw = serde_json::to_string(item)?;
        self.bury_turn(lane, item.id, why, raw).await?;
        let store = self.parts.store.of(lane.tenant);
        if let (EngineError::Endless(thread), false) =
            (why, matches!(item.cause, Cause::ToolFailed { .. }))
        {
            // The conversation itself can be read: the machine hands it to a person.
            let id: InboxId = self.new_id();
            let accepted = store
                .accept(&crate::ports::store::NewInbox {
                    id,
                    lane: crate::ports::store::LaneKey::Customer(lane.customer),
                    dedupe_key: format!("given-up:{}", item.id),
                    cause: Cause::ToolFailed { thread: *thread },
                    received_at: self.parts.clock.now(),
                })
                .await?;
            self.stored(lane.tenant, accepted).await;
        }
        store.skip(item.id, self.parts.clock.now()).await?;
        Ok(())
    }

    /// Keeps the state of a conversation that can't be read, before its customer goes on in a new one.
    pub(super) async fn keep_lost_state(
        &self,
        lane: Lane,
        item: &InboxItem,
        why: &EngineError,
    ) -> Result<(), EngineError> {
        let EngineError::State { thread, .. } = why else { return Ok(()) };
        let stored = self.parts.store.of(lane.tenant).thread(*thread).await?;
        let raw = stored.map(|stored| stored.state).unwrap_or_default();
        self.bury_turn(lane, item.id, why, raw).await
    }

    /// An inbox row that can't be read keeps its whole lane from being read: it is passed over.
    pub(super) async fn pass_over_damage(
        &self,
        lane: Lane,
        error: EngineError,
    ) -> Result<(), EngineError> {
        let damaged = match &error {
            EngineError::Store(StoreError::Corrupt { table: "inbox", row, .. }) => {
                row.parse::<InboxId>().ok()
            }
            _ => None,
        };
        let Some(id) = damaged else { return Err(error) };
        self.bury_turn(lane, id, &error, String::new()).await?;
        Ok(self.parts.store.of(lane.tenant).skip(id, self.parts.clock.now()).await?)
    }

    async fn bury_turn(
        &self,
        lane: Lane,
        id: InboxId,
        why: &EngineError,
        raw: String,
    ) -> Result<(), EngineError> {
        metrics::counter!("ratiba_dead_letters_total", "source" => SOURCE).increment(1);
        let reason = reasons(why);
        tracing::error!(tenant.id = %lane.tenant, inbox.id = %id, %reason, "a turn is given up and kept as a dead letter");
        let now = self.parts.clock.now();
        self.parts
            .store
            .bury(&DeadLetter {
                id,
                kind: DeadLetterKind::Turn,
                source: format!("{SOURCE}/{}", lane.tenant),
                reason,
                raw,
                token: None,
                received_at: now,
                settled_at: None,
                dismissed_because: None,
            })
            .await?;
        let outbox: OutboxId = self.new_id();
        let notice = OutboxItem {
            id: outbox,
            customer: lane.customer,
            thread: None,
            lane: format!("notify:{id}"),
            what: Outgoing::Notify { notice: Notice::TurnGivenUp { letter: id } },
            attempts: 0,
            created_at: now,
            useful_until: None,
        };
        Ok(self.parts.store.of(lane.tenant).enqueue(&[notice]).await?)
    }
}

/// The failure and its causes in one line.
fn reasons(error: &EngineError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(next) = cause {
        text.push_str(": ");
        text.push_str(&next.to_string());
        cause = next.source();
    }
    text
}
