//! What became of outbox items: how attempts ended, and what providers report later or too early.

use jiff::{SignedDuration, Timestamp};

use super::dialect::Connection;
use super::error::During;
use super::outbox::{fault_name, rank_of, read_item};
use super::row::{Cells, micros};
use super::{dialect, pointers};
use crate::domain::id::OutboxId;
use crate::domain::message::Delivery;
use crate::ports::channel::{FailedDelivery, StatusReport};
use crate::ports::outbox::{Attempt, OutboxItem};
use crate::ports::store::StoreError;

/// How long a report of a message that we do not know is kept.
const EARLY_KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

const RECORDING: &str = "recording an attempt";
const REPORTING: &str = "recording a delivery report";

/// Stores how an attempt ended and gives the lease back. What a report has settled already stays settled.
/// Gives back the failure that was reported before this attempt's answer, if one was.
pub(super) async fn record(
    connection: &mut Connection,
    tenant: &str,
    id: OutboxId,
    attempt: &Attempt,
    now: Timestamp,
) -> Result<Option<FailedDelivery>, StoreError> {
    let (status, due_at, kind, code) = match attempt {
        Attempt::Done { provider_id, billable } => {
            return done(connection, tenant, id, provider_id.as_deref(), *billable).await;
        }
        Attempt::Retry { at, kind, code } => ("pending", *at, Some(*kind), code.as_deref()),
        Attempt::Unknown { resolve_at } => ("unknown", *resolve_at, None, None),
        Attempt::Failed { kind, code } => ("failed", now, Some(*kind), code.as_deref()),
    };
    sqlx::query(
        "UPDATE outbox
         SET status = $3, due_at = $4, fault = $5, fault_code = $6, leased = 0, attempts = attempts + 1
         WHERE tenant_id = $1 AND id = $2 AND status IN ('pending', 'unknown')",
    )
    .bind(tenant)
    .bind(id.to_string())
    .bind(status)
    .bind(micros(due_at))
    .bind(kind.map(fault_name).transpose()?)
    .bind(code)
    .execute(&mut *connection)
    .await
    .during(RECORDING)?;
    pointers::outbox_moved(connection, tenant, &id.to_string()).await?;
    Ok(None)
}

async fn done(
    connection: &mut Connection,
    tenant: &str,
    id: OutboxId,
    provider_id: Option<&str>,
    billable: u32,
) -> Result<Option<FailedDelivery>, StoreError> {
    if let Some(provider_id) = provider_id {
        dialect::guard(connection, tenant, vec![message(provider_id)]).await?;
    }
    sqlx::query(
        "UPDATE outbox
         SET status = CASE WHEN status = 'failed' AND delivery IS NOT NULL THEN status ELSE 'done' END,
             provider_id = COALESCE($3, provider_id), billable = $4, leased = 0, attempts = attempts + 1,
             delivery = COALESCE(delivery, CASE WHEN $3 IS NULL THEN NULL ELSE 0 END)
         WHERE tenant_id = $1 AND id = $2",
    )
    .bind(tenant)
    .bind(id.to_string())
    .bind(provider_id)
    .bind(i64::from(billable))
    .execute(&mut *connection)
    .await
    .during(RECORDING)?;
    pointers::outbox_moved(connection, tenant, &id.to_string()).await?;
    match provider_id {
        Some(provider_id) => catch_up(connection, tenant, id, provider_id).await,
        None => Ok(None),
    }
}

/// What serialises the answer to a sending with the reports of it: each must see the other.
fn message(provider_id: &str) -> String {
    format!("message:{provider_id}")
}

/// Applies what was reported of a message before it was known.
async fn catch_up(
    connection: &mut Connection,
    tenant: &str,
    id: OutboxId,
    provider_id: &str,
) -> Result<Option<FailedDelivery>, StoreError> {
    let row = sqlx::query(
        "DELETE FROM early_statuses WHERE tenant_id = $1 AND provider_id = $2
         RETURNING provider_id, delivery, fault, fault_code, at",
    )
    .bind(tenant)
    .bind(provider_id)
    .fetch_optional(&mut *connection)
    .await
    .during(RECORDING)?;
    let Some(row) = row else { return Ok(None) };
    let cells = Cells::new(&row, "early_statuses", "provider_id");
    if let Some(delivery) = super::outbox::read_delivery(cells)? {
        advance(connection, tenant, id, provider_id, delivery).await?;
    }
    if cells.get::<Option<&str>>("fault")?.is_none() {
        return Ok(None);
    }
    let code = cells.get::<Option<String>>("fault_code")?.unwrap_or_default();
    let failed = FailedDelivery { kind: cells.json("fault")?, code };
    let at = cells.moment("at")?;
    let item = fail(connection, tenant, id, provider_id, &failed, at).await?;
    Ok(item.map(|_| failed))
}

