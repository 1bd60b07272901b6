//! Conversations: what they are like, and what comes in for them.

use async_trait::async_trait;
use jiff::Timestamp;

use super::TheTenant;
use super::dialect::{Connection, Row};
use super::error::During;
use super::inbox::{self, read_customer};
use super::row::{Cells, json, micros};
use super::{pointers, quick, registry};
use crate::domain::customer::{Customer, Identity};
use crate::domain::id::{CustomerId, InboxId, ThreadId};
use crate::domain::phone::Phone;
use crate::ports::inbox::InboxItem;
use crate::ports::store::{
    Accepted, CommitOutcome, LaneView, NewInbox, StoreError, StoredThread, ThreadStore,
    TranscriptLine, TurnCommit, TurnRecord,
};

const READING: &str = "reading a conversation";

impl TheTenant {
    pub(super) async fn accept_once(&self, new: &NewInbox) -> Result<Accepted, StoreError> {
        let mut transaction = self.write("accepting").await?;
        let accepted = inbox::accept(&mut transaction, &self.key, new).await?;
        transaction.commit().await.during("accepting")?;
        Ok(accepted)
    }

    pub(super) async fn accept_all_once(
        &self,
        new: &[NewInbox],
    ) -> Result<Vec<Accepted>, StoreError> {
        let mut transaction = self.write("accepting").await?;
        let mut accepted = Vec::with_capacity(new.len());
        for one in new {
            accepted.push(inbox::accept(&mut transaction, &self.key, one).await?);
        }
        transaction.commit().await.during("accepting")?;
        Ok(accepted)
    }
}

#[async_trait]
impl ThreadStore for TheTenant {
    async fn accept(&self, new: &NewInbox) -> Result<Accepted, StoreError> {
        quick::accept(self, new).await
    }

    async fn accept_all(&self, new: &[NewInbox]) -> Result<Vec<Accepted>, StoreError> {
        quick::accept_all(self, new).await
    }

    async fn lane(&self, customer: CustomerId, limit: u32) -> Result<Option<LaneView>, StoreError> {
        // At least one row, which carries the customer and the conversation.
        let rows = quick::lane(self, &customer.to_string(), i64::from(limit.max(1))).await?;
        let Some(first) = rows.first() else { return Ok(None) };
        let cells = Cells::new(first, "threads", "thread_id");
        let current = match cells.get::<Option<&str>>("thread_id")? {
            Some(_) => Some(read_thread(cells, "thread_id")?),
            None => None,
        };
        let mut pending = Vec::new();
        for row in rows.iter().take(limit as usize) {
            let cells = Cells::new(row, "inbox", "inbox_id");
            if let Some(id) = cells.parse_opt("inbox_id")? {
                let cause = cells.json("cause")?;
                let received_at = cells.moment("received_at")?;
                pending.push(InboxItem { id, customer, cause, received_at });
            }
        }
        let customer = read_customer(first)?;
        let business_version = cells.count("business_version")?;
        let tenant_status = cells.name("tenant_status", registry::read_status)?;
        Ok(Some(LaneView { customer, current, pending, business_version, tenant_status }))
    }

    async fn thread(&self, id: ThreadId) -> Result<Option<StoredThread>, StoreError> {
        let mut reader = self.read(READING).await?;
        let row = sqlx::query("SELECT * FROM threads WHERE tenant_id = $1 AND id = $2")
            .bind(&self.key)
            .bind(id.to_string())
            .fetch_optional(&mut *reader)
            .await
            .during(READING)?;
        row.map(|row| read_thread(Cells::new(&row, "threads", "id"), "id")).transpose()
    }

    async fn threads(&self, limit: u32) -> Result<Vec<StoredThread>, StoreError> {
        let mut reader = self.read(READING).await?;
        let rows = sqlx::query(
            "SELECT * FROM threads WHERE tenant_id = $1 ORDER BY updated_at DESC, id DESC LIMIT $2",
        )
        .bind(&self.key)
        .bind(i64::from(limit))
        .fetch_all(&mut *reader)
        .await
        .during(READING)?;
        rows.iter().map(|row| read_thread(Cells::new(row, "threads", "id"), "id")).collect()
    }

