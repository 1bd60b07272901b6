//! What a turn costs the store, by many at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use ratiba_core::testing::conformance::store::Shop;

use crate::many::numbered;
use crate::server::Place;
use crate::turn::{PEERS, one_turn};

/// How long turns are counted.
const COUNTED: Duration = Duration::from_secs(6);
/// How long turns are taken before, for each hundred tenants: a database plans its statements anew for every tenant on every connection.
const WARM: Duration = Duration::from_secs(8);

/// Turns by so many at a time, of so many tenants one after another: a message accepted, the lane read, the turn committed with a hold, a
/// timer, a record and a reply.
pub(crate) async fn turns(place: &Place, lanes: i64, tenants: usize) -> String {
    let store = place.store().await;
    let mut shops = Vec::with_capacity(tenants);
    for n in 0..tenants {
        shops.push(Shop::open_for(&*store, numbered(n)).await);
    }
    let (shops, next) = (Arc::new(shops), Arc::new(AtomicI64::new(0)));
    let turn = move |n: i64| {
        let shops = Arc::clone(&shops);
        async move {
            let shop = usize::try_from(n).unwrap_or(0) % shops.len();
            one_turn(&shops[shop], n).await
        }
    };
    // Everybody has written before: what is measured is the usual turn, not the first.
    while next.load(Ordering::Relaxed) < PEERS * 2 {
        turn(next.fetch_add(1, Ordering::Relaxed)).await;
    }
    place.look().await;
    let hundreds = u32::try_from(tenants).unwrap_or(u32::MAX).div_ceil(100);
    let start = Instant::now() + if tenants > 1 { WARM * hundreds } else { Duration::ZERO };
    let clients = (0..lanes).map(|_| {
        let (turn, next) = (turn.clone(), Arc::clone(&next));
        tokio::spawn(async move {
            let mut took = Vec::new();
            while Instant::now() < start + COUNTED {
                let counts = Instant::now() >= start;
                let parts = turn(next.fetch_add(1, Ordering::Relaxed)).await;
                took.extend(counts.then_some(parts));
            }
            took
        })
    });
    let mut took = Vec::new();
    for client in clients.collect::<Vec<_>>() {
        took.extend(client.await.unwrap());
    }
    let whole = start.elapsed();
    let middle = |part: usize| {
        let mut took: Vec<_> = took.iter().map(|parts| parts[part]).collect();
        took.sort_unstable();
        took[took.len() / 2].as_secs_f64() * 1e3
    };
    let parts = format!(
        "(p50 of storing, reading, committing: {:.2}, {:.2}, {:.2})",
        middle(0),
        middle(1),
        middle(2)
    );
    let turns = took.iter().map(|parts| parts.iter().sum()).collect();
    format!("{} {parts}", spread(turns, whole))
}

/// How many a second, and how long the middle one and the slowest of a hundred took.
pub(crate) fn spread(mut took: Vec<Duration>, whole: Duration) -> String {
    took.sort_unstable();
    let of =
        |share: usize| took[(took.len() * share / 100).min(took.len() - 1)].as_secs_f64() * 1e3;
    let count = u32::try_from(took.len()).unwrap_or(u32::MAX);
    let rate = f64::from(count) / whole.as_secs_f64();
    format!("{rate:.0}/s, {:.2} ms, {:.2} ms", of(50), of(99))
}
