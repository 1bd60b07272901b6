//! Wake-ups over LISTEN and NOTIFY.

use jiff::SignedDuration;
use ratiba_core::adapters::postgres::{PostgresOptions, PostgresWakeUp};
use ratiba_core::ports::hot::{Topic, WakeUp};

use super::Fresh;

/// Far longer than a notification takes.
const LONG: SignedDuration = SignedDuration::from_secs(600);

#[tokio::test]
async fn one_process_wakes_another() {
    let Some(fresh) = Fresh::empty().await else { return };
    let listen = async || PostgresWakeUp::listen(&PostgresOptions::new(&fresh.url)).await.unwrap();
    let (here, there) = (listen().await, listen().await);
    for topic in [Topic::Inbox, Topic::Timers, Topic::Inbox] {
        here.wake(topic).await;
        there.wait(topic, LONG).await;
        here.wait(topic, LONG).await;
    }
}

#[tokio::test]
async fn a_lost_connection_is_opened_again_and_costs_no_wake_up() {
    let Some(fresh) = Fresh::empty().await else { return };
    let listen = async || PostgresWakeUp::listen(&PostgresOptions::new(&fresh.url)).await.unwrap();
    let (here, there) = (listen().await, listen().await);
    let mut behind = fresh.behind().await;
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    sqlx::query(cut).execute(&mut behind).await.unwrap();
    // Whoever loses the connection looks for work: that is a wake-up.
    there.wait(Topic::Outbox, LONG).await;
    here.wake(Topic::Inbox).await;
    there.wait(Topic::Inbox, LONG).await;
}
