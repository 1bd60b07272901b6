//! Postgres's side of what the shared statements leave open.

use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{PgConnection, Postgres};

use super::error::During;
use super::traced::Traced;
use crate::ports::store::StoreError;

pub(super) type Database = Postgres;
/// The driver's own connection.
pub(super) type Plain = PgConnection;
pub(super) type Connection = Traced;
pub(super) type Row = PgRow;
pub(super) type Arguments = PgArguments;

/// The database's name in spans.
pub(super) const SYSTEM: &str = "postgresql";

/// Whether the same call may succeed later, by the class of the code (<https://www.postgresql.org/docs/15/errcodes-appendix.html>): lost
/// connections, transactions taken back, too few resources, an operator's intervention (among them the statement timeout), failures of the
/// system around.
pub(super) fn passes(code: &str) -> bool {
    raced(code) || ["08", "40", "53", "55", "57", "58"].iter().any(|class| code.starts_with(class))
}

/// Whether a transaction was taken back for the sake of another: deadlock, serialization failure, a lock that was not had in the time given, and
/// a customer who became another one between our looking and our writing (only two who become one remove what others refer to).
pub(super) fn raced(code: &str) -> bool {
    matches!(code, "40P01" | "40001" | "55P03" | "23503")
}

/// Whether the database gave one of these codes as the reason of a refusal.
pub(super) fn is_named(error: &StoreError, codes: &[&str]) -> bool {
    let StoreError::Refused { source, .. } = error else { return false };
    match source.downcast_ref::<sqlx::Error>() {
        Some(sqlx::Error::Database(error)) => error.code().is_some_and(|c| codes.contains(&&*c)),
        _ => false,
    }
}

/// Serialises those who decide by what they do not find, until the end of their transactions, and says that they must look again.
pub(super) async fn guard(
    connection: &mut Connection,
    tenant: &str,
    names: Vec<String>,
) -> Result<bool, StoreError> {
    // In one order, so that two who want the same ones do not wait for each other.
    sqlx::query(
        "SELECT COUNT(pg_advisory_xact_lock(hash)) FROM (
            SELECT DISTINCT hashtextextended($1 || '/' || name, 0) AS hash FROM unnest($2) AS name
            ORDER BY hash) AS names",
    )
    .bind(tenant)
    .bind(names)
    .execute(connection)
    .await
    .during("waiting for others")?;
    Ok(true)
}

/// Expires what was held too long and overlaps `$4` to `$5` of staff `$2` or resource `$3`, at `$6`. What somebody else is changing just now
/// is left to them: the row that is then inserted waits for their end anyway.
///
/// Looked for once, by the exclusion constraints' own indexes: as a condition of the update it may be asked again for every row (100 ms at 500
/// bookings), and a plain tenant would lead through all that the tenant ever booked.
pub(super) const EXPIRE_IN_THE_WAY_OF_NEW: &str = "WITH near AS MATERIALIZED (
        SELECT id FROM appointments
        WHERE status = 'held' AND hold_expires_at <= $6 AND tenant_id || '' = $1 AND staff_id = $2
          AND int8range(blocked_from, blocked_until) && int8range($4, $5)
        UNION
        SELECT id FROM appointments
        WHERE status = 'held' AND hold_expires_at <= $6 AND tenant_id || '' = $1 AND resource_id = $3
          AND int8range(blocked_from, blocked_until) && int8range($4, $5)),
     stale AS MATERIALIZED (
        SELECT a.id FROM near JOIN appointments AS a ON a.tenant_id = $1 AND a.id = near.id
        WHERE a.status = 'held' ORDER BY a.id FOR UPDATE OF a SKIP LOCKED)
     UPDATE appointments SET status = 'expired', hold_expires_at = NULL
     WHERE tenant_id = $1 AND id = ANY (ARRAY(SELECT id FROM stale))";

/// The same for what overlaps the expired appointment `$2`, at `$3`.
pub(super) const EXPIRE_IN_THE_WAY_OF_OLD: &str =
    "WITH stale AS MATERIALIZED (
        SELECT other.id FROM appointments AS own JOIN appointments AS other
          ON int8range(other.blocked_from, other.blocked_until) && int8range(own.blocked_from, own.blocked_until)
         AND (other.staff_id = own.staff_id OR other.resource_id = own.resource_id)
        WHERE own.tenant_id = $1 AND own.id = $2 AND own.status = 'expired'
          AND other.tenant_id = $1 AND other.status = 'held' AND other.hold_expires_at <= $3
        ORDER BY other.id FOR UPDATE OF other SKIP LOCKED)
     UPDATE appointments SET status = 'expired', hold_expires_at = NULL
     WHERE tenant_id = $1 AND id = ANY (ARRAY(SELECT id FROM stale))";

/// Inserts an appointment. Whether its time is free is for the exclusion constraints to say: no check of ours could see what another
/// transaction has not committed yet.
pub(super) const INSERT_APPOINTMENT: &str = "INSERT INTO appointments
        (tenant_id, staff_id, resource_id, blocked_from, blocked_until, status, id, customer_id, thread_id,
         service_id, starts_at, ends_at, hold_expires_at, price_minor, paid_minor, currency, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
     ON CONFLICT DO NOTHING";

/// Makes the expired appointment `$2` a confirmed one, unless its time is taken. An UPDATE would wait for its rival while that waits for it;
/// only an INSERT can be told to do nothing instead. When it does nothing the caller takes the transaction back, and with it the deletion.
pub(super) const REVIVE: &str = "WITH old AS (
        DELETE FROM appointments WHERE tenant_id = $1 AND id = $2 AND status = 'expired' RETURNING *)
     INSERT INTO appointments
        (tenant_id, staff_id, resource_id, blocked_from, blocked_until, status, id, customer_id, thread_id,
         service_id, starts_at, ends_at, hold_expires_at, price_minor, paid_minor, currency, created_at)
     SELECT tenant_id, staff_id, resource_id, blocked_from, blocked_until, 'confirmed', id, customer_id, thread_id,
            service_id, starts_at, ends_at, NULL, price_minor, paid_minor, currency, created_at
     FROM old
     ON CONFLICT DO NOTHING";
