//! What is known before a tenant is: tenants, their accounts, and where callbacks belong.

use async_trait::async_trait;
use jiff::Timestamp;

use super::TheStore;
use super::dialect::{Connection, Row};
use super::error::{During, is_taken};
use super::row::{Cells, json, micros};
use super::schema;
use super::{accounts, business};
use crate::domain::channel::ChannelKind;
use crate::domain::id::{InboxId, TenantId};
use crate::domain::tenant::{Rail, Slug, Tenant, TenantStatus};
use crate::ports::channel::ChannelAccount;
use crate::ports::payment::Merchant;
use crate::ports::store::{
    DeadLetter, DeadLetterKind, DueWork, NewTenant, PaymentRoute, Registry, StoreError,
};

const READING: &str = "reading tenants";
const MAKING: &str = "making a tenant";
const DELETING: &str = "deleting a tenant";
const READING_ACCOUNTS: &str = "reading accounts";
const STORING_ACCOUNT: &str = "storing an account";

#[async_trait]
impl Registry for TheStore {
    async fn create_tenant(&self, new: &NewTenant) -> Result<(), StoreError> {
        let mut transaction = self.write(MAKING).await?;
        insert_tenant(&mut transaction, &new.business.tenant, new.created_at).await?;
        schema::make_room(&mut transaction, &new.business.tenant).await?;
        let key = new.business.tenant.id.to_string();
        business::save(&mut transaction, &key, 0, &new.business, new.created_at).await?;
        for snippet in &new.snippets {
            business::put(&mut transaction, &key, snippet).await?;
        }
        for account in &new.accounts {
            accounts::put_account(&mut transaction, &self.db.seal, account).await?;
        }
        for merchant in &new.merchants {
            accounts::put_merchant(&mut transaction, &self.db.seal, merchant).await?;
        }
        transaction.commit().await.during(MAKING)
    }

    async fn tenants(&self) -> Result<Vec<Tenant>, StoreError> {
        let mut reader = self.read(READING).await?;
        let rows = sqlx::query("SELECT id, status, doc FROM tenants ORDER BY slug")
            .fetch_all(&mut *reader)
            .await
            .during(READING)?;
        rows.iter().map(read_tenant).collect()
    }

    async fn tenant(&self, id: TenantId) -> Result<Option<Tenant>, StoreError> {
        let mut reader = self.read(READING).await?;
        let row = sqlx::query("SELECT id, status, doc FROM tenants WHERE id = $1")
            .bind(id.to_string())
            .fetch_optional(&mut *reader)
            .await
            .during(READING)?;
        row.as_ref().map(read_tenant).transpose()
    }

    async fn tenant_by_slug(&self, slug: &Slug) -> Result<Option<Tenant>, StoreError> {
        let mut reader = self.read(READING).await?;
        let row = sqlx::query("SELECT id, status, doc FROM tenants WHERE slug = $1")
            .bind(slug.as_str())
            .fetch_optional(&mut *reader)
            .await
            .during(READING)?;
        row.as_ref().map(read_tenant).transpose()
    }

    async fn set_status(&self, id: TenantId, status: TenantStatus) -> Result<bool, StoreError> {
        const OPERATION: &str = "changing a tenant's status";
        let mut transaction = self.write(OPERATION).await?;
        let done = sqlx::query("UPDATE tenants SET status = $2 WHERE id = $1")
            .bind(id.to_string())
            .bind(status_name(status))
            .execute(&mut *transaction)
            .await
            .during(OPERATION)?;
        transaction.commit().await.during(OPERATION)?;
        Ok(done.rows_affected() == 1)
    }

    async fn delete_tenant(&self, id: TenantId) -> Result<bool, StoreError> {
        let mut transaction = self.write(DELETING).await?;
        let key = id.to_string();
        schema::clear_room(&mut transaction, &key).await?;
        let done = sqlx::query("DELETE FROM tenants WHERE id = $1")
            .bind(&key)
            .execute(&mut *transaction)
            .await
            .during(DELETING)?;
        transaction.commit().await.during(DELETING)?;
        self.forget(id);
        Ok(done.rows_affected() == 1)
    }

    async fn account(
        &self,
        channel: ChannelKind,
        account: &str,
    ) -> Result<Option<ChannelAccount>, StoreError> {
        let mut reader = self.read(READING_ACCOUNTS).await?;
        accounts::account(&mut reader, &self.db.seal, channel, account).await
    }

