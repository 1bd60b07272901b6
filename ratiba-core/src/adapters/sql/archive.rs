//! Old rows: moved to the archive, and deleted from it and from elsewhere, a few at a time.

use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::json;

use super::TheTenant;
use super::dialect::{Connection, Row};
use super::error::During;
use super::row::{Cells, micros};
use crate::domain::id::{InboxId, OutboxId};
use crate::ports::archive::{ArchiveStore, Reap};
use crate::ports::store::StoreError;

const REAPING: &str = "reaping";

#[async_trait]
impl ArchiveStore for TheTenant {
    async fn reap(
        &self,
        what: Reap,
        before: Timestamp,
        now: Timestamp,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let mut transaction = self.write(REAPING).await?;
        let connection = &mut *transaction;
        let done = match what {
            Reap::Conversations => archive(connection, &self.key, before, now, limit).await?,
            Reap::Archived => {
                delete(
                    connection,
                    "DELETE FROM archive WHERE tenant_id = $1 AND (kind, id) IN (
                        SELECT kind, id FROM archive
                        WHERE tenant_id = $1 AND archived_at < $2 LIMIT $3)",
                    &self.key,
                    before,
                    limit,
                )
                .await?
            }
            Reap::PaymentRoutes => {
                delete(
                    connection,
                    "DELETE FROM payment_routing WHERE tenant_id = $1 AND token IN (
                        SELECT r.token FROM payment_routing r
                        JOIN payments p ON p.tenant_id = r.tenant_id AND p.id = r.payment_id
                        WHERE r.tenant_id = $1 AND p.open = 0 AND p.created_at < $2 LIMIT $3)",
                    &self.key,
                    before,
                    limit,
                )
                .await?
            }
            Reap::Work => work(connection, &self.key, false, before, limit).await?,
            Reap::Transcripts => work(connection, &self.key, true, before, limit).await?,
            Reap::EarlyStatuses => {
                delete(
                    connection,
                    "DELETE FROM early_statuses WHERE tenant_id = $1 AND provider_id IN (
                        SELECT provider_id FROM early_statuses
                        WHERE tenant_id = $1 AND at < $2 LIMIT $3)",
                    &self.key,
                    before,
                    limit,
                )
                .await?
            }
        };
        transaction.commit().await.during(REAPING)?;
        Ok(done)
    }
}

async fn delete(
    connection: &mut Connection,
    statement: &'static str,
    tenant: &str,
    before: Timestamp,
    limit: u32,
) -> Result<u64, StoreError> {
    let done = sqlx::query(statement)
        .bind(tenant)
        .bind(micros(before))
        .bind(i64::from(limit))
        .execute(connection)
        .await
        .during(REAPING)?;
    Ok(done.rows_affected())
}

/// Rows of inbox and outbox that are done. Ids open with their moment of birth, so the key that they are unique by also finds the old ones.
async fn work(
    connection: &mut Connection,
    tenant: &str,
    spoken: bool,
    before: Timestamp,
    limit: u32,
) -> Result<u64, StoreError> {
    let inbox = sqlx::query(
        "DELETE FROM inbox WHERE tenant_id = $1 AND id IN (
            SELECT id FROM inbox
            WHERE tenant_id = $1 AND id < $2 AND done_at IS NOT NULL AND spoken = $3
            ORDER BY id LIMIT $4)",
    )
    .bind(tenant)
    .bind(InboxId::from_parts(before, 0).to_string())
    .bind(i64::from(spoken))
    .bind(i64::from(limit))
    .execute(&mut *connection)
    .await
    .during(REAPING)?
    .rows_affected();
    let outbox = sqlx::query(
        "DELETE FROM outbox WHERE tenant_id = $1 AND id IN (
            SELECT id FROM outbox
            WHERE tenant_id = $1 AND id < $2 AND status IN ('done', 'failed') AND spoken = $3
            ORDER BY id LIMIT $4)",
    )
    .bind(tenant)
    .bind(OutboxId::from_parts(before, 0).to_string())
    .bind(i64::from(spoken))
    .bind(i64::from(limit))
    .execute(connection)
    .await
    .during(REAPING)?
    .rows_affected();
    // Either table full to the limit means that there may be more.
    Ok(inbox.max(outbox))
}

