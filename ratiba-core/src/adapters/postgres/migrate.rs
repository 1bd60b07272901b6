//! Bringing the registry and all tenants up to date.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use futures_util::{StreamExt, stream};
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, raw_sql};

use super::connect::PostgresStore;
use super::dialect::{Connection, is_named};
use super::error::During;
use super::row::Cells;
use super::schema::{
    NOBODY, REGISTRY, TENANT, bring_up_to_date, names_after, newest, open_room, text_after,
};
use super::slots::numbered;
use crate::ports::migrate::{Migrated, MigrationEnd, MigrationPlan, Migrator, TenantPlan};
use crate::ports::store::StoreError;

const PLANNING: &str = "planning migrations";
const MIGRATING: &str = "migrating the schema";

/// The advisory lock of whoever migrates: "ratiba" in ASCII.
const LOCK: i64 = 0x7261_7469_6261;

/// Where the registry notes its own steps.
const NOTE: &str = "CREATE TABLE IF NOT EXISTS public.registry_migrations (
    version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, applied_at TIMESTAMPTZ NOT NULL DEFAULT now())";

#[async_trait]
impl Migrator for PostgresStore {
    async fn plan(&self) -> Result<MigrationPlan, StoreError> {
        let mut registry = self.read(PLANNING).await?;
        let at = registry_at(&mut registry).await?;
        let tenants = if at == 0 { Vec::new() } else { rooms(&mut registry).await? };
        Ok(MigrationPlan {
            registry_at: at,
            newest: newest(TENANT),
            registry: names_after(REGISTRY, at),
            tenants,
        })
    }

    async fn migrate(
        &self,
        jobs: NonZeroUsize,
        progress: &(dyn for<'a> Fn(Migrated<'a>) + Send + Sync),
    ) -> Result<MigrationEnd, StoreError> {
        // Held by a transaction that does nothing else until all is done; gone with the process, however that ends.
        let mut lock = self.write(MIGRATING).await?;
        let ours: bool = sqlx::query_scalar("SELECT pg_try_advisory_xact_lock($1)")
            .bind(LOCK)
            .fetch_one(&mut *lock)
            .await
            .during(MIGRATING)?;
        if !ours {
            return Ok(MigrationEnd::Busy);
        }
        let steps = self.migrate_registry().await?;
        let mut planning = self.read(PLANNING).await?;
        let rooms = rooms(&mut planning).await?;
        drop(planning);
        let behind: Vec<_> = rooms.into_iter().filter(|room| !room.steps.is_empty()).collect();
        let of = behind.len() + usize::from(steps > 0);
        let done = AtomicUsize::new(0);
        if steps > 0 {
            let done = done.fetch_add(1, Ordering::SeqCst) + 1;
            progress(Migrated { tenant: None, outcome: Ok(steps), done, of });
        }
        let failed = AtomicUsize::new(0);
        stream::iter(&behind)
            .for_each_concurrent(jobs.get(), |room| {
                let (done, failed) = (&done, &failed);
                async move {
                    let outcome = self.migrate_room(room).await;
                    let done = done.fetch_add(1, Ordering::SeqCst) + 1;
                    let outcome = match &outcome {
                        Ok(()) => Ok(room.steps.len()),
                        Err(error) => {
                            failed.fetch_add(1, Ordering::SeqCst);
                            Err(error)
                        }
                    };
                    progress(Migrated { tenant: Some(room), outcome, done, of });
                }
            })
            .await;
        lock.rollback().await.during(MIGRATING)?;
        let failed = failed.into_inner();
        Ok(MigrationEnd::Done { migrated: of - failed, failed })
    }
}

impl PostgresStore {
    /// Takes the registry's steps, and those of the room that stays empty; returns how many.
    async fn migrate_registry(&self) -> Result<usize, StoreError> {
        let mut transaction = self.write(MIGRATING).await?;
        raw_sql(NOTE).execute(&mut *transaction).await.during(MIGRATING)?;
        let at = registry_at(&mut transaction).await?;
        let missing: Vec<_> = REGISTRY.iter().filter(|(version, ..)| *version > at).collect();
        if !missing.is_empty() {
            let text = format!("SET LOCAL search_path TO public;\n{}", text_after(REGISTRY, at));
            raw_sql(AssertSqlSafe(text)).execute(&mut *transaction).await.during(MIGRATING)?;
        }
        let lz4 = sqlx::query_scalar(
            "SELECT 'lz4' = ANY (enumvals) FROM pg_settings WHERE name = 'default_toast_compression'",
        );
        let lz4: Option<bool> = lz4.fetch_optional(&mut *transaction).await.during(MIGRATING)?;
        raw_sql(AssertSqlSafe(numbered(lz4 == Some(true))))
            .execute(&mut *transaction)
            .await
            .during(MIGRATING)?;
        for (version, name, _) in &missing {
            sqlx::query("INSERT INTO registry_migrations (version, name) VALUES ($1, $2)")
                .bind(i64::from(*version))
                .bind(*name)
                .execute(&mut *transaction)
                .await
                .during(MIGRATING)?;
        }
        let nobody: Option<i64> =
            sqlx::query_scalar("SELECT version FROM tenant_schemas WHERE tenant_id = ''")
                .fetch_optional(&mut *transaction)
                .await
                .during(MIGRATING)?;
        match nobody.map(|at| u32::try_from(at).unwrap_or(0)) {
            None => open_room(&mut transaction, "", NOBODY).await?,
            Some(at) if at < newest(TENANT) => {
                bring_up_to_date(&mut transaction, NOBODY, at).await?;
            }
            Some(_) => {}
        }
        transaction.commit().await.during(MIGRATING)?;
        Ok(missing.len())
    }

    async fn migrate_room(&self, room: &TenantPlan) -> Result<(), StoreError> {
        let mut transaction = self.db.enter(&room.schema, MIGRATING).await?;
        bring_up_to_date(&mut transaction, &room.schema, room.at).await?;
        transaction.commit().await.during(MIGRATING)
    }
}

/// The registry's last step; 0 when nothing is there.
async fn registry_at(connection: &mut Connection) -> Result<u32, StoreError> {
    let there: bool =
        sqlx::query_scalar("SELECT to_regclass('public.registry_migrations') IS NOT NULL")
            .fetch_one(&mut *connection)
            .await
            .during(PLANNING)?;
    if !there {
        return Ok(0);
    }
    let at: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(version), 0) FROM registry_migrations")
        .fetch_one(connection)
        .await
        .during(PLANNING)?;
    Ok(u32::try_from(at).unwrap_or(0))
}

/// All tenants' schemas and what each lacks.
async fn rooms(connection: &mut Connection) -> Result<Vec<TenantPlan>, StoreError> {
    let rows = sqlx::query(
        "SELECT tenant_id, schema_name, version FROM tenant_schemas WHERE tenant_id <> '' ORDER BY schema_name",
    )
    .fetch_all(connection)
    .await;
    match rows.during(PLANNING) {
        Ok(rows) => rows.iter().map(read_room).collect(),
        // A registry from before there were schemas to note.
        Err(error) if is_named(&error, &["42P01"]) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn read_room(row: &PgRow) -> Result<TenantPlan, StoreError> {
    let cells = Cells::new(row, "tenant_schemas", "schema_name");
    let at = cells.count("version")?;
    Ok(TenantPlan {
        tenant: cells.parse("tenant_id")?,
        schema: cells.get("schema_name")?,
        at,
        steps: names_after(TENANT, at),
    })
}
