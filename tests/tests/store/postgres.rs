//! The Postgres store, on the server that `RATIBA_TEST_DATABASE_URL` names: each test in a database of its own. Without it these suites are
//! left out, and say so. `tests/run` starts a server for them.

use std::io::Write;
use std::num::NonZeroUsize;
use std::ops::Deref;
use std::sync::atomic::{AtomicU32, Ordering};

use ratiba_core::adapters::postgres::{PostgresOptions, PostgresStore};
use ratiba_core::adapters::seal::SecretKey;
use ratiba_core::ports::migrate::{MigrationEnd, Migrator};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

mod crowded;
mod double_booking;
mod fair;
mod kill;
mod migrating;
mod plans;
mod wake;

/// The server, as a superuser reaches it: `postgres://user@host:port/postgres`.
const URL: &str = "RATIBA_TEST_DATABASE_URL";
/// The same through `PgBouncer` in transaction mode, with any database's name.
const POOLER_URL: &str = "RATIBA_TEST_POOLER_URL";

/// Where the tests' Postgres is.
pub(crate) fn server() -> Option<String> {
    std::env::var(URL).ok()
}

#[test]
fn what_is_left_out_is_said() {
    let missing = [URL, POOLER_URL].into_iter().filter(|name| std::env::var(name).is_err());
    for name in missing {
        // Past the capture of what tests print: nobody is to take these suites for run.
        let _ = writeln!(
            std::io::stderr(),
            "left out: suites of the Postgres store ({name} is not set; tests/run sets it)"
        );
    }
}

/// A URL with another database.
fn with_database(url: &str, database: &str) -> String {
    let (server, _) = url.rsplit_once('/').expect("a URL ends with its database");
    format!("{server}/{database}")
}

/// A store in a database of its own, which goes when it is dropped.
pub(crate) struct Fresh {
    store: PostgresStore,
    /// Where the database is.
    pub(crate) url: String,
    name: String,
}

impl Fresh {
    /// An empty database: no schema of ours in it.
    pub(crate) async fn empty() -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let server = server()?;
        let name = format!("ratiba_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst));
        let mut admin = PgConnection::connect(&server).await.unwrap();
        admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
        let url = with_database(&server, &name);
        let store = open(&PostgresOptions::new(&url)).await;
        Some(Self { store, url, name })
    }

    /// A database with the schema in it.
    pub(crate) async fn migrated() -> Option<Self> {
        let fresh = Self::empty().await?;
        fresh.bring_up_to_date().await;
        Some(fresh)
    }

    /// Its address through the pooler, where there is one.
    pub(crate) fn pooled_url(&self) -> Option<String> {
        let pooler = std::env::var(POOLER_URL).ok()?;
        Some(with_database(&pooler, &self.name))
    }

    /// The same, used through a pooler with one connection to the server.
    async fn pooled() -> Option<Self> {
        let mut fresh = Self::migrated().await?;
        let url = fresh.pooled_url()?;
        fresh.store = open(&PostgresOptions::new(url).through_pooler()).await;
        Some(fresh)
    }

    pub(crate) async fn bring_up_to_date(&self) {
        let jobs = NonZeroUsize::new(2).unwrap();
        let end = self.store.migrate(jobs, &|_| ()).await.unwrap();
        assert!(matches!(end, MigrationEnd::Done { failed: 0, .. }), "{end:?}");
    }

    /// A connection past the store.
    pub(crate) async fn behind(&self) -> PgConnection {
        PgConnection::connect(&self.url).await.unwrap()
    }
}

async fn open(options: &PostgresOptions) -> PostgresStore {
    PostgresStore::connect(options, &SecretKey::for_tests()).await.unwrap()
}

impl Deref for Fresh {
    type Target = PostgresStore;

    fn deref(&self) -> &PostgresStore {
        &self.store
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        let (Some(server), name) = (server(), self.name.clone()) else { return };
        // In a thread of its own: the test's runtime is busy ending.
        let gone = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async move {
                let mut admin = PgConnection::connect(&server).await.unwrap();
                let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                admin.execute(AssertSqlSafe(drop)).await.unwrap();
            });
        });
        let _ = gone.join();
    }
}

mod directly {
    ratiba_core::store_conformance!(super::Fresh::migrated, conformance_tests_where_possible);
}

mod through_a_pooler_with_one_connection {
    ratiba_core::store_conformance!(super::Fresh::pooled, conformance_tests_where_possible);
}