/// Applies a provider's report; gives the item back when it is the first that says it failed.
pub(super) async fn report(
    connection: &mut Connection,
    tenant: &str,
    report: &StatusReport,
) -> Result<Option<OutboxItem>, StoreError> {
    dialect::guard(connection, tenant, vec![message(&report.provider_id)]).await?;
    let row = sqlx::query(
        "SELECT id FROM (
            SELECT id, 0 AS rank FROM outbox WHERE tenant_id = $1 AND provider_id = $2
            UNION ALL
            SELECT id, 1 FROM outbox WHERE tenant_id = $1 AND id = $3) AS found
         ORDER BY rank LIMIT 1",
    )
    .bind(tenant)
    .bind(&report.provider_id)
    .bind(report.outbox.map(|id| id.to_string()))
    .fetch_optional(&mut *connection)
    .await
    .during(REPORTING)?;
    let Some(row) = row else {
        keep(connection, tenant, report).await?;
        return Ok(None);
    };
    let id = Cells::new(&row, "outbox", "id").parse("id")?;
    match &report.outcome {
        Ok(delivery) => {
            advance(connection, tenant, id, &report.provider_id, *delivery).await?;
            Ok(None)
        }
        Err(failed) => fail(connection, tenant, id, &report.provider_id, failed, report.at).await,
    }
}

/// A message came so far: it never moves down, and whoever had not heard that it was sent knows it now.
async fn advance(
    connection: &mut Connection,
    tenant: &str,
    id: OutboxId,
    provider_id: &str,
    delivery: Delivery,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE outbox
         SET delivery = CASE WHEN delivery > $4 THEN delivery ELSE $4 END, provider_id = COALESCE(provider_id, $3), leased = 0,
             status = CASE WHEN status = 'failed' AND $4 < 2 THEN status ELSE 'done' END
         WHERE tenant_id = $1 AND id = $2",
    )
    .bind(tenant)
    .bind(id.to_string())
    .bind(provider_id)
    .bind(rank_of(delivery))
    .execute(&mut *connection)
    .await
    .during(REPORTING)?;
    pointers::outbox_moved(connection, tenant, &id.to_string()).await
}

/// A message could not be delivered; one that has reached the phone did not fail, whatever is reported later.
async fn fail(
    connection: &mut Connection,
    tenant: &str,
    id: OutboxId,
    provider_id: &str,
    failed: &FailedDelivery,
    at: Timestamp,
) -> Result<Option<OutboxItem>, StoreError> {
    let row = sqlx::query(
        "UPDATE outbox
         SET status = 'failed', due_at = $6, fault = $4, fault_code = $5, leased = 0, delivery = COALESCE(delivery, 0),
             provider_id = COALESCE(provider_id, $3)
         WHERE tenant_id = $1 AND id = $2 AND status <> 'failed' AND COALESCE(delivery, 0) < 2
         RETURNING *",
    )
    .bind(tenant)
    .bind(id.to_string())
    .bind(provider_id)
    .bind(fault_name(failed.kind)?)
    .bind(&failed.code)
    .bind(micros(at))
    .fetch_optional(&mut *connection)
    .await
    .during(REPORTING)?;
    pointers::outbox_moved(connection, tenant, &id.to_string()).await?;
    row.as_ref().map(read_item).transpose()
}

/// Keeps a report of a message that is not known yet, and forgets those whose message never came.
async fn keep(
    connection: &mut Connection,
    tenant: &str,
    report: &StatusReport,
) -> Result<(), StoreError> {
    let (delivery, kind, code) = match &report.outcome {
        Ok(delivery) => (Some(rank_of(*delivery)), None, None),
        Err(failed) => (None, Some(fault_name(failed.kind)?), Some(failed.code.as_str())),
    };
    sqlx::query(
        "INSERT INTO early_statuses (tenant_id, provider_id, delivery, fault, fault_code, at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (tenant_id, provider_id) DO UPDATE
         SET delivery = CASE WHEN COALESCE(excluded.delivery, -1) > COALESCE(early_statuses.delivery, -1)
                             THEN excluded.delivery ELSE early_statuses.delivery END,
             fault = COALESCE(early_statuses.fault, excluded.fault),
             fault_code = COALESCE(early_statuses.fault_code, excluded.fault_code)",
    )
    .bind(tenant)
    .bind(&report.provider_id)
    .bind(delivery)
    .bind(kind)
    .bind(code)
    .bind(micros(report.at))
    .execute(&mut *connection)
    .await
    .during(REPORTING)?;
    let oldest = report.at.checked_sub(EARLY_KEPT).unwrap_or(Timestamp::MIN);
    sqlx::query("DELETE FROM early_statuses WHERE tenant_id = $1 AND at < $2")
        .bind(tenant)
        .bind(micros(oldest))
        .execute(connection)
        .await
        .during(REPORTING)?;
    Ok(())
}
