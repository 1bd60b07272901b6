//! The calls that every message makes, each in one trip to the connection's thread: a trip costs more than most statements. They do what the
//! shared statements do, for what is usual; what is not takes the shared statements.

use serde_json::{Value, json};

use super::dialect::Row;
use super::error::During;
use super::row::{Cells, json as text, micros};
use super::traced::For;
use super::usual::{self, Item};
use super::{TheTenant, threads};
use crate::adapters::sql::again;
use crate::domain::id::OutboxId;
use crate::ports::channel::FailedDelivery;
use crate::ports::outbox::{Attempt, Outgoing};
use crate::ports::store::{Accepted, CommitOutcome, NewInbox, StoreError, TurnCommit};

const ACCEPTING: &str = "accepting";
const LOADING: &str = "loading a lane";
const COMMITTING: &str = "committing a turn";
const RECORDING: &str = "recording an attempt";

/// What stops a text of statements in the middle: whoever finds that something may not be inserts its name, which is refused by that name.
pub(super) const GUARD: &str = "CREATE TEMP TABLE guard (
    what TEXT CONSTRAINT stale CHECK (what <> 'stale') CONSTRAINT taken CHECK (what <> 'taken'))";

/// Stores the item of somebody who is known and of whom nothing new is learnt.
const ACCEPT: &str = "INSERT INTO inbox (tenant_id, id, customer_id, dedupe_key, spoken, cause, received_at)
     SELECT $1, $2, who.id, $4, $6, $7, $8
     FROM (SELECT COALESCE(
        -- Whoever names a customer who has become another meanwhile means that other.
        (SELECT m.now_id FROM customer_merges m WHERE m.tenant_id = $1 AND m.gone_id = $3),
        $3,
        -- Somebody, when every identity is this one customer's, and the phone and the name are no news.
        (SELECT MIN(c.id)
         FROM json_each($5 ->> 'ids') AS name
         LEFT JOIN identities i ON i.tenant_id = $1
            AND i.channel = name.value ->> 0 AND i.external_id = name.value ->> 1
         LEFT JOIN customers c ON c.tenant_id = $1 AND c.id = i.customer_id
            AND ($5 ->> 'name' IS NULL OR c.name IS NOT NULL)
            AND ($5 ->> 'phone' IS NULL OR (c.phone_proven = 1 AND c.phone = $5 ->> 'phone'))
         HAVING COUNT(*) = COUNT(c.id) AND MIN(c.id) = MAX(c.id))) AS id) AS who
     WHERE who.id IS NOT NULL
     ON CONFLICT (tenant_id, dedupe_key) DO NOTHING
     RETURNING customer_id";

