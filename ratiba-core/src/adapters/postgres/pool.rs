//! A bounded pool of connections.
//!
//! Smaller than sqlx's own, which asks the server after each use whether it is still there: that is a round trip a turn can do without. Here
//! a connection that has gone bad is found when the next transaction begins on it, before anything was done, and is replaced.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _, Error, Executor, PgConnection};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::dialect::Connection;
use super::slots::Slots;
use super::traced::For;

/// A connection that was used so recently is taken to be there.
const FRESH: Duration = Duration::from_secs(2);

/// Connections that are had one at a time. Cheap to clone.
#[derive(Clone)]
pub(super) struct Pool(Arc<Inner>);

struct Inner {
    options: PgConnectOptions,
    patience: Duration,
    permits: Arc<Semaphore>,
    idle: Mutex<Vec<Kept>>,
}

/// An open connection, and what it remembers.
struct Kept {
    connection: Connection,
    slots: Slots,
    /// When it was last used.
    since: Instant,
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pool({} free)", self.0.permits.available_permits())
    }
}

impl Pool {
    /// At most `most` connections, each waited for no longer than `patience`.
    pub(super) fn new(options: PgConnectOptions, most: u32, patience: Duration) -> Self {
        let permits = Arc::new(Semaphore::new(most.max(1) as usize));
        Self(Arc::new(Inner { options, patience, permits, idle: Mutex::default() }))
    }

    /// A connection on which `begin` has been done: the statements that open a transaction.
    pub(super) async fn begin(&self, begin: &str, what: For) -> Result<Pooled, Error> {
        let open = async { self.seat().await?.begun(begin, what).await };
        tokio::time::timeout(self.0.patience, open).await.unwrap_or(Err(Error::PoolTimedOut))
    }

    /// A connection outside of any transaction, for one statement that is a transaction by itself.
    pub(super) async fn take(&self, what: For) -> Result<Pooled, Error> {
        let opened = async { self.seat().await?.opened(what).await };
        tokio::time::timeout(self.0.patience, opened).await.unwrap_or(Err(Error::PoolTimedOut))
    }

    /// The right to one connection, once there is one.
    pub(super) async fn seat(&self) -> Result<Pooled, Error> {
        let permit = Arc::clone(&self.0.permits).acquire_owned().await;
        permit.map(|permit| self.seated(permit)).map_err(|_| Error::PoolClosed)
    }

    /// The right to one connection, where there is one now.
    pub(super) fn free_seat(&self) -> Option<Pooled> {
        let permit = Arc::clone(&self.0.permits).try_acquire_owned().ok()?;
        Some(self.seated(permit))
    }

    fn seated(&self, permit: OwnedSemaphorePermit) -> Pooled {
        Pooled { connection: None, pool: self.clone(), ended: false, permit: Some(permit) }
    }
}

impl Inner {
    async fn connect(&self) -> Result<Kept, Error> {
        let connection = PgConnection::connect_with(&self.options).await.map(Connection::new)?;
        Ok(Kept { connection, slots: Slots::default(), since: Instant::now() })
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Kept>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that goes back to its pool when it is dropped, its transaction taken back if it was not ended.
pub(super) struct Pooled {
    /// `None` before it is opened and while it is being dropped.
    connection: Option<Kept>,
    pool: Pool,
    ended: bool,
    permit: Option<OwnedSemaphorePermit>,
}

impl Pooled {
    /// With a transaction that was opened by `begin`.
    pub(super) async fn begun(mut self, begin: &str, what: For) -> Result<Self, Error> {
        if let Some(kept) = self.idle() {
            self.is(kept, what.clone());
            match self.execute(AssertSqlSafe(begin)).await {
                Ok(_) => return Ok(self),
                Err(error @ Error::Database(_)) => return Err(error),
                // It has gone bad while it was idle, as all the others probably have.
                Err(_) => self.pool.0.idle().clear(),
            }
        }
        let kept = self.pool.0.connect().await?;
        self.is(kept, what);
        self.execute(AssertSqlSafe(begin)).await?;
        Ok(self)
    }

    /// With a connection that is open.
    pub(super) async fn opened(mut self, what: For) -> Result<Self, Error> {
        if let Some(mut kept) = self.idle() {
            // Its statement can't be tried again, so it is asked first whether it is still there, unless it has just been.
            if kept.since.elapsed() < FRESH || kept.connection.ping().await.is_ok() {
                self.is(kept, what);
                return Ok(self);
            }
            self.pool.0.idle().clear();
        }
        let kept = self.pool.0.connect().await?;
        self.is(kept, what);
        Ok(self)
    }

    fn idle(&self) -> Option<Kept> {
        self.pool.0.idle().pop()
    }

    fn is(&mut self, mut kept: Kept, what: For) {
        kept.connection.is_for(what);
        self.connection = Some(kept);
    }

    /// The number under which this connection calls functions for a tenant.
    pub(super) fn slot_of(&mut self, tenant: u64) -> usize {
        self.connection.as_mut().map_or(0, |kept| kept.slots.of(tenant))
    }

    /// Keeps what was done.
    pub(super) async fn commit(mut self) -> Result<(), Error> {
        self.execute("COMMIT").await?;
        self.ended = true;
        Ok(())
    }

    /// Takes back what was done.
    pub(super) async fn rollback(mut self) -> Result<(), Error> {
        self.execute("ROLLBACK").await?;
        self.ended = true;
        Ok(())
    }

    /// Says that the one statement has been answered, so that there is nothing to take back.
    pub(super) const fn answered(&mut self) {
        self.ended = true;
    }
}

impl Deref for Pooled {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection.as_ref().expect("open until it is dropped").connection
    }
}

impl DerefMut for Pooled {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.connection.as_mut().expect("open until it is dropped").connection
    }
}

impl Drop for Pooled {
    fn drop(&mut self) {
        let Some(mut kept) = self.connection.take() else { return };
        kept.since = Instant::now();
        if self.ended {
            // Before the permit: fields are dropped after this body.
            self.pool.0.idle().push(kept);
            return;
        }
        // Nobody waits for the end of what was only read or has failed; a connection on which it can't be ended is closed.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (pool, permit) = (self.pool.clone(), self.permit.take());
        runtime.spawn(async move {
            let ended = kept.connection.execute("ROLLBACK");
            let ended = tokio::time::timeout(pool.0.patience, ended).await;
            if matches!(ended, Ok(Ok(_))) {
                kept.since = Instant::now();
                pool.0.idle().push(kept);
            }
            drop(permit);
        });
    }
}
