//! `POST /api/v1/webhooks/daraja/{stk,refund,refund-timeout}/{token}`: what Safaricom tells about a payment.
//!
//! Daraja sends a callback once and signs nothing: the token in the path is the proof, and whatever arrives is stored before it is
//! answered. The answer is 200 also for a token that nobody knows (it is kept for the operator), so that guessing teaches nothing. Where
//! `DARAJA_CALLBACK_SOURCES` is set, an address that is not in it gets 403.

use poem::web::{Data, Json, Path};
use poem::{Body, Request, handler};
use ratiba_core::domain::tenant::Rail;
use serde::Serialize;

use super::meta::refused;
use crate::app::App;
use crate::http::{ApiError, limits};

/// What Daraja wants to read.
#[derive(Debug, Serialize)]
pub(crate) struct Taken {
    #[serde(rename = "ResultCode")]
    code: u8,
    #[serde(rename = "ResultDesc")]
    text: &'static str,
}

const TAKEN: Taken = Taken { code: 0, text: "Accepted" };

/// The result of asking for money.
#[handler]
pub(crate) async fn stk(
    request: &Request,
    Path(token): Path<String>,
    body: Body,
    Data(app): Data<&App>,
) -> Result<Json<Taken>, ApiError> {
    app.daraja_sources.admit(request)?;
    let raw = limits::read(limits::announced(request), body, limits::BODY).await?;
    let receipt = app
        .ratiba
        .receive_payment_callback(Rail::Mpesa, &token, &raw)
        .await
        .map_err(|error| refused(&error))?;
    tracing::info!(?receipt, "took a payment callback");
    Ok(Json(TAKEN))
}

/// The result of giving money back.
#[handler]
pub(crate) async fn refund(
    request: &Request,
    Path(token): Path<String>,
    body: Body,
    Data(app): Data<&App>,
) -> Result<Json<Taken>, ApiError> {
    app.daraja_sources.admit(request)?;
    let raw = limits::read(limits::announced(request), body, limits::BODY).await?;
    let receipt = app
        .ratiba
        .receive_refund_callback(Rail::Mpesa, &token, &raw)
        .await
        .map_err(|error| refused(&error))?;
    tracing::info!(?receipt, "took a refund callback");
    Ok(Json(TAKEN))
}

/// Daraja gave up giving money back in time: that means unknown, never failed, so nothing changes and a person finds it open.
#[handler]
pub(crate) async fn refund_timeout(
    request: &Request,
    body: Body,
    Data(app): Data<&App>,
) -> Result<Json<Taken>, ApiError> {
    app.daraja_sources.admit(request)?;
    limits::read(limits::announced(request), body, limits::BODY).await?;
    metrics::counter!("ratiba_refund_timeouts_total").increment(1);
    tracing::warn!("the provider gave up on a refund in time, its end is unknown");
    Ok(Json(TAKEN))
}
