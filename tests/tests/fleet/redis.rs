//! Redis dies, hangs and forgets while customers book: everything still works.

use std::time::Duration;

use jiff::SignedDuration;
use ratiba_core::adapters::system::SystemClock;
use ratiba_core::ports::clock::Clock as _;

use super::customers::{Walker, is_a_persons};
use super::town::{Town, minute_after};
use crate::hot::faults::Wire;

const CUSTOMERS: usize = 30;

/// Books for everybody while something happens to Redis.
async fn book_while(town: &Town, happens: impl Future<Output = ()>) {
    let mut running = Vec::new();
    for program in ["serve --no-worker", "serve", "worker"] {
        running.push(town.start(program).await);
    }
    let now = SystemClock.now();
    let walkers: Vec<Walker> = (0..CUSTOMERS).map(|n| Walker::new(town, n)).collect();
    let booking = async {
        let each = walkers.iter().enumerate().map(|(n, walker)| async move {
            tokio::time::sleep(Duration::from_millis(n as u64 * 100)).await;
            let days = i64::try_from(3 + n % 20).unwrap();
            walker.books(town, minute_after(now, SignedDuration::from_hours(24 * days))).await;
        });
        futures_util::future::join_all(each).await;
    };
    tokio::join!(booking, happens);
    let became = town.reconciled().await;
    assert!(!became.values().any(is_a_persons), "nobody died: {became:?}");
    town.meta.settle().await;
    for process in running {
        process.stop().await;
    }
    for walker in &walkers {
        walker.appointment(town).await;
        walker.was_served_once(town, &became);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_hangs_and_comes_back_costs_nobody_their_booking() {
    let Some(mut town) = Town::open(3).await else { return };
    let wire = Wire::to(town.redis.port).await;
    town.redis_url = wire.url();
    let hangs = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        wire.hang(true);
        tokio::time::sleep(Duration::from_secs(2)).await;
        wire.hang(false);
    };
    book_while(&town, hangs).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_forgets_everything_costs_nobody_their_booking() {
    let Some(town) = Town::open(3).await else { return };
    let forgets = async {
        for _ in 0..10 {
            tokio::time::sleep(Duration::from_millis(300)).await;
            assert_eq!(town.redis.command("FLUSHALL").await, "+OK");
        }
    };
    book_while(&town, forgets).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_is_not_there_costs_nobody_their_booking() {
    let Some(mut town) = Town::open(3).await else { return };
    town.redis_url = format!("redis://127.0.0.1:{}", crate::hot::redis::free_port());
    book_while(&town, async {}).await;
}
