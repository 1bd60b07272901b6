//! What a worker shows of itself where it is given an address: that it is alive, whether it can do its work, and what it has counted. It takes
//! nothing in, so that the address may stay inside.

use poem::middleware::{AddData, CatchPanic};
use poem::{Endpoint, EndpointExt as _, Response, Route, get};
use ratiba_core::Ratiba;

use crate::http::{ApiError, Code, Observe};
use crate::{routes, telemetry};

/// The endpoint that answers every request to a worker.
pub(crate) fn endpoint(ratiba: &Ratiba) -> impl Endpoint<Output = Response> + use<> {
    telemetry::recorder();
    Route::new()
        .at("/healthz", get(routes::healthz::healthz))
        .at("/readyz", get(routes::readyz::readyz))
        .at("/metrics", get(routes::metrics::metrics))
        .with(AddData::new(ratiba.clone()))
        .with(CatchPanic::new().with_handler(|_| ApiError::new(Code::Internal)))
        .with(Observe)
}
