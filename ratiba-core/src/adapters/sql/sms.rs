//! Accounts at the SMS provider, what texts cost, and numbers that want none.

use async_trait::async_trait;
use jiff::Timestamp;

use super::dialect::Row;
use super::error::During;
use super::row::{Cells, micros};
use super::{TheStore, TheTenant};
use crate::domain::id::TenantId;
use crate::domain::money::{Currency, Money};
use crate::domain::phone::Phone;
use crate::ports::sms::{SmsAccount, SmsRecord, SmsRegistry, SmsStore};
use crate::ports::store::StoreError;

const ACCOUNTS: &str = "reading SMS accounts";
const STORING: &str = "storing an SMS account";
const WRITING: &str = "writing down a text";
const READING: &str = "reading texts";

#[async_trait]
impl SmsRegistry for TheStore {
    async fn put_sms_account(&self, account: &SmsAccount) -> Result<(), StoreError> {
        let key = self.db.seal.close(&account.api_key, &place(account.tenant))?;
        let mut transaction = self.write(STORING).await?;
        sqlx::query(
            "INSERT INTO sms_accounts (tenant_id, username, sender, delivery_token, api_key)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (tenant_id) DO UPDATE SET username = excluded.username, sender = excluded.sender,
                delivery_token = excluded.delivery_token, api_key = excluded.api_key",
        )
        .bind(account.tenant.to_string())
        .bind(&account.username)
        .bind(account.sender.as_deref())
        .bind(&account.delivery_token)
        .bind(key)
        .execute(&mut *transaction)
        .await
        .during(STORING)?;
        transaction.commit().await.during(STORING)
    }

    async fn sms_account(&self, tenant: TenantId) -> Result<Option<SmsAccount>, StoreError> {
        let mut reader = self.read(ACCOUNTS).await?;
        let row = sqlx::query("SELECT * FROM sms_accounts WHERE tenant_id = $1")
            .bind(tenant.to_string())
            .fetch_optional(&mut *reader)
            .await
            .during(ACCOUNTS)?;
        row.map(|row| {
            let cells = Cells::new(&row, "sms_accounts", "tenant_id");
            let sealed = cells.get::<&[u8]>("api_key")?;
            Ok(SmsAccount {
                tenant,
                username: cells.get("username")?,
                api_key: self.db.seal.open(sealed, &place(tenant))?,
                sender: cells.get("sender")?,
                delivery_token: cells.get("delivery_token")?,
            })
        })
        .transpose()
    }

    async fn sms_tenant(&self, delivery_token: &str) -> Result<Option<TenantId>, StoreError> {
        let mut reader = self.read(ACCOUNTS).await?;
        // Like a payment's callback, a report has no tenant to name: its token finds which one it is.
        let row = sqlx::query("SELECT tenant_id FROM sms_accounts WHERE delivery_token = $1")
            .bind(delivery_token)
            .fetch_optional(&mut *reader)
            .await
            .during(ACCOUNTS)?;
        row.map(|row| Cells::new(&row, "sms_accounts", "tenant_id").parse("tenant_id")).transpose()
    }
}

/// Where an account's key belongs.
pub(super) fn place(tenant: TenantId) -> String {
    format!("sms/{tenant}")
}

#[async_trait]
impl SmsStore for TheTenant {
    async fn record_sms(&self, record: &SmsRecord) -> Result<(), StoreError> {
        let mut transaction = self.write(WRITING).await?;
        sqlx::query(
            "INSERT INTO sms (tenant_id, outbox_id, phone, segments, cost_minor, currency, at)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant_id, outbox_id) DO NOTHING",
        )
        .bind(&self.key)
        .bind(record.outbox.to_string())
        .bind(record.phone.e164())
        .bind(i64::from(record.segments))
        .bind(record.cost.map(|cost| cost.minor))
        .bind(record.cost.map(|cost| cost.currency.code()))
        .bind(micros(record.at))
        .execute(&mut *transaction)
        .await
        .during(WRITING)?;
        transaction.commit().await.during(WRITING)
    }

    async fn sms_log(&self, limit: u32) -> Result<Vec<SmsRecord>, StoreError> {
        let mut reader = self.read(READING).await?;
        let rows = sqlx::query(
            "SELECT * FROM sms WHERE tenant_id = $1 ORDER BY at DESC, outbox_id DESC LIMIT $2",
        )
        .bind(&self.key)
        .bind(i64::from(limit))
        .fetch_all(&mut *reader)
        .await
        .during(READING)?;
        rows.iter().map(read).collect()
    }

    async fn block_sms(&self, phone: &Phone, at: Timestamp) -> Result<(), StoreError> {
        let mut transaction = self.write(WRITING).await?;
        sqlx::query(
            "INSERT INTO sms_blocked (tenant_id, phone, at) VALUES ($1, $2, $3)
             ON CONFLICT (tenant_id, phone) DO NOTHING",
        )
        .bind(&self.key)
        .bind(phone.e164())
        .bind(micros(at))
        .execute(&mut *transaction)
        .await
        .during(WRITING)?;
        transaction.commit().await.during(WRITING)
    }

    async fn sms_blocked(&self, phone: &Phone) -> Result<bool, StoreError> {
        let mut reader = self.read(READING).await?;
        let row = sqlx::query("SELECT phone FROM sms_blocked WHERE tenant_id = $1 AND phone = $2")
            .bind(&self.key)
            .bind(phone.e164())
            .fetch_optional(&mut *reader)
            .await
            .during(READING)?;
        Ok(row.is_some())
    }
}

fn read(row: &Row) -> Result<SmsRecord, StoreError> {
    let cells = Cells::new(row, "sms", "outbox_id");
    let currency = match cells.get::<Option<&str>>("currency")? {
        Some(code) => Some(Currency::from_code(code).ok_or_else(|| cells.unexpected("currency"))?),
        None => None,
    };
    let minor = cells.get::<Option<i64>>("cost_minor")?;
    Ok(SmsRecord {
        outbox: cells.parse("outbox_id")?,
        phone: Phone::from_provider(cells.get::<&str>("phone")?)
            .map_err(|_| cells.unexpected("phone"))?,
        segments: cells.count("segments")?,
        cost: minor.zip(currency).map(|(minor, currency)| Money::new(minor, currency)),
        at: cells.moment("at")?,
    })
}
