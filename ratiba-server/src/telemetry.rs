//! Metrics: one recorder per process, rendered for Prometheus.

use std::sync::OnceLock;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

/// Bounds of the request histogram in seconds: a webhook should be answered within the first few.
const BUCKETS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.0, 10.0];

/// The recorder of this process, installed on first use: the `metrics` facade allows one.
pub fn recorder() -> &'static PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(|| {
        let builder = PrometheusBuilder::new();
        let builder = builder.set_buckets(&BUCKETS).unwrap_or_else(|_| PrometheusBuilder::new());
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        if metrics::set_global_recorder(recorder).is_err() {
            tracing::warn!("another metrics recorder is installed, /metrics will stay empty");
        }
        describe();
        handle
    })
}

/// What each metric means, for whoever reads `/metrics`. Names keep their meaning: dashboards and alerts rely on them.
fn describe() {
    for (name, what) in [
        ("ratiba_http_requests_total", "HTTP requests by method, route and status"),
        ("ratiba_http_rate_limited_total", "Requests refused by a rate limit"),
        ("ratiba_webhooks_refused_total", "Webhooks with a missing or wrong signature, by channel"),
        ("ratiba_turns_total", "Turns committed"),
        ("ratiba_turns_retaken_total", "Turns taken again because somebody else moved first"),
        ("ratiba_messages_total", "Messages to customers by channel and outcome (sent, failed)"),
        (
            "ratiba_expired_total",
            "Messages and prompts that waited until they were of no use, and were not sent",
        ),
        ("ratiba_dead_letters_total", "What came in and could not be handled, by source"),
        ("ratiba_dead_letters_replayed_total", "Dead letters taken again with success"),
        ("ratiba_refund_timeouts_total", "Refunds on which the provider gave up in time"),
        ("ratiba_jobs_total", "Runs of jobs at set times, by name and outcome (done, failed)"),
        ("ratiba_reaped_total", "Rows archived or deleted by age, by what they were"),
    ] {
        metrics::describe_counter!(name, what);
    }
    metrics::describe_histogram!("ratiba_http_request_seconds", "Time to answer a request");
    metrics::describe_gauge!("ratiba_widget_connections", "Open WebSockets of the web widget");
}