/// Moves conversations, each whole.
async fn archive(
    connection: &mut Connection,
    tenant: &str,
    before: Timestamp,
    now: Timestamp,
    limit: u32,
) -> Result<u64, StoreError> {
    let threads = sqlx::query(
        "SELECT * FROM threads t
         WHERE t.tenant_id = $1 AND t.updated_at < $2
           AND NOT EXISTS (SELECT 1 FROM appointments a WHERE a.tenant_id = $1
                AND a.customer_id = t.customer_id AND a.thread_id = t.id AND a.blocked_until >= $2)
           AND NOT EXISTS (SELECT 1 FROM payments p WHERE p.tenant_id = $1
                AND p.thread_id = t.id AND (p.open = 1 OR p.created_at >= $2))
           AND NOT EXISTS (SELECT 1 FROM inbox i WHERE i.tenant_id = $1
                AND i.customer_id = t.customer_id AND i.done_at IS NULL)
         ORDER BY t.updated_at LIMIT $3",
    )
    .bind(tenant)
    .bind(micros(before))
    .bind(i64::from(limit))
    .fetch_all(&mut *connection)
    .await
    .during(REAPING)?;
    for row in &threads {
        move_one(connection, tenant, row, now).await?;
    }
    Ok(threads.len() as u64)
}

async fn move_one(
    connection: &mut Connection,
    tenant: &str,
    row: &Row,
    now: Timestamp,
) -> Result<(), StoreError> {
    let cells = Cells::new(row, "threads", "id");
    let id = cells.get::<&str>("id")?;
    let customer = cells.get::<&str>("customer_id")?;
    let last_at = cells.get::<i64>("updated_at")?;
    let doc = json!({
        "revision": cells.get::<i64>("revision")?,
        "state": cells.json::<serde_json::Value>("state")?,
        "state_name": cells.get::<&str>("state_name")?,
        "driver_name": cells.get::<&str>("driver_name")?,
        "address": cells.json::<serde_json::Value>("address")?,
        "capabilities": cells.json::<serde_json::Value>("capabilities")?,
        "last_inbound_at": cells.moment_opt("last_inbound_at")?,
        "updated_at": cells.moment("updated_at")?,
    });
    sqlx::query(
        "INSERT INTO archive (tenant_id, kind, id, customer_id, doc, last_at, archived_at)
         SELECT tenant_id, 'turn', thread_id || '/' || revision, $3, doc, $4, $5
         FROM turn_records WHERE tenant_id = $1 AND thread_id = $2",
    )
    .bind(tenant)
    .bind(id)
    .bind(customer)
    .bind(last_at)
    .bind(micros(now))
    .execute(&mut *connection)
    .await
    .during(REAPING)?;
    sqlx::query(
        "INSERT INTO archive (tenant_id, kind, id, customer_id, doc, last_at, archived_at)
         VALUES ($1, 'thread', $2, $3, $4, $5, $6)",
    )
    .bind(tenant)
    .bind(id)
    .bind(customer)
    .bind(doc.to_string())
    .bind(last_at)
    .bind(micros(now))
    .execute(&mut *connection)
    .await
    .during(REAPING)?;
    for statement in [
        "DELETE FROM turn_records WHERE tenant_id = $1 AND thread_id = $2",
        "DELETE FROM threads WHERE tenant_id = $1 AND id = $2",
    ] {
        sqlx::query(statement)
            .bind(tenant)
            .bind(id)
            .execute(&mut *connection)
            .await
            .during(REAPING)?;
    }
    Ok(())
}
