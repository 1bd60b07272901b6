//! Around every request: an id, a time limit, error translation, security headers, one log line, metrics.
//!
//! The log line names the route's pattern and never the path: paths hold tokens and short names.

use std::time::{Duration, Instant};

use poem::http::HeaderValue;
use poem::{Endpoint, IntoResponse, Middleware, PathPattern, Request, Response, Result};
use tracing::Instrument as _;

use super::codes::Code;
use super::error::{ApiError, translate};
use super::headers::secure;

/// How long an answer may take. A WebSocket and an event stream answer at once and then stay open.
const TIME_LIMIT: Duration = Duration::from_secs(15);
/// How long it may take where a model reads a page for it.
const READING_LIMIT: Duration = Duration::from_secs(75);

/// The middleware around all routes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Observe;

impl<E: Endpoint> Middleware<E> for Observe {
    type Output = Observed<E>;

    fn transform(&self, inner: E) -> Self::Output {
        Observed { inner }
    }
}

fn time_limit(path: &str) -> Duration {
    let reads = path.starts_with("/api/v1/admin/") && path.ends_with("/catalogue/read");
    if reads { READING_LIMIT } else { TIME_LIMIT }
}

/// An endpoint that is watched.
#[derive(Debug)]
pub(crate) struct Observed<E> {
    inner: E,
}

impl<E: Endpoint> Endpoint for Observed<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let id = request_id(&request);
        let method = request.method().clone();
        let started = Instant::now();
        let span = tracing::info_span!("ratiba.http.request", request.id = %id);
        let limit = time_limit(request.uri().path());
        let answer =
            tokio::time::timeout(limit, self.inner.call(request)).instrument(span.clone()).await;
        let (mut response, route) = match answer {
            Ok(Ok(output)) => {
                let response = output.into_response();
                let route = response.data::<PathPattern>().map(|p| p.0.clone());
                (response, route)
            }
            Ok(Err(error)) => {
                let route = error.data::<PathPattern>().map(|p| p.0.clone());
                (span.in_scope(|| translate(&error)).into_response(), route)
            }
            Err(_elapsed) => (ApiError::new(Code::TimedOut).into_response(), None),
        };
        secure(&mut response);
        if let Ok(value) = HeaderValue::from_str(&id) {
            response.headers_mut().insert("x-request-id", value);
        }
        let took = started.elapsed();
        let route = route.as_deref().unwrap_or("unmatched").to_owned();
        let status = response.status().as_u16();
        let labels = [
            ("method", method.to_string()),
            ("route", route.clone()),
            ("status", status.to_string()),
        ];
        metrics::counter!("ratiba_http_requests_total", &labels).increment(1);
        metrics::histogram!("ratiba_http_request_seconds", "route" => route.clone())
            .record(took.as_secs_f64());
        span.in_scope(|| {
            let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
            tracing::info!(http.method = %method, http.route = %route, http.status = status, took_ms, "{method} {route} {status}");
        });
        Ok(response)
    }
}

/// The id that a proxy gave the request, if it is harmless, or a new one.
fn request_id(request: &Request) -> String {
    let given = request.header("x-request-id").filter(|id| {
        (8..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    });
    given.map_or_else(fresh_id, str::to_owned)
}

/// Sixteen hex digits: unlike any other of this process, and unlikely to be another process's.
fn fresh_id() -> String {
    use std::hash::{BuildHasher as _, RandomState};
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU64, Ordering};
    static STATE: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("{:016x}", STATE.hash_one(COUNT.fetch_add(1, Ordering::Relaxed)))
}

#[cfg(test)]
mod tests {
    use poem::test::TestClient;
    use poem::{EndpointExt as _, Route, get, handler};

    use super::*;

    #[handler]
    fn fine() -> &'static str {
        "fine"
    }

    #[test]
    fn only_the_reading_of_pages_may_take_long() {
        let reads = "/api/v1/admin/demo-salon/catalogue/read";
        assert_eq!(time_limit(reads), READING_LIMIT);
        for path in ["/api/v1/admin/demo-salon/catalogue", "/w/catalogue/read", "/healthz"] {
            assert_eq!(time_limit(path), TIME_LIMIT);
        }
    }

    fn client() -> TestClient<impl Endpoint> {
        TestClient::new(Route::new().at("/fine", get(fine)).with(Observe))
    }

    #[tokio::test]
    async fn every_answer_has_an_id_and_the_security_headers() {
        let answer = client().get("/fine").header("x-request-id", "abc-12345678").send().await;
        answer.assert_header("x-request-id", "abc-12345678");
        answer.assert_header("x-content-type-options", "nosniff");
        let odd = client().get("/fine").header("x-request-id", "a b\"{}").send().await;
        assert_eq!(odd.0.header("x-request-id").map(str::len), Some(16));
    }

    #[tokio::test]
    async fn unknown_paths_and_methods_are_problems_with_codes() {
        for (answer, status, code) in [
            (client().get("/nowhere").send().await, 404, "RTB-2001"),
            (client().post("/fine").send().await, 405, "RTB-2002"),
        ] {
            assert_eq!(answer.0.status().as_u16(), status);
            answer.assert_content_type("application/problem+json");
            let body = answer.0.into_body().into_json::<serde_json::Value>().await.unwrap();
            assert_eq!(body["code"], code);
        }
    }
}
