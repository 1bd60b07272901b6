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
    idle: Mutex<Vec<(Connection, Instant)>>,
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
        let within = tokio::time::timeout(self.0.patience, self.begin_waiting(begin, what));
        within.await.unwrap_or(Err(Error::PoolTimedOut))
    }

    async fn begin_waiting(&self, begin: &str, what: For) -> Result<Pooled, Error> {
        let mut pooled = self.permitted().await?;
        let idle = self.0.idle().pop();
        if let Some((mut connection, _)) = idle {
            connection.is_for(what.clone());
            pooled.connection = Some(connection);
            match pooled.execute(AssertSqlSafe(begin)).await {
                Ok(_) => return Ok(pooled),
                Err(error @ Error::Database(_)) => return Err(error),
                // It has gone bad while it was idle, as all the others probably have.
                Err(_) => self.0.idle().clear(),
            }
        }
        let mut connection = self.0.connect().await?;
        connection.is_for(what);
        pooled.connection = Some(connection);
        pooled.execute(AssertSqlSafe(begin)).await?;
        Ok(pooled)
    }

    /// A connection outside of any transaction, for one statement that is a transaction by itself.
    pub(super) async fn take(&self, what: For) -> Result<Pooled, Error> {
        let take = async {
            let mut pooled = self.permitted().await?;
            let idle = self.0.idle().pop();
            if let Some((mut connection, since)) = idle {
                // Its statement can't be tried again, so it is asked first whether it is still there, unless it has just been.
                if since.elapsed() < FRESH || connection.ping().await.is_ok() {
                    connection.is_for(what);
                    pooled.connection = Some(connection);
                    return Ok(pooled);
                }
                self.0.idle().clear();
            }
            let mut connection = self.0.connect().await?;
            connection.is_for(what);
            pooled.connection = Some(connection);
            Ok(pooled)
        };
        tokio::time::timeout(self.0.patience, take).await.unwrap_or(Err(Error::PoolTimedOut))
    }

    async fn permitted(&self) -> Result<Pooled, Error> {
        let permit = Arc::clone(&self.0.permits).acquire_owned().await;
        let permit = permit.map_err(|_| Error::PoolClosed)?;
        Ok(Pooled { connection: None, pool: self.clone(), ended: false, permit: Some(permit) })
    }
}

impl Inner {
    async fn connect(&self) -> Result<Connection, Error> {
        PgConnection::connect_with(&self.options).await.map(Connection::new)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<(Connection, Instant)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that goes back to its pool when it is dropped, its transaction taken back if it was not ended.
pub(super) struct Pooled {
    /// `None` before it is opened and while it is being dropped.
    connection: Option<Connection>,
    pool: Pool,
    ended: bool,
    permit: Option<OwnedSemaphorePermit>,
}

impl Pooled {
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
        self.connection.as_ref().expect("open until it is dropped")
    }
}

impl DerefMut for Pooled {
    fn deref_mut(&mut self) -> &mut Connection {
        self.connection.as_mut().expect("open until it is dropped")
    }
}

impl Drop for Pooled {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        if self.ended {
            // Before the permit: fields are dropped after this body.
            self.pool.0.idle().push((connection, Instant::now()));
            return;
        }
        // Nobody waits for the end of what was only read or has failed; a connection on which it can't be ended is closed.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (pool, permit) = (self.pool.clone(), self.permit.take());
        runtime.spawn(async move {
            let ended = tokio::time::timeout(pool.0.patience, connection.execute("ROLLBACK")).await;
            if matches!(ended, Ok(Ok(_))) {
                pool.0.idle().push((connection, Instant::now()));
            }
            drop(permit);
        });
    }
}
