//! The calls that every message makes, each in one round trip: functions in the database (`functions.sql`) do what the shared statements
//! do, for what is usual. What is not, and everything through a pooler, takes the shared statements.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use sqlx::Row as _;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use tokio::sync::oneshot;

use super::dialect::{Database, Row, is_named};
use super::error::During;
use super::row::{Cells, json as text, micros};
use super::shards::near;
use super::slots::SLOTS;
use super::traced::For;
use super::usual::{self, Item};
use super::{TheTenant, threads};
use crate::adapters::sql::again;
use crate::domain::id::{OutboxId, TenantId};
use crate::ports::channel::FailedDelivery;
use crate::ports::outbox::{Attempt, Outgoing};
use crate::ports::store::{Accepted, CommitOutcome, NewInbox, StoreError, TurnCommit};

const ACCEPTING: &str = "accepting";
const READING: &str = "reading a lane";
const COMMITTING: &str = "committing a turn";
const RECORDING: &str = "recording an attempt";

/// The functions under one number, as they are called. The first two arguments are always the schema and the tenant.
struct Calls {
    accept: String,
    lane: String,
    commit: String,
    done: String,
}

static CALLS: LazyLock<Vec<Calls>> = LazyLock::new(|| {
    let call = |name: &str, slot: usize, arguments: usize| {
        let places: Vec<_> = (1..=arguments).map(|n| format!("${n}")).collect();
        format!("public.ratiba_{name}_at_{slot}({})", places.join(", "))
    };
    let calls = (0..SLOTS).map(|slot| Calls {
        accept: format!("SELECT * FROM {}", call("accept_1", slot, 10)),
        lane: format!("SELECT * FROM {}", call("lane_2", slot, 4)),
        commit: format!("SELECT {} AS leased", call("commit_2", slot, 26)),
        done: format!("SELECT {} AS done", call("done_1", slot, 5)),
    });
    calls.collect()
});

/// Items stored together at most.
const MOST_TOGETHER: usize = 128;

impl TheTenant {
    /// Calls a function; `None` when it can't be called, so that the shared statements have to do.
    async fn call(
        &self,
        operation: &'static str,
        function: impl Fn(&'static Calls) -> &'static str,
        bound: impl FnOnce(
            Query<'static, Database, PgArguments>,
        ) -> Query<'static, Database, PgArguments>,
    ) -> Result<Option<Vec<Row>>, StoreError> {
        if self.db.pooler {
            return Ok(None);
        }
        let Some(room) = self.db.room(self.id, operation).await? else { return Ok(None) };
        let near = near(&room);
        let mut connection =
            self.db.tenants.take(near, For::tenant(operation, &room)).await.during(operation)?;
        let call = function(&CALLS[connection.slot_of(near)]);
        let query = bound(sqlx::query(call).bind(room.to_string()).bind(self.key.clone()));
        let rows = query.fetch_all(&mut *connection).await;
        if matches!(rows, Ok(_) | Err(sqlx::Error::Database(_))) {
            connection.answered();
        }
        match rows.during(operation) {
            // A database that an older program has migrated.
            Err(error) if is_named(&error, &["42883"]) => Ok(None),
            rows => rows.map(Some),
        }
    }
}

/// Stores an inbox item. Items that arrive while others of the tenant are being stored are stored together after them: one flush to disk
/// answers them all.
pub(super) async fn accept(tenant: &TheTenant, new: &NewInbox) -> Result<Accepted, StoreError> {
    if !tenant.db.pooler {
        let (answer, told) = oneshot::channel();
        let waiting = Waiting { item: Item::of(new)?, answer };
        if tenant.db.accepts.join(tenant.id, waiting) {
            tokio::spawn(Arc::clone(&tenant.db.accepts).lead(tenant.clone()));
        }
        if let Ok(Some(accepted)) = told.await {
            return Ok(accepted);
        }
    }
    again!(tenant.accept_once(new))
}

/// Stores inbox items, all or none.
pub(super) async fn accept_all(
    tenant: &TheTenant,
    new: &[NewInbox],
) -> Result<Vec<Accepted>, StoreError> {
    let items: Vec<_> = new.iter().map(Item::of).collect::<Result<_, _>>()?;
    let stored = again!(store(tenant, &items, true))?;
    match stored.into_iter().collect::<Option<Vec<_>>>() {
        Some(accepted) if accepted.len() == new.len() => Ok(accepted),
        _ => again!(tenant.accept_all_once(new)),
    }
}

/// Stores items whose senders are known and bring no news; `None` for the others, and for all when it is `whole` and there are others.
async fn store(
    tenant: &TheTenant,
    items: &[Item],
    whole: bool,
) -> Result<Vec<Option<Accepted>>, StoreError> {
    fn column<T>(items: &[Item], of: impl Fn(&Item) -> T) -> Vec<T> {
        items.iter().map(of).collect()
    }
    let rows = tenant
        .call(
            ACCEPTING,
            |calls| &calls.accept,
            |query| {
                query
                    .bind(whole)
                    .bind(column(items, |item| item.id.clone()))
                    .bind(column(items, |item| item.key.clone()))
                    .bind(column(items, |item| item.customer.clone()))
                    .bind(column(items, |item| item.sender.clone()))
                    .bind(column(items, |item| item.spoken))
                    .bind(column(items, |item| item.cause.clone()))
                    .bind(column(items, |item| item.received))
            },
        )
        .await?;
    let rows = rows.unwrap_or_default();
    rows.iter()
        .map(|row| {
            let cells = Cells::new(row, "inbox", "place");
            let customer = cells.parse_opt("customer_id")?;
            let fresh = cells.flag("fresh")?;
            Ok(customer.map(|customer| Accepted { customer, fresh }))
        })
        .collect()
}

/// Items that wait to be stored together, by tenant. Where a tenant is listed, somebody is storing.
#[derive(Default)]
pub(super) struct Accepts(Mutex<HashMap<TenantId, Vec<Waiting>>>);

struct Waiting {
    item: Item,
    /// `None` when the shared statements have to do.
    answer: oneshot::Sender<Option<Accepted>>,
}

impl Accepts {
    fn lock(&self) -> MutexGuard<'_, HashMap<TenantId, Vec<Waiting>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Joins those who wait; true when nobody is storing for the tenant, so that the caller has to see to it.
    fn join(&self, tenant: TenantId, waiting: Waiting) -> bool {
        match self.lock().entry(tenant) {
            Entry::Occupied(mut others) => {
                others.get_mut().push(waiting);
                false
            }
            Entry::Vacant(nobody) => {
                nobody.insert(vec![waiting]);
                true
            }
        }
    }

