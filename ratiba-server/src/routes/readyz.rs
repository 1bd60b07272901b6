//! `GET /readyz`: whether this process can do its work now, and which port can't; a load balancer stops sending while it can't.

use std::collections::BTreeMap;

use poem::handler;
use poem::http::StatusCode;
use poem::web::{Data, Json};
use ratiba_core::Ratiba;
use ratiba_core::engine::PortState;
use serde::Serialize;

/// What is answered: the worst of the ports, and each by name.
#[derive(Debug, Serialize)]
pub(crate) struct Readiness {
    status: &'static str,
    #[serde(flatten)]
    ports: BTreeMap<&'static str, PortState>,
}

/// 200 when everything that is needed answers (also when something that only helps does not), else 503.
#[handler]
pub(crate) async fn readyz(Data(ratiba): Data<&Ratiba>) -> (StatusCode, Json<Readiness>) {
    let ports: BTreeMap<_, _> =
        ratiba.health().await.into_iter().map(|health| (health.port, health.state)).collect();
    let (code, status) = if ports.values().any(|state| *state == PortState::Down) {
        (StatusCode::SERVICE_UNAVAILABLE, "not_ready")
    } else if ports.values().any(|state| *state == PortState::Degraded) {
        (StatusCode::OK, "degraded")
    } else {
        (StatusCode::OK, "ready")
    };
    (code, Json(Readiness { status, ports }))
}
