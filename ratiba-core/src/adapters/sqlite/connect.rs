//! Opening a store, and who may use which connection.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqlSafeStr, Sqlite, SqliteConnection};
use tokio::sync::{Mutex as AsyncMutex, MutexGuard, Semaphore, SemaphorePermit};

use super::error::During;
use super::schema;
use super::tenant::SqliteTenant;
use crate::adapters::seal::{Seal, SecretKey};
use crate::adapters::sql;
use crate::domain::id::TenantId;
use crate::ports::store::{Store, StoreError, TenantStore};

/// Readers beside the one writer. Reads are short; more would only fight for the same cores.
const READERS: usize = 4;
/// How long a writer of another process is waited for.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Prepared statements kept per connection: more than this store has.
const STATEMENTS: usize = 256;

/// What a commit survives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Durability {
    /// A power failure: each commit waits for the disk (`synchronous=FULL`).
    #[default]
    PowerLoss,
    /// The death of the process, but a power failure may take the last commits with it (`synchronous=NORMAL`).
    /// The database stays consistent either way.
    ProcessDeath,
}

/// The store in one SQLite file (or in memory). Cheap to clone; all clones share the connections.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    pub(super) db: Arc<Db>,
}

impl SqliteStore {
    /// Opens the file, makes it where there is none, and brings its schema up to date.
    pub async fn open(path: impl AsRef<Path>, key: &SecretKey) -> Result<Self, StoreError> {
        Self::open_with(path, key, Durability::default()).await
    }

    /// The same with a choice of what a commit survives.
    pub async fn open_with(
        path: impl AsRef<Path>,
        key: &SecretKey,
        durability: Durability,
    ) -> Result<Self, StoreError> {
        let synchronous = match durability {
            Durability::PowerLoss => SqliteSynchronous::Full,
            Durability::ProcessDeath => SqliteSynchronous::Normal,
        };
        let options = options()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(synchronous);
        let mut writer = connect(&options).await?;
        bring_up_to_date(&mut writer).await?;
        let reading = options.create_if_missing(false).pragma("query_only", "on");
        let mut readers = Vec::with_capacity(READERS);
        for _ in 0..READERS {
            readers.push(connect(&reading).await?);
        }
        Ok(Self::over(writer, readers, key))
    }

    /// A store that is gone when its last clone is. Its one connection reads and writes.
    pub async fn in_memory(key: &SecretKey) -> Result<Self, StoreError> {
        let mut only = connect(&options().in_memory(true)).await?;
        bring_up_to_date(&mut only).await?;
        Ok(Self::over(only, Vec::new(), key))
    }

    fn over(writer: SqliteConnection, readers: Vec<SqliteConnection>, key: &SecretKey) -> Self {
        let readers = (!readers.is_empty()).then(|| Readers::new(readers));
        let db = Db { writer: AsyncMutex::new(writer), readers, seal: Seal::new(key) };
        Self { db: Arc::new(db) }
    }
}

impl Store for SqliteStore {
    fn of(&self, tenant: TenantId) -> Arc<dyn TenantStore> {
        Arc::new(SqliteTenant::new(Arc::clone(&self.db), tenant))
    }
}

fn options() -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .statement_cache_capacity(STATEMENTS)
        // Statements are not logged: the log would cost more than most of them, and belongs to the caller.
        .disable_statement_logging()
}

async fn connect(options: &SqliteConnectOptions) -> Result<SqliteConnection, StoreError> {
    SqliteConnection::connect_with(options).await.during("opening the database")
}

/// Migrates in one transaction that holds the write lock, so that of two processes that open a new file the second finds the work done.
async fn bring_up_to_date(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    const OPERATION: &str = "migrating the schema";
    let mut transaction = connection.begin_with(BEGIN).await.during(OPERATION)?;
    schema::migrate(&mut transaction).await?;
    transaction.commit().await.during(OPERATION)
}

