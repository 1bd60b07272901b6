//! The two chains of migrations, and the room of a tenant: a schema with the tables of the tenant chain.

use sqlx::{AssertSqlSafe, raw_sql};

use super::dialect::{Connection, is_named};
use super::error::During;
pub(super) use crate::adapters::sql::steps::TENANT_TABLES;
use crate::adapters::sql::steps::{Chain, chains};
use crate::domain::tenant::Tenant;
use crate::ports::store::StoreError;

chains!("postgres");

/// The room that stays empty: who asks for a tenant that does not exist reads there. No slug leads to this name.
pub(super) const NOBODY: &str = "tenant__nobody";

const OPERATION: &str = "migrating the schema";

/// The last step of a chain.
pub(super) fn newest(chain: Chain) -> u32 {
    chain.last().map_or(0, |(version, ..)| *version)
}

/// The names of the steps after `at`.
pub(super) fn names_after(chain: Chain, at: u32) -> Vec<String> {
    let after = chain.iter().filter(|(version, ..)| *version > at);
    after.map(|(_, name, _)| (*name).to_owned()).collect()
}

/// The steps after `at` as one text, so that they cost one round trip.
pub(super) fn text_after(chain: Chain, at: u32) -> String {
    let after = chain.iter().filter(|(version, ..)| *version > at);
    after.map(|(_, _, sql)| *sql).collect::<Vec<_>>().join("\n")
}

/// Brings a schema of a tenant (or nobody's) from step `at` to the newest. In the same transaction the registry notes it.
pub(super) async fn bring_up_to_date(
    connection: &mut Connection,
    schema: &str,
    at: u32,
) -> Result<(), StoreError> {
    let (steps, newest) = (text_after(TENANT, at), newest(TENANT));
    // Not from outside: the registry holds no name of a schema but `tenant_[a-z0-9_]+`.
    let text = format!(
        "SET LOCAL search_path TO {schema}, public;\n{steps}\n;UPDATE public.tenant_schemas SET version = {newest} WHERE schema_name = '{schema}'"
    );
    raw_sql(AssertSqlSafe(text)).execute(connection).await.during(OPERATION)?;
    Ok(())
}

/// Makes an empty room and moves the transaction into it.
pub(super) async fn open_room(
    connection: &mut Connection,
    tenant: &str,
    schema: &str,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO tenant_schemas (tenant_id, schema_name, version) VALUES ($1, $2, 0)")
        .bind(tenant)
        .bind(schema)
        .execute(&mut *connection)
        .await
        .during(OPERATION)?;
    let create = format!("CREATE SCHEMA {schema}");
    raw_sql(AssertSqlSafe(create)).execute(&mut *connection).await.during(OPERATION)?;
    bring_up_to_date(connection, schema, 0).await
}

/// Makes the room of a new tenant and moves the transaction into it: what follows is written there.
pub(super) async fn make_room(
    connection: &mut Connection,
    tenant: &Tenant,
) -> Result<(), StoreError> {
    let made = open_room(connection, &tenant.id.to_string(), &tenant.slug.schema()).await;
    match made {
        // A tenant that has changed its name since may still live under the old one.
        Err(error) if is_named(&error, &["23505", "42P06"]) => {
            Err(StoreError::Exists { what: format!("a schema named {}", tenant.slug.schema()) })
        }
        other => other,
    }
}

/// Drops the room of a tenant and deletes its rows in the registry, apart from its own. Every table of the registry that names tenants is
/// visited, whichever step made it.
pub(super) async fn clear_room(
    connection: &mut Connection,
    tenant: &str,
) -> Result<(), StoreError> {
    const OPERATION: &str = "deleting a tenant";
    let schemas: Vec<String> =
        sqlx::query_scalar("SELECT schema_name FROM tenant_schemas WHERE tenant_id = $1")
            .bind(tenant)
            .fetch_all(&mut *connection)
            .await
            .during(OPERATION)?;
    for schema in schemas {
        let drop = format!("DROP SCHEMA {schema} CASCADE");
        raw_sql(AssertSqlSafe(drop)).execute(&mut *connection).await.during(OPERATION)?;
    }
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT c.table_name::text FROM information_schema.columns c
         JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
         WHERE c.table_schema = 'public' AND c.column_name = 'tenant_id' AND t.table_type = 'BASE TABLE'",
    )
    .fetch_all(&mut *connection)
    .await
    .during(OPERATION)?;
    for table in tables {
        // Not from outside: a name that the catalogue has given.
        let delete = format!("DELETE FROM \"{table}\" WHERE tenant_id = $1");
        sqlx::query(AssertSqlSafe(delete))
            .bind(tenant)
            .execute(&mut *connection)
            .await
            .during(OPERATION)?;
    }
    Ok(())
}