    async fn accounts(&self, tenant: TenantId) -> Result<Vec<ChannelAccount>, StoreError> {
        let mut reader = self.read(READING_ACCOUNTS).await?;
        accounts::accounts_of(&mut reader, &self.db.seal, tenant).await
    }

    async fn put_account(&self, account: &ChannelAccount) -> Result<(), StoreError> {
        let mut transaction = self.write(STORING_ACCOUNT).await?;
        accounts::put_account(&mut transaction, &self.db.seal, account).await?;
        transaction.commit().await.during(STORING_ACCOUNT)
    }

    async fn merchant(&self, tenant: TenantId, rail: Rail) -> Result<Option<Merchant>, StoreError> {
        let mut reader = self.read(READING_ACCOUNTS).await?;
        accounts::merchant(&mut reader, &self.db.seal, tenant, rail).await
    }

    async fn put_merchant(&self, merchant: &Merchant) -> Result<(), StoreError> {
        let mut transaction = self.write(STORING_ACCOUNT).await?;
        accounts::put_merchant(&mut transaction, &self.db.seal, merchant).await?;
        transaction.commit().await.during(STORING_ACCOUNT)
    }

    async fn payment_route(&self, token: &str) -> Result<Option<PaymentRoute>, StoreError> {
        let mut reader = self.read("routing a callback").await?;
        let row =
            sqlx::query("SELECT tenant_id, payment_id, rail FROM payment_routing WHERE token = $1")
                .bind(token)
                .fetch_optional(&mut *reader)
                .await
                .during("routing a callback")?;
        row.map(|row| {
            // Not the token: whoever reads it in a log could forge a callback.
            let cells = Cells::new(&row, "payment_routing", "payment_id");
            Ok(PaymentRoute {
                tenant: cells.parse("tenant_id")?,
                payment: cells.parse("payment_id")?,
                rail: cells.name("rail", accounts::rail)?,
            })
        })
        .transpose()
    }

    async fn bury(&self, letter: &DeadLetter) -> Result<(), StoreError> {
        self.bury_letter(letter).await
    }

    async fn dead_letters(
        &self,
        kind: Option<DeadLetterKind>,
        limit: u32,
    ) -> Result<Vec<DeadLetter>, StoreError> {
        self.open_letters(kind, limit).await
    }

    async fn dead_letter(&self, id: InboxId) -> Result<Option<DeadLetter>, StoreError> {
        self.letter(id).await
    }

    async fn settle_dead_letter(
        &self,
        id: InboxId,
        at: Timestamp,
        dismissed: Option<&str>,
    ) -> Result<bool, StoreError> {
        self.settle_letter(id, at, dismissed).await
    }

    async fn settled_dead_letters(&self, limit: u32) -> Result<Vec<DeadLetter>, StoreError> {
        self.settled_letters(limit).await
    }

    async fn claim_due(
        &self,
        now: Timestamp,
        stale_before: Timestamp,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<DueWork>, StoreError> {
        self.claim(now, stale_before, lease_until, limit).await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.soonest().await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        let mut reader = self.read("pinging").await?;
        sqlx::query("SELECT 1").execute(&mut *reader).await.during("pinging")?;
        Ok(())
    }
}

async fn insert_tenant(
    connection: &mut Connection,
    tenant: &Tenant,
    at: Timestamp,
) -> Result<(), StoreError> {
    let done = sqlx::query(
        "INSERT INTO tenants (id, slug, status, doc, created_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(tenant.id.to_string())
    .bind(tenant.slug.as_str())
    .bind(status_name(tenant.status))
    .bind(json(tenant)?)
    .bind(micros(at))
    .execute(connection)
    .await;
    match done {
        Err(error) if is_taken(&error) => {
            Err(StoreError::Exists { what: format!("a tenant named {}", tenant.slug) })
        }
        other => other.map(drop).during(MAKING),
    }
}

/// The status column decides: it may have changed since the document was written.
fn read_tenant(row: &Row) -> Result<Tenant, StoreError> {
    let cells = Cells::new(row, "tenants", "id");
    let status = cells.name("status", read_status)?;
    Ok(Tenant { status, ..cells.json("doc")? })
}

/// Reads a status by its stored name.
pub(super) fn read_status(name: &str) -> Option<TenantStatus> {
    match name {
        "active" => Some(TenantStatus::Active),
        "suspended" => Some(TenantStatus::Suspended),
        _ => None,
    }
}

const fn status_name(status: TenantStatus) -> &'static str {
    match status {
        TenantStatus::Active => "active",
        TenantStatus::Suspended => "suspended",
    }
}
