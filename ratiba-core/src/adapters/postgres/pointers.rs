//! Where due work is found before a tenant is known: one row of `public.due` for each thing that waits, written in the transaction that
//! changes the thing itself.

use jiff::Timestamp;

use super::dialect::Connection;
use super::error::During;
use super::row::micros;
use crate::domain::id::{CustomerId, InboxId};
use crate::ports::inbox::Timer;
use crate::ports::outbox::OutboxItem;
use crate::ports::store::StoreError;

const OPERATION: &str = "pointing to due work";

/// An inbox item waits.
pub(super) async fn inbox_stored(
    connection: &mut Connection,
    tenant: &str,
    id: InboxId,
    customer: CustomerId,
    at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO public.due (tenant_id, queue, key, customer_id, due_at)
         VALUES ($1, 'inbox', $2, $3, $4)",
    )
    .bind(tenant)
    .bind(id.to_string())
    .bind(customer.to_string())
    .bind(micros(at))
    .execute(connection)
    .await
    .during(OPERATION)?;
    Ok(())
}

/// An inbox item waits no more.
pub(super) async fn inbox_done(
    connection: &mut Connection,
    tenant: &str,
    id: InboxId,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM public.due WHERE tenant_id = $1 AND queue = 'inbox' AND key = $2")
        .bind(tenant)
        .bind(id.to_string())
        .execute(connection)
        .await
        .during(OPERATION)?;
    Ok(())
}

/// Outbox items were stored. One that waits behind others of its lane is looked at when the first of them is due: whoever ends that one
/// moves the next one forward.
pub(super) async fn outbox_stored(
    connection: &mut Connection,
    tenant: &str,
    items: &[OutboxItem],
) -> Result<(), StoreError> {
    let ids: Vec<_> = items.iter().map(|item| item.id.to_string()).collect();
    sqlx::query(
        "INSERT INTO public.due (tenant_id, queue, key, customer_id, due_at)
         SELECT $1, 'outbox', o.id, o.customer_id, GREATEST(o.due_at, COALESCE((
            SELECT f.due_at FROM outbox f
            WHERE f.tenant_id = $1 AND f.lane = o.lane AND f.seq < o.seq AND f.status IN ('pending', 'unknown')
            ORDER BY f.seq LIMIT 1), o.due_at))
         FROM outbox o
         WHERE o.tenant_id = $1 AND o.id = ANY($2) AND o.status IN ('pending', 'unknown')
         ON CONFLICT DO NOTHING",
    )
    .bind(tenant)
    .bind(ids)
    .execute(connection)
    .await
    .during(OPERATION)?;
    Ok(())
}

/// An outbox item has another status or another time. When it is ended, the next of its lane may be taken.
pub(super) async fn outbox_moved(
    connection: &mut Connection,
    tenant: &str,
    id: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "WITH own AS (
            SELECT lane, seq, due_at, status IN ('pending', 'unknown') AS open FROM outbox
            WHERE tenant_id = $1 AND id = $2),
         ended AS (
            DELETE FROM public.due USING own
            WHERE due.tenant_id = $1 AND due.queue = 'outbox' AND due.key = $2 AND NOT own.open),
         moved AS (
            UPDATE public.due SET due_at = own.due_at FROM own
            WHERE due.tenant_id = $1 AND due.queue = 'outbox' AND due.key = $2 AND own.open),
         next AS (
            SELECT o.id, o.due_at FROM own JOIN outbox o ON o.lane = own.lane AND o.seq > own.seq
            WHERE o.tenant_id = $1 AND o.status IN ('pending', 'unknown') AND NOT own.open
            ORDER BY o.seq LIMIT 1)
         UPDATE public.due SET due_at = next.due_at FROM next
         WHERE due.tenant_id = $1 AND due.queue = 'outbox' AND due.key = next.id",
    )
    .bind(tenant)
    .bind(id)
    .execute(connection)
    .await
    .during(OPERATION)?;
    Ok(())
}

/// A timer was set.
pub(super) async fn timer_set(
    connection: &mut Connection,
    tenant: &str,
    timer: &Timer,
    key: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO public.due (tenant_id, queue, key, customer_id, due_at)
         VALUES ($1, 'timer', $2 || $3, $2, $4)
         ON CONFLICT (tenant_id, queue, key) DO UPDATE SET due_at = excluded.due_at",
    )
    .bind(tenant)
    .bind(timer.customer.to_string())
    .bind(key)
    .bind(micros(timer.due_at))
    .execute(connection)
    .await
    .during(OPERATION)?;
    Ok(())
}

/// A timer is forgotten.
pub(super) async fn timer_gone(
    connection: &mut Connection,
    tenant: &str,
    customer: CustomerId,
    key: &str,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM public.due WHERE tenant_id = $1 AND queue = 'timer' AND key = $2")
        .bind(tenant)
        .bind(format!("{customer}{key}"))
        .execute(connection)
        .await
        .during(OPERATION)?;
    Ok(())
}
