//! Migrations: planned, run once at a time, resumed where they stopped.

use std::num::NonZeroUsize;
use std::sync::{Mutex, mpsc};

use ratiba_core::adapters::postgres::PostgresOptions;
use ratiba_core::ports::migrate::{Migrated, MigrationEnd, Migrator};
use ratiba_core::ports::store::{Registry, Store};
use ratiba_core::testing::conformance::store::Shop;
use sqlx::Executor;

use super::{Fresh, open};

const JOBS: NonZeroUsize = NonZeroUsize::new(2).unwrap();

#[tokio::test]
async fn an_empty_database_is_planned_and_migrated_once() {
    let Some(fresh) = Fresh::empty().await else { return };
    let plan = fresh.plan().await.unwrap();
    assert!(plan.registry.len() >= 5 && plan.registry[0] == "0001_tenants", "{plan:?}");
    assert!(!plan.is_empty() && plan.tenants.is_empty());
    assert_eq!((plan.registry_at, plan.newest > 0), (0, true));
    let done = MigrationEnd::Done { migrated: 1, failed: 0 };
    assert_eq!(fresh.migrate(JOBS, &|_| ()).await.unwrap(), done);
    assert!(fresh.plan().await.unwrap().is_empty());
    let nothing = MigrationEnd::Done { migrated: 0, failed: 0 };
    assert_eq!(fresh.migrate(JOBS, &|_| ()).await.unwrap(), nothing);
}

/// Takes a tenant's tables away, as if no step had been taken.
const EMPTIED: &str = "
    DROP SCHEMA tenant_demo_salon CASCADE;
    CREATE SCHEMA tenant_demo_salon;
    UPDATE public.tenant_schemas SET version = 0 WHERE schema_name = 'tenant_demo_salon'";

#[tokio::test]
async fn a_tenant_that_is_behind_is_found_and_brought_up_to_date_alone() {
    let Some(fresh) = Fresh::migrated().await else { return };
    Shop::open(&*fresh).await;
    let salon = Shop::open_as(&*fresh, "demo-salon").await;
    fresh.behind().await.execute(sqlx::raw_sql(EMPTIED)).await.unwrap();
    let plan = fresh.plan().await.unwrap();
    let behind: Vec<_> = plan.tenants.iter().filter(|tenant| !tenant.steps.is_empty()).collect();
    assert_eq!((behind.len(), plan.tenants.len()), (1, 2));
    assert_eq!((behind[0].tenant, behind[0].at), (salon.tenant, 0));
    assert_eq!(behind[0].steps[0], "0001_business");
    let told = Mutex::new(Vec::new());
    let end = fresh
        .migrate(JOBS, &|one| {
            told.lock().unwrap().push((one.tenant.map(|t| t.tenant), one.outcome.is_ok()));
        })
        .await;
    assert_eq!(end.unwrap(), MigrationEnd::Done { migrated: 1, failed: 0 });
    assert_eq!(*told.lock().unwrap(), [(Some(salon.tenant), true)]);
    assert!(fresh.plan().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_schema_that_fails_stays_as_it_was_and_the_others_go_on() {
    let Some(fresh) = Fresh::migrated().await else { return };
    let barber = Shop::open(&*fresh).await;
    Shop::open_as(&*fresh, "demo-salon").await;
    let mut behind = fresh.behind().await;
    behind.execute(sqlx::raw_sql(EMPTIED)).await.unwrap();
    // This one has tables in the way of the steps that it seems to lack.
    let in_the_way =
        "UPDATE public.tenant_schemas SET version = 0 WHERE schema_name = 'tenant_demo_barbershop'";
    behind.execute(in_the_way).await.unwrap();
    let end = fresh.migrate(JOBS, &|_| ()).await.unwrap();
    assert_eq!(end, MigrationEnd::Done { migrated: 1, failed: 1 });
    let plan = fresh.plan().await.unwrap();
    let left: Vec<_> = plan.tenants.iter().filter(|tenant| !tenant.steps.is_empty()).collect();
    assert_eq!(left.iter().map(|tenant| tenant.tenant).collect::<Vec<_>>(), [barber.tenant]);
}

#[tokio::test]
async fn two_never_migrate_at_once() {
    let Some(fresh) = Fresh::empty().await else { return };
    let (begun, mut has_begun) = tokio::sync::mpsc::unbounded_channel();
    let (go_on, may_go_on) = mpsc::channel::<()>();
    let may_go_on = Mutex::new(may_go_on);
    let url = fresh.url.clone();
    // In a thread and a runtime of its own, which it holds up in the middle.
    let first = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let store = open(&PostgresOptions::new(url)).await;
            let progress = |_: Migrated<'_>| {
                begun.send(()).unwrap();
                may_go_on.lock().unwrap().recv().unwrap();
            };
            store.migrate(JOBS, &progress).await.unwrap()
        })
    });
    has_begun.recv().await.unwrap();
    assert_eq!(fresh.migrate(JOBS, &|_| ()).await.unwrap(), MigrationEnd::Busy);
    go_on.send(()).unwrap();
    let end = tokio::task::spawn_blocking(move || first.join().unwrap()).await.unwrap();
    assert_eq!(end, MigrationEnd::Done { migrated: 1, failed: 0 });
    assert!(fresh.tenants().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_tenant_is_made_whole_or_leaves_no_schema_behind() {
    let Some(fresh) = Fresh::migrated().await else { return };
    let shop = Shop::open(&*fresh).await;
    let schemas = async || {
        let count = "SELECT COUNT(*) FROM pg_namespace WHERE nspname LIKE 'tenant\\_%'";
        let count: i64 =
            sqlx::query_scalar(count).fetch_one(&mut fresh.behind().await).await.unwrap();
        count
    };
    assert_eq!(schemas().await, 2, "the barbershop's, and the one that stays empty");
    assert!(fresh.delete_tenant(shop.tenant).await.unwrap());
    assert_eq!(schemas().await, 1);
    assert!(fresh.of(shop.tenant).business().await.unwrap().is_none());
}
