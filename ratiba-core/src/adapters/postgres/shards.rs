//! Connections for tenants. Each tenant has a few of its own, shared with some others, so that what Postgres remembers of its tables is found
//! where it comes back; while those are busy it takes any other.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::pin::pin;
use std::time::Duration;

use futures_util::future::{self, Either};
use sqlx::Error;
use sqlx::postgres::PgConnectOptions;

use super::pool::{Pool, Pooled};
use super::traced::For;

/// Connections that some tenants have in common.
const TOGETHER: u32 = 2;
/// How long a tenant waits for one of its own before it takes any.
const LOYALTY: Duration = Duration::from_millis(20);

/// What tells schemas apart where only speed depends on it.
pub(super) fn near(schema: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    schema.hash(&mut hasher);
    hasher.finish()
}

/// Pools, of which each tenant has one of its own. There is at least one.
#[derive(Debug)]
pub(super) struct Shards {
    pools: Vec<Pool>,
    patience: Duration,
}

impl Shards {
    /// At most `most` connections in all, each waited for no longer than `patience`.
    pub(super) fn new(options: &PgConnectOptions, most: u32, patience: Duration) -> Self {
        let most = most.max(1);
        let shards = most.div_ceil(TOGETHER);
        let share = |n: u32| most / shards + u32::from(n < most % shards);
        let pools = (0..shards).map(|n| Pool::new(options.clone(), share(n), patience)).collect();
        Self { pools, patience }
    }

    /// A connection for a tenant on which `begin` has been done: the statements that open a transaction.
    pub(super) async fn begin(&self, near: u64, begin: &str, what: For) -> Result<Pooled, Error> {
        self.patiently(async { self.seat(near).await?.begun(begin, what).await }).await
    }

    /// A connection for a tenant outside of any transaction, for one statement that is a transaction by itself.
    pub(super) async fn take(&self, near: u64, what: For) -> Result<Pooled, Error> {
        self.patiently(async { self.seat(near).await?.opened(what).await }).await
    }

    async fn patiently(
        &self,
        pooled: impl Future<Output = Result<Pooled, Error>>,
    ) -> Result<Pooled, Error> {
        tokio::time::timeout(self.patience, pooled).await.unwrap_or(Err(Error::PoolTimedOut))
    }

    async fn seat(&self, near: u64) -> Result<Pooled, Error> {
        let shards = self.pools.len() as u64;
        let own = usize::try_from(near % shards).unwrap_or(0);
        let free =
            self.pools[own].free_seat().or_else(|| self.pools.iter().find_map(Pool::free_seat));
        if let Some(seat) = free {
            return Ok(seat);
        }
        // Its place in its own line is kept while it looks elsewhere.
        let mut waiting = pin!(self.pools[own].seat());
        if let Ok(seat) = tokio::time::timeout(LOYALTY, waiting.as_mut()).await {
            return seat;
        }
        let others = self.pools.iter().enumerate().filter(|(n, _)| *n != own);
        let others: Vec<_> = others.map(|(_, pool)| Box::pin(pool.seat())).collect();
        if others.is_empty() {
            return waiting.await;
        }
        match future::select(waiting, future::select_all(others)).await {
            Either::Left((seat, _)) | Either::Right(((seat, ..), _)) => seat,
        }
    }
}
