//! A worker shows how it does where it is given an address, from its start to its last turn.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::Value;

use super::customers::Walker;
use super::process::Process;
use super::town::Town;

const PATIENCE: Duration = Duration::from_mins(1);

/// What a process says of itself.
async fn shown(process: &Process, path: &str) -> (StatusCode, String) {
    let url = format!("http://127.0.0.1:{}{path}", process.port);
    let answer = reqwest::get(url).await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

async fn readiness(process: &Process) -> (StatusCode, Value) {
    let (status, text) = shown(process, "/readyz").await;
    (status, serde_json::from_str(&text).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_tells_whether_it_is_ready_and_what_it_has_done() {
    let Some(mut town) = Town::open(1).await else { return };
    let server = town.start("serve --no-worker").await;
    let worker = town.start("worker").await;
    assert_eq!(shown(&worker, "/healthz").await, (StatusCode::OK, "ok\n".to_owned()));
    let (status, ready) = readiness(&worker).await;
    assert_eq!((status, &ready["status"]), (StatusCode::OK, &"ready".into()), "{ready}");
    // It takes nothing in.
    for path in ["/api/v1/webhooks/whatsapp", "/api/v1/platform/tenants", "/widget.js"] {
        assert_eq!(shown(&worker, path).await.0, StatusCode::NOT_FOUND, "{path}");
    }

    let customer = Walker::new(&town, 0);
    customer.chat.say("how much is a beard trim?");
    customer.hears(|_| !customer.texts().is_empty()).await;
    let (_, metrics) = shown(&worker, "/metrics").await;
    let counted = |name: &str| metrics.lines().any(|line| line.starts_with(name));
    assert!(counted("ratiba_turns_total 1"), "{metrics}");
    let (_, metrics) = shown(&server, "/metrics").await;
    assert!(!metrics.lines().any(|line| line.starts_with("ratiba_turns_total")), "{metrics}");

    town.redis.kill().await;
    let degraded = async {
        while readiness(&worker).await.1["hot_state"] != "degraded" {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, degraded).await.expect("it notices");
    assert_eq!(readiness(&worker).await.0, StatusCode::OK, "work goes on without Redis");

    let port = worker.port;
    worker.stop().await;
    assert!(reqwest::get(format!("http://127.0.0.1:{port}/healthz")).await.is_err());
    server.stop().await;
}
