//! Two rows become one person: everything that the younger has moves to the older, in the transaction of the turn that proved it.

use jiff::Timestamp;

use super::dialect::Connection;
use super::error::{During, refused};
use super::inbox::{read_customer, update_customer};
use super::row::{Cells, json, micros};
use super::work::read_timer;
use super::{payments, pointers};
use crate::domain::customer::Customer;
use crate::domain::id::{CustomerId, ThreadId};
use crate::domain::payment::Payment;
use crate::ports::inbox::Timer;
use crate::ports::store::StoreError;

const OPERATION: &str = "merging two customers";

/// Every table that says whose a row is. What is not here would be lost; a conformance test compares before and after.
const OWNED: [&str; 9] = [
    "UPDATE identities SET customer_id = $3 WHERE tenant_id = $1 AND customer_id = $2",
    "UPDATE threads SET customer_id = $3 WHERE tenant_id = $1 AND customer_id = $2",
    "UPDATE inbox SET customer_id = $3 WHERE tenant_id = $1 AND customer_id = $2",
    "UPDATE outbox SET customer_id = $3 WHERE tenant_id = $1 AND customer_id = $2",
    "UPDATE timers SET customer_id = $3 WHERE tenant_id = $1 AND customer_id = $2",
    "UPDATE appointments SET customer_id = $3 WHERE tenant_id = $1 AND customer_id = $2",
    "UPDATE archive SET customer_id = $3 WHERE tenant_id = $1 AND customer_id = $2",
    "UPDATE waits SET customer_id = $3 WHERE tenant_id = $1 AND customer_id = $2",
    "UPDATE proofs SET customer_id = $3 WHERE tenant_id = $1 AND customer_id = $2",
];

/// Joins the customer of a turn with another. `thread` is the turn's own and stays current.
pub(super) async fn merge(
    connection: &mut Connection,
    tenant: &str,
    one: CustomerId,
    other: CustomerId,
    thread: ThreadId,
    at: Timestamp,
) -> Result<(), StoreError> {
    let other = who_is(connection, tenant, other).await?;
    if one == other {
        return Ok(());
    }
    let one = customer(connection, tenant, one).await?;
    let other = customer(connection, tenant, other).await?;
    let joined = one.clone().joined(other.clone());
    let (kept, gone) = if joined.id == one.id { (one, other) } else { (other, one) };
    let newer = newer_than(connection, tenant, &gone, &kept, thread).await?;
    let head = newer.map(|until| (thread.to_string(), until));
    readdress_payments(connection, tenant, &gone, kept.id).await?;
    readdress_pointers(connection, tenant, gone.id, kept.id).await?;
    for statement in OWNED {
        sqlx::query(statement)
            .bind(tenant)
            .bind(gone.id.to_string())
            .bind(kept.id.to_string())
            .execute(&mut *connection)
            .await
            .during(OPERATION)?;
    }
    update_customer(connection, tenant, &joined).await?;
    log(connection, tenant, &gone, &kept, head, at).await
}

/// Who a customer is by now.
async fn who_is(
    connection: &mut Connection,
    tenant: &str,
    id: CustomerId,
) -> Result<CustomerId, StoreError> {
    let row =
        sqlx::query("SELECT now_id FROM customer_merges WHERE tenant_id = $1 AND gone_id = $2")
            .bind(tenant)
            .bind(id.to_string())
            .fetch_optional(connection)
            .await
            .during(OPERATION)?;
    match row {
        Some(row) => Cells::new(&row, "customer_merges", "now_id").parse("now_id"),
        None => Ok(id),
    }
}

async fn customer(
    connection: &mut Connection,
    tenant: &str,
    id: CustomerId,
) -> Result<Customer, StoreError> {
    let row = sqlx::query("SELECT * FROM customers WHERE tenant_id = $1 AND id = $2")
        .bind(tenant)
        .bind(id.to_string())
        .fetch_optional(connection)
        .await
        .during(OPERATION)?;
    row.as_ref()
        .map(read_customer)
        .transpose()?
        .ok_or_else(|| refused(OPERATION, "no such customer"))
}

