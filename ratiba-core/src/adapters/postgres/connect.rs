//! Opening a store, and how a transaction is had.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Row};

use super::error::During;
use super::pool::{Pool, Pooled};
use super::quick::{Done, Reading};
use super::shards::{Shards, near};
use super::tenant::PostgresTenant;
use super::together::Together;
use super::traced::For;
use super::turns::Turn;
use super::usual::Item;
use crate::adapters::seal::{Seal, SecretKey};
use crate::domain::id::TenantId;
use crate::ports::store::{Store, StoreError, TenantStore};

/// Prepared statements kept per connection: more than this store has, with the calls for each of [`SLOTS`](super::slots::SLOTS) tenants.
const STATEMENTS: usize = 1_024;

/// How a store is reached.
#[derive(Debug, Clone)]
#[must_use]
pub struct PostgresOptions {
    url: SecretString,
    tenant_connections: u32,
    registry_connections: u32,
    patience: Duration,
    statement_timeout: Duration,
    pooler: bool,
}

impl PostgresOptions {
    /// The database of a URL (`postgres://user:password@host:port/database`): 16 connections for tenants and 4 for the registry, 5 seconds for
    /// a connection and 10 for a statement.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: SecretString::from(url.into()),
            tenant_connections: 16,
            registry_connections: 4,
            patience: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(10),
            pooler: false,
        }
    }

    /// Connections for tenants and for the registry, at most.
    pub const fn connections(mut self, tenants: u32, registry: u32) -> Self {
        (self.tenant_connections, self.registry_connections) = (tenants, registry);
        self
    }

    /// Connections for tenants, at most; those for the registry stay as they are.
    pub const fn tenant_connections(mut self, most: u32) -> Self {
        self.tenant_connections = most;
        self
    }

    /// How long a connection is waited for.
    pub const fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// How long the server may work on one statement.
    pub const fn statement_timeout(mut self, timeout: Duration) -> Self {
        self.statement_timeout = timeout;
        self
    }

    /// Says that a pooler in transaction mode (`PgBouncer`) stands between: nothing is prepared across transactions, and nothing is set
    /// outside of one.
    pub const fn through_pooler(mut self) -> Self {
        self.pooler = true;
        self
    }

    pub(super) fn connect_options(&self) -> Result<PgConnectOptions, StoreError> {
        let options = PgConnectOptions::from_str(self.url.expose_secret())
            .during("reading the database's address")?
            .application_name("ratiba")
            // Statements are not logged: the log would cost more than most of them, and belongs to the caller.
            .disable_statement_logging();
        Ok(if self.pooler {
            options.statement_cache_capacity(0).extra_float_digits(None)
        } else {
            let timeout = self.statement_timeout.as_millis().to_string();
            options
                .statement_cache_capacity(STATEMENTS)
                .options([("statement_timeout", timeout.as_str())])
        })
    }

    /// What begins a transaction. Through a pooler the connection may have been anybody's: what they have prepared there goes first, and the
    /// timeout holds for the transaction only.
    fn begin(&self) -> String {
        if self.pooler {
            let timeout = self.statement_timeout.as_millis();
            format!("BEGIN; DEALLOCATE ALL; SET LOCAL statement_timeout = {timeout}")
        } else {
            "BEGIN".to_owned()
        }
    }
}

/// The store in a Postgres database: the registry in `public`, each tenant in a schema of its own. Cheap to clone; all clones share the
/// connections.
///
/// The schema is brought up to date by [`Migrator`](crate::ports::migrate::Migrator), not by connecting.
#[derive(Debug, Clone)]
pub struct PostgresStore {
    pub(super) db: Arc<Db>,
}

