//! `GET, POST /api/v1/webhooks/{whatsapp,instagram,messenger}`: Meta's verification and events.
//!
//! What can be verified is stored and answered with 200, also when it is for nobody or can't be read (it is quarantined then). Only a
//! missing (401) or wrong (403) signature and a failing database (503, Meta tries again) are refused.

use poem::http::StatusCode;
use poem::web::{Data, Path};
use poem::{Body, Request, Response, handler};
use ratiba_core::ReceiveError;
use ratiba_core::domain::channel::ChannelKind;
use ratiba_core::ports::channel::SignatureError;

use crate::app::App;
use crate::http::error::Chain;
use crate::http::{ApiError, Code, limits};

/// The header that carries the signature over the raw body.
const SIGNATURE: &str = "x-hub-signature-256";

/// Echoes the challenge when the verify token is ours.
#[handler]
pub(crate) fn challenge(
    request: &Request,
    Path(channel): Path<String>,
    Data(app): Data<&App>,
) -> Result<Response, ApiError> {
    let channel = served(app, &channel)?;
    let query: Vec<(String, String)> =
        request.params().map_err(|_| ApiError::new(Code::BadRequest))?;
    let echo =
        app.ratiba.challenge(channel, &query).ok_or(ApiError::new(Code::ChallengeRefused))?;
    Ok(Response::builder().content_type("text/plain; charset=utf-8").body(echo))
}

/// Takes events.
#[handler]
pub(crate) async fn receive(
    request: &Request,
    Path(channel): Path<String>,
    body: Body,
    Data(app): Data<&App>,
) -> Result<StatusCode, ApiError> {
    let channel = served(app, &channel)?;
    let raw = limits::read(limits::announced(request), body, limits::WEBHOOK_BODY).await?;
    let signature = request.header(SIGNATURE);
    let receipt = app
        .ratiba
        .receive_webhook(channel, signature, &raw)
        .await
        .map_err(|error| refused(&error))?;
    tracing::info!(
        channel = channel.as_str(),
        accepted = receipt.accepted,
        duplicates = receipt.duplicates,
        statuses = receipt.statuses,
        quarantined = receipt.quarantined,
        ignored = receipt.ignored,
        "took a webhook"
    );
    Ok(StatusCode::OK)
}

/// The channel of the path, where this deployment serves it.
fn served(app: &App, name: &str) -> Result<ChannelKind, ApiError> {
    match ChannelKind::from_name(name) {
        Some(
            channel @ (ChannelKind::Whatsapp | ChannelKind::Instagram | ChannelKind::Messenger),
        ) if app.channels.contains(&channel) => Ok(channel),
        Some(ChannelKind::Whatsapp | ChannelKind::Instagram | ChannelKind::Messenger) => {
            Err(ApiError::new(Code::ChannelNotServed))
        }
        _ => Err(ApiError::new(Code::NotFound)),
    }
}

/// Why something that came in was not taken, as its sender sees it.
pub(crate) fn refused(error: &ReceiveError) -> ApiError {
    match error {
        ReceiveError::Signature(SignatureError::Missing) => ApiError::new(Code::SignatureMissing),
        ReceiveError::Signature(SignatureError::Wrong) => ApiError::new(Code::SignatureWrong),
        ReceiveError::NotSetUp(_) => ApiError::new(Code::ChannelNotServed),
        ReceiveError::UnknownAccount => ApiError::new(Code::UnknownBusiness),
        ReceiveError::Store(error) => ApiError::from_store(error),
        other => {
            tracing::error!(error = %Chain(other), "something that came in was not taken");
            ApiError::new(Code::Internal)
        }
    }
}
