//! Tenants: making one, and migrating thousands.

use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use ratiba_core::ports::migrate::Migrator as _;
use ratiba_core::ports::store::{NewTenant, Registry as _};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tokio::task::JoinSet;

use crate::print;
use crate::server::{Place, barbershop};

/// Tenants made, of which the middle one is told.
const MADE: usize = 20;
/// Tenants made and migrated at a time.
const JOBS: usize = 4;

/// The `n`-th of many tenants.
pub(crate) fn numbered(n: usize) -> NewTenant {
    let name = format!("many-{n}");
    barbershop(&name, &name)
}

/// How long one takes to make, tables and starter catalogue and all.
pub(crate) async fn making(place: &Place) -> String {
    let store = place.store().await;
    let mut took: Vec<Duration> = Vec::new();
    for n in 0..MADE {
        let new = numbered(n);
        let start = Instant::now();
        store.create_tenant(&new).await.unwrap();
        took.push(start.elapsed());
    }
    took.sort_unstable();
    format!("{:.1} ms", took[MADE / 2].as_secs_f64() * 1e3)
}

/// Migrates thousands, with nothing to do and with the newest step to take.
pub(crate) async fn tenants(place: &Place) {
    let many: usize =
        std::env::var("RATIBA_FIGURES_TENANTS").ok().and_then(|n| n.parse().ok()).unwrap_or(2_000);
    let Place::Servers { postgres, .. } = place else { return };
    let store = place.postgres().await;
    let start = Instant::now();
    for first in (0..many).step_by(JOBS) {
        let mut making = JoinSet::new();
        for n in first..many.min(first + JOBS) {
            let store = store.clone();
            making.spawn(async move { store.create_tenant(&numbered(n)).await.unwrap() });
        }
        making.join_all().await;
    }
    print(format_args!(
        "{many} tenants made, {JOBS} at a time, in {:.1} s",
        start.elapsed().as_secs_f64()
    ));
    let migrate = async || {
        let start = Instant::now();
        store.migrate(NonZeroUsize::new(JOBS).unwrap(), &|_| ()).await.unwrap();
        start.elapsed().as_secs_f64()
    };
    print(format_args!(
        "`migrate` over {many} tenants with nothing to do: {:.2} s",
        migrate().await
    ));
    // The newest step makes two indexes: without them, and with the note of the step before, it is to be taken again.
    let mut connection = PgConnection::connect(postgres).await.unwrap();
    let rooms: Vec<(String, i64)> = sqlx::query_as(
        "SELECT schema_name, version FROM tenant_schemas WHERE tenant_id <> '' ORDER BY schema_name",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    for (room, _) in &rooms {
        let drop = format!("DROP INDEX {room}.threads_by_time, {room}.appointments_by_time");
        sqlx::raw_sql(AssertSqlSafe(drop)).execute(&mut connection).await.unwrap();
    }
    let back = "UPDATE tenant_schemas SET version = version - 1 WHERE tenant_id <> ''";
    sqlx::query(back).execute(&mut connection).await.unwrap();
    print(format_args!(
        "`migrate` over {many} tenants with two indexes to make: {:.2} s",
        migrate().await
    ));
    let behind: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM tenant_schemas WHERE version <> (SELECT MAX(version) FROM tenant_schemas)",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    assert_eq!(behind, 0, "all are where the newest is");
}
