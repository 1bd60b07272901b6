//! The connection, and what happens without one.
//!
//! A call has a small budget of time. When it is used up, or the connection breaks, the link opens its circuit: every further call fails at
//! once, at no cost, while one task beside tries to reach the server again. So a server that is dead or hangs costs each caller that is under
//! way one budget, and nobody else anything.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::cluster::ClusterClient;
use redis::cluster_async::ClusterConnection;
use redis::{Client, Cmd, Pipeline, RedisError, RedisFuture, RedisResult, TlsCertificates, Value};

use crate::ports::fault::{Fault, FaultKind};

/// How long reaching the server may take.
const CONNECT: Duration = Duration::from_secs(1);
/// Waits between attempts to reach it again: the first, and the longest.
const AGAIN: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(1));

/// Where the server is: one, or the nodes of a cluster.
pub(super) enum Target {
    One(Client),
    Cluster {
        client: Box<ClusterClient>,
        /// Any node: what is published on one is heard on all.
        listening: Client,
    },
}

impl Target {
    /// One address, or several with commas between: the nodes of a cluster. `root`: certificates of who vouches for them over TLS.
    pub(super) fn parse(urls: &str, root: Option<&[u8]>) -> RedisResult<Self> {
        let nodes: Vec<&str> =
            urls.split(',').map(str::trim).filter(|url| !url.is_empty()).collect();
        match nodes[..] {
            [] | [_] => Ok(Self::One(client(urls.trim(), root)?)),
            [first, ..] => {
                let cluster = ClusterClient::builder(nodes.clone());
                let cluster = match trusted(root).filter(|_| is_tls(first)) {
                    Some(certificates) => cluster.certs(certificates),
                    None => cluster,
                };
                Ok(Self::Cluster {
                    listening: client(first, root)?,
                    client: Box::new(cluster.build()?),
                })
            }
        }
    }

    /// What to subscribe with.
    pub(super) const fn listening(&self) -> &Client {
        match self {
            Self::One(client) => client,
            Self::Cluster { listening, .. } => listening,
        }
    }

    async fn connect(&self) -> RedisResult<Connection> {
        let mut connection = match self {
            Self::One(client) => Connection::One(client.get_multiplexed_async_connection().await?),
            Self::Cluster { client, .. } => {
                Connection::Cluster(client.get_async_connection().await?)
            }
        };
        redis::cmd("PING").query_async::<()>(&mut connection).await?;
        Ok(connection)
    }
}

/// A client of one address.
pub(super) fn client(url: &str, root: Option<&[u8]>) -> RedisResult<Client> {
    match trusted(root).filter(|_| is_tls(url)) {
        Some(certificates) => Client::build_with_tls(url, certificates),
        None => Client::open(url),
    }
}

fn is_tls(url: &str) -> bool {
    url.starts_with("rediss://")
}

fn trusted(root: Option<&[u8]>) -> Option<TlsCertificates> {
    root.map(|root| TlsCertificates { client_tls: None, root_cert: Some(root.to_vec()) })
}

/// A connection that many share.
#[derive(Clone)]
pub(super) enum Connection {
    One(MultiplexedConnection),
    Cluster(ClusterConnection),
}

impl ConnectionLike for Connection {
    fn req_packed_command<'a>(&'a mut self, cmd: &'a Cmd) -> RedisFuture<'a, Value> {
        match self {
            Self::One(connection) => connection.req_packed_command(cmd),
            Self::Cluster(connection) => connection.req_packed_command(cmd),
        }
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        match self {
            Self::One(connection) => connection.req_packed_commands(pipeline, offset, count),
            Self::Cluster(connection) => connection.req_packed_commands(pipeline, offset, count),
        }
    }

    fn get_db(&self) -> i64 {
        match self {
            Self::One(connection) => connection.get_db(),
            Self::Cluster(connection) => connection.get_db(),
        }
    }
}

/// The connection as it was when a call began; a call that fails late must not break one that was made meanwhile.
struct Live {
    connection: Connection,
    number: u64,
}

/// A connection that is there or being made.
pub(super) struct Link {
    pub(super) target: Target,
    budget: Duration,
    live: RwLock<Option<Live>>,
    made: std::sync::atomic::AtomicU64,
    mending: AtomicBool,
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The address may hold a password.
        f.debug_struct("Link").field("connected", &self.current().is_some()).finish_non_exhaustive()
    }
}

