//! Attempts to be paid and the ledger, as parts of a turn's transaction.

use super::dialect::{Connection, Row};
use super::error::{During, refused};
use super::row::{Cells, json, micros};
use crate::domain::payment::{Account, LedgerEntry, Movement, Payment};
use crate::domain::tenant::Rail;
use crate::payments::ledger::balances;
use crate::ports::store::StoreError;

const OPERATION: &str = "changing payments";

/// Inserts a payment with its route and what it pays for; `false` when its thread has one in flight.
pub(super) async fn insert(
    connection: &mut Connection,
    tenant: &str,
    new: &Payment,
) -> Result<bool, StoreError> {
    let id = new.id.to_string();
    let done = sqlx::query(
        "INSERT INTO payments
            (tenant_id, id, thread_id, merchant_reference, status, in_flight, open, doc, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (tenant_id, thread_id) WHERE in_flight = 1 DO NOTHING",
    )
    .bind(tenant)
    .bind(&id)
    .bind(new.thread.to_string())
    .bind(&new.merchant_reference)
    .bind(new.state.as_str())
    .bind(i64::from(new.state.in_flight()))
    .bind(i64::from(new.is_open()))
    .bind(json(new)?)
    .bind(micros(new.created_at))
    .execute(&mut *connection)
    .await
    .during(OPERATION)?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query(
        "INSERT INTO payment_routing (token, tenant_id, payment_id, rail) VALUES ($1, $2, $3, $4)",
    )
    .bind(&new.callback_token)
    .bind(tenant)
    .bind(&id)
    .bind(new.rail.as_str())
    .execute(&mut *connection)
    .await
    .during(OPERATION)?;
    if new.rail == Rail::Card {
        // Its rail reports all payments of an account to one address, and names ours by this reference.
        sqlx::query(
            "INSERT INTO payment_routing (token, tenant_id, payment_id, rail) VALUES ($1, $2, $3, $4)
             ON CONFLICT DO NOTHING",
        )
        .bind(&new.merchant_reference)
        .bind(tenant)
        .bind(&id)
        .bind(new.rail.as_str())
        .execute(&mut *connection)
        .await
        .during(OPERATION)?;
    }
    for appointment in &new.appointments {
        sqlx::query(
            "INSERT INTO payment_appointments (tenant_id, appointment_id, payment_id)
             VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        )
        .bind(tenant)
        .bind(appointment.to_string())
        .bind(&id)
        .execute(&mut *connection)
        .await
        .during(OPERATION)?;
    }
    Ok(true)
}

/// Stores a payment's new state. That money came is never overwritten by a state in which none has.
pub(super) async fn update(
    connection: &mut Connection,
    tenant: &str,
    payment: &Payment,
) -> Result<(), StoreError> {
    let done = sqlx::query(
        "UPDATE payments SET status = $3, in_flight = $4, open = $5, doc = $6
         WHERE tenant_id = $1 AND id = $2
           AND (status NOT IN ('paid', 'review', 'refunding', 'refund_by_hand', 'refunded')
                OR $3 IN ('paid', 'review', 'refunding', 'refund_by_hand', 'refunded'))",
    )
    .bind(tenant)
    .bind(payment.id.to_string())
    .bind(payment.state.as_str())
    .bind(i64::from(payment.state.in_flight()))
    .bind(i64::from(payment.is_open()))
    .bind(json(payment)?)
    .execute(connection)
    .await
    .during(OPERATION)?;
    if done.rows_affected() == 1 {
        Ok(())
    } else {
        Err(refused(OPERATION, "no such payment, or its money would be forgotten"))
    }
}

/// Appends rows that sum to zero in each currency. Rows that are stored already are left as they are.
pub(super) async fn append(
    connection: &mut Connection,
    tenant: &str,
    rows: &[LedgerEntry],
) -> Result<(), StoreError> {
    if !balances(rows) {
        return Err(refused(OPERATION, "the rows of the ledger do not sum to zero"));
    }
    for row in rows {
        sqlx::query(
            "INSERT INTO ledger (tenant_id, id, payment_id, movement, account, minor, currency, receipt, at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (tenant_id, id) DO NOTHING",
        )
        .bind(tenant)
        .bind(row.id.to_string())
        .bind(row.payment.to_string())
        .bind(row.movement.as_str())
        .bind(row.account.as_str())
        .bind(row.amount.minor)
        .bind(row.amount.currency.code())
        .bind(&row.receipt)
        .bind(micros(row.at))
        .execute(&mut *connection)
        .await
        .during(OPERATION)?;
    }
    Ok(())
}

/// Reads the document of a payment's row.
pub(super) fn read(row: &Row) -> Result<Payment, StoreError> {
    Cells::new(row, "payments", "id").json("doc")
}

/// Reads a row of the ledger.
pub(super) fn read_entry(row: &Row) -> Result<LedgerEntry, StoreError> {
    let cells = Cells::new(row, "ledger", "id");
    Ok(LedgerEntry {
        id: cells.parse("id")?,
        payment: cells.parse("payment_id")?,
        movement: cells.name("movement", movement)?,
        account: cells.name("account", account)?,
        amount: cells.money("minor")?,
        receipt: cells.get("receipt")?,
        at: cells.moment("at")?,
    })
}

fn movement(name: &str) -> Option<Movement> {
    [Movement::Charged, Movement::Fee, Movement::Refunded, Movement::Reversed]
        .into_iter()
        .find(|m| m.as_str() == name)
}

fn account(name: &str) -> Option<Account> {
    [Account::Provider, Account::Sales, Account::Fees, Account::Unapplied]
        .into_iter()
        .find(|a| a.as_str() == name)
}
