//! Messages that failed for good: listing them, and noting that somebody has seen to one.

use jiff::Timestamp;

use super::dialect::Connection;
use super::error::During;
use super::outbox::read;
use super::row::{json, micros};
use crate::domain::id::OutboxId;
use crate::ports::outbox::Settled;
use crate::ports::store::{StoreError, StoredOutbox};

pub(super) const READING: &str = "reading failed messages";
pub(super) const SETTLING: &str = "settling a failed message";

/// Somebody is told something: a row that writes itself with its tag first.
macro_rules! message {
    () => {
        "(spoken = 1 OR what LIKE '{\"do\":\"admin\",%' OR what LIKE '{\"do\":\"code\",%')"
    };
}

/// Open ones newest first, or settled ones, the last first.
pub(super) async fn list(
    connection: &mut Connection,
    tenant: &str,
    settled: bool,
    code: Option<&str>,
    limit: u32,
) -> Result<Vec<StoredOutbox>, StoreError> {
    let statement = if settled {
        concat!(
            "SELECT * FROM outbox WHERE tenant_id = $1 AND settled_at IS NOT NULL AND ",
            message!(),
            " AND ($2 IS NULL OR fault_code = $2) ORDER BY settled_at DESC, seq DESC LIMIT $3"
        )
    } else {
        concat!(
            "SELECT * FROM outbox WHERE tenant_id = $1 AND status = 'failed' AND settled_at IS NULL AND ",
            message!(),
            " AND ($2 IS NULL OR fault_code = $2) ORDER BY seq DESC LIMIT $3"
        )
    };
    let rows = sqlx::query(statement)
        .bind(tenant)
        .bind(code)
        .bind(i64::from(limit))
        .fetch_all(connection)
        .await
        .during(READING)?;
    rows.iter().map(read).collect()
}

/// Notes how a failed row was seen to; false when it has not failed, or somebody has seen to it.
pub(super) async fn settle(
    connection: &mut Connection,
    tenant: &str,
    id: OutboxId,
    how: &Settled,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "UPDATE outbox SET settled_at = $3, settled_how = $4
         WHERE tenant_id = $1 AND id = $2 AND status = 'failed' AND settled_at IS NULL",
    )
    .bind(tenant)
    .bind(id.to_string())
    .bind(micros(at))
    .bind(json(how)?)
    .execute(connection)
    .await
    .during(SETTLING)?;
    Ok(done.rows_affected() == 1)
}
