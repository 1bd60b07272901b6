//! All routes of the server as one endpoint.

use poem::{Endpoint, EndpointExt as _, Response, Route, get};

use crate::http::Observe;
use crate::{demo, routes, telemetry};

/// What the routes are made of.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct App {
    /// Serve the demo's page and its actions too.
    pub demo: bool,
}

impl App {
    /// The endpoint that answers every request.
    pub fn endpoint(&self) -> impl Endpoint<Output = Response> + use<> {
        telemetry::recorder();
        let mut route = Route::new()
            .at("/healthz", get(routes::healthz::healthz))
            .at("/metrics", get(routes::metrics::metrics));
        if self.demo {
            route = demo::routes::add(route);
        }
        route.with(Observe)
    }
}
