//! The two chains of migrations: the registry's and the tenants'. In this store both live in one file.

use std::borrow::Cow;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr, SqliteConnection};

use super::error::During;
use crate::domain::tenant::Tenant;
use crate::ports::store::StoreError;

/// Numbered steps, oldest first. A step that was ever released is never changed, only followed by another.
type Chain = &'static [(i64, &'static str, &'static str)];

macro_rules! chain {
    ($folder:literal: $($version:literal $name:literal),+ $(,)?) => {
        &[$(($version, $name, include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"), "/migrations/", $folder, "/sqlite/", $name, ".sql"
        )))),+]
    };
}

const REGISTRY: Chain =
    chain!("registry": 1 "0001_tenants", 2 "0002_accounts", 3 "0003_payment_routing", 4 "0004_dead_letters", 5 "0005_jobs");
const TENANT: Chain = chain!("tenant": 1 "0001_business", 2 "0002_customers", 3 "0003_conversations", 4 "0004_appointments", 5 "0005_payments", 6 "0006_work", 7 "0007_archive", 8 "0008_waits", 9 "0009_identity", 10 "0010_receipts");

/// Brings the schema up to date; does nothing when it is.
pub(super) async fn migrate(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    for (table, chain) in [("_registry_migrations", REGISTRY), ("_tenant_migrations", TENANT)] {
        let steps = chain.iter().map(|&(version, name, sql)| {
            let name = Cow::Borrowed(name);
            Migration::new(version, name, MigrationType::Simple, sql.into_sql_str(), false)
        });
        let mut migrator = Migrator::with_migrations(steps.collect());
        migrator.dangerous_set_table_name(table);
        migrator.run_direct(None, connection, false).await.during("migrating the schema")?;
    }
    Ok(())
}

/// A new tenant needs nothing but its rows.
pub(super) async fn make_room(
    _connection: &mut SqliteConnection,
    _tenant: &Tenant,
) -> Result<(), StoreError> {
    Ok(())
}

/// Deletes all rows of a tenant but its own.
pub(super) async fn clear_room(
    connection: &mut SqliteConnection,
    tenant: &str,
) -> Result<(), StoreError> {
    for table in TENANT_TABLES {
        // Not from outside: the names are a constant of ours.
        let statement = format!("DELETE FROM {table} WHERE tenant_id = $1");
        sqlx::query(AssertSqlSafe(statement))
            .bind(tenant)
            .execute(&mut *connection)
            .await
            .during("deleting a tenant")?;
    }
    Ok(())
}

/// Every table whose rows belong to a tenant, dependants before what they depend on: the order in which a tenant is deleted.
const TENANT_TABLES: &[&str] = &[
    "customer_merges",
    "proofs",
    "waits",
    "timers",
    "early_statuses",
    "outbox",
    "ledger",
    "payment_appointments",
    "receipts",
    "payments",
    "appointments",
    "archive",
    "turn_records",
    "inbox",
    "threads",
    "identities",
    "customers",
    "unanswered",
    "snippets",
    "business_versions",
    "payment_routing",
    "merchants",
    "channel_accounts",
    "jobs",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn deleting_a_tenant_visits_every_table_that_carries_one() {
        let mut carrying = BTreeSet::new();
        for (_, _, sql) in REGISTRY.iter().chain(TENANT) {
            for definition in sql.split("CREATE TABLE ").skip(1) {
                let (name, body) = definition.split_once(' ').unwrap();
                let body = body.split(") STRICT").next().unwrap();
                if body.contains("tenant_id ") {
                    carrying.insert(name);
                }
            }
        }
        assert_eq!(TENANT_TABLES.iter().copied().collect::<BTreeSet<_>>(), carrying);
        assert_eq!(TENANT_TABLES.len(), carrying.len());
    }
}
