//! The waitlist.

use async_trait::async_trait;
use jiff::Timestamp;

use super::TheTenant;
use super::dialect::{Connection, Row};
use super::error::During;
use super::row::{Cells, micros};
use super::work;
use crate::domain::id::{CustomerId, WaitId};
use crate::domain::time::{MinuteOfDay, TimeWindow};
use crate::domain::wait::{Wait, WaitStatus};
use crate::ports::inbox::Timer;
use crate::ports::store::StoreError;
use crate::ports::waitlist::WaitlistStore;

const READING: &str = "reading the waitlist";
const WRITING: &str = "changing the waitlist";

#[async_trait]
impl WaitlistStore for TheTenant {
    async fn wait(&self, id: WaitId) -> Result<Option<Wait>, StoreError> {
        let mut reader = self.read(READING).await?;
        let row = sqlx::query("SELECT * FROM waits WHERE tenant_id = $1 AND id = $2")
            .bind(&self.key)
            .bind(id.to_string())
            .fetch_optional(&mut *reader)
            .await
            .during(READING)?;
        row.as_ref().map(read).transpose()
    }

    async fn waiting(&self, span: TimeWindow, limit: u32) -> Result<Vec<Wait>, StoreError> {
        let mut reader = self.read(READING).await?;
        let rows = sqlx::query(
            "SELECT * FROM waits
             WHERE tenant_id = $1 AND status = 'waiting' AND ends_at > $2 AND starts_at < $3
             ORDER BY created_at, id LIMIT $4",
        )
        .bind(&self.key)
        .bind(micros(span.start))
        .bind(micros(span.end))
        .bind(i64::from(limit))
        .fetch_all(&mut *reader)
        .await
        .during(READING)?;
        rows.iter().map(read).collect()
    }

    async fn waits_of(&self, customer: CustomerId) -> Result<Vec<Wait>, StoreError> {
        let mut reader = self.read(READING).await?;
        let rows = sqlx::query(
            "SELECT * FROM waits WHERE tenant_id = $1 AND customer_id = $2 ORDER BY created_at, id",
        )
        .bind(&self.key)
        .bind(customer.to_string())
        .fetch_all(&mut *reader)
        .await
        .during(READING)?;
        rows.iter().map(read).collect()
    }

    async fn waits_open(&self, now: Timestamp) -> Result<u32, StoreError> {
        let mut reader = self.read(READING).await?;
        let row = sqlx::query(
            "SELECT 'open' AS id, COUNT(*) AS open FROM waits
             WHERE tenant_id = $1 AND status = 'waiting' AND ends_at > $2",
        )
        .bind(&self.key)
        .bind(micros(now))
        .fetch_one(&mut *reader)
        .await
        .during(READING)?;
        Cells::new(&row, "waits", "id").count("open")
    }

    async fn set_timers(&self, timers: &[Timer]) -> Result<(), StoreError> {
        let mut transaction = self.write(WRITING).await?;
        for timer in timers {
            work::set_timer(&mut transaction, &self.key, timer).await?;
        }
        transaction.commit().await.during(WRITING)
    }
}

/// Stores a new wish; the customer's older ones for the same service are over.
pub(super) async fn insert(
    connection: &mut Connection,
    tenant: &str,
    wait: &Wait,
    span: TimeWindow,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE waits SET status = 'closed'
         WHERE tenant_id = $1 AND customer_id = $2 AND service_id = $3 AND status IN ('waiting', 'offered')",
    )
    .bind(tenant)
    .bind(wait.customer.to_string())
    .bind(wait.service.to_string())
    .execute(&mut *connection)
    .await
    .during(WRITING)?;
    sqlx::query(
        "INSERT INTO waits
            (tenant_id, id, customer_id, service_id, staff_id, from_day, to_day, after_min, before_min,
             starts_at, ends_at, status, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(tenant)
    .bind(wait.id.to_string())
    .bind(wait.customer.to_string())
    .bind(wait.service.to_string())
    .bind(wait.staff.map(|id| id.to_string()))
    .bind(wait.from.to_string())
    .bind(wait.to.to_string())
    .bind(i64::from(wait.after.minutes()))
    .bind(i64::from(wait.before.minutes()))
    .bind(micros(span.start))
    .bind(micros(span.end))
    .bind(wait.status.as_str())
    .bind(micros(wait.created_at))
    .execute(connection)
    .await
    .during(WRITING)?;
    Ok(())
}

/// Moves a wish on; one that is over stays over.
pub(super) async fn became(
    connection: &mut Connection,
    tenant: &str,
    id: WaitId,
    status: WaitStatus,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE waits SET status = $3
         WHERE tenant_id = $1 AND id = $2 AND status IN ('waiting', 'offered')",
    )
    .bind(tenant)
    .bind(id.to_string())
    .bind(status.as_str())
    .execute(connection)
    .await
    .during(WRITING)?;
    Ok(())
}

/// Ends all wishes of a customer.
pub(super) async fn leave(
    connection: &mut Connection,
    tenant: &str,
    customer: CustomerId,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE waits SET status = 'closed'
         WHERE tenant_id = $1 AND customer_id = $2 AND status IN ('waiting', 'offered')",
    )
    .bind(tenant)
    .bind(customer.to_string())
    .execute(connection)
    .await
    .during(WRITING)?;
    Ok(())
}

fn read(row: &Row) -> Result<Wait, StoreError> {
    let cells = Cells::new(row, "waits", "id");
    let minute =
        |column| MinuteOfDay::new(cells.count(column)?).ok_or_else(|| cells.unexpected(column));
    Ok(Wait {
        id: cells.parse("id")?,
        customer: cells.parse("customer_id")?,
        service: cells.parse("service_id")?,
        staff: cells.parse_opt("staff_id")?,
        from: cells.parse("from_day")?,
        to: cells.parse("to_day")?,
        after: minute("after_min")?,
        before: minute("before_min")?,
        status: cells.name("status", WaitStatus::from_name)?,
        created_at: cells.moment("created_at")?,
    })
}