impl Link {
    /// Not connected yet.
    pub(super) fn new(target: Target, budget: Duration) -> Self {
        Self {
            target,
            budget,
            live: RwLock::default(),
            made: std::sync::atomic::AtomicU64::new(0),
            mending: AtomicBool::new(false),
        }
    }

    /// Tries to connect once; when that fails, a task goes on trying.
    pub(super) async fn begin(self: &Arc<Self>) {
        if let Err(why) = self.connect().await {
            note_lost(&why);
            self.mend();
        }
    }

    /// Asks the server, within the budget.
    pub(super) async fn ask<T>(
        self: &Arc<Self>,
        what: &'static str,
        ask: impl AsyncFnOnce(&mut Connection) -> RedisResult<T>,
    ) -> Result<T, Fault> {
        let Some((mut connection, number)) = self.current() else {
            return Err(out_of_reach(what));
        };
        match tokio::time::timeout(self.budget, ask(&mut connection)).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) if breaks(&error) => {
                self.lose(number, &error.to_string());
                Err(out_of_reach(what).with_source(error))
            }
            Ok(Err(error)) => Err(Fault::new(FaultKind::Misconfigured, what)
                .with_code(error.code().unwrap_or("none"))
                .with_source(error)),
            Err(_elapsed) => {
                self.lose(number, "no answer in time");
                Err(out_of_reach(what))
            }
        }
    }

    fn current(&self) -> Option<(Connection, u64)> {
        let live = self.live.read().unwrap_or_else(PoisonError::into_inner);
        live.as_ref().map(|live| (live.connection.clone(), live.number))
    }

    async fn connect(&self) -> Result<(), String> {
        match tokio::time::timeout(CONNECT, self.target.connect()).await {
            Ok(Ok(connection)) => {
                let number = self.made.fetch_add(1, Ordering::Relaxed);
                let mut live = self.live.write().unwrap_or_else(PoisonError::into_inner);
                *live = Some(Live { connection, number });
                drop(live);
                metrics::gauge!("ratiba_hot_state_up").set(1.0);
                Ok(())
            }
            Ok(Err(error)) => Err(error.to_string()),
            Err(_elapsed) => Err("no answer in time".to_owned()),
        }
    }

    /// Opens the circuit, unless somebody else has and the connection is a newer one.
    fn lose(self: &Arc<Self>, number: u64, why: &str) {
        let mut live = self.live.write().unwrap_or_else(PoisonError::into_inner);
        if live.as_ref().is_some_and(|live| live.number == number) {
            *live = None;
            drop(live);
            note_lost(why);
            self.mend();
        }
    }

    /// One task, however many callers have seen the failure. It ends with the link.
    fn mend(self: &Arc<Self>) {
        if self.mending.swap(true, Ordering::AcqRel) {
            return;
        }
        let link = Arc::downgrade(self);
        tokio::spawn(async move {
            let (mut wait, longest) = AGAIN;
            loop {
                tokio::time::sleep(wait).await;
                let Some(link) = link.upgrade() else { return };
                if link.connect().await.is_ok() {
                    link.mending.store(false, Ordering::Release);
                    tracing::info!("Redis is back");
                    return;
                }
                wait = (wait * 2).min(longest);
            }
        });
    }
}

fn note_lost(why: &str) {
    metrics::gauge!("ratiba_hot_state_up").set(0.0);
    metrics::counter!("ratiba_hot_state_lost_total").increment(1);
    tracing::warn!(why, "Redis is out of reach; work goes on without it, slower");
}

fn out_of_reach(what: &'static str) -> Fault {
    Fault::new(FaultKind::Transient, what).with_code("redis out of reach")
}

/// Whether the connection, and not just this request, is to blame: it is broken, or the server can't serve now (it is loading, has lost its
/// master, or has become a replica).
fn breaks(error: &RedisError) -> bool {
    error.is_io_error()
        || error.is_timeout()
        || error.is_connection_dropped()
        || error.is_unrecoverable_error()
        || matches!(
            error.code(),
            Some("LOADING" | "MASTERDOWN" | "READONLY" | "CLUSTERDOWN" | "NOAUTH")
        )
}