/// A whole turn. `$16` are its writes, `$17` its outbox; the rows are what went into the outbox.
macro_rules! turn {
    ($advance:literal) => {
        concat!(
            "BEGIN IMMEDIATE;",
            "UPDATE inbox SET done_at = $3
             WHERE tenant_id = $1 AND id = $2 AND done_at IS NULL AND customer_id = $4;",
            "INSERT INTO guard SELECT 'stale' WHERE changes() = 0;",
            $advance,
            "INSERT INTO guard SELECT 'stale' WHERE changes() = 0;",
            // Each search by an index of its own: as one condition of the update they would lead through the tenant's whole diary.
            "UPDATE appointments SET status = 'expired', hold_expires_at = NULL
             WHERE tenant_id = $1 AND id IN (
                SELECT a.id FROM json_each($16) AS new CROSS JOIN appointments a
                WHERE new.value ->> 'do' = 'hold' AND a.tenant_id = $1 AND a.status IN ('held', 'confirmed')
                  AND a.status = 'held' AND a.hold_expires_at <= $3 AND a.staff_id = new.value ->> 'staff'
                  AND a.blocked_until > new.value ->> 'blocked_from' AND a.blocked_from < new.value ->> 'blocked_until'
                UNION ALL
                SELECT a.id FROM json_each($16) AS new CROSS JOIN appointments a
                WHERE new.value ->> 'do' = 'hold' AND a.tenant_id = $1 AND a.status IN ('held', 'confirmed')
                  AND a.status = 'held' AND a.hold_expires_at <= $3 AND a.resource_id = new.value ->> 'resource'
                  AND a.blocked_until > new.value ->> 'blocked_from' AND a.blocked_from < new.value ->> 'blocked_until');",
            "INSERT INTO appointments
                (tenant_id, staff_id, resource_id, blocked_from, blocked_until, status, id, customer_id, thread_id,
                 service_id, starts_at, ends_at, hold_expires_at, price_minor, paid_minor, currency, created_at)
             SELECT $1, new.doc ->> 'staff', new.doc ->> 'resource', new.doc ->> 'blocked_from',
                new.doc ->> 'blocked_until', new.doc ->> 'status', new.doc ->> 'id', new.doc ->> 'customer',
                new.doc ->> 'thread', new.doc ->> 'service', new.doc ->> 'starts_at', new.doc ->> 'ends_at',
                new.doc ->> 'hold_expires_at', new.doc ->> 'price', new.doc ->> 'paid', new.doc ->> 'currency',
                new.doc ->> 'created_at'
             FROM (SELECT value AS doc FROM json_each($16) WHERE value ->> 'do' = 'hold') AS new
             WHERE NOT EXISTS (
                SELECT 1 FROM appointments a
                WHERE a.tenant_id = $1 AND a.status IN ('held', 'confirmed') AND a.staff_id = new.doc ->> 'staff'
                  AND a.blocked_until > new.doc ->> 'blocked_from' AND a.blocked_from < new.doc ->> 'blocked_until'
                UNION ALL
                SELECT 1 FROM appointments a
                WHERE a.tenant_id = $1 AND a.status IN ('held', 'confirmed')
                  AND a.resource_id = new.doc ->> 'resource'
                  AND a.blocked_until > new.doc ->> 'blocked_from' AND a.blocked_from < new.doc ->> 'blocked_until');",
            "INSERT INTO guard SELECT 'taken'
             WHERE changes() <> (SELECT COUNT(*) FROM json_each($16) WHERE value ->> 'do' = 'hold');",
            "DELETE FROM timers WHERE tenant_id = $1 AND customer_id = $4 AND key IN (
                SELECT value ->> 'key' FROM json_each($16) WHERE value ->> 'do' = 'no_timer');",
            "INSERT INTO timers (tenant_id, customer_id, key, id, due_at)
             SELECT $1, value ->> 'customer', value ->> 'key', value ->> 'id', value ->> 'due_at'
             FROM json_each($16) WHERE value ->> 'do' = 'timer'
             ON CONFLICT (tenant_id, customer_id, key) DO UPDATE SET id = excluded.id, due_at = excluded.due_at;",
            "UPDATE customers SET (name, phone, phone_proven, language, opted_out) = (
                SELECT value ->> 'name', value ->> 'phone', value ->> 'phone_proven', value ->> 'language',
                    value ->> 'opted_out'
                FROM json_each($16) WHERE value ->> 'do' = 'customer')
             WHERE tenant_id = $1 AND id = (
                SELECT value ->> 'id' FROM json_each($16) WHERE value ->> 'do' = 'customer');",
            "INSERT INTO turn_records (tenant_id, thread_id, revision, doc) SELECT $1, $5, $6 + 1, $15
             WHERE $15 IS NOT NULL;",
            "INSERT INTO outbox
                (tenant_id, id, customer_id, thread_id, lane, spoken, what, attempts, created_at, status,
                 after_inbox, useful_until, leased, due_at)
             SELECT $1, doc ->> 'id', $4, doc ->> 'thread', doc ->> 'lane', doc ->> 'spoken', doc ->> 'what',
                doc ->> 'attempts', doc ->> 'created_at', 'pending',
                (SELECT i.seq FROM inbox i WHERE i.tenant_id = $1 AND i.id = $2), doc ->> 'useful_until',
                mine, CASE WHEN mine THEN doc ->> 'lease' ELSE doc ->> 'created_at' END
             FROM (SELECT item.key AS place, item.value AS doc,
                    item.value ->> 'lease' IS NOT NULL AND NOT EXISTS (
                        SELECT 1 FROM outbox o WHERE o.tenant_id = $1 AND o.lane = item.value ->> 'lane'
                          AND o.status IN ('pending', 'unknown')) AS mine
                   FROM json_each($17) AS item)
             WHERE TRUE ORDER BY place
             ON CONFLICT (tenant_id, id) DO NOTHING
             RETURNING id, leased;",
            "COMMIT"
        )
    };
}

