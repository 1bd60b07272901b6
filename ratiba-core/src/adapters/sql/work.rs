//! The outbox and the timers, outside of a turn.

use async_trait::async_trait;
use jiff::Timestamp;

use super::TheTenant;
use super::dialect::{Connection, Row};
use super::error::During;
use super::outbox::{self, Origin};
use super::row::{Cells, json, micros};
use super::{delivery, failed, inbox, pointers, quick};
use crate::adapters::sql::again;
use crate::domain::id::{CustomerId, InboxId, OutboxId};
use crate::ports::channel::{FailedDelivery, StatusReport};
use crate::ports::inbox::{Timer, TimerKey};
use crate::ports::outbox::{Attempt, OutboxItem, Settled};
use crate::ports::store::{LaneKey, NewInbox, StoreError, StoredOutbox, WorkStore};

const LEASING: &str = "leasing an outbox item";
const RECORDING: &str = "recording an attempt";
const REPORTING: &str = "recording a delivery report";
const TIMERS: &str = "changing timers";

#[async_trait]
impl WorkStore for TheTenant {
    async fn enqueue(&self, items: &[OutboxItem]) -> Result<(), StoreError> {
        again!(self.enqueue_once(items))
    }

    async fn lease(
        &self,
        id: OutboxId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<OutboxItem>, StoreError> {
        again!(self.lease_once(id, now, until))
    }

    async fn record_attempt(
        &self,
        id: OutboxId,
        attempt: &Attempt,
        then: Option<&NewInbox>,
        at: Timestamp,
    ) -> Result<Option<FailedDelivery>, StoreError> {
        if let Some(recorded) = quick::record(self, id, attempt, then).await? {
            return Ok(recorded);
        }
        again!(self.record_once(id, attempt, then, at))
    }

    async fn record_status(&self, report: &StatusReport) -> Result<Option<OutboxItem>, StoreError> {
        again!(self.report_once(report))
    }

    async fn is_ours(&self, provider_id: &str) -> Result<bool, StoreError> {
        let mut reader = self.read("looking for a message").await?;
        let row = sqlx::query("SELECT 1 FROM outbox WHERE tenant_id = $1 AND provider_id = $2")
            .bind(&self.key)
            .bind(provider_id)
            .fetch_optional(&mut *reader)
            .await
            .during("looking for a message")?;
        Ok(row.is_some())
    }

    async fn outbox(&self, id: OutboxId) -> Result<Option<StoredOutbox>, StoreError> {
        let mut reader = self.read("reading the outbox").await?;
        let row = sqlx::query("SELECT * FROM outbox WHERE tenant_id = $1 AND id = $2")
            .bind(&self.key)
            .bind(id.to_string())
            .fetch_optional(&mut *reader)
            .await
            .during("reading the outbox")?;
        row.as_ref().map(outbox::read).transpose()
    }

    async fn outbox_of(&self, customer: CustomerId) -> Result<Vec<StoredOutbox>, StoreError> {
        let mut reader = self.read("reading the outbox").await?;
        let rows = sqlx::query(
            "SELECT * FROM outbox WHERE tenant_id = $1 AND customer_id = $2 ORDER BY seq",
        )
        .bind(&self.key)
        .bind(customer.to_string())
        .fetch_all(&mut *reader)
        .await
        .during("reading the outbox")?;
        rows.iter().map(outbox::read).collect()
    }

    async fn failed_messages(
        &self,
        settled: bool,
        code: Option<&str>,
        limit: u32,
    ) -> Result<Vec<StoredOutbox>, StoreError> {
        let mut reader = self.read(failed::READING).await?;
        failed::list(&mut reader, &self.key, settled, code, limit).await
    }

    async fn settle_failed(
        &self,
        id: OutboxId,
        how: &Settled,
        instead: Option<&OutboxItem>,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        again!(self.settle_failed_once(id, how, instead, at))
    }

    async fn promote(
        &self,
        timer: &Timer,
        id: InboxId,
        now: Timestamp,
    ) -> Result<Option<CustomerId>, StoreError> {
        again!(self.promote_once(timer, id, now))
    }

    async fn timers(&self, customer: CustomerId) -> Result<Vec<Timer>, StoreError> {
        let mut reader = self.read("reading timers").await?;
        let rows = sqlx::query(
            "SELECT * FROM timers WHERE tenant_id = $1 AND customer_id = $2 ORDER BY due_at, id",
        )
        .bind(&self.key)
        .bind(customer.to_string())
        .fetch_all(&mut *reader)
        .await
        .during("reading timers")?;
        rows.iter().map(read_timer).collect()
    }
}

impl TheTenant {
    async fn enqueue_once(&self, items: &[OutboxItem]) -> Result<(), StoreError> {
        let mut transaction = self.write("enqueueing").await?;
        let origin = Origin { after_inbox: None, lease_until: None };
        outbox::insert(&mut transaction, &self.key, items, origin).await?;
        transaction.commit().await.during("enqueueing")
    }