    /// Those who wait, or nobody: then nobody is storing any more.
    fn next(&self, tenant: TenantId) -> Vec<Waiting> {
        let mut all = self.lock();
        let Some(waiting) = all.get_mut(&tenant) else { return Vec::new() };
        if waiting.is_empty() {
            all.remove(&tenant);
            return Vec::new();
        }
        let rest = waiting.split_off(waiting.len().min(MOST_TOGETHER));
        std::mem::replace(waiting, rest)
    }

    /// Stores what waits until nothing does.
    async fn lead(self: Arc<Self>, tenant: TheTenant) {
        /// Whoever waits behind one that died hears of it, and helps themselves.
        struct Leader<'a>(&'a Accepts, TenantId);
        impl Drop for Leader<'_> {
            fn drop(&mut self) {
                if std::thread::panicking() {
                    self.0.lock().remove(&self.1);
                }
            }
        }
        let leader = Leader(&self, tenant.id);
        loop {
            let (items, answers): (Vec<_>, Vec<_>) =
                leader.0.next(tenant.id).into_iter().map(|w| (w.item, w.answer)).unzip();
            if items.is_empty() {
                return;
            }
            // A failure is not told: each tries for itself, and hears its own.
            let stored = store(&tenant, &items, false).await.unwrap_or_default();
            let mut stored = stored.into_iter();
            for answer in answers {
                let _ = answer.send(stored.next().flatten());
            }
        }
    }
}

/// The rows of a lane.
pub(super) async fn lane(
    tenant: &TheTenant,
    customer: &str,
    limit: i64,
) -> Result<Vec<Row>, StoreError> {
    let rows = tenant
        .call(READING, |calls| &calls.lane, |query| query.bind(customer.to_owned()).bind(limit))
        .await?;
    if let Some(rows) = rows {
        return Ok(rows);
    }
    let mut reader = tenant.read(READING).await?;
    threads::lane_rows(&mut reader, &tenant.key, customer, limit).await
}