impl PostgresStore {
    /// Connects, and checks that somebody answers.
    pub async fn connect(options: &PostgresOptions, key: &SecretKey) -> Result<Self, StoreError> {
        let connect = options.connect_options()?;
        let db = Db {
            tenants: Shards::new(&connect, options.tenant_connections, options.patience),
            registry: Pool::new(connect, options.registry_connections, options.patience),
            seal: Seal::new(key),
            rooms: RwLock::default(),
            accepts: Arc::default(),
            lanes: Arc::default(),
            turns: Arc::default(),
            dones: Arc::default(),
            begin: options.begin(),
            pooler: options.pooler,
            connections: options.tenant_connections + options.registry_connections,
        };
        let store = Self { db: Arc::new(db) };
        store.write("connecting").await?;
        Ok(store)
    }

    /// A connection to the registry to read with: one statement, which is a transaction by itself where no pooler stands between.
    pub(super) async fn read(&self, operation: &'static str) -> Result<Pooled, StoreError> {
        self.db.read_registry(operation).await
    }

    /// A transaction of the registry to write in.
    pub(super) async fn write(&self, operation: &'static str) -> Result<Pooled, StoreError> {
        self.db.registry.begin(&self.db.begin, For::registry(operation)).await.during(operation)
    }

    /// A tenant is deleted: where its tables were is forgotten.
    pub(super) fn forget(&self, tenant: TenantId) {
        self.db.rooms.write().unwrap_or_else(PoisonError::into_inner).remove(&tenant);
    }
}

impl Store for PostgresStore {
    fn of(&self, tenant: TenantId) -> Arc<dyn TenantStore> {
        Arc::new(PostgresTenant::new(Arc::clone(&self.db), tenant))
    }
}

/// The pools, the seal for secrets, and where tenants' tables are.
pub(super) struct Db {
    pub(super) tenants: Shards,
    pub(super) registry: Pool,
    pub(super) seal: Seal,
    /// The schemas of tenants that exist. A tenant keeps its schema for life, so that nothing here grows stale but what is deleted.
    rooms: RwLock<HashMap<TenantId, Arc<str>>>,
    /// Messages that are stored together, lanes that are read together, turns that are committed together, and so on.
    pub(super) accepts: Arc<Together<Item>>,
    pub(super) lanes: Arc<Together<Reading>>,
    pub(super) turns: Arc<Together<Turn>>,
    pub(super) dones: Arc<Together<Done>>,
    begin: String,
    pub(super) pooler: bool,
    /// Connections that the pools open, at most.
    pub(super) connections: u32,
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Db(..)")
    }
}

impl Db {
    /// The schema of a tenant; `None` when there is no such tenant.
    pub(super) async fn room(
        &self,
        tenant: TenantId,
        operation: &'static str,
    ) -> Result<Option<Arc<str>>, StoreError> {
        let known = self.rooms.read().unwrap_or_else(PoisonError::into_inner).get(&tenant).cloned();
        if known.is_some() {
            return Ok(known);
        }
        let mut registry = self.read_registry(operation).await?;
        let row = sqlx::query("SELECT schema_name FROM tenant_schemas WHERE tenant_id = $1")
            .bind(tenant.to_string())
            .fetch_optional(&mut *registry)
            .await
            .during(operation)?;
        let Some(row) = row else { return Ok(None) };
        let schema: Arc<str> = row.try_get::<String, _>("schema_name").during(operation)?.into();
        self.rooms
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(tenant, Arc::clone(&schema));
        Ok(Some(schema))
    }

    async fn read_registry(&self, operation: &'static str) -> Result<Pooled, StoreError> {
        if self.pooler {
            return self
                .registry
                .begin(&self.begin, For::registry(operation))
                .await
                .during(operation);
        }
        let mut connection =
            self.registry.take(For::registry(operation)).await.during(operation)?;
        connection.answered();
        Ok(connection)
    }

    /// A transaction within a schema. Only within: a pooler may give the next one to another connection.
    pub(super) async fn enter(
        &self,
        schema: &str,
        operation: &'static str,
    ) -> Result<Pooled, StoreError> {
        // Not from outside: the registry holds no name of a schema but `tenant_[a-z0-9_]+`.
        let begin = format!("{}; SET LOCAL search_path TO {schema}, public", self.begin);
        let what = For::tenant(operation, schema);
        self.tenants.begin(near(schema), &begin, what).await.during(operation)
    }
}