    async fn commit(&self, turn: &TurnCommit) -> Result<CommitOutcome, StoreError> {
        quick::commit(self, turn).await
    }

    async fn skip(&self, inbox: InboxId, at: Timestamp) -> Result<(), StoreError> {
        const OPERATION: &str = "skipping an inbox item";
        let mut transaction = self.write(OPERATION).await?;
        sqlx::query(
            "UPDATE inbox SET done_at = $3 WHERE tenant_id = $1 AND id = $2 AND done_at IS NULL",
        )
        .bind(&self.key)
        .bind(inbox.to_string())
        .bind(micros(at))
        .execute(&mut *transaction)
        .await
        .during(OPERATION)?;
        pointers::inbox_done(&mut transaction, &self.key, inbox).await?;
        transaction.commit().await.during(OPERATION)
    }

    async fn forget_message(&self, dedupe_key: &str, at: Timestamp) -> Result<bool, StoreError> {
        const OPERATION: &str = "forgetting a message";
        let mut transaction = self.write(OPERATION).await?;
        let forgotten = inbox::forget(&mut transaction, &self.key, dedupe_key, at).await?;
        transaction.commit().await.during(OPERATION)?;
        Ok(forgotten)
    }

    async fn records(&self, thread: ThreadId) -> Result<Vec<TurnRecord>, StoreError> {
        let mut reader = self.read("reading turn records").await?;
        let rows = sqlx::query(
            "SELECT thread_id || '@' || revision AS key, doc FROM turn_records
             WHERE tenant_id = $1 AND thread_id = $2 ORDER BY revision",
        )
        .bind(&self.key)
        .bind(thread.to_string())
        .fetch_all(&mut *reader)
        .await
        .during("reading turn records")?;
        rows.iter().map(|row| Cells::new(row, "turn_records", "key").json("doc")).collect()
    }

    async fn transcript(
        &self,
        customer: CustomerId,
        limit: u32,
    ) -> Result<Vec<TranscriptLine>, StoreError> {
        self.last_lines(customer, limit).await
    }

    async fn customer(&self, id: CustomerId) -> Result<Option<Customer>, StoreError> {
        let mut reader = self.read("reading a customer").await?;
        let row = sqlx::query("SELECT * FROM customers WHERE tenant_id = $1 AND id = $2")
            .bind(&self.key)
            .bind(id.to_string())
            .fetch_optional(&mut *reader)
            .await
            .during("reading a customer")?;
        row.as_ref().map(read_customer).transpose()
    }

    async fn customer_by_identity(
        &self,
        identity: &Identity,
    ) -> Result<Option<Customer>, StoreError> {
        let mut reader = self.read("reading a customer").await?;
        let row = sqlx::query(
            "SELECT c.* FROM identities i
             JOIN customers c ON c.tenant_id = i.tenant_id AND c.id = i.customer_id
             WHERE i.tenant_id = $1 AND i.channel = $2 AND i.external_id = $3",
        )
        .bind(&self.key)
        .bind(identity.channel.as_str())
        .bind(&identity.external_id)
        .fetch_optional(&mut *reader)
        .await
        .during("reading a customer")?;
        row.as_ref().map(read_customer).transpose()
    }

    async fn customer_by_phone(&self, phone: &Phone) -> Result<Option<Customer>, StoreError> {
        let mut reader = self.read("reading a customer").await?;
        let row = sqlx::query(
            "SELECT * FROM customers WHERE tenant_id = $1 AND phone = $2 AND phone_proven = 1
             ORDER BY created_at, id LIMIT 1",
        )
        .bind(&self.key)
        .bind(phone.e164())
        .fetch_optional(&mut *reader)
        .await
        .during("reading a customer")?;
        row.as_ref().map(read_customer).transpose()
    }
}

