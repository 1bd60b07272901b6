//! The REST API: `/api/v1/platform/…` for the operator, `/api/v1/admin/{slug}/…` for a tenant. One file per operation; its description is
//! `/api/v1/openapi.json`, which is generated from the code, kept in `openapi.json` and compared by a test.

mod admin;
mod auth;
mod body;
mod costs;
mod errors;
mod platform;
mod spool;
mod tenants;
mod undelivered;
mod view;

use std::time::Duration;

use poem::{EndpointExt as _, IntoEndpoint as _, Request, Route};
use poem_openapi::{OpenApiService, Tags};

use ratiba_core::catalogue::input::MAX_PICTURE;

use crate::http::{ApiError, Code, limits};

/// Headings of the description.
#[derive(Tags)]
pub(crate) enum Tag {
    /// Businesses: make, list, suspend, export, delete.
    Tenants,
    /// Channel accounts, payment credentials and API keys. Secrets go in and never come out.
    Secrets,
    /// What came in and could not be handled, and messages that did not arrive.
    DeadLetters,
    /// What a tenant offers, and when.
    Business,
    /// What happens: the diary, open questions, what it costs.
    Days,
    /// A person's data.
    Privacy,
    /// The deployment itself.
    Operations,
}

/// The largest body that is read: a catalogue of some thousand lines.
const BODY: usize = 2 << 20;
/// The largest file of a price list that is looked at: a picture that is somewhat too large is told so in words.
const PAGE: usize = MAX_PICTURE + (3 << 20);
/// How long a body may take to come.
const SENDING: Duration = Duration::from_secs(15);

fn service() -> OpenApiService<(platform::Platform, admin::Admin), ()> {
    OpenApiService::new(
        (platform::all(), admin::all()),
        "Ratiba",
        concat!(env!("CARGO_PKG_VERSION")),
    )
    .description(
        "Errors are `application/problem+json` with a stable `code`. Keys go into `Authorization: Bearer …`.",
    )
    .server("/api/v1")
}

/// The description of the API as JSON.
pub fn description() -> String {
    service().spec()
}

/// Adds the API to the routes.
pub(crate) fn add(route: Route) -> Route {
    let service = service();
    let description = service.spec_endpoint();
    route
        .at("/api/v1/openapi.json", description)
        .nest("/api/v1", service.into_endpoint().before(bounded))
}

/// Reads the body, at most so much of it, before anything else looks at it.
async fn bounded(mut request: Request) -> poem::Result<Request> {
    let body = request.take_body();
    let limit = if request.uri().path().ends_with("/catalogue/read") { PAGE } else { BODY };
    let read = limits::read(limits::announced(&request), body, limit);
    // Whoever may wait for a model is given no longer to send.
    let body = tokio::time::timeout(SENDING, read).await;
    let body = body.map_err(|_| ApiError::new(Code::TimedOut))??;
    request.set_body(body);
    Ok(request)
}
