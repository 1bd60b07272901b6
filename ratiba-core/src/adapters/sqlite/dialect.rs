//! SQLite's side of what the shared statements leave open.

use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Sqlite, SqliteConnection};

use super::traced::Traced;
use crate::ports::store::StoreError;

pub(super) type Database = Sqlite;
/// The driver's own connection.
pub(super) type Plain = SqliteConnection;
pub(super) type Connection = Traced;
pub(super) type Row = SqliteRow;
pub(super) type Arguments = SqliteArguments;

/// The database's name in spans.
pub(super) const SYSTEM: &str = "sqlite";

/// Primary result codes (<https://sqlite.org/rescode.html>) after which the same call may succeed:
/// `BUSY`, `LOCKED`, `NOMEM`, `IOERR`, `FULL`, `CANTOPEN`.
const PASSING: [i32; 6] = [5, 6, 7, 10, 13, 14];

/// Whether the same call may succeed later.
pub(super) fn passes(code: &str) -> bool {
    code.parse::<i32>().is_ok_and(|code| PASSING.contains(&(code & 0xff)))
}

/// Whether a transaction was taken back for the sake of another. Never: the only writer waits for nobody once it has begun.
pub(super) const fn raced(_code: &str) -> bool {
    false
}

/// Serialises those who decide by what they do not find, and says whether they must look again. The only writer is alone anyway.
pub(super) async fn guard(
    _connection: &mut Connection,
    _tenant: &str,
    _names: Vec<String>,
) -> Result<bool, StoreError> {
    Ok(false)
}

/// Expires what was held too long and overlaps `$4` to `$5` of staff `$2` or resource `$3`, at `$6`.
pub(super) const EXPIRE_IN_THE_WAY_OF_NEW: &str =
    "UPDATE appointments SET status = 'expired', hold_expires_at = NULL
     WHERE tenant_id = $1 AND id IN (
        SELECT a.id FROM appointments a
        WHERE a.tenant_id = $1 AND a.status IN ('held', 'confirmed') AND a.status = 'held' AND a.hold_expires_at <= $6
          AND a.staff_id = $2 AND a.blocked_until > $4 AND a.blocked_from < $5
        UNION ALL
        SELECT a.id FROM appointments a
        WHERE a.tenant_id = $1 AND a.status IN ('held', 'confirmed') AND a.status = 'held' AND a.hold_expires_at <= $6
          AND a.resource_id = $3 AND a.blocked_until > $4 AND a.blocked_from < $5)";

/// The same for what overlaps the expired appointment `$2`, at `$3`.
pub(super) const EXPIRE_IN_THE_WAY_OF_OLD: &str =
    "UPDATE appointments AS other SET status = 'expired', hold_expires_at = NULL
     FROM appointments AS own
     WHERE own.tenant_id = $1 AND own.id = $2 AND own.status = 'expired'
       AND other.tenant_id = $1 AND other.status = 'held' AND other.hold_expires_at <= $3
       AND other.blocked_until > own.blocked_from AND other.blocked_from < own.blocked_until
       AND (other.staff_id = own.staff_id OR other.resource_id = own.resource_id)";

/// Inserts an appointment, unless it is active and its time is taken.
pub(super) const INSERT_APPOINTMENT: &str = "INSERT INTO appointments
        (tenant_id, staff_id, resource_id, blocked_from, blocked_until, status, id, customer_id, thread_id,
             service_id, starts_at, ends_at, hold_expires_at, price_minor, paid_minor, currency, created_at)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17
         WHERE $6 NOT IN ('held', 'confirmed') OR NOT EXISTS (
            SELECT 1 FROM appointments a
            WHERE a.tenant_id = $1 AND a.status IN ('held', 'confirmed') AND a.staff_id = $2
              AND a.blocked_until > $4 AND a.blocked_from < $5
            UNION ALL
            SELECT 1 FROM appointments a
            WHERE a.tenant_id = $1 AND a.status IN ('held', 'confirmed') AND a.resource_id = $3
              AND a.blocked_until > $4 AND a.blocked_from < $5)";

/// Makes the expired appointment `$2` a confirmed one, unless its time is taken.
pub(super) const REVIVE: &str = "UPDATE appointments SET status = 'confirmed'
     WHERE tenant_id = $1 AND id = $2 AND status = 'expired' AND NOT EXISTS (
        SELECT 1 FROM appointments a
        WHERE a.tenant_id = $1 AND a.status IN ('held', 'confirmed')
          AND a.staff_id = appointments.staff_id
          AND a.blocked_until > appointments.blocked_from AND a.blocked_from < appointments.blocked_until
        UNION ALL
        SELECT 1 FROM appointments a
        WHERE a.tenant_id = $1 AND a.status IN ('held', 'confirmed')
          AND a.resource_id = appointments.resource_id
          AND a.blocked_until > appointments.blocked_from AND a.blocked_from < appointments.blocked_until)";
