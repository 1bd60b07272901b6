//! What is due, in all tenants: found by the pointers in `public`, leased there, and fetched from the schemas.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sqlx::postgres::PgRow;

use super::connect::PostgresStore;
use super::dialect::Connection;
use super::error::During;
use super::row::{Cells, micros};
use super::{outbox, work};
use crate::domain::id::{CustomerId, TenantId};
use crate::ports::store::{DueWork, StoreError};

const OPERATION: &str = "claiming due work";

/// A pointer that is leased to us.
struct Pointer {
    tenant: TenantId,
    queue: Queue,
    key: String,
    customer: CustomerId,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Queue {
    Inbox,
    Outbox,
    Timer,
}

impl PostgresStore {
    /// Kinds and tenants take turns, so that no backlog of one holds up the others. A pointer is leased first; whoever dies before the thing
    /// itself is leased has done nothing, and the pointer is due again after the lease.
    pub(super) async fn claim(
        &self,
        now: Timestamp,
        stale_before: Timestamp,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<DueWork>, StoreError> {
        let mut registry = self.write(OPERATION).await?;
        let pointers = lease(&mut registry, now, stale_before, lease_until, limit).await?;
        registry.commit().await.during(OPERATION)?;
        let mut by_tenant: BTreeMap<TenantId, Vec<&Pointer>> = BTreeMap::new();
        for pointer in pointers.iter().filter(|pointer| pointer.queue != Queue::Inbox) {
            by_tenant.entry(pointer.tenant).or_default().push(pointer);
        }
        let mut fetched = BTreeMap::new();
        for (tenant, pointers) in by_tenant {
            match self.fetch(tenant, &pointers, now, lease_until).await {
                Ok(work) => {
                    fetched.extend(work.into_iter().map(|(key, work)| ((tenant, key), work)));
                }
                // One tenant whose schema can't be read must not stop the work of all.
                Err(error @ (StoreError::Refused { .. } | StoreError::Corrupt { .. })) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::error!(tenant.id = %tenant, error, "passed over a tenant's due work");
                }
                Err(error) => return Err(error),
            }
        }
        let work = pointers.into_iter().filter_map(|pointer| match pointer.queue {
            Queue::Inbox => {
                Some(DueWork::Lane { tenant: pointer.tenant, customer: pointer.customer })
            }
            Queue::Outbox | Queue::Timer => fetched.remove(&(pointer.tenant, pointer.key)),
        });
        Ok(work.collect())
    }

    /// Leases what one tenant's pointers lead to, and reads it.
    async fn fetch(
        &self,
        tenant: TenantId,
        pointers: &[&Pointer],
        now: Timestamp,
        lease_until: Timestamp,
    ) -> Result<Vec<(String, DueWork)>, StoreError> {
        let Some(schema) = self.db.room(tenant, OPERATION).await? else { return Ok(Vec::new()) };
        let mut transaction = self.db.enter(&schema, OPERATION).await?;
        let key = tenant.to_string();
        let mut found = Vec::with_capacity(pointers.len());
        for pointer in pointers {
            let work = match pointer.queue {
                Queue::Outbox => {
                    outbox::claim(&mut transaction, &key, &pointer.key, now, lease_until).await.map(
                        |row| {
                            row.map(|row| DueWork::Outbox {
                                tenant,
                                item: Box::new(row.item),
                                status: row.status,
                            })
                        },
                    )
                }
                Queue::Timer | Queue::Inbox => timer(&mut transaction, &key, pointer).await,
            };
            match work {
                Ok(Some(work)) => found.push((pointer.key.clone(), work)),
                Ok(None) => put_off(&mut transaction, &key, pointer, lease_until).await?,
                // A row that can't be read is reported and passed over.
                Err(error @ StoreError::Corrupt { .. }) => {
                    tracing::error!(%error, "passed over due work that can't be read");
                }
                Err(error) => return Err(error),
            }
        }
        transaction.commit().await.during(OPERATION)?;
        Ok(found)
    }

