//! Takes recorded turns again, offline, and compares: the same state and effects, byte for byte.

use super::error::EngineError;
use super::handle::Ratiba;
use super::turn::{remember, step_mint};
use crate::conversation::effect::Effect;
use crate::conversation::event::StepCtx;
use crate::conversation::step::step;
use crate::conversation::thread::Thread;
use crate::domain::id::{TenantId, ThreadId};
use crate::domain::tenant::Business;
use crate::ports::store::TurnRecord;

/// Where a replayed turn differs from its record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Which turn.
    pub revision: u64,
    /// Which step, from 0; `None` for the state after the turn.
    pub step: Option<usize>,
    /// What was recorded (JSON).
    pub recorded: String,
    /// What came out now (JSON).
    pub replayed: String,
}

/// What a replay found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayReport {
    /// Turns taken again.
    pub turns: usize,
    /// Where they differ; empty when all are the same.
    pub differences: Vec<Difference>,
}

impl Ratiba {
    /// Takes every recorded turn of a conversation again, with the business document of its time. Calls nothing outside and changes nothing.
    pub async fn replay(
        &self,
        tenant: TenantId,
        thread: ThreadId,
    ) -> Result<ReplayReport, EngineError> {
        let store = self.store().of(tenant);
        let records = store.records(thread).await?;
        let mut differences = Vec::new();
        for record in &records {
            let business = store
                .business_at(record.business_version)
                .await?
                .ok_or(EngineError::NoBusiness(tenant))?;
            differences.extend(replay_turn(record, &business)?);
        }
        Ok(ReplayReport { turns: records.len(), differences })
    }
}

fn replay_turn(
    record: &TurnRecord,
    business: &Business,
) -> Result<Option<Difference>, EngineError> {
    let load = |json: &str| {
        Thread::load(json).map_err(|source| EngineError::State { thread: record.thread, source })
    };
    let mut state = load(&record.before)?;
    let mut customer = record.customer.clone();
    for (n, logged) in record.steps.iter().enumerate() {
        let ctx = StepCtx {
            now: record.now,
            mint: step_mint(record.now, record.seed, n),
            business,
            customer: &customer,
            capabilities: record.capabilities,
        };
        let (next, effects) = step(state, logged.event.clone(), &ctx);
        state = next;
        if effects != logged.effects {
            return Ok(Some(Difference {
                revision: record.revision,
                step: Some(n),
                recorded: serde_json::to_string(&logged.effects)?,
                replayed: serde_json::to_string(&effects)?,
            }));
        }
        for effect in &effects {
            if let Effect::Remember { fact } = effect {
                remember(&mut customer, fact);
            }
        }
    }
    let replayed = serde_json::to_string(&state)?;
    Ok((replayed != record.after).then(|| Difference {
        revision: record.revision,
        step: None,
        recorded: record.after.clone(),
        replayed,
    }))
}
