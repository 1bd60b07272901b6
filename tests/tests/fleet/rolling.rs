//! An upgrade: one process after another is asked to stop and started again, while customers book.

use std::time::Duration;

use jiff::SignedDuration;
use ratiba_core::adapters::system::SystemClock;
use ratiba_core::ports::clock::Clock as _;

use super::customers::{Walker, is_a_persons};
use super::town::{Town, minute_after};

const CUSTOMERS: usize = 30;
const ROUNDS: usize = 3;

#[tokio::test(flavor = "multi_thread")]
async fn a_rolling_restart_under_load_loses_nothing() {
    let Some(town) = Town::open(3).await else { return };
    let town = &town;
    let mut running = Vec::new();
    for _ in 0..3 {
        running.push(town.start("serve").await);
    }
    let now = SystemClock.now();
    let walkers: Vec<Walker> = (0..CUSTOMERS).map(|n| Walker::new(town, n)).collect();
    let booking = async {
        let each = walkers.iter().enumerate().map(|(n, walker)| async move {
            tokio::time::sleep(Duration::from_millis(n as u64 * 200)).await;
            let days = i64::try_from(3 + n % 20).unwrap();
            walker.books(town, minute_after(now, SignedDuration::from_hours(24 * days))).await;
        });
        futures_util::future::join_all(each).await;
    };
    let rolling = async {
        for _ in 0..ROUNDS {
            for place in &mut running {
                let fresh = town.start("serve").await;
                let old = std::mem::replace(place, fresh);
                town.office.goes(old.port);
                old.stop().await;
            }
        }
    };
    tokio::join!(booking, rolling);
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
