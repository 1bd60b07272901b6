//! What a turn costs the store: a message accepted, the lane read, the turn committed with a hold, a timer, a record and a reply; by
//! its parts, on SQLite. `figures` measures it on Postgres too, with many customers at once.
#![expect(clippy::unwrap_used, reason = "a bench that can't be set up has failed")]

mod turn;

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use ratiba_core::adapters::seal::SecretKey;
use ratiba_core::adapters::sqlite::{Durability, SqliteStore};
use ratiba_core::testing::conformance::store::Shop;

use turn::one_turn;

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

criterion_group!(benches, turns);
criterion_main!(benches);
