//! The usual turns, committed by a function in the database (`functions.sql`), those of one tenant together where they come together. What is
//! not usual takes the shared statements.

use serde_json::Value;
use sqlx::Row as _;

use super::TheTenant;
use super::calls::column;
use super::dialect::{Row, is_named};
use super::error::During;
use super::row::{Cells, json as text, micros};
use super::together::{Joint, PATIENCE, failed};
use super::usual;
use crate::adapters::sql::again;
use crate::domain::id::OutboxId;
use crate::ports::outbox::Outgoing;
use crate::ports::store::{CommitOutcome, StoreError, TurnCommit};

const COMMITTING: &str = "committing a turn";

/// A turn as the function takes it.
#[derive(Debug)]
pub(super) struct Turn {
    now: i64,
    inbox: String,
    thread: String,
    customer: String,
    revision: i64,
    state: String,
    state_name: String,
    driver: String,
    address: String,
    capabilities: String,
    offered: String,
    last_inbound: Option<i64>,
    updated: i64,
    record: Option<String>,
    /// The writes, by what they do.
    holds: Vec<Value>,
    timers: Vec<Value>,
    no_timers: Vec<Value>,
    learnt: Vec<Value>,
    outbox: Vec<Out>,
}

/// An item for the outbox.
#[derive(Debug)]
struct Out {
    id: String,
    thread: Option<String>,
    lane: String,
    spoken: i64,
    what: String,
    attempts: i64,
    created: i64,
    /// Until when whoever commits the turn has the lease, where it has one.
    lease: Option<i64>,
    useful: Option<i64>,
    /// When the first item of the turn in the same lane is due; `None` for the first.
    ahead: Option<i64>,
}

impl Turn {
    /// `None` when the turn is not usual.
    fn of(turn: &TurnCommit) -> Result<Option<Self>, StoreError> {
        let Some(writes) = usual::writes(turn)? else { return Ok(None) };
        let thread = &turn.thread;
        let customer = thread.customer.to_string();
        let (mut holds, mut timers, mut no_timers, mut learnt) = Default::default();
        for mut write in writes {
            let kind: &mut Vec<Value> = match write["do"].as_str() {
                Some("hold") => {
                    write["now"] = micros(turn.now).into();
                    &mut holds
                }
                Some("timer") => &mut timers,
                Some("no_timer") => {
                    write["customer"] = customer.as_str().into();
                    &mut no_timers
                }
                Some("customer") => &mut learnt,
                _ => return Ok(None),
            };
            kind.push(write);
        }
        Ok(Some(Self {
            now: micros(turn.now),
            inbox: turn.inbox.to_string(),
            thread: thread.id.to_string(),
            customer,
            revision: i64::try_from(thread.revision).unwrap_or(i64::MAX - 1),
            state: thread.state.clone(),
            state_name: thread.state_name.clone(),
            driver: thread.driver_name.clone(),
            address: text(&thread.address)?,
            capabilities: text(&thread.capabilities)?,
            offered: text(&thread.offered)?,
            last_inbound: thread.last_inbound_at.map(micros),
            updated: micros(thread.updated_at),
            record: turn.record.as_ref().map(text).transpose()?,
            holds,
            timers,
            no_timers,
            learnt,
            outbox: outs(turn)?,
        }))
    }
}

fn outs(turn: &TurnCommit) -> Result<Vec<Out>, StoreError> {
    let mut outs: Vec<Out> = Vec::with_capacity(turn.outbox.len());
    for item in &turn.outbox {
        let first = outs.iter().find(|out| out.lane == item.lane);
        let ahead = first.map(|first| first.lease.unwrap_or(first.created));
        outs.push(Out {
            id: item.id.to_string(),
            thread: item.thread.map(|thread| thread.to_string()),
            lane: item.lane.clone(),
            spoken: matches!(item.what, Outgoing::Reply { .. }).into(),
            what: text(&item.what)?,
            attempts: item.attempts.into(),
            created: micros(item.created_at),
            lease: item.what.begins_with_commit().then(|| micros(turn.lease_until)),
            useful: item.useful_until.map(micros),
            ahead,
        });
    }
    Ok(outs)
}

impl Joint for Turn {
    type Answer = Result<CommitOutcome, StoreError>;
    type Place = TheTenant;
    const MOST: usize = 16;

    fn whose(&self) -> Option<&str> {
        Some(&self.customer)
    }

    async fn make(tenant: &TheTenant, turns: &[Self]) -> Vec<Option<Self::Answer>> {
        let leased = match settle(tenant, turns, PATIENCE).await {
            Ok(Settled::Committed(leased)) => leased,
            // What may not be is known of a turn that was alone; of several, each has to find out for itself.
            Ok(Settled::Refused(outcome)) if turns.len() == 1 => return vec![Some(Ok(outcome))],
            Ok(Settled::Refused(_) | Settled::Unusual) => return Vec::new(),
            Err(error) => return failed(&error, COMMITTING, turns.len()),
        };
        let own = |turn: &Self| {
            let own = |id: &&OutboxId| turn.outbox.iter().any(|out| out.id == id.to_string());
            leased.iter().filter(own).copied().collect()
        };
        turns.iter().map(|turn| Some(Ok(CommitOutcome::Committed { leased: own(turn) }))).collect()
    }
}

