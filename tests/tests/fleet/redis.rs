//! Redis dies, hangs and forgets while customers book: everything still works.

use std::time::Duration;

use super::customers::{Walker, all_book, all_is_well};
use super::town::Town;
use crate::hot::faults::Wire;

const CUSTOMERS: usize = 30;

/// Books for everybody while something happens to Redis.
async fn book_while(town: &Town, happens: impl Future<Output = ()>) {
    let mut running = Vec::new();
    for program in ["serve --no-worker", "serve", "worker"] {
        running.push(town.start(program).await);
    }
    let walkers: Vec<Walker> = (0..CUSTOMERS).map(|n| Walker::new(town, n)).collect();
    let booking = all_book(town, &walkers, Duration::from_millis(100));
    tokio::join!(booking, happens);
    all_is_well(town, running, &walkers).await;
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
