//! A process that is killed in the middle leaves whole turns behind, and all of those that it had been told of.

use std::process::Stdio;

use ratiba_core::adapters::postgres::PostgresOptions;
use ratiba_core::ports::store::{Registry, Store};
use ratiba_core::testing::conformance::store::{Shop, at};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use super::super::kill::{whole_turns, writes};
use super::{Fresh, open};

/// Set for the process that is to be killed: the database of its store.
const VICTIM: &str = "RATIBA_TEST_VICTIM_URL";
/// Turns that the victim has reported before it is killed.
const TURNS: usize = 40;

#[tokio::test]
async fn a_killed_process_leaves_whole_turns() {
    if let Ok(url) = std::env::var(VICTIM) {
        return take_turns_for_ever(&url).await;
    }
    let Some(fresh) = Fresh::migrated().await else { return };
    let name = "store::postgres::kill::a_killed_process_leaves_whole_turns";
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(VICTIM, &fresh.url)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(victim.stdout.take().unwrap()).lines();
    let mut reported = 0;
    while reported < TURNS {
        let line = lines.next_line().await.unwrap().expect("the victim reports until it is killed");
        reported += usize::from(line.starts_with("turn"));
    }
    victim.kill().await.unwrap();

    let tenant = fresh.tenants().await.unwrap().remove(0);
    let turns = whole_turns(&*fresh.of(tenant.id)).await;
    assert!(turns >= reported, "{turns} of {reported} turns are left");
}

#[expect(clippy::print_stdout, reason = "the line is what the other process waits for")]
async fn take_turns_for_ever(url: &str) {
    let store = open(&PostgresOptions::new(url)).await;
    let shop = Shop::open(&store).await;
    shop.change(1, at(0), Vec::new()).await;
    let customer = shop.store.threads(1).await.unwrap()[0].customer;
    for n in 0.. {
        shop.change(1, at(0), writes(&shop, customer, n)).await;
        println!("turn {n}");
    }
}

#[tokio::test]
async fn a_dropped_commit_leaves_whole_turns() {
    let Some(fresh) = Fresh::migrated().await else { return };
    let shop = Shop::open(&*fresh).await;
    shop.change(1, at(0), Vec::new()).await;
    let customer = shop.store.threads(1).await.unwrap()[0].customer;
    for n in 0..60 {
        // Polled a different number of times each, so that it is dropped between different statements.
        let turn = shop.change(1, at(0), writes(&shop, customer, n));
        let mut turn = std::pin::pin!(turn);
        for _ in 0..n * 4 {
            if futures_util::poll!(&mut turn).is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
    }
    whole_turns(&*shop.store).await;
}
