//! `GET, POST /api/v1/webhooks/pesapal/ipn/{token}`, and `GET /pay/return/{token}`: where PesaPal notifies us, and where the payer's browser
//! comes back to.
//!
//! Neither says what became of a payment, and neither is believed: both are hints to ask for the status. The notification is answered in
//! PesaPal's own words, with 500 inside when we could not keep it, so that it is sent again.

use poem::http::{StatusCode, header};
use poem::web::{Data, Json, Path};
use poem::{Body, IntoResponse as _, Request, Response, handler};
use ratiba_core::adapters::pesapal::acknowledgement;
use ratiba_core::domain::tenant::Rail;
use serde_json::Value;

use crate::app::App;
use crate::http::page::Embedded;
use crate::http::{ApiError, limits};

/// The page after a payment: it says where the news will come, in both languages, since nobody knows whose browser it is.
const BACK: Embedded = Embedded::html(
    include_str!("../../static/paid.html"),
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// A notification by GET: the names stand in the query.
#[handler]
pub(crate) async fn by_query(
    request: &Request,
    Path(token): Path<String>,
    Data(app): Data<&App>,
) -> Response {
    take(app, &token, request.uri().query().unwrap_or_default().as_bytes()).await
}

/// A notification by POST: the names stand in the body.
#[handler]
pub(crate) async fn by_body(
    request: &Request,
    Path(token): Path<String>,
    body: Body,
    Data(app): Data<&App>,
) -> Result<Response, ApiError> {
    let raw = limits::read(limits::announced(request), body, limits::BODY).await?;
    Ok(take(app, &token, &raw).await)
}

async fn take(app: &App, token: &str, raw: &[u8]) -> Response {
    let kept = app.ratiba.receive_payment_notice(Rail::Card, token, raw).await;
    match &kept {
        Ok(receipt) => tracing::info!(?receipt, "took a payment notification"),
        Err(error) => {
            let error = error as &dyn std::error::Error;
            tracing::error!(error, "a payment notification could not be kept");
        }
    }
    let answer: Value = acknowledgement(raw, kept.is_ok());
    Json(answer).into_response()
}

/// The browser is back from the page. What it says is one more hint, and a failure to keep it is no matter for the payer.
#[handler]
pub(crate) async fn back(
    request: &Request,
    Path(token): Path<String>,
    Data(app): Data<&App>,
) -> Response {
    let query = request.uri().query().unwrap_or_default();
    if !query.is_empty()
        && let Err(error) =
            app.ratiba.receive_payment_callback(Rail::Card, &token, query.as_bytes()).await
    {
        let error = &error as &dyn std::error::Error;
        tracing::warn!(error, "a browser's return could not be kept");
    }
    let mut page = BACK.into_response();
    page.set_status(StatusCode::OK);
    // The token in the address is nobody else's business.
    page.headers_mut()
        .insert(header::REFERRER_POLICY, header::HeaderValue::from_static("no-referrer"));
    page
}