/// What became of turns that the function was given.
enum Settled {
    /// With what of the outbox is leased.
    Committed(Vec<OutboxId>),
    Refused(CommitOutcome),
    /// It has to be done otherwise.
    Unusual,
}

/// Commits a turn.
pub(super) async fn commit(
    tenant: &TheTenant,
    turn: &TurnCommit,
) -> Result<CommitOutcome, StoreError> {
    if !tenant.db.pooler
        && let Some(usual) = Turn::of(turn)?
    {
        if let Some(outcome) = tenant.db.turns.call(tenant.id, tenant, usual).await {
            return outcome;
        }
        if let Some(alone) = Turn::of(turn)? {
            match again!(settle(tenant, std::slice::from_ref(&alone), 0))? {
                Settled::Committed(leased) => return Ok(CommitOutcome::Committed { leased }),
                Settled::Refused(outcome) => return Ok(outcome),
                Settled::Unusual => {}
            }
        }
    }
    again!(tenant.commit_turn(turn))
}

async fn settle(tenant: &TheTenant, turns: &[Turn], patience: i64) -> Result<Settled, StoreError> {
    let outs = || turns.iter().flat_map(|turn| &turn.outbox);
    let places: Vec<_> =
        (1_i64..).zip(turns).flat_map(|(n, turn)| vec![n; turn.outbox.len()]).collect();
    let records = column(turns, |turn| turn.record.as_deref());
    let writes = |of: fn(&Turn) -> &[Value]| {
        let writes: Vec<_> = turns.iter().flat_map(of).collect();
        (!writes.is_empty()).then(|| text(&writes)).transpose()
    };
    let (holds, timers) = (writes(|turn| &turn.holds)?, writes(|turn| &turn.timers)?);
    let (no_timers, learnt) = (writes(|turn| &turn.no_timers)?, writes(|turn| &turn.learnt)?);
    let rows = tenant
        .call(
            COMMITTING,
            |calls| &calls.commit,
            |query| {
                query
                    .bind(patience)
                    .bind(column(turns, |turn| turn.now))
                    .bind(column(turns, |turn| turn.inbox.as_str()))
                    .bind(column(turns, |turn| turn.thread.as_str()))
                    .bind(column(turns, |turn| turn.customer.as_str()))
                    .bind(column(turns, |turn| turn.revision))
                    .bind(column(turns, |turn| turn.state.as_str()))
                    .bind(column(turns, |turn| turn.state_name.as_str()))
                    .bind(column(turns, |turn| turn.driver.as_str()))
                    .bind(column(turns, |turn| turn.address.as_str()))
                    .bind(column(turns, |turn| turn.capabilities.as_str()))
                    .bind(column(turns, |turn| turn.offered.as_str()))
                    .bind(column(turns, |turn| turn.last_inbound))
                    .bind(column(turns, |turn| turn.updated))
                    .bind(records.iter().any(Option::is_some).then_some(&records))
                    .bind(holds)
                    .bind(timers)
                    .bind(no_timers)
                    .bind(learnt)
                    .bind(places)
                    .bind(column(outs(), |out| out.id.as_str()))
                    .bind(column(outs(), |out| out.thread.as_deref()))
                    .bind(column(outs(), |out| out.lane.as_str()))
                    .bind(column(outs(), |out| out.spoken))
                    .bind(column(outs(), |out| out.what.as_str()))
                    .bind(column(outs(), |out| out.attempts))
                    .bind(column(outs(), |out| out.created))
                    .bind(column(outs(), |out| out.lease))
                    .bind(column(outs(), |out| out.useful))
                    .bind(column(outs(), |out| out.ahead))
            },
        )
        .await;
    match rows {
        Ok(None) => Ok(Settled::Unusual),
        Ok(Some(rows)) => {
            rows.first().map_or_else(|| Ok(Vec::new()), read_leased).map(Settled::Committed)
        }
        Err(error) if is_named(&error, &["RT001"]) => Ok(Settled::Refused(CommitOutcome::Stale)),
        Err(error) if is_named(&error, &["RT002"]) => {
            Ok(Settled::Refused(CommitOutcome::SlotTaken))
        }
        Err(error) if is_named(&error, &["RT003"]) => Ok(Settled::Unusual),
        Err(error) => Err(error),
    }
}

fn read_leased(row: &Row) -> Result<Vec<OutboxId>, StoreError> {
    let ids: Vec<String> = row.try_get("leased").during(COMMITTING)?;
    let cells = Cells::new(row, "outbox", "id");
    ids.iter().map(|id| id.parse().map_err(|error| cells.corrupt("id", error))).collect()
}