/// The rows of a lane: the customer and the newest conversation on each, with one item that is pending, oldest first.
pub(super) async fn lane_rows(
    reader: &mut Connection,
    tenant: &str,
    customer: &str,
    limit: i64,
) -> Result<Vec<Row>, StoreError> {
    sqlx::query(
            "SELECT c.id, c.name, c.phone, c.phone_proven, c.language, c.opted_out, c.created_at,
                    COALESCE((SELECT MAX(b.version) FROM business_versions b WHERE b.tenant_id = $1), 0)
                        AS business_version,
                    (SELECT status FROM tenants WHERE id = $1) AS tenant_status,
                    i.id AS inbox_id, i.cause, i.received_at,
                    t.id AS thread_id, t.customer_id, t.revision, t.state, t.state_name, t.driver_name,
                    t.address, t.capabilities, t.offered, t.last_inbound_at, t.updated_at
             FROM customers c
             LEFT JOIN threads t ON t.tenant_id = $1 AND t.id = COALESCE(
                (SELECT m.head FROM customer_merges m
                 WHERE m.tenant_id = $1 AND m.head IS NOT NULL AND m.gone_id IN (
                    SELECT w.gone_id FROM customer_merges w WHERE w.tenant_id = $1 AND w.now_id = $2)
                 AND NOT EXISTS (
                    SELECT 1 FROM threads n
                    WHERE n.tenant_id = $1 AND n.customer_id = $2 AND n.id > m.head_until)),
                (SELECT MAX(n.id) FROM threads n WHERE n.tenant_id = $1 AND n.customer_id = $2))
             LEFT JOIN inbox i ON i.tenant_id = $1 AND i.customer_id = $2 AND i.done_at IS NULL
             WHERE c.tenant_id = $1 AND c.id = $2
             ORDER BY i.seq LIMIT $3",
        )
        .bind(tenant)
        .bind(customer)
        .bind(limit)
        .fetch_all(reader)
        .await
        .during("reading a lane")
}

fn read_thread(cells: Cells<'_>, id: &'static str) -> Result<StoredThread, StoreError> {
    Ok(StoredThread {
        id: cells.parse(id)?,
        customer: cells.parse("customer_id")?,
        revision: cells.count("revision")?,
        state: cells.get("state")?,
        state_name: cells.get("state_name")?,
        driver_name: cells.get("driver_name")?,
        address: cells.json("address")?,
        capabilities: cells.json("capabilities")?,
        offered: cells.json("offered")?,
        last_inbound_at: cells.moment_opt("last_inbound_at")?,
        updated_at: cells.moment("updated_at")?,
    })
}

/// Stores a conversation at the revision after the one it carries; `false` when the stored one has moved on.
pub(super) async fn advance(
    connection: &mut Connection,
    tenant: &str,
    thread: &StoredThread,
) -> Result<bool, StoreError> {
    let statement = if thread.revision == 0 {
        "INSERT INTO threads
            (tenant_id, id, customer_id, revision, state, state_name, driver_name, address, capabilities,
             offered, last_inbound_at, updated_at)
         VALUES ($1, $2, $3, $4 + 1, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT (tenant_id, id) DO NOTHING"
    } else {
        "UPDATE threads
         SET customer_id = $3, revision = $4 + 1, state = $5, state_name = $6, driver_name = $7, address = $8,
             capabilities = $9, offered = $10, last_inbound_at = $11, updated_at = $12
         WHERE tenant_id = $1 AND id = $2 AND revision = $4"
    };
    let done = sqlx::query(statement)
        .bind(tenant)
        .bind(thread.id.to_string())
        .bind(thread.customer.to_string())
        .bind(i64::try_from(thread.revision).unwrap_or(i64::MAX))
        .bind(&thread.state)
        .bind(&thread.state_name)
        .bind(&thread.driver_name)
        .bind(json(&thread.address)?)
        .bind(json(&thread.capabilities)?)
        .bind(json(&thread.offered)?)
        .bind(thread.last_inbound_at.map(micros))
        .bind(micros(thread.updated_at))
        .execute(connection)
        .await
        .during("storing a conversation")?;
    Ok(done.rows_affected() == 1)
}