    async fn lease_once(
        &self,
        id: OutboxId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<OutboxItem>, StoreError> {
        let mut transaction = self.write(LEASING).await?;
        let item = outbox::lease(&mut transaction, &self.key, id, now, until).await?;
        transaction.commit().await.during(LEASING)?;
        Ok(item)
    }

    async fn record_once(
        &self,
        id: OutboxId,
        attempt: &Attempt,
        then: Option<&NewInbox>,
        at: Timestamp,
    ) -> Result<Option<FailedDelivery>, StoreError> {
        let mut transaction = self.write(RECORDING).await?;
        let failed_early = delivery::record(&mut transaction, &self.key, id, attempt, at).await?;
        if let Some(new) = then {
            inbox::accept(&mut transaction, &self.key, new).await?;
        }
        transaction.commit().await.during(RECORDING)?;
        Ok(failed_early)
    }

    async fn report_once(&self, report: &StatusReport) -> Result<Option<OutboxItem>, StoreError> {
        let mut transaction = self.write(REPORTING).await?;
        let failed = delivery::report(&mut transaction, &self.key, report).await?;
        transaction.commit().await.during(REPORTING)?;
        Ok(failed)
    }

    async fn settle_failed_once(
        &self,
        id: OutboxId,
        how: &Settled,
        instead: Option<&OutboxItem>,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.write(failed::SETTLING).await?;
        let settled = failed::settle(&mut transaction, &self.key, id, how, at).await?;
        if let Some(item) = instead.filter(|_| settled) {
            let origin = Origin { after_inbox: None, lease_until: None };
            let items = std::slice::from_ref(item);
            outbox::insert(&mut transaction, &self.key, items, origin).await?;
        }
        transaction.commit().await.during(failed::SETTLING)?;
        Ok(settled)
    }

    async fn promote_once(
        &self,
        timer: &Timer,
        id: InboxId,
        now: Timestamp,
    ) -> Result<Option<CustomerId>, StoreError> {
        let mut transaction = self.write(TIMERS).await?;
        let key = json(&timer.key)?;
        // By id as well: a timer that was set again meanwhile is another one.
        let done = sqlx::query(
            "DELETE FROM timers WHERE tenant_id = $1 AND customer_id = $2 AND key = $3 AND id = $4",
        )
        .bind(&self.key)
        .bind(timer.customer.to_string())
        .bind(&key)
        .bind(timer.id.to_string())
        .execute(&mut *transaction)
        .await
        .during(TIMERS)?;
        if done.rows_affected() == 0 {
            return Ok(None);
        }
        pointers::timer_gone(&mut transaction, &self.key, timer.customer, &key).await?;
        let new = NewInbox {
            id,
            lane: LaneKey::Customer(timer.customer),
            dedupe_key: format!("timer:{}", timer.id),
            cause: timer.key.cause(),
            received_at: now,
        };
        inbox::accept(&mut transaction, &self.key, &new).await?;
        transaction.commit().await.during(TIMERS)?;
        Ok(Some(timer.customer))
    }
}

/// Reads a row of `SELECT *` from `timers`.
pub(super) fn read_timer(row: &Row) -> Result<Timer, StoreError> {
    let cells = Cells::new(row, "timers", "id");
    Ok(Timer {
        id: cells.parse("id")?,
        customer: cells.parse("customer_id")?,
        key: cells.json("key")?,
        due_at: cells.moment("due_at")?,
    })
}

/// Sets a timer; replaces one of the same key.
pub(super) async fn set_timer(
    connection: &mut Connection,
    tenant: &str,
    timer: &Timer,
) -> Result<(), StoreError> {
    let key = json(&timer.key)?;
    sqlx::query(
        "INSERT INTO timers (tenant_id, customer_id, key, id, due_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (tenant_id, customer_id, key) DO UPDATE SET id = excluded.id, due_at = excluded.due_at",
    )
    .bind(tenant)
    .bind(timer.customer.to_string())
    .bind(&key)
    .bind(timer.id.to_string())
    .bind(micros(timer.due_at))
    .execute(&mut *connection)
    .await
    .during(TIMERS)?;
    pointers::timer_set(connection, tenant, timer, &key).await
}

/// Forgets a timer.
pub(super) async fn clear_timer(
    connection: &mut Connection,
    tenant: &str,
    customer: CustomerId,
    key: &TimerKey,
) -> Result<(), StoreError> {
    let key = json(key)?;
    sqlx::query("DELETE FROM timers WHERE tenant_id = $1 AND customer_id = $2 AND key = $3")
        .bind(tenant)
        .bind(customer.to_string())
        .bind(&key)
        .execute(&mut *connection)
        .await
        .during(TIMERS)?;
    pointers::timer_gone(connection, tenant, customer, &key).await
}
