//! A process that is killed in the middle leaves whole turns behind, and all of those that it had been told of.

use std::path::Path;
use std::process::Stdio;

use ratiba_core::domain::id::CustomerId;
use ratiba_core::domain::time::TimeWindow;
use ratiba_core::ports::store::{Registry, Store, TenantStore, Write};
use ratiba_core::testing::conformance::store::{Shop, at};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use super::{TempDir, open};

/// Set for the process that is to be killed: the directory of its store.
const VICTIM: &str = "RATIBA_TEST_VICTIM_DIR";
/// Turns that the victim has reported before it is killed.
const TURNS: usize = 40;

#[tokio::test]
async fn a_killed_process_leaves_whole_turns() {
    if let Ok(dir) = std::env::var(VICTIM) {
        return take_turns_for_ever(Path::new(&dir)).await;
    }
    let dir = TempDir::new();
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "store::kill::a_killed_process_leaves_whole_turns", "--nocapture"])
        .env(VICTIM, &dir.0)
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

    let store = open(&dir.file()).await;
    let tenant = store.tenants().await.unwrap().remove(0);
    let turns = whole_turns(&*store.of(tenant.id)).await;
    assert!(turns >= reported, "{turns} of {reported} turns are left");
}

#[expect(clippy::print_stdout, reason = "the line is what the other process waits for")]
async fn take_turns_for_ever(dir: &Path) {
    let store = open(&dir.join("ratiba.db")).await;
    let shop = Shop::open(&store).await;
    shop.change(1, at(0), Vec::new()).await;
    let customer = shop.store.threads(1).await.unwrap()[0].customer;
    for n in 0.. {
        shop.change(1, at(0), writes(&shop, customer, n)).await;
        println!("turn {n}");
    }
}

/// Writes to several tables, which are to be found together or not at all.
pub(super) fn writes(shop: &Shop, customer: CustomerId, n: i64) -> Vec<Write> {
    vec![
        Write::Unanswered { question: format!("question {n}") },
        Write::Hold(vec![shop.hold(customer, n * 30)]),
    ]
}

/// How many turns are stored, each of them whole.
pub(super) async fn whole_turns(store: &dyn TenantStore) -> usize {
    let always = TimeWindow { start: at(-1), end: at(10_000_000) };
    let holds = store.diary(always).await.unwrap().len();
    let questions = store.unanswered(1_000_000).await.unwrap().len();
    let revision = store.threads(1).await.unwrap()[0].revision;
    assert_eq!(holds, questions);
    // The first turn wrote nothing else.
    assert_eq!(usize::try_from(revision).unwrap(), holds + 1);
    holds
}

#[tokio::test]
async fn a_dropped_commit_leaves_whole_turns() {
    let dir = TempDir::new();
    {
        let store = open(&dir.file()).await;
        let shop = Shop::open(&store).await;
        shop.change(1, at(0), Vec::new()).await;
        let customer = shop.store.threads(1).await.unwrap()[0].customer;
        for n in 0..60 {
            // Polled a different number of times each, so that it is dropped between different statements.
            let turn = shop.change(1, at(0), writes(&shop, customer, n));
            let mut turn = std::pin::pin!(turn);
            for _ in 0..n {
                if futures_util::poll!(&mut turn).is_ready() {
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
        whole_turns(&*shop.store).await;
    }
    let store = open(&dir.file()).await;
    let tenant = store.tenants().await.unwrap().remove(0);
    whole_turns(&*store.of(tenant.id)).await;
}