/// The first turn of a conversation.
const FIRST_TURN: &str = turn!(
    "INSERT INTO threads
        (tenant_id, id, customer_id, revision, state, state_name, driver_name, address, capabilities,
         offered, last_inbound_at, updated_at)
     VALUES ($1, $5, $4, $6 + 1, $7, $8, $9, $10, $11, $12, $13, $14)
     ON CONFLICT (tenant_id, id) DO NOTHING;"
);

/// Any other.
const NEXT_TURN: &str = turn!(
    "UPDATE threads
     SET customer_id = $4, revision = $6 + 1, state = $7, state_name = $8, driver_name = $9, address = $10,
         capabilities = $11, offered = $12, last_inbound_at = $13, updated_at = $14
     WHERE tenant_id = $1 AND id = $5 AND revision = $6;"
);

/// Records that an item was done, unless a report came before the answer: then somebody else has to record it.
const DONE: &str = "UPDATE outbox
     SET status = CASE WHEN status = 'failed' AND delivery IS NOT NULL THEN status ELSE 'done' END,
         provider_id = COALESCE($3, provider_id), billable = $4, leased = 0, attempts = attempts + 1,
         delivery = COALESCE(delivery, CASE WHEN $3 IS NULL THEN NULL ELSE 0 END)
     WHERE tenant_id = $1 AND id = $2
       AND NOT EXISTS (SELECT 1 FROM early_statuses e WHERE e.tenant_id = $1 AND e.provider_id = $3)";

/// Stores an inbox item.
pub(super) async fn accept(tenant: &TheTenant, new: &NewInbox) -> Result<Accepted, StoreError> {
    let item = Item::of(new)?;
    let query = sqlx::query(ACCEPT)
        .bind(&tenant.key)
        .bind(item.id)
        .bind(item.customer)
        .bind(item.key)
        .bind(item.sender)
        .bind(item.spoken)
        .bind(item.cause)
        .bind(item.received);
    // All rows, not one: a row comes before the statement has ended, and only its end says that it is stored.
    let rows = query
        .fetch_all(&mut *tenant.db.writer(For::tenant(ACCEPTING, &tenant.key)).await)
        .await
        .during(ACCEPTING)?;
    let Some(row) = rows.first() else { return again!(tenant.accept_once(new)) };
    let customer = Cells::new(row, "inbox", "customer_id").parse("customer_id")?;
    Ok(Accepted { customer, fresh: true })
}

/// Stores inbox items, all or none.
pub(super) async fn accept_all(
    tenant: &TheTenant,
    new: &[NewInbox],
) -> Result<Vec<Accepted>, StoreError> {
    again!(tenant.accept_all_once(new))
}

/// The rows of a lane.
pub(super) async fn lane(
    tenant: &TheTenant,
    customer: &str,
    limit: i64,
) -> Result<Vec<Row>, StoreError> {
    let mut reader = tenant.db.near_reader(For::tenant(LOADING, &tenant.key)).await;
    threads::lane_rows(&mut reader, &tenant.key, customer, limit).await
}

