//! `GET /metrics`: counters and histograms in Prometheus' text format.

use poem::{Response, handler};

use crate::telemetry;

/// 200 with what was counted since the process started.
#[handler]
pub(crate) fn metrics() -> Response {
    let recorder = telemetry::recorder();
    recorder.run_upkeep();
    Response::builder()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(recorder.render())
}
