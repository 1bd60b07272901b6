//! What became of visits after their time.

use async_trait::async_trait;
use jiff::Timestamp;

use super::TheTenant;
use super::error::During;
use super::row::{Cells, micros};
use crate::domain::appointment::AppointmentStatus as Status;
use crate::domain::id::{AppointmentId, CustomerId};
use crate::domain::visit::VisitOutcome;
use crate::ports::store::StoreError;
use crate::ports::visits::VisitStore;

const MARKING: &str = "marking a visit";

#[async_trait]
impl VisitStore for TheTenant {
    async fn no_shows(&self, customer: CustomerId, since: Timestamp) -> Result<u32, StoreError> {
        let mut reader = self.read("counting no-shows").await?;
        let row = sqlx::query(
            "SELECT 'count' AS id, COUNT(*) AS missed FROM appointments
             WHERE tenant_id = $1 AND customer_id = $2 AND status = 'no_show' AND starts_at >= $3",
        )
        .bind(&self.key)
        .bind(customer.to_string())
        .bind(micros(since))
        .fetch_one(&mut *reader)
        .await
        .during("counting no-shows")?;
        Cells::new(&row, "appointments", "id").count("missed")
    }

    async fn mark_visit(
        &self,
        id: AppointmentId,
        outcome: VisitOutcome,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let status = match outcome {
            VisitOutcome::Came => Status::Completed,
            VisitOutcome::NoShow => Status::NoShow,
        };
        let mut transaction = self.write(MARKING).await?;
        let done = sqlx::query(
            "UPDATE appointments SET status = $3
             WHERE tenant_id = $1 AND id = $2 AND status IN ('confirmed', 'completed', 'no_show')
               AND starts_at <= $4",
        )
        .bind(&self.key)
        .bind(id.to_string())
        .bind(status.as_str())
        .bind(micros(now))
        .execute(&mut *transaction)
        .await
        .during(MARKING)?;
        transaction.commit().await.during(MARKING)?;
        Ok(done.rows_affected() == 1)
    }

    async fn complete_ended(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut transaction = self.write(MARKING).await?;
        let done = sqlx::query(
            "UPDATE appointments SET status = 'completed'
             WHERE tenant_id = $1 AND status = 'confirmed' AND ends_at <= $2",
        )
        .bind(&self.key)
        .bind(micros(before))
        .execute(&mut *transaction)
        .await
        .during(MARKING)?;
        transaction.commit().await.during(MARKING)?;
        Ok(done.rows_affected())
    }

    async fn call_off(&self, id: AppointmentId) -> Result<bool, StoreError> {
        let mut transaction = self.write("calling an appointment off").await?;
        let done = sqlx::query(
            "UPDATE appointments SET status = 'cancelled'
             WHERE tenant_id = $1 AND id = $2 AND status = 'confirmed' AND thread_id IS NULL",
        )
        .bind(&self.key)
        .bind(id.to_string())
        .execute(&mut *transaction)
        .await
        .during("calling an appointment off")?;
        transaction.commit().await.during("calling an appointment off")?;
        Ok(done.rows_affected() == 1)
    }
}
