//! Opening a store, and who may use which connection.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::query::Query;
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqliteRow, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, SqlSafeStr, Sqlite, SqliteConnection};
use tokio::sync::{Mutex as AsyncMutex, MutexGuard, Semaphore, SemaphorePermit};
use tracing::Instrument as _;

use super::error::During;
use super::tenant::SqliteTenant;
use super::traced::{For, Traced};
use super::{quick, schema};
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
        make_ready(&mut writer).await?;
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
        make_ready(&mut only).await?;
        Ok(Self::over(only, Vec::new(), key))
    }

    fn over(writer: Traced, readers: Vec<Traced>, key: &SecretKey) -> Self {
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
        .pragma("temp_store", "memory")
        // Statements are not logged: the log would cost more than most of them, and belongs to the caller.
        .disable_statement_logging()
}

async fn connect(options: &SqliteConnectOptions) -> Result<Traced, StoreError> {
    let connected = SqliteConnection::connect_with(options).await;
    connected.map(Traced::new).during("opening the database")
}

/// Prepares the connection that writes: the schema, and what the quick calls need.
async fn make_ready(writer: &mut SqliteConnection) -> Result<(), StoreError> {
    bring_up_to_date(writer).await?;
    sqlx::query(quick::GUARD).execute(writer).await.during("opening the database")?;
    Ok(())
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
    pub(super) async fn read(&self, operation: &'static str) -> Result<Reader<'_>, StoreError> {
        Ok(self.db.reader(For::registry(operation)).await)
    }

    /// A transaction to write in.
    pub(super) async fn write(&self, operation: &'static str) -> Result<Writing<'_>, StoreError> {
        self.db.begin(operation, For::registry(operation)).await
    }

    /// A tenant is deleted. Nothing is remembered of tenants outside of the database.
    #[expect(clippy::unused_self, reason = "other stores remember where a tenant's tables are")]
    pub(super) const fn forget(&self, _tenant: TenantId) {}
}

impl SqliteTenant {
    /// A connection to read with.
    pub(super) async fn read(&self, operation: &'static str) -> Result<Reader<'_>, StoreError> {
        Ok(self.db.reader(For::tenant(operation, &self.key)).await)
    }

    /// A transaction to write in.
    pub(super) async fn write(&self, operation: &'static str) -> Result<Writing<'_>, StoreError> {
        self.db.begin(operation, For::tenant(operation, &self.key)).await
    }
}

/// The connections, and the seal for secrets.
pub(super) struct Db {
    writer: AsyncMutex<Traced>,
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
    pub(super) async fn writer(&self, what: For) -> MutexGuard<'_, Traced> {
        let mut writer = self.writer.lock().await;
        writer.is_for(what);
        writer
    }

    /// Begins a transaction that holds the write lock from its start, so that what it reads can't change before it writes.
    async fn begin(&self, operation: &'static str, what: For) -> Result<Writing<'_>, StoreError> {
        Writing::begin(self.writer(what).await, BEGIN.into_sql_str()).await.during(operation)
    }

    /// Runs statements that begin and commit a transaction of their own, in one trip to the connection's thread, and gives their rows. Whoever
    /// stops waiting does not stop it: nobody would end the transaction.
    pub(super) async fn at_once(
        self: &Arc<Self>,
        statements: Query<'static, Sqlite, SqliteArguments>,
        what: For,
    ) -> Result<Vec<SqliteRow>, sqlx::Error> {
        let db = Arc::clone(self);
        let task = async move {
            let mut writer = db.writer(what).await;
            let rows = statements.fetch_all(&mut *writer).await;
            if rows.is_err() {
                // Where even the beginning failed there is nothing to take back, and this fails too.
                let _ = sqlx::raw_sql("ROLLBACK").execute(&mut *writer).await;
            }
            rows
        };
        let done = tokio::spawn(task.in_current_span()).await;
        done.unwrap_or(Err(sqlx::Error::WorkerCrashed))
    }

    /// A connection for a short read in the middle of writing. The writer's, where nobody writes just now: it knows the pages that it has
    /// written, which every other connection has to read again.
    pub(super) async fn near_reader(&self, what: For) -> Reader<'_> {
        match self.writer.try_lock() {
            Ok(mut writer) => {
                writer.is_for(what);
                Reader::Writer(writer)
            }
            Err(_) => self.reader(what).await,
        }
    }

    /// A connection to read with.
    pub(super) async fn reader(&self, what: For) -> Reader<'_> {
        let mut reader = match &self.readers {
            Some(readers) => readers.take().await,
            None => Reader::Writer(self.writer.lock().await),
        };
        reader.is_for(what);
        reader
    }
}

/// Takes the write lock at once.
const BEGIN: &str = "BEGIN IMMEDIATE";

/// The writer within a transaction.
pub(super) type Writing<'a> = sql::writing::Writing<Sqlite, Traced, MutexGuard<'a, Traced>>;

/// Idle reading connections. A plain list: these connections neither go stale nor need a ping, as a pool would give them.
pub(super) struct Readers {
    permits: Semaphore,
    idle: Mutex<Vec<Traced>>,
}

impl Readers {
    fn new(connections: Vec<Traced>) -> Self {
        Self { permits: Semaphore::new(connections.len()), idle: Mutex::new(connections) }
    }

    async fn take(&self) -> Reader<'_> {
        let permit = self.permits.acquire().await.expect("the semaphore is never closed");
        let connection = self.idle().pop().expect("there are as many connections as permits");
        Reader::Pooled { connection: Some(connection), readers: self, _permit: permit }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Traced>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection to read with; goes back to the others when dropped.
pub(super) enum Reader<'a> {
    Pooled {
        /// `None` only while it is being dropped.
        connection: Option<Traced>,
        readers: &'a Readers,
        _permit: SemaphorePermit<'a>,
    },
    Writer(MutexGuard<'a, Traced>),
}

impl Deref for Reader<'_> {
    type Target = Traced;

    fn deref(&self) -> &Traced {
        match self {
            Self::Pooled { connection, .. } => connection.as_ref().expect("taken only by drop"),
            Self::Writer(guard) => guard,
        }
    }
}

impl DerefMut for Reader<'_> {
    fn deref_mut(&mut self) -> &mut Traced {
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