    /// The first moment at which an outbox item or a timer falls due.
    pub(super) async fn soonest(&self) -> Result<Option<Timestamp>, StoreError> {
        let mut registry = self.read(OPERATION).await?;
        let row = sqlx::query(
            r#"SELECT 'soonest' AS key, MIN(first.due_at) AS due_at
             FROM tenants CROSS JOIN (VALUES ('outbox'), ('timer')) AS queues (queue)
             CROSS JOIN LATERAL (
                SELECT due_at FROM due
                WHERE due.queue COLLATE "POSIX" = queues.queue AND due.tenant_id COLLATE "POSIX" = tenants.id
                ORDER BY due_at LIMIT 1) AS first
             WHERE tenants.status = 'active'"#,
        )
        .fetch_one(&mut *registry)
        .await
        .during("looking for the next due work")?;
        Cells::new(&row, "due", "key").moment_opt("due_at")
    }
}

/// Leases pointers, by the index that is for this alone (registry steps 0010 and 0011, which say why the collation): of each tenant the first few of each
/// kind are looked at, so that a long queue costs no more than a short one.
async fn lease(
    connection: &mut Connection,
    now: Timestamp,
    stale_before: Timestamp,
    lease_until: Timestamp,
    limit: u32,
) -> Result<Vec<Pointer>, StoreError> {
    let rows = sqlx::query(
        r#"WITH queues (queue, upto) AS (VALUES ('inbox', $2 - 1), ('outbox', $1), ('timer', $1)),
         found AS (
            SELECT queues.queue, queues.upto, tenants.id AS tenant_id, first.key, first.due_at,
                   ROW_NUMBER() OVER (
                       PARTITION BY queues.queue, tenants.id,
                           CASE queues.queue WHEN 'inbox' THEN first.customer_id ELSE first.key END
                       ORDER BY first.due_at, first.key) AS again
            FROM tenants CROSS JOIN queues
            CROSS JOIN LATERAL (
                SELECT due.key, due.customer_id, due.due_at FROM due
                WHERE due.queue COLLATE "POSIX" = queues.queue AND due.tenant_id COLLATE "POSIX" = tenants.id
                  AND due.due_at <= queues.upto
                ORDER BY due.due_at, due.key COLLATE "POSIX" LIMIT $3) AS first
            WHERE tenants.status = 'active'),
         turns AS (
            SELECT found.*, ROW_NUMBER() OVER (PARTITION BY queue, tenant_id ORDER BY due_at, key) AS turn
            FROM found WHERE again = 1),
         places AS (
            SELECT turns.*, ROW_NUMBER() OVER (
                PARTITION BY queue ORDER BY turn, due_at, tenant_id, key) AS place
            FROM turns),
         chosen AS (SELECT * FROM places ORDER BY place, queue LIMIT $3),
         free AS (
            SELECT due.tenant_id, due.queue, due.key, chosen.place FROM chosen JOIN due
              ON due.tenant_id = chosen.tenant_id AND due.queue = chosen.queue AND due.key = chosen.key
            WHERE due.due_at <= chosen.upto
            FOR UPDATE OF due SKIP LOCKED),
         leased AS (
            UPDATE due SET due_at = $4 FROM free
            WHERE due.tenant_id = free.tenant_id AND due.queue = free.queue AND due.key = free.key
            RETURNING due.tenant_id, due.queue, due.key, due.customer_id, free.place)
         SELECT tenant_id, queue, key, customer_id FROM leased ORDER BY place, queue"#,
    )
    .bind(micros(now))
    .bind(micros(stale_before))
    .bind(i64::from(limit))
    .bind(micros(lease_until))
    .fetch_all(connection)
    .await
    .during(OPERATION)?;
    rows.iter().map(read).collect()
}

/// A timer that is still set.
async fn timer(
    connection: &mut Connection,
    tenant: &str,
    pointer: &Pointer,
) -> Result<Option<DueWork>, StoreError> {
    let customer = pointer.customer.to_string();
    let row =
        sqlx::query("SELECT * FROM timers WHERE tenant_id = $1 AND customer_id = $2 AND key = $3")
            .bind(tenant)
            .bind(&customer)
            .bind(pointer.key.strip_prefix(&customer).unwrap_or_default())
            .fetch_optional(connection)
            .await
            .during(OPERATION)?;
    let timer = row.as_ref().map(work::read_timer).transpose()?;
    Ok(timer.map(|timer| DueWork::Timer { tenant: pointer.tenant, timer }))
}

/// What could not be had is looked at again when the first of its lane is due. Unless somebody has ended that one meanwhile: then the pointer
/// is not as we left it, and stays.
async fn put_off(
    connection: &mut Connection,
    tenant: &str,
    pointer: &Pointer,
    lease_until: Timestamp,
) -> Result<(), StoreError> {
    if pointer.queue != Queue::Outbox {
        return Ok(());
    }
    sqlx::query(
        "WITH first AS (
            SELECT f.due_at FROM outbox o JOIN outbox f ON f.tenant_id = $1 AND f.lane = o.lane AND f.seq < o.seq
            WHERE o.tenant_id = $1 AND o.id = $2 AND f.status IN ('pending', 'unknown')
            ORDER BY f.seq LIMIT 1)
         UPDATE due SET due_at = first.due_at FROM first
         WHERE due.tenant_id = $1 AND due.queue = 'outbox' AND due.key = $2 AND due.due_at = $3",
    )
    .bind(tenant)
    .bind(&pointer.key)
    .bind(micros(lease_until))
    .execute(connection)
    .await
    .during(OPERATION)?;
    Ok(())
}

fn read(row: &PgRow) -> Result<Pointer, StoreError> {
    let cells = Cells::new(row, "due", "key");
    Ok(Pointer {
        tenant: cells.parse("tenant_id")?,
        queue: cells.name("queue", |name| match name {
            "inbox" => Some(Queue::Inbox),
            "outbox" => Some(Queue::Outbox),
            "timer" => Some(Queue::Timer),
            _ => None,
        })?,
        key: cells.get("key")?,
        customer: cells.parse("customer_id")?,
    })
}
