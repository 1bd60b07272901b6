//! The two chains of migrations: the registry's and the tenants'. In this store both live in one file.

use std::borrow::Cow;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr, SqliteConnection};

use super::dialect::Connection;
use super::error::During;
pub(super) use crate::adapters::sql::steps::TENANT_TABLES;
use crate::adapters::sql::steps::chains;
use crate::domain::tenant::Tenant;
use crate::ports::store::StoreError;

chains!("sqlite");

/// Brings the schema up to date; does nothing when it is.
pub(super) async fn migrate(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    for (table, chain) in [("_registry_migrations", REGISTRY), ("_tenant_migrations", TENANT)] {
        let steps = chain.iter().map(|&(version, name, sql)| {
            let name = Cow::Borrowed(name);
            Migration::new(
                i64::from(version),
                name,
                MigrationType::Simple,
                sql.into_sql_str(),
                false,
            )
        });
        let mut migrator = Migrator::with_migrations(steps.collect());
        migrator.dangerous_set_table_name(table);
        migrator.run_direct(None, connection, false).await.during("migrating the schema")?;
    }
    Ok(())
}

/// A new tenant needs nothing but its rows.
pub(super) async fn make_room(
    _connection: &mut Connection,
    _tenant: &Tenant,
) -> Result<(), StoreError> {
    Ok(())
}

/// Deletes all rows of a tenant but its own.
pub(super) async fn clear_room(
    connection: &mut Connection,
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

/// The tables whose definition names a column.
#[cfg(test)]
pub(super) fn tables_with_column(column: &str) -> Vec<&'static str> {
    let mut found = Vec::new();
    for (_, _, sql) in REGISTRY.iter().chain(TENANT) {
        for definition in sql.split("CREATE TABLE ").skip(1) {
            let (name, body) = definition.split_once(' ').unwrap();
            if body.split(") STRICT").next().unwrap().contains(column) {
                found.push(name);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn deleting_a_tenant_visits_every_table_that_carries_one() {
        let carrying: BTreeSet<_> = tables_with_column("tenant_id ").into_iter().collect();
        assert_eq!(TENANT_TABLES.iter().copied().collect::<BTreeSet<_>>(), carrying);
        assert_eq!(TENANT_TABLES.len(), carrying.len());
    }
}
