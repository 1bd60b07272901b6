//! Processes that are killed at random under load: outside, nothing is lost and nothing happens twice.

use std::time::Duration;

use jiff::SignedDuration;
use ratiba_core::adapters::system::SystemClock;
use ratiba_core::ports::clock::Clock as _;

use super::customers::Walker;
use super::town::{Town, minute_after};

/// Processes are killed so often.
const KILLS: usize = 100;
/// Customers whose reminder falls due while the killing goes on, and others.
const SOON: usize = 20;
const CUSTOMERS: usize = 80;
/// What runs: two that receive, two that work, one that does both.
const PROGRAMS: [&str; 5] = ["serve --no-worker", "serve --no-worker", "worker", "worker", "serve"];

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_kills_lose_and_double_nothing() {
    let Some(town) = Town::open(2).await else { return };
    let town = &town;
    let mut running = Vec::new();
    for program in PROGRAMS {
        running.push(town.start(program).await);
    }
    let now = SystemClock.now();
    // Reminders go out two hours before; this is two hours and a little more from now.
    let soon = minute_after(now, SignedDuration::from_hours(2) + SignedDuration::from_secs(75));
    let walkers: Vec<Walker> = (0..CUSTOMERS).map(|n| Walker::new(town, n)).collect();
    let start_of = |n: usize| {
        let later = i64::try_from(n).unwrap();
        if n < SOON {
            soon
        } else {
            minute_after(now, SignedDuration::from_hours(72 + 24 * (later % 20)))
        }
    };
    let booking = async {
        let each = walkers.iter().enumerate().map(|(n, walker)| async move {
            // They come one after another, so that somebody is always in the middle of something.
            tokio::time::sleep(Duration::from_millis(n as u64 * 500)).await;
            walker.books(town, start_of(n)).await;
        });
        futures_util::future::join_all(each).await;
    };
    let killing = async {
        for _ in 0..KILLS {
            tokio::time::sleep(Duration::from_millis(100 + town.office.draw(500) as u64)).await;
            let victim = town.office.draw(PROGRAMS.len());
            town.office.goes(running[victim].port);
            running[victim].kill().await;
            running[victim] = town.start(PROGRAMS[victim]).await;
            // As Meta: what was not answered with 200 is sent again. The front door has done so; this is for reports of delivery.
            town.meta.retry_failed_webhooks();
        }
    };
    tokio::join!(booking, killing);

    let mut reminded = 0;
    for (n, walker) in walkers.iter().enumerate() {
        let appointment = walker.appointment(town).await;
        assert_eq!(appointment.window.start, start_of(n), "{}", walker.phone);
        let due = start_of(n) - SignedDuration::from_hours(2);
        let booked_in_time = appointment.created_at < due && n < SOON;
        if booked_in_time {
            walker.hears(|_| walker.reminders() > 0).await;
            reminded += 1;
        }
    }
    let became = town.reconciled().await;
    town.meta.settle().await;
    town.daraja.settle().await;
    for (process, program) in running.into_iter().zip(PROGRAMS) {
        town.office.goes(if program == "worker" { 0 } else { process.port });
        process.stop().await;
    }
    assert!(reminded > 0, "somebody booked in time to be reminded");
    for (n, walker) in walkers.iter().enumerate() {
        walker.was_served_once(town, &became);
        assert!(walker.reminders() <= usize::from(n < SOON), "{:#?}", walker.texts());
    }
    assert_eq!(town.dead_letters().await, 0);
}