/// The newest conversation of either, where it is not the one in which it was proven: that one stays current until a newer begins.
async fn newer_than(
    connection: &mut Connection,
    tenant: &str,
    gone: &Customer,
    kept: &Customer,
    thread: ThreadId,
) -> Result<Option<String>, StoreError> {
    let row = sqlx::query(
        "SELECT 'newest' AS id, MAX(id) AS newest FROM threads
         WHERE tenant_id = $1 AND customer_id IN ($2, $3) AND id > $4",
    )
    .bind(tenant)
    .bind(gone.id.to_string())
    .bind(kept.id.to_string())
    .bind(thread.to_string())
    .fetch_one(connection)
    .await
    .during(OPERATION)?;
    Cells::new(&row, "threads", "id").get("newest")
}

/// Payments name their customer in the document: callbacks find the lane by it.
async fn readdress_payments(
    connection: &mut Connection,
    tenant: &str,
    gone: &Customer,
    kept: CustomerId,
) -> Result<(), StoreError> {
    let rows = sqlx::query(
        "SELECT p.id, p.doc FROM payments p
         JOIN threads t ON t.tenant_id = p.tenant_id AND t.id = p.thread_id
         WHERE p.tenant_id = $1 AND t.customer_id = $2",
    )
    .bind(tenant)
    .bind(gone.id.to_string())
    .fetch_all(&mut *connection)
    .await
    .during(OPERATION)?;
    for row in &rows {
        let payment: Payment = Cells::new(row, "payments", "id").json("doc")?;
        payments::update(connection, tenant, &Payment { customer: kept, ..payment }).await?;
    }
    Ok(())
}

/// What waits is found by whose it is, too.
async fn readdress_pointers(
    connection: &mut Connection,
    tenant: &str,
    gone: CustomerId,
    kept: CustomerId,
) -> Result<(), StoreError> {
    let timers = sqlx::query("SELECT * FROM timers WHERE tenant_id = $1 AND customer_id = $2")
        .bind(tenant)
        .bind(gone.to_string())
        .fetch_all(&mut *connection)
        .await
        .during(OPERATION)?;
    for row in &timers {
        let timer = read_timer(row)?;
        let key = json(&timer.key)?;
        pointers::timer_gone(connection, tenant, gone, &key).await?;
        pointers::timer_set(connection, tenant, &Timer { customer: kept, ..timer }, &key).await?;
    }
    let waiting = sqlx::query(
        "SELECT id, received_at FROM inbox
         WHERE tenant_id = $1 AND customer_id = $2 AND done_at IS NULL",
    )
    .bind(tenant)
    .bind(gone.to_string())
    .fetch_all(&mut *connection)
    .await
    .during(OPERATION)?;
    for row in &waiting {
        let cells = Cells::new(row, "inbox", "id");
        let (id, at) = (cells.parse("id")?, cells.moment("received_at")?);
        pointers::inbox_done(connection, tenant, id).await?;
        pointers::inbox_stored(connection, tenant, id, kept, at).await?;
    }
    Ok(())
}

/// Notes who became whom, and removes the row that is gone. Who had become them before is who they are now.
async fn log(
    connection: &mut Connection,
    tenant: &str,
    gone: &Customer,
    kept: &Customer,
    head: Option<(String, String)>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let (head, head_until) = head.unzip();
    sqlx::query(
        "UPDATE customer_merges SET now_id = $3, head = NULL, head_until = NULL
         WHERE tenant_id = $1 AND now_id IN ($2, $3)",
    )
    .bind(tenant)
    .bind(gone.id.to_string())
    .bind(kept.id.to_string())
    .execute(&mut *connection)
    .await
    .during(OPERATION)?;
    sqlx::query(
        "INSERT INTO customer_merges (tenant_id, gone_id, now_id, gone, kept, head, head_until, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(tenant)
    .bind(gone.id.to_string())
    .bind(kept.id.to_string())
    .bind(json(gone)?)
    .bind(json(kept)?)
    .bind(head)
    .bind(head_until)
    .bind(micros(at))
    .execute(&mut *connection)
    .await
    .during(OPERATION)?;
    sqlx::query("DELETE FROM customers WHERE tenant_id = $1 AND id = $2")
        .bind(tenant)
        .bind(gone.id.to_string())
        .execute(connection)
        .await
        .during(OPERATION)?;
    Ok(())
}
