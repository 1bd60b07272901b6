//! `POST /api/v1/webhooks/africastalking/delivery/{token}`: what became of texts.
//!
//! Reports are not signed: the token in the path is the proof, and one that is nobody's is 404. What can't be read is kept for the operator
//! and answered 200, since nobody would send it better.

use poem::http::StatusCode;
use poem::web::{Data, Path};
use poem::{Body, Request, handler};
use ratiba_core::ReceiveError;

use super::meta::refused;
use crate::app::App;
use crate::http::{ApiError, Code, limits};

/// Takes a delivery report.
#[handler]
pub(crate) async fn delivery(
    request: &Request,
    Path(token): Path<String>,
    body: Body,
    Data(app): Data<&App>,
) -> Result<StatusCode, ApiError> {
    let raw = limits::read(limits::announced(request), body, limits::BODY).await?;
    let receipt =
        app.ratiba.receive_sms_report(&token, &raw).await.map_err(|error| match error {
            ReceiveError::UnknownAccount => ApiError::new(Code::NotFound),
            other => refused(&other),
        })?;
    tracing::info!(?receipt, "took a delivery report");
    Ok(StatusCode::OK)
}
