//! Rows of the outbox: writing them, leasing them, and what becomes of them.

use jiff::Timestamp;

use super::dialect::{Connection, Row};
use super::error::During;
use super::row::{Cells, json, micros};
use super::{dialect, pointers};
use crate::domain::id::OutboxId;
use crate::domain::message::Delivery;
use crate::ports::fault::FaultKind;
use crate::ports::outbox::{OutboxItem, OutboxStatus, Outgoing};
use crate::ports::store::{StoreError, StoredOutbox};

const OPERATION: &str = "changing the outbox";

/// Where new items come from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin {
    /// The inbox row that they answer; `None`: the customer's newest.
    pub(super) after_inbox: Option<i64>,
    /// Until when the writer has the lease on those that are first in their lanes; `None`: all are due at once.
    pub(super) lease_until: Option<Timestamp>,
}

/// Inserts items in order; those stored already stay as they are. Gives back the ids of those that are leased.
pub(super) async fn insert(
    connection: &mut Connection,
    tenant: &str,
    items: &[OutboxItem],
    origin: Origin,
) -> Result<Vec<OutboxId>, StoreError> {
    if items.is_empty() {
        return Ok(Vec::new());
    }
    let lanes = items.iter().map(|item| format!("lane:{}", item.lane)).collect();
    dialect::guard(connection, tenant, lanes).await?;
    let mut leased = Vec::new();
    for item in items {
        let customer = item.customer.to_string();
        let spoken = matches!(item.what, Outgoing::Reply { .. });
        let row = sqlx::query(
            "INSERT INTO outbox
                (tenant_id, id, customer_id, thread_id, lane, spoken, what, attempts, created_at, status,
                 after_inbox, useful_until, leased, due_at)
             SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, 'pending',
                COALESCE($10, (SELECT MAX(i.seq) FROM inbox i WHERE i.tenant_id = $1 AND i.customer_id = $3), 0),
                $12,
                first.yes, CASE WHEN first.yes = 1 THEN $11 ELSE $9 END
             FROM (SELECT CASE WHEN $11 IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM outbox o
                WHERE o.tenant_id = $1 AND o.lane = $5 AND o.status IN ('pending', 'unknown'))
                THEN 1 ELSE 0 END AS yes) AS first
             WHERE TRUE
             ON CONFLICT (tenant_id, id) DO NOTHING
             RETURNING leased",
        )
        .bind(tenant)
        .bind(item.id.to_string())
        .bind(&customer)
        .bind(item.thread.map(|t| t.to_string()))
        .bind(&item.lane)
        .bind(i64::from(spoken))
        .bind(json(&item.what)?)
        .bind(i64::from(item.attempts))
        .bind(micros(item.created_at))
        .bind(origin.after_inbox)
        .bind(origin.lease_until.filter(|_| item.what.begins_with_commit()).map(micros))
        .bind(item.useful_until.map(micros))
        .fetch_optional(&mut *connection)
        .await
        .during(OPERATION)?;
        if let Some(row) = row
            && Cells::new(&row, "outbox", "leased").flag("leased")?
        {
            leased.push(item.id);
        }
    }
    pointers::outbox_stored(connection, tenant, items).await?;
    Ok(leased)
}

/// Takes the lease on an item that is waiting to be tried, due, free, and first in its lane.
pub(super) async fn lease(
    connection: &mut Connection,
    tenant: &str,
    id: OutboxId,
    now: Timestamp,
    until: Timestamp,
) -> Result<Option<OutboxItem>, StoreError> {
    let id = id.to_string();
    let row = sqlx::query(
        "UPDATE outbox SET leased = 1, due_at = $4
         WHERE tenant_id = $1 AND id = $2 AND status = 'pending' AND leased = 0 AND due_at <= $3
           AND NOT EXISTS (
            SELECT 1 FROM outbox o
            WHERE o.tenant_id = $1 AND o.lane = outbox.lane AND o.seq < outbox.seq
              AND o.status IN ('pending', 'unknown'))
         RETURNING *",
    )
    .bind(tenant)
    .bind(&id)
    .bind(micros(now))
    .bind(micros(until))
    .fetch_optional(&mut *connection)
    .await
    .during(OPERATION)?;
    let Some(row) = row else { return Ok(None) };
    pointers::outbox_moved(connection, tenant, &id).await?;
    read_item(&row).map(Some)
}

