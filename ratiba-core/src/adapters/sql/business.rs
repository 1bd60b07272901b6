//! A tenant's rules and catalogue, its snippets, and the questions that nobody has answered.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;

use super::TheTenant;
use super::dialect::Connection;
use super::error::During;
use super::row::{Cells, json, micros};
use crate::domain::dial_change::{DialAudit, DialChange, changes};
use crate::domain::dials::DialOverrides;
use crate::domain::id::SnippetId;
use crate::domain::knowledge::Snippet;
use crate::domain::tenant::Business;
use crate::ports::store::{BusinessStore, StoreError, VersionedBusiness};

const READING_HISTORY: &str = "reading the history of the dials";

#[async_trait]
impl BusinessStore for TheTenant {
    async fn business(&self) -> Result<Option<VersionedBusiness>, StoreError> {
        let mut reader = self.read("reading the business").await?;
        let row = sqlx::query(
            "SELECT tenant_id || '@' || version AS key, version, doc FROM business_versions
             WHERE tenant_id = $1 ORDER BY version DESC LIMIT 1",
        )
        .bind(&self.key)
        .fetch_optional(&mut *reader)
        .await
        .during("reading the business")?;
        row.map(|row| {
            let cells = Cells::new(&row, "business_versions", "key");
            Ok(VersionedBusiness {
                business: Arc::new(cells.json("doc")?),
                version: cells.count("version")?,
            })
        })
        .transpose()
    }

    async fn business_at(&self, version: u64) -> Result<Option<Arc<Business>>, StoreError> {
        let mut reader = self.read("reading the business").await?;
        let row = sqlx::query(
            "SELECT tenant_id || '@' || version AS key, doc FROM business_versions
             WHERE tenant_id = $1 AND version = $2",
        )
        .bind(&self.key)
        .bind(i64::try_from(version).unwrap_or(i64::MAX))
        .fetch_optional(&mut *reader)
        .await
        .during("reading the business")?;
        row.map(|row| Cells::new(&row, "business_versions", "key").json("doc").map(Arc::new))
            .transpose()
    }

    async fn save_business(
        &self,
        expected: u64,
        business: &Business,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.write("saving the business").await?;
        let saved = save(&mut transaction, &self.key, expected, business, at).await?;
        if saved {
            // The registry's record is a copy of the document's, apart from the status, which only the registry changes.
            sqlx::query("UPDATE tenants SET slug = $2, doc = $3 WHERE id = $1")
                .bind(&self.key)
                .bind(business.tenant.slug.as_str())
                .bind(json(&business.tenant)?)
                .execute(&mut *transaction)
                .await
                .during("saving the business")?;
        }
        transaction.commit().await.during("saving the business")?;
        Ok(saved)
    }

    async fn dial_history(&self, limit: u32) -> Result<Vec<DialAudit>, StoreError> {
        let mut reader = self.read(READING_HISTORY).await?;
        let rows = sqlx::query(
            "SELECT tenant_id || '@' || version AS key, version, saved_at, dial_changes,
                CASE WHEN dial_changes IS NULL THEN doc END AS doc
             FROM business_versions
             WHERE tenant_id = $1 AND (dial_changes IS NULL OR dial_changes <> '[]')
             ORDER BY version",
        )
        .bind(&self.key)
        .fetch_all(&mut *reader)
        .await
        .during(READING_HISTORY)?;
        let mut dials = DialOverrides::default();
        let mut history = Vec::new();
        for row in &rows {
            let cells = Cells::new(row, "business_versions", "key");
            let changes: Vec<DialChange> = if cells.get::<Option<&str>>("dial_changes")?.is_some() {
                cells.json("dial_changes")?
            } else {
                let next = cells.json::<Business>("doc")?.dials;
                changes(&std::mem::replace(&mut dials, next.clone()), &next)
            };
            if !changes.is_empty() {
                let (version, at) = (cells.count("version")?, cells.moment("saved_at")?);
                history.push(DialAudit { version, at, changes });
            }
        }
        let newest = history.into_iter().rev();
        Ok(newest.take(usize::try_from(limit).unwrap_or(usize::MAX)).collect())
    }

