//! The owner's rail, and money that was taken at the venue.

use async_trait::async_trait;
use jiff::Timestamp;

use super::TheTenant;
use super::error::During;
use super::row::{Cells, json, micros};
use super::{appointments, payments};
use crate::admin::plan::Pending;
use crate::admin::takings::Taking;
use crate::domain::money::Money;
use crate::domain::payment::{LedgerEntry, Payment};
use crate::domain::phone::Phone;
use crate::ports::rail::{Entered, RailStore};
use crate::ports::store::StoreError;

const ASKING: &str = "reading an admin's rail";
const TELLING: &str = "changing an admin's rail";
const ENTERING: &str = "entering money";

#[async_trait]
impl RailStore for TheTenant {
    async fn rail(&self, admin: &Phone) -> Result<Option<Pending>, StoreError> {
        let query = sqlx::query("SELECT admin, doc FROM rails WHERE tenant_id = $1 AND admin = $2")
            .bind(&self.key)
            .bind(admin.e164());
        let found =
            self.all(ASKING, query, |row| Cells::new(row, "rails", "admin").json("doc")).await?;
        Ok(found.into_iter().next())
    }

    async fn set_rail(&self, admin: &Phone, pending: Option<&Pending>) -> Result<(), StoreError> {
        let mut transaction = self.write(TELLING).await?;
        match pending {
            Some(pending) => {
                sqlx::query(
                    "INSERT INTO rails (tenant_id, admin, doc) VALUES ($1, $2, $3)
                     ON CONFLICT (tenant_id, admin) DO UPDATE SET doc = excluded.doc",
                )
                .bind(&self.key)
                .bind(admin.e164())
                .bind(json(pending)?)
                .execute(&mut *transaction)
                .await
            }
            None => {
                sqlx::query("DELETE FROM rails WHERE tenant_id = $1 AND admin = $2")
                    .bind(&self.key)
                    .bind(admin.e164())
                    .execute(&mut *transaction)
                    .await
            }
        }
        .during(TELLING)?;
        transaction.commit().await.during(TELLING)
    }

    async fn enter_taking(&self, taking: &Taking) -> Result<Entered, StoreError> {
        let mut transaction = self.write(ENTERING).await?;
        let known = sqlx::query("SELECT id FROM payments WHERE tenant_id = $1 AND id = $2")
            .bind(&self.key)
            .bind(taking.payment.id.to_string())
            .fetch_optional(&mut *transaction)
            .await
            .during(ENTERING)?;
        if known.is_some() {
            transaction.rollback().await.during(ENTERING)?;
            return Ok(Entered::Before);
        }
        if let Some(customer) = &taking.customer {
            sqlx::query(
                "INSERT INTO customers (tenant_id, id, name, created_at) VALUES ($1, $2, $3, $4)",
            )
            .bind(&self.key)
            .bind(customer.id.to_string())
            .bind(&customer.name)
            .bind(micros(customer.created_at))
            .execute(&mut *transaction)
            .await
            .during(ENTERING)?;
        }
        if let Some(visit) = &taking.visit
            && !appointments::insert(&mut transaction, &self.key, visit, visit.created_at).await?
        {
            transaction.rollback().await.during(ENTERING)?;
            return Ok(Entered::TimeTaken);
        }
        payments::insert(&mut transaction, &self.key, &taking.payment).await?;
        payments::append(&mut transaction, &self.key, &taking.ledger).await?;
        let amount = taking.payment.amount;
        appointments::add_paid(&mut transaction, &self.key, taking.appointment, amount).await?;
        transaction.commit().await.during(ENTERING)?;
        Ok(Entered::Done)
    }

    async fn last_taking(&self, since: Timestamp) -> Result<Option<Payment>, StoreError> {
        // What is asked for in a conversation names it; what was taken at the venue names none.
        let query = sqlx::query(
            "SELECT p.id, p.doc FROM payments p
             WHERE p.tenant_id = $1 AND p.created_at >= $2 AND p.status = 'paid'
               AND NOT EXISTS (SELECT 1 FROM threads t WHERE t.tenant_id = p.tenant_id AND t.id = p.thread_id)
             ORDER BY p.seq DESC LIMIT 1",
        )
        .bind(&self.key)
        .bind(micros(since));
        Ok(self.all("reading what was entered last", query, payments::read).await?.pop())
    }

    async fn take_back(
        &self,
        payment: &Payment,
        ledger: &[LedgerEntry],
    ) -> Result<bool, StoreError> {
        let mut transaction = self.write(ENTERING).await?;
        let done = sqlx::query(
            "UPDATE payments SET status = $3, doc = $4
             WHERE tenant_id = $1 AND id = $2 AND status = 'paid'",
        )
        .bind(&self.key)
        .bind(payment.id.to_string())
        .bind(payment.state.as_str())
        .bind(json(payment)?)
        .execute(&mut *transaction)
        .await
        .during(ENTERING)?;
        if done.rows_affected() == 0 {
            transaction.rollback().await.during(ENTERING)?;
            return Ok(false);
        }
        payments::append(&mut transaction, &self.key, ledger).await?;
        let minus = Money::new(-payment.amount.minor, payment.amount.currency);
        for appointment in &payment.appointments {
            appointments::add_paid(&mut transaction, &self.key, *appointment, minus).await?;
            sqlx::query(
                "UPDATE appointments SET status = 'cancelled'
                 WHERE tenant_id = $1 AND id = $2 AND thread_id IS NULL AND created_at = $3",
            )
            .bind(&self.key)
            .bind(appointment.to_string())
            .bind(micros(payment.created_at))
            .execute(&mut *transaction)
            .await
            .during(ENTERING)?;
        }
        transaction.commit().await.during(ENTERING)?;
        Ok(true)
    }
}