impl SqliteStore {
    /// A connection to read with.
    pub(super) async fn read(&self, _operation: &'static str) -> Result<Reader<'_>, StoreError> {
        Ok(self.db.reader().await)
    }

    /// A transaction to write in.
    pub(super) async fn write(&self, operation: &'static str) -> Result<Writing<'_>, StoreError> {
        self.db.begin(operation).await
    }

    /// A tenant is deleted. Nothing is remembered of tenants outside of the database.
    #[expect(clippy::unused_self, reason = "other stores remember where a tenant's tables are")]
    pub(super) const fn forget(&self, _tenant: TenantId) {}
}

impl SqliteTenant {
    /// A connection to read with.
    pub(super) async fn read(&self, _operation: &'static str) -> Result<Reader<'_>, StoreError> {
        Ok(self.db.reader().await)
    }

    /// A transaction to write in.
    pub(super) async fn write(&self, operation: &'static str) -> Result<Writing<'_>, StoreError> {
        self.db.begin(operation).await
    }
}

/// The connections, and the seal for secrets.
pub(super) struct Db {
    writer: AsyncMutex<SqliteConnection>,
    /// `None` for a database in memory, where the writer reads too.
    readers: Option<Readers>,
    pub(super) seal: Seal,
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Db(..)")
    }
}

impl Db {
    /// The one connection that writes. Waiters are served in order.
    pub(super) async fn writer(&self) -> MutexGuard<'_, SqliteConnection> {
        self.writer.lock().await
    }

    /// Begins a transaction that holds the write lock from its start, so that what it reads can't change before it writes.
    async fn begin(&self, operation: &'static str) -> Result<Writing<'_>, StoreError> {
        Writing::begin(self.writer().await, BEGIN.into_sql_str()).await.during(operation)
    }

    /// A connection to read with.
    pub(super) async fn reader(&self) -> Reader<'_> {
        match &self.readers {
            Some(readers) => readers.take().await,
            None => Reader::Writer(self.writer.lock().await),
        }
    }
}

/// Takes the write lock at once.
const BEGIN: &str = "BEGIN IMMEDIATE";

/// The writer within a transaction.
pub(super) type Writing<'a> = sql::writing::Writing<Sqlite, MutexGuard<'a, SqliteConnection>>;

/// Idle reading connections. A plain list: these connections neither go stale nor need a ping, as a pool would give them.
pub(super) struct Readers {
    permits: Semaphore,
    idle: Mutex<Vec<SqliteConnection>>,
}

impl Readers {
    fn new(connections: Vec<SqliteConnection>) -> Self {
        Self { permits: Semaphore::new(connections.len()), idle: Mutex::new(connections) }
    }

    async fn take(&self) -> Reader<'_> {
        let permit = self.permits.acquire().await.expect("the semaphore is never closed");
        let connection = self.idle().pop().expect("there are as many connections as permits");
        Reader::Pooled { connection: Some(connection), readers: self, _permit: permit }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<SqliteConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection to read with; goes back to the others when dropped.
pub(super) enum Reader<'a> {
    Pooled {
        /// `None` only while it is being dropped.
        connection: Option<SqliteConnection>,
        readers: &'a Readers,
        _permit: SemaphorePermit<'a>,
    },
    Writer(MutexGuard<'a, SqliteConnection>),
}

impl Deref for Reader<'_> {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        match self {
            Self::Pooled { connection, .. } => connection.as_ref().expect("taken only by drop"),
            Self::Writer(guard) => guard,
        }
    }
}

impl DerefMut for Reader<'_> {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        match self {
            Self::Pooled { connection, .. } => connection.as_mut().expect("taken only by drop"),
            Self::Writer(guard) => guard,
        }
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        if let Self::Pooled { connection, readers, .. } = self
            && let Some(connection) = connection.take()
        {
            // Before the permit: fields are dropped after this body.
            readers.idle().push(connection);
        }
    }
}
