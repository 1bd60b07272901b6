//! Looking up appointments and money.

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::query::Query;

use super::TheTenant;
use super::dialect::{Arguments, Database, Row};
use super::error::During;
use super::row::{Cells, micros};
use super::{appointments, payments};
use crate::adapters::sql::again;
use crate::domain::appointment::{Appointment, Busy};
use crate::domain::id::{AppointmentId, CustomerId, PaymentId, ThreadId};
use crate::domain::payment::{LedgerEntry, Payment};
use crate::domain::time::TimeWindow;
use crate::ports::store::{BookStore, StoreError};

impl TheTenant {
    /// Runs a query of many rows and reads each.
    pub(super) async fn all<T>(
        &self,
        operation: &'static str,
        query: Query<'_, Database, Arguments>,
        read: fn(&Row) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut reader = self.read(operation).await?;
        let rows = query.fetch_all(&mut *reader).await.during(operation)?;
        rows.iter().map(read).collect()
    }

    async fn enter_once(&self, appointment: &Appointment) -> Result<bool, StoreError> {
        const OPERATION: &str = "entering an appointment";
        let mut transaction = self.write(OPERATION).await?;
        let now = appointment.created_at;
        let entered = appointments::insert(&mut transaction, &self.key, appointment, now).await?;
        if entered {
            transaction.commit().await.during(OPERATION)?;
        } else {
            transaction.rollback().await.during(OPERATION)?;
        }
        Ok(entered)
    }
}

#[async_trait]
impl BookStore for TheTenant {
    async fn busy(&self, range: TimeWindow, now: Timestamp) -> Result<Vec<Busy>, StoreError> {
        let query = sqlx::query(
            "SELECT id, staff_id, resource_id, blocked_from, blocked_until FROM appointments
             WHERE tenant_id = $1 AND blocked_until > $2 AND blocked_from < $3
               AND (status = 'confirmed' OR (status = 'held' AND hold_expires_at > $4))
             ORDER BY blocked_from, id",
        )
        .bind(&self.key)
        .bind(micros(range.start))
        .bind(micros(range.end))
        .bind(micros(now));
        self.all("reading the calendar", query, |row| {
            let cells = Cells::new(row, "appointments", "id");
            Ok(Busy {
                staff: cells.parse("staff_id")?,
                resource: cells.parse_opt("resource_id")?,
                blocked: cells.window("blocked_from", "blocked_until")?,
                appointment: cells.parse("id")?,
            })
        })
        .await
    }

    async fn upcoming(
        &self,
        customer: CustomerId,
        now: Timestamp,
    ) -> Result<Vec<Appointment>, StoreError> {
        let query = sqlx::query(
            "SELECT * FROM appointments
             WHERE tenant_id = $1 AND customer_id = $2 AND status = 'confirmed' AND starts_at > $3
             ORDER BY starts_at, id",
        )
        .bind(&self.key)
        .bind(customer.to_string())
        .bind(micros(now));
        self.all("reading appointments", query, appointments::read).await
    }

    async fn appointments_of(&self, customer: CustomerId) -> Result<Vec<Appointment>, StoreError> {
        let query = sqlx::query(
            "SELECT * FROM appointments WHERE tenant_id = $1 AND customer_id = $2 ORDER BY starts_at, id",
        )
        .bind(&self.key)
        .bind(customer.to_string());
        self.all("reading appointments", query, appointments::read).await
    }

    async fn appointments(&self, ids: &[AppointmentId]) -> Result<Vec<Appointment>, StoreError> {
        let mut reader = self.read("reading appointments").await?;
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            let row = sqlx::query("SELECT * FROM appointments WHERE tenant_id = $1 AND id = $2")
                .bind(&self.key)
                .bind(id.to_string())
                .fetch_optional(&mut *reader)
                .await
                .during("reading appointments")?;
            if let Some(row) = row {
                found.push(appointments::read(&row)?);
            }
        }
        Ok(found)
    }

    async fn diary(&self, range: TimeWindow) -> Result<Vec<Appointment>, StoreError> {
        let query = sqlx::query(
            "SELECT * FROM appointments
             WHERE tenant_id = $1 AND blocked_until > $2 AND starts_at < $3 AND ends_at > $2
             ORDER BY starts_at, id",
        )
        .bind(&self.key)
        .bind(micros(range.start))
        .bind(micros(range.end));
        self.all("reading the diary", query, appointments::read).await
    }

    async fn enter(&self, appointment: &Appointment) -> Result<bool, StoreError> {
        again!(self.enter_once(appointment))
    }

    async fn payment(&self, id: PaymentId) -> Result<Option<Payment>, StoreError> {
        let query = sqlx::query("SELECT id, doc FROM payments WHERE tenant_id = $1 AND id = $2")
            .bind(&self.key)
            .bind(id.to_string());
        let mut found = self.all("reading a payment", query, payments::read).await?;
        Ok(found.pop())
    }

    async fn payments_of(&self, thread: ThreadId) -> Result<Vec<Payment>, StoreError> {
        let query = sqlx::query(
            "SELECT id, doc FROM payments WHERE tenant_id = $1 AND thread_id = $2
             ORDER BY seq",
        )
        .bind(&self.key)
        .bind(thread.to_string());
        self.all("reading payments", query, payments::read).await
    }

    async fn payments_for(&self, appointment: AppointmentId) -> Result<Vec<Payment>, StoreError> {
        let query = sqlx::query(
            "SELECT p.id, p.doc FROM payment_appointments l
             JOIN payments p ON p.tenant_id = l.tenant_id AND p.id = l.payment_id
             WHERE l.tenant_id = $1 AND l.appointment_id = $2
               AND p.status IN ('paid', 'refunding', 'refund_by_hand', 'refunded')
             ORDER BY p.created_at DESC, p.id DESC",
        )
        .bind(&self.key)
        .bind(appointment.to_string());
        self.all("reading payments", query, payments::read).await
    }

    async fn open_payments(
        &self,
        created_before: Timestamp,
        limit: u32,
    ) -> Result<Vec<Payment>, StoreError> {
        let query = sqlx::query(
            "SELECT id, doc FROM payments
             WHERE tenant_id = $1 AND open = 1 AND created_at < $2 ORDER BY created_at, id LIMIT $3",
        )
        .bind(&self.key)
        .bind(micros(created_before))
        .bind(i64::from(limit));
        self.all("reading open payments", query, payments::read).await
    }

    async fn ledger(&self, payment: Option<PaymentId>) -> Result<Vec<LedgerEntry>, StoreError> {
        let query = sqlx::query(
            "SELECT * FROM ledger WHERE tenant_id = $1 AND ($2 IS NULL OR payment_id = $2) ORDER BY seq",
        )
        .bind(&self.key)
        .bind(payment.map(|p| p.to_string()));
        self.all("reading the ledger", query, payments::read_entry).await
    }
}
