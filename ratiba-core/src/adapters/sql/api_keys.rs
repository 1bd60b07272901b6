//! Keys to tenants' admin API.

use async_trait::async_trait;

use super::TheStore;
use super::dialect::Row;
use super::error::During;
use super::row::{Cells, micros};
use crate::domain::id::{ApiKeyId, TenantId};
use crate::ports::api_keys::{ApiKey, ApiKeyStore};
use crate::ports::store::StoreError;

const READING: &str = "reading API keys";

#[async_trait]
impl ApiKeyStore for TheStore {
    async fn put_api_key(&self, key: &ApiKey, hash: &str) -> Result<(), StoreError> {
        const OPERATION: &str = "storing an API key";
        let mut transaction = self.write(OPERATION).await?;
        sqlx::query(
            "INSERT INTO api_keys (id, tenant_id, label, hash, created_at)
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(key.id.to_string())
        .bind(key.tenant.to_string())
        .bind(&key.label)
        .bind(hash)
        .bind(micros(key.created_at))
        .execute(&mut *transaction)
        .await
        .during(OPERATION)?;
        transaction.commit().await.during(OPERATION)?;
        Ok(())
    }

    async fn api_key(&self, hash: &str) -> Result<Option<ApiKey>, StoreError> {
        let mut reader = self.read(READING).await?;
        // As with an account: the look-up finds which tenant it is.
        let row =
            sqlx::query("SELECT id, tenant_id, label, created_at FROM api_keys WHERE hash = $1")
                .bind(hash)
                .fetch_optional(&mut *reader)
                .await
                .during(READING)?;
        row.as_ref().map(read).transpose()
    }

    async fn api_keys(&self, tenant: TenantId) -> Result<Vec<ApiKey>, StoreError> {
        let mut reader = self.read(READING).await?;
        let rows = sqlx::query(
            "SELECT id, tenant_id, label, created_at FROM api_keys WHERE tenant_id = $1 ORDER BY id",
        )
        .bind(tenant.to_string())
        .fetch_all(&mut *reader)
        .await
        .during(READING)?;
        rows.iter().map(read).collect()
    }

    async fn delete_api_key(&self, tenant: TenantId, id: ApiKeyId) -> Result<bool, StoreError> {
        const OPERATION: &str = "removing an API key";
        let mut transaction = self.write(OPERATION).await?;
        let done = sqlx::query("DELETE FROM api_keys WHERE tenant_id = $1 AND id = $2")
            .bind(tenant.to_string())
            .bind(id.to_string())
            .execute(&mut *transaction)
            .await
            .during(OPERATION)?;
        transaction.commit().await.during(OPERATION)?;
        Ok(done.rows_affected() == 1)
    }
}

fn read(row: &Row) -> Result<ApiKey, StoreError> {
    let cells = Cells::new(row, "api_keys", "id");
    Ok(ApiKey {
        id: cells.parse("id")?,
        tenant: cells.parse("tenant_id")?,
        label: cells.get("label")?,
        created_at: cells.moment("created_at")?,
    })
}
