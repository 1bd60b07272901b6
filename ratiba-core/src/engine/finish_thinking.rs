//! The rest of a thought that took longer than its turn: an outbox row whose result comes back as an inbox item of the same lane.

use std::sync::Arc;

use jiff::SignedDuration;

use super::error::EngineError;
use super::handle::Inner;
use super::think::{Answering, Hearing};
use super::thoughts::{Key, Made};
use crate::conversation::event::{Said, Shape, Thought};
use crate::conversation::flow::Flow;
use crate::conversation::thread::Thread;
use crate::domain::id::{TenantId, ThreadId};
use crate::models::doubt::doubt;
use crate::models::shape;
use crate::ports::fault::FaultKind;
use crate::ports::inbox::Cause;
use crate::ports::outbox::{Attempt, OutboxItem, ThinkAbout};
use crate::ports::store::{LaneKey, NewInbox, TenantStore};

/// Longer than all tries of a thought together.
const PATIENCE: SignedDuration = SignedDuration::from_secs(40);
/// Snippets that may matter to one question.
const RELEVANT: usize = 12;

impl Inner {
    /// Waits for what a model makes of a turn, or begins anew where this process did not begin it, and stores it for the thread.
    pub(super) async fn finish_thinking(
        &self,
        tenant: TenantId,
        store: &dyn TenantStore,
        item: &OutboxItem,
        turn: u64,
        about: &ThinkAbout,
    ) -> Result<(), EngineError> {
        let now = self.parts.clock.now();
        let thought = match item.thread {
            Some(thread) => self.thought(tenant, store, item, thread, about).await?,
            None => None,
        };
        let Some((thread, thought)) = item.thread.zip(thought) else {
            let gone = Attempt::Failed { kind: FaultKind::Rejected, code: Some("gone".to_owned()) };
            store.record_attempt(item.id, &gone, None, now).await?;
            return Ok(());
        };
        let then = NewInbox {
            id: self.new_id(),
            lane: LaneKey::Customer(item.customer),
            dedupe_key: format!("thought:{}", item.id),
            cause: Cause::Thought { thread, turn, thought },
            received_at: now,
        };
        let done = Attempt::Done { provider_id: None, billable: 0 };
        store.record_attempt(item.id, &done, Some(&then), now).await?;
        self.lane_has_work(tenant, item.customer).await;
        Ok(())
    }

    async fn thought(
        &self,
        tenant: TenantId,
        store: &dyn TenantStore,
        item: &OutboxItem,
        thread: ThreadId,
        about: &ThinkAbout,
    ) -> Result<Option<Thought>, EngineError> {
        let Some(customer) = store.customer(item.customer).await? else { return Ok(None) };
        let Some(stored) = store.thread(thread).await? else { return Ok(None) };
        let loaded = self.business(tenant, None).await?;
        let now = item.created_at;
        let own = self.parts.store.of(tenant);
        match about {
            ThinkAbout::Said { inbox, said } => {
                let Some(router) = self.parts.models.clone() else {
                    return Ok(Some(Thought::Heard { said: said.clone() }));
                };
                let state = Thread::load(&stored.state)
                    .map_err(|source| EngineError::State { thread, source })?;
                let floor = f32::from(loaded.business.settings.confidence_floor_permille) / 1_000.0;
                let doubt = doubt(&said.text, &said.understanding, state.expecting(), floor, false);
                let key = Key::hearing(tenant, *inbox);
                let hearing = Hearing {
                    router,
                    store: own,
                    loaded,
                    thread,
                    now,
                    customer,
                    said: said.as_ref().clone(),
                    doubt,
                    expecting: state.expecting(),
                    offered: stored.offered.clone(),
                    known_date: state.known_date(),
                    acts_at_once: matches!(state.flow, Flow::AwaitingPayment { .. }),
                };
                let made = self.thoughts.wait(key, PATIENCE, || hearing.think()).await;
                self.thoughts.forget(key);
                let understanding = match made {
                    Some(Made::Heard(understanding)) => *understanding,
                    Some(Made::Answer(_) | Made::Nothing | Made::Ceiling) | None => {
                        said.understanding.clone()
                    }
                };
                let said = Said { understanding, ..said.as_ref().clone() };
                Ok(Some(Thought::Heard { said: Box::new(said) }))
            }
            ThinkAbout::Question { inbox, question, language } => {
                let all = store.snippets().await?;
                let relevant =
                    self.snippets_for(store, question, Some(*language), RELEVANT).await?;
                let best = relevant.iter().take(1).cloned().collect();
                let quoted =
                    |shape| Thought::Answered { question: question.clone(), snippets: best, shape };
                let Some(router) = self.parts.models.clone() else {
                    return Ok(Some(quoted(Shape::Quoted)));
                };
                let key = Key::answering(tenant, *inbox);
                let answering = Answering {
                    router,
                    store: Arc::clone(&own),
                    loaded,
                    thread,
                    now,
                    customer,
                    question: question.clone(),
                    language: *language,
                    snippets: shape::choose(&relevant, &all, *language).snippets,
                };
                let made = self.thoughts.wait(key, PATIENCE, || answering.think()).await;
                self.thoughts.forget(key);
                Ok(Some(quoted(match made {
                    Some(Made::Answer(text)) => Shape::Shaped { text },
                    Some(Made::Heard(_) | Made::Nothing | Made::Ceiling) | None => Shape::Quoted,
                })))
            }
        }
    }
}