/// Takes the lease on whatever is due. One whose lease ran out without a recorded attempt becomes unknown: it may have been done.
pub(super) async fn claim(
    connection: &mut Connection,
    tenant: &str,
    id: &str,
    now: Timestamp,
    until: Timestamp,
) -> Result<Option<StoredOutbox>, StoreError> {
    let row = sqlx::query(
        "UPDATE outbox SET status = CASE WHEN leased = 1 THEN 'unknown' ELSE status END, leased = 1, due_at = $4
         WHERE tenant_id = $1 AND id = $2 AND status IN ('pending', 'unknown') AND due_at <= $3
           AND NOT EXISTS (
            SELECT 1 FROM outbox o
            WHERE o.tenant_id = $1 AND o.lane = outbox.lane AND o.seq < outbox.seq
              AND o.status IN ('pending', 'unknown'))
         RETURNING *",
    )
    .bind(tenant)
    .bind(id)
    .bind(micros(now))
    .bind(micros(until))
    .fetch_optional(&mut *connection)
    .await
    .during(OPERATION)?;
    let Some(row) = row else { return Ok(None) };
    pointers::outbox_moved(connection, tenant, id).await?;
    read(&row).map(Some)
}

/// Reads a row of `SELECT *` as the item that it stores.
pub(super) fn read_item(row: &Row) -> Result<OutboxItem, StoreError> {
    let cells = Cells::new(row, "outbox", "id");
    Ok(OutboxItem {
        id: cells.parse("id")?,
        customer: cells.parse("customer_id")?,
        thread: cells.parse_opt("thread_id")?,
        lane: cells.get("lane")?,
        what: cells.json("what")?,
        attempts: cells.count("attempts")?,
        created_at: cells.moment("created_at")?,
        useful_until: cells.moment_opt("useful_until")?,
    })
}

/// Reads a row of `SELECT *` with where it is.
pub(super) fn read(row: &Row) -> Result<StoredOutbox, StoreError> {
    let cells = Cells::new(row, "outbox", "id");
    let standing = cells.name("status", status)?;
    let settled = match cells.moment_opt("settled_at")? {
        Some(at) => Some((at, cells.json("settled_how")?)),
        None => None,
    };
    Ok(StoredOutbox {
        item: read_item(row)?,
        status: standing,
        delivery: read_delivery(cells)?,
        provider_id: cells.get("provider_id")?,
        billable: cells.count("billable")?,
        fault: cells.json_opt("fault")?,
        fault_code: cells.get("fault_code")?,
        // Nothing is due of a row that failed: the column holds when it did.
        failed_at: (standing == OutboxStatus::Failed)
            .then(|| cells.moment("due_at"))
            .transpose()?,
        settled,
    })
}

/// Reads how far a message came.
pub(super) fn read_delivery(cells: Cells<'_>) -> Result<Option<Delivery>, StoreError> {
    cells
        .get::<Option<i64>>("delivery")?
        .map(|rank| {
            let known = DELIVERIES.into_iter().find(|d| rank_of(*d) == rank);
            known.ok_or_else(|| cells.unexpected("delivery"))
        })
        .transpose()
}

fn status(name: &str) -> Option<OutboxStatus> {
    match name {
        "pending" => Some(OutboxStatus::Pending),
        "unknown" => Some(OutboxStatus::Unknown),
        "done" => Some(OutboxStatus::Done),
        "failed" => Some(OutboxStatus::Failed),
        _ => None,
    }
}

const DELIVERIES: [Delivery; 5] =
    [Delivery::Accepted, Delivery::Sent, Delivery::Delivered, Delivery::Read, Delivery::Played];

/// The place of a delivery in its lattice, as it is stored.
pub(super) const fn rank_of(delivery: Delivery) -> i64 {
    match delivery {
        Delivery::Accepted => 0,
        Delivery::Sent => 1,
        Delivery::Delivered => 2,
        Delivery::Read => 3,
        Delivery::Played => 4,
    }
}

/// The stored name of a kind of failure.
pub(super) fn fault_name(kind: FaultKind) -> Result<String, StoreError> {
    json(&kind)
}