/// Commits a turn.
pub(super) async fn commit(
    tenant: &TheTenant,
    turn: &TurnCommit,
) -> Result<CommitOutcome, StoreError> {
    if let Some(writes) = usual::writes(turn)?
        && let Some(outcome) = again!(commit_usual(tenant, turn, &text(&writes)?))?
    {
        return Ok(outcome);
    }
    again!(tenant.commit_turn(turn))
}

async fn commit_usual(
    tenant: &TheTenant,
    turn: &TurnCommit,
    writes: &str,
) -> Result<Option<CommitOutcome>, StoreError> {
    let (thread, outbox) = (&turn.thread, &turn.outbox);
    let record = turn.record.as_ref().map(text).transpose()?;
    let (address, capabilities) = (text(&thread.address)?, text(&thread.capabilities)?);
    let offered = text(&thread.offered)?;
    let whats: Vec<_> = outbox.iter().map(|item| text(&item.what)).collect::<Result<_, _>>()?;
    let until: Vec<_> = outbox
        .iter()
        .map(|item| item.what.begins_with_commit().then(|| micros(turn.lease_until)))
        .collect();
    let spoken = outbox.iter().map(|item| matches!(item.what, Outgoing::Reply { .. }).into());
    let rows = tenant
        .call(
            COMMITTING,
            |calls| &calls.commit,
            |query| {
                query
                    .bind(micros(turn.now))
                    .bind(turn.inbox.to_string())
                    .bind(thread.id.to_string())
                    .bind(thread.customer.to_string())
                    .bind(i64::try_from(thread.revision).unwrap_or(i64::MAX - 1))
                    .bind(thread.state.clone())
                    .bind(thread.state_name.clone())
                    .bind(thread.driver_name.clone())
                    .bind(address)
                    .bind(capabilities)
                    .bind(offered)
                    .bind(thread.last_inbound_at.map(micros))
                    .bind(micros(thread.updated_at))
                    .bind(record)
                    .bind(writes.to_owned())
                    .bind(outbox.iter().map(|item| item.id.to_string()).collect::<Vec<_>>())
                    .bind(
                        outbox
                            .iter()
                            .map(|item| item.thread.map(|t| t.to_string()))
                            .collect::<Vec<_>>(),
                    )
                    .bind(outbox.iter().map(|item| item.lane.clone()).collect::<Vec<_>>())
                    .bind(spoken.collect::<Vec<i64>>())
                    .bind(whats)
                    .bind(outbox.iter().map(|item| i64::from(item.attempts)).collect::<Vec<_>>())
                    .bind(outbox.iter().map(|item| micros(item.created_at)).collect::<Vec<_>>())
                    .bind(until)
                    .bind(
                        outbox.iter().map(|item| item.useful_until.map(micros)).collect::<Vec<_>>(),
                    )
            },
        )
        .await;
    match rows {
        Ok(None) => Ok(None),
        Ok(Some(rows)) => {
            let leased = rows.first().map(read_leased).transpose()?.unwrap_or_default();
            Ok(Some(CommitOutcome::Committed { leased }))
        }
        Err(error) if is_named(&error, &["RT001"]) => Ok(Some(CommitOutcome::Stale)),
        Err(error) if is_named(&error, &["RT002"]) => Ok(Some(CommitOutcome::SlotTaken)),
        Err(error) => Err(error),
    }
}

fn read_leased(row: &Row) -> Result<Vec<OutboxId>, StoreError> {
    let ids: Vec<String> = row.try_get("leased").during(COMMITTING)?;
    let cells = Cells::new(row, "outbox", "id");
    ids.iter().map(|id| id.parse().map_err(|error| cells.corrupt("id", error))).collect()
}

/// Records an attempt that is done and brings nothing else; `None` for any other.
pub(super) async fn record(
    tenant: &TheTenant,
    id: OutboxId,
    attempt: &Attempt,
    then: Option<&NewInbox>,
) -> Result<Option<Option<FailedDelivery>>, StoreError> {
    let (Attempt::Done { provider_id, billable }, None) = (attempt, then) else { return Ok(None) };
    let done = async || {
        tenant
            .call(
                RECORDING,
                |calls| &calls.done,
                |query| {
                    query.bind(id.to_string()).bind(provider_id.clone()).bind(i64::from(*billable))
                },
            )
            .await
    };
    let Some(rows) = again!(done())? else { return Ok(None) };
    let done = rows.first().map(|row| row.try_get("done").during(RECORDING)).transpose()?;
    Ok((done == Some(true)).then_some(None))
}