    async fn snippets(&self) -> Result<Vec<Snippet>, StoreError> {
        let mut reader = self.read("reading snippets").await?;
        let rows = sqlx::query(
            "SELECT id, doc FROM snippets WHERE tenant_id = $1 ORDER BY updated_at DESC, id",
        )
        .bind(&self.key)
        .fetch_all(&mut *reader)
        .await
        .during("reading snippets")?;
        rows.iter().map(|row| Cells::new(row, "snippets", "id").json("doc")).collect()
    }

    async fn put_snippet(&self, snippet: &Snippet) -> Result<(), StoreError> {
        let mut transaction = self.write("storing a snippet").await?;
        put(&mut transaction, &self.key, snippet).await?;
        transaction.commit().await.during("storing a snippet")
    }

    async fn delete_snippet(&self, id: SnippetId) -> Result<bool, StoreError> {
        let mut transaction = self.write("deleting a snippet").await?;
        let done = sqlx::query("DELETE FROM snippets WHERE tenant_id = $1 AND id = $2")
            .bind(&self.key)
            .bind(id.to_string())
            .execute(&mut *transaction)
            .await
            .during("deleting a snippet")?;
        transaction.commit().await.during("deleting a snippet")?;
        Ok(done.rows_affected() == 1)
    }

    async fn unanswered(&self, limit: u32) -> Result<Vec<(Timestamp, String)>, StoreError> {
        let mut reader = self.read("reading unanswered questions").await?;
        let rows = sqlx::query(
            "SELECT CAST(seq AS TEXT) AS key, question, asked_at FROM unanswered
             WHERE tenant_id = $1 ORDER BY seq LIMIT $2",
        )
        .bind(&self.key)
        .bind(i64::from(limit))
        .fetch_all(&mut *reader)
        .await
        .during("reading unanswered questions")?;
        rows.iter()
            .map(|row| {
                let cells = Cells::new(row, "unanswered", "key");
                Ok((cells.moment("asked_at")?, cells.get("question")?))
            })
            .collect()
    }
}

/// Stores the version after `expected`; `false` when that is not the newest.
pub(super) async fn save(
    connection: &mut Connection,
    tenant: &str,
    expected: u64,
    business: &Business,
    at: Timestamp,
) -> Result<bool, StoreError> {
    // The audit is made here and nowhere else, so that no way of editing goes past it.
    let before = dials_at(connection, tenant, expected).await?;
    let done = sqlx::query(
        "INSERT INTO business_versions (tenant_id, version, doc, saved_at, dial_changes)
         SELECT $1, $2 + 1, $3, $4, $5
         WHERE $2 = COALESCE((SELECT MAX(b.version) FROM business_versions b WHERE b.tenant_id = $1), 0)
         ON CONFLICT DO NOTHING",
    )
    .bind(tenant)
    .bind(i64::try_from(expected).unwrap_or(i64::MAX - 1))
    .bind(json(business)?)
    .bind(micros(at))
    .bind(json(&changes(&before, &business.dials))?)
    .execute(connection)
    .await
    .during("saving the business")?;
    Ok(done.rows_affected() == 1)
}

/// The dials of a version; none is set in one that is not there.
async fn dials_at(
    connection: &mut Connection,
    tenant: &str,
    version: u64,
) -> Result<DialOverrides, StoreError> {
    let row = sqlx::query(
        "SELECT tenant_id || '@' || version AS key, doc FROM business_versions
         WHERE tenant_id = $1 AND version = $2",
    )
    .bind(tenant)
    .bind(i64::try_from(version).unwrap_or(i64::MAX))
    .fetch_optional(connection)
    .await
    .during("saving the business")?;
    let Some(row) = row else { return Ok(DialOverrides::default()) };
    let business: Business = Cells::new(&row, "business_versions", "key").json("doc")?;
    Ok(business.dials)
}

/// Adds or replaces a snippet.
pub(super) async fn put(
    connection: &mut Connection,
    tenant: &str,
    snippet: &Snippet,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO snippets (tenant_id, id, doc, updated_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, id) DO UPDATE SET doc = excluded.doc, updated_at = excluded.updated_at",
    )
    .bind(tenant)
    .bind(snippet.id.to_string())
    .bind(json(snippet)?)
    .bind(micros(snippet.updated_at))
    .execute(connection)
    .await
    .during("storing a snippet")?;
    Ok(())
}
