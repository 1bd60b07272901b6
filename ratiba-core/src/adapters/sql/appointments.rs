//! Claims on time: the statements that make a row active, each with the check against overlaps inside itself.

use jiff::Timestamp;

use super::dialect::{self, Connection, Row};
use super::error::{During, refused};
use super::row::{Cells, micros};
use crate::domain::appointment::{Appointment, AppointmentStatus};
use crate::domain::id::AppointmentId;
use crate::domain::money::Money;
use crate::ports::store::StoreError;

const OPERATION: &str = "changing appointments";

/// Inserts an appointment, unless it is active and its time is taken: then `false`. Stale holds in the way are expired first.
pub(super) async fn insert(
    connection: &mut Connection,
    tenant: &str,
    new: &Appointment,
    now: Timestamp,
) -> Result<bool, StoreError> {
    if new.price.currency != new.paid.currency {
        return Err(refused(OPERATION, "price and paid differ in currency"));
    }
    let staff = new.staff.to_string();
    let resource = new.resource.map(|r| r.to_string());
    let (from, until) = (micros(new.blocked.start), micros(new.blocked.end));
    if new.status.is_active() {
        sqlx::query(dialect::EXPIRE_IN_THE_WAY_OF_NEW)
            .bind(tenant)
            .bind(&staff)
            .bind(&resource)
            .bind(from)
            .bind(until)
            .bind(micros(now))
            .execute(&mut *connection)
            .await
            .during(OPERATION)?;
    }
    let done = sqlx::query(dialect::INSERT_APPOINTMENT)
        .bind(tenant)
        .bind(&staff)
        .bind(&resource)
        .bind(from)
        .bind(until)
        .bind(new.status.as_str())
        .bind(new.id.to_string())
        .bind(new.customer.to_string())
        .bind(new.thread.map(|t| t.to_string()))
        .bind(new.service.to_string())
        .bind(micros(new.window.start))
        .bind(micros(new.window.end))
        .bind(new.hold_expires_at.map(micros))
        .bind(new.price.minor)
        .bind(new.paid.minor)
        .bind(new.price.currency.code())
        .bind(micros(new.created_at))
        .execute(connection)
        .await
        .during(OPERATION)?;
    Ok(done.rows_affected() == 1)
}

/// Held or expired becomes confirmed, confirmed stays so; `false` when it can't be had any more.
pub(super) async fn confirm(
    connection: &mut Connection,
    tenant: &str,
    id: AppointmentId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let id = id.to_string();
    let kept = sqlx::query(
        "UPDATE appointments SET status = 'confirmed', hold_expires_at = NULL
         WHERE tenant_id = $1 AND id = $2 AND status IN ('held', 'confirmed')",
    )
    .bind(tenant)
    .bind(&id)
    .execute(&mut *connection)
    .await
    .during(OPERATION)?;
    if kept.rows_affected() == 1 {
        return Ok(true);
    }
    sqlx::query(dialect::EXPIRE_IN_THE_WAY_OF_OLD)
        .bind(tenant)
        .bind(&id)
        .bind(micros(now))
        .execute(&mut *connection)
        .await
        .during(OPERATION)?;
    let revived = sqlx::query(dialect::REVIVE)
        .bind(tenant)
        .bind(&id)
        .execute(connection)
        .await
        .during(OPERATION)?;
    Ok(revived.rows_affected() == 1)
}

/// Keeps a hold for longer; one that is held no more stays as it is.
pub(super) async fn extend(
    connection: &mut Connection,
    tenant: &str,
    id: AppointmentId,
    until: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE appointments SET hold_expires_at = $3
         WHERE tenant_id = $1 AND id = $2 AND status = 'held'",
    )
    .bind(tenant)
    .bind(id.to_string())
    .bind(micros(until))
    .execute(connection)
    .await
    .during(OPERATION)?;
    Ok(())
}

/// Gives time back: moves an appointment from one status to another; one that has left the first stays as it is.
pub(super) async fn give_up(
    connection: &mut Connection,
    tenant: &str,
    id: AppointmentId,
    from: AppointmentStatus,
    to: AppointmentStatus,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE appointments SET status = $4, hold_expires_at = NULL
         WHERE tenant_id = $1 AND id = $2 AND status = $3",
    )
    .bind(tenant)
    .bind(id.to_string())
    .bind(from.as_str())
    .bind(to.as_str())
    .execute(connection)
    .await
    .during(OPERATION)?;
    Ok(())
}

/// Adds to what has been paid for an appointment.
pub(super) async fn add_paid(
    connection: &mut Connection,
    tenant: &str,
    id: AppointmentId,
    amount: Money,
) -> Result<(), StoreError> {
    let done = sqlx::query(
        "UPDATE appointments SET paid_minor = paid_minor + $3
         WHERE tenant_id = $1 AND id = $2 AND currency = $4",
    )
    .bind(tenant)
    .bind(id.to_string())
    .bind(amount.minor)
    .bind(amount.currency.code())
    .execute(connection)
    .await
    .during(OPERATION)?;
    if done.rows_affected() == 1 {
        Ok(())
    } else {
        Err(refused(OPERATION, "no such appointment in that currency"))
    }
}

/// Moves what was paid, and what paid it, from one appointment to the one that takes its place.
pub(super) async fn inherit(
    connection: &mut Connection,
    tenant: &str,
    old: AppointmentId,
    new: AppointmentId,
) -> Result<(), StoreError> {
    let (old, new) = (old.to_string(), new.to_string());
    sqlx::query(
        "UPDATE appointments SET paid_minor = paid_minor + COALESCE((
            SELECT o.paid_minor FROM appointments o
            WHERE o.tenant_id = $1 AND o.id = $2 AND o.currency = appointments.currency), 0)
         WHERE tenant_id = $1 AND id = $3",
    )
    .bind(tenant)
    .bind(&old)
    .bind(&new)
    .execute(&mut *connection)
    .await
    .during(OPERATION)?;
    sqlx::query("UPDATE appointments SET paid_minor = 0 WHERE tenant_id = $1 AND id = $2")
        .bind(tenant)
        .bind(&old)
        .execute(&mut *connection)
        .await
        .during(OPERATION)?;
    sqlx::query(
        "INSERT INTO payment_appointments (tenant_id, appointment_id, payment_id)
         SELECT tenant_id, $3, payment_id FROM payment_appointments
         WHERE tenant_id = $1 AND appointment_id = $2
         ON CONFLICT DO NOTHING",
    )
    .bind(tenant)
    .bind(&old)
    .bind(&new)
    .execute(connection)
    .await
    .during(OPERATION)?;
    Ok(())
}

/// Reads a row of `SELECT *`.
pub(super) fn read(row: &Row) -> Result<Appointment, StoreError> {
    let cells = Cells::new(row, "appointments", "id");
    Ok(Appointment {
        id: cells.parse("id")?,
        customer: cells.parse("customer_id")?,
        thread: cells.parse_opt("thread_id")?,
        service: cells.parse("service_id")?,
        staff: cells.parse("staff_id")?,
        resource: cells.parse_opt("resource_id")?,
        window: cells.window("starts_at", "ends_at")?,
        blocked: cells.window("blocked_from", "blocked_until")?,
        status: cells.name("status", AppointmentStatus::from_name)?,
        hold_expires_at: cells.moment_opt("hold_expires_at")?,
        price: cells.money("price_minor")?,
        paid: cells.money("paid_minor")?,
        created_at: cells.moment("created_at")?,
    })
}