/// Commits a turn.
pub(super) async fn commit(
    tenant: &TheTenant,
    turn: &TurnCommit,
) -> Result<CommitOutcome, StoreError> {
    match usual::writes(turn)? {
        // Two slots of one turn may be in each other's way; one statement would not see it.
        Some(writes) if writes.iter().filter(|write| write["do"] == "hold").count() < 2 => {
            commit_usual(tenant, turn, &writes).await
        }
        _ => again!(tenant.commit_turn(turn)),
    }
}

async fn commit_usual(
    tenant: &TheTenant,
    turn: &TurnCommit,
    writes: &[Value],
) -> Result<CommitOutcome, StoreError> {
    let thread = &turn.thread;
    let statements = if thread.revision == 0 { FIRST_TURN } else { NEXT_TURN };
    let query = sqlx::query(statements)
        .bind(tenant.key.clone())
        .bind(turn.inbox.to_string())
        .bind(micros(turn.now))
        .bind(thread.customer.to_string())
        .bind(thread.id.to_string())
        .bind(i64::try_from(thread.revision).unwrap_or(i64::MAX - 1))
        .bind(thread.state.clone())
        .bind(thread.state_name.clone())
        .bind(thread.driver_name.clone())
        .bind(text(&thread.address)?)
        .bind(text(&thread.capabilities)?)
        .bind(text(&thread.offered)?)
        .bind(thread.last_inbound_at.map(micros))
        .bind(micros(thread.updated_at))
        .bind(turn.record.as_ref().map(text).transpose()?)
        .bind(text(&writes)?)
        .bind(outbox(turn)?);
    match tenant.db.at_once(query, For::tenant(COMMITTING, &tenant.key)).await {
        Ok(rows) => {
            let mut leased = Vec::new();
            for row in &rows {
                let cells = Cells::new(row, "outbox", "id");
                if cells.flag("leased")? {
                    leased.push(cells.parse("id")?);
                }
            }
            Ok(CommitOutcome::Committed { leased })
        }
        Err(error) => match stopped_by(&error) {
            Some("stale") => Ok(CommitOutcome::Stale),
            Some("taken") => Ok(CommitOutcome::SlotTaken),
            _ => Err(error).during(COMMITTING),
        },
    }
}

/// The items of a turn as a document. Only the first of a lane may be leased.
fn outbox(turn: &TurnCommit) -> Result<String, StoreError> {
    let mut lanes = Vec::new();
    let mut items = Vec::with_capacity(turn.outbox.len());
    for item in &turn.outbox {
        let is_first = !lanes.contains(&&item.lane);
        lanes.push(&item.lane);
        let lease = (is_first && item.what.begins_with_commit()).then(|| micros(turn.lease_until));
        items.push(json!({
            "id": item.id, "thread": item.thread, "lane": item.lane, "what": text(&item.what)?,
            "spoken": i64::from(matches!(item.what, Outgoing::Reply { .. })), "attempts": item.attempts,
            "created_at": micros(item.created_at), "useful_until": item.useful_until.map(micros), "lease": lease,
        }));
    }
    text(&items)
}

/// The name that stopped a text of statements, if the guard did.
fn stopped_by(error: &sqlx::Error) -> Option<&'static str> {
    let sqlx::Error::Database(error) = error else { return None };
    let name = error.message().strip_prefix("CHECK constraint failed: ")?;
    ["stale", "taken"].into_iter().find(|known| *known == name)
}

/// Records an attempt that is done and brings nothing else; `None` for any other.
pub(super) async fn record(
    tenant: &TheTenant,
    id: OutboxId,
    attempt: &Attempt,
    then: Option<&NewInbox>,
) -> Result<Option<Option<FailedDelivery>>, StoreError> {
    let (Attempt::Done { provider_id, billable }, None) = (attempt, then) else { return Ok(None) };
    let done = sqlx::query(DONE)
        .bind(&tenant.key)
        .bind(id.to_string())
        .bind(provider_id)
        .bind(i64::from(*billable))
        .execute(&mut *tenant.db.writer(For::tenant(RECORDING, &tenant.key)).await)
        .await
        .during(RECORDING)?;
    Ok((done.rows_affected() == 1).then_some(None))
}
