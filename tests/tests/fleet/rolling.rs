//! An upgrade: one process after another is asked to stop and started again, while customers book.

use std::time::Duration;

use super::customers::{Walker, all_book, all_is_well};
use super::town::Town;

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
    let walkers: Vec<Walker> = (0..CUSTOMERS).map(|n| Walker::new(town, n)).collect();
    let booking = all_book(town, &walkers, Duration::from_millis(200));
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
    all_is_well(town, running, &walkers).await;
}
