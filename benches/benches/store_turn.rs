//! What a turn costs the store: a message accepted, the lane read, the turn committed with a hold, a timer, a record and a reply. On Postgres
//! (where `RATIBA_TEST_DATABASE_URL` names a server) also with many customers at once and acknowledgements alone.
#![expect(clippy::unwrap_used, reason = "a bench that can't be set up has failed")]

use std::io::Write as _;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ratiba_core::adapters::postgres::{PostgresOptions, PostgresStore};
use ratiba_core::adapters::seal::SecretKey;
use ratiba_core::adapters::sqlite::{Durability, SqliteStore};
use ratiba_core::conversation::event::TimerName;
use ratiba_core::ports::migrate::Migrator;
use ratiba_core::ports::outbox::{Timer, TimerKey};
use ratiba_core::ports::store::{Registry, TurnCommit, TurnRecord, Write};
use ratiba_core::testing::conformance::store::{Shop, at};

/// Customers that write by turns.
const PEERS: i64 = 500;

/// Takes one turn; gives back the time that accepting, reading the lane and committing took.
async fn one_turn(shop: &Shop, n: i64) -> [Duration; 3] {
    let peer = u32::try_from(n % PEERS).unwrap_or(0);
    let new = shop.message(peer, "nataka kunyoa kesho saa tisa", &format!("wamid.{n}"), at(n));
    let start = Instant::now();
    let customer = shop.store.accept(&new).await.unwrap().customer;
    let accept = start.elapsed();

    let start = Instant::now();
    let lane = shop.store.lane(customer, 8).await.unwrap().unwrap();
    let read = start.elapsed();

    let thread = lane.current.unwrap_or_else(|| shop.thread(customer, at(n)));
    let state = "x".repeat(1_500);
    let record =
        TurnRecord { before: state.clone(), after: state, ..shop.record(&thread, new.id).await };
    let timer = Timer {
        id: shop.id(),
        customer,
        key: TimerKey::Thread { thread: thread.id, name: TimerName::HoldExpires },
        due_at: at(n + 10),
    };
    let writes = vec![Write::Hold(vec![shop.hold(customer, n * 30)]), Write::SetTimer(timer)];
    let turn = TurnCommit {
        record: Some(record),
        outbox: vec![shop.reply(customer, &format!("wa/{customer}"), "Kesho saa tisa, sawa?")],
        ..shop.turn(&thread, new.id, at(n), writes)
    };
    let start = Instant::now();
    shop.store.commit(&turn).await.unwrap();
    [accept, read, start.elapsed()]
}

fn turns(c: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let dir = std::env::temp_dir().join(format!("ratiba-bench-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let key = SecretKey::for_tests();
    let stores = [
        ("power-loss", Some(Durability::PowerLoss)),
        ("process-death", Some(Durability::ProcessDeath)),
        ("in-memory", None),
    ];
    for (name, durability) in stores {
        let store = runtime.block_on(async {
            match durability {
                Some(durability) => {
                    let file = dir.join(format!("{name}.db"));
                    SqliteStore::open_with(file, &key, durability).await.unwrap()
                }
                None => SqliteStore::in_memory(&key).await.unwrap(),
            }
        });
        let shop = runtime.block_on(Shop::open(&store));
        let next = AtomicI64::new(0);
        let mut group = c.benchmark_group(format!("store/{name}"));
        group.sample_size(20).measurement_time(Duration::from_secs(3));
        for (part, parts) in [("turn", 0..3), ("accept", 0..1), ("lane", 1..2), ("commit", 2..3)] {
            group.bench_function(part, |b| {
                b.to_async(&runtime).iter_custom(|turns| {
                    let (shop, next, parts) = (&shop, &next, parts.clone());
                    async move {
                        let mut spent = Duration::ZERO;
                        for _ in 0..turns {
                            let n = next.fetch_add(1, Ordering::SeqCst);
                            spent +=
                                one_turn(shop, n).await[parts.clone()].iter().sum::<Duration>();
                        }
                        spent
                    }
                });
            });
        }
        group.finish();
    }
    let _ = std::fs::remove_dir_all(&dir);
}

/// Takes `turns` turns, `lanes` of them at a time; gives back how long that took.
async fn many(
    shop: &Arc<Shop>,
    next: &Arc<AtomicI64>,
    lanes: u64,
    turns: u64,
    what: What,
) -> Duration {
    let start = Instant::now();
    let tasks = (0..lanes).map(|lane| {
        let (shop, next) = (Arc::clone(shop), Arc::clone(next));
        let own = turns / lanes + u64::from(lane < turns % lanes);
        tokio::spawn(async move {
            for _ in 0..own {
                let n = next.fetch_add(1, Ordering::SeqCst);
                match what {
                    What::Turn => drop(one_turn(&shop, n).await),
                    What::Acknowledgement => {
                        let peer = u32::try_from(n % PEERS).unwrap_or(0);
                        let new = shop.message(peer, "sawa", &format!("wamid.a{n}"), at(n));
                        shop.store.accept(&new).await.unwrap();
                    }
                }
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    start.elapsed()
}

#[derive(Clone, Copy)]
enum What {
    Turn,
    Acknowledgement,
}

fn postgres(c: &mut Criterion) {
    let Ok(url) = std::env::var("RATIBA_TEST_DATABASE_URL") else {
        let _ =
            writeln!(std::io::stderr(), "left out: Postgres (RATIBA_TEST_DATABASE_URL is not set)");
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let shop = Arc::new(runtime.block_on(async {
        let options = PostgresOptions::new(url);
        let store = PostgresStore::connect(&options, &SecretKey::for_tests()).await.unwrap();
        store.migrate(NonZeroUsize::MIN, &|_| ()).await.unwrap();
        for tenant in store.tenants().await.unwrap() {
            store.delete_tenant(tenant.id).await.unwrap();
        }
        Shop::open(&store).await
    }));
    let next = Arc::new(AtomicI64::new(0));
    // Everybody has written before: what is measured is the usual turn, not the first.
    let known = u64::try_from(PEERS).unwrap_or(0);
    runtime.block_on(many(&shop, &next, 16, known, What::Turn));
    let mut group = c.benchmark_group("store/postgres");
    group
        .sample_size(20)
        .measurement_time(Duration::from_secs(4))
        .throughput(Throughput::Elements(1));
    let all = [
        ("turn", What::Turn, vec![1, 16, 64]),
        ("acknowledgement", What::Acknowledgement, vec![1, 32, 256]),
    ];
    for (name, what, crowds) in all {
        for lanes in crowds {
            group.bench_function(format!("{name}/{lanes} at a time"), |b| {
                b.to_async(&runtime).iter_custom(|turns| many(&shop, &next, lanes, turns, what));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, turns, postgres);
criterion_main!(benches);
