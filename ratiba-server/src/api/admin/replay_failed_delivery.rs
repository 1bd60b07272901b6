//! `POST /api/v1/admin/{slug}/failed-deliveries/{id}/replay`: sends a message again that did not arrive.

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use ratiba_core::EngineError;
use ratiba_core::domain::id::OutboxId;

use crate::api::Tag;
use crate::api::auth::Admin;
use crate::api::undelivered::Replay;
use crate::app::App;
use crate::http::{ApiError, Code};

/// The operation.
pub(crate) struct ReplayFailedDelivery;

#[OpenApi]
impl ReplayFailedDelivery {
    /// Send a message again by the way that is open now, and settle it; however often this is asked, it is sent once.
    #[oai(
        path = "/admin/:slug/failed-deliveries/:id/replay",
        method = "post",
        tag = "Tag::DeadLetters"
    )]
    async fn replay_failed_delivery(
        &self,
        admin: Admin,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
        /// The message's id.
        id: Path<String>,
    ) -> Result<Json<Replay>, ApiError> {
        let tenant = admin.tenant(app, &slug).await?;
        let unknown = ApiError::new(Code::Unknown);
        let Ok(id) = id.parse::<OutboxId>() else { return Err(unknown) };
        let replayed = app.ratiba.replay_delivery(tenant.id, id).await;
        let replayed = replayed.map_err(|error| match error {
            EngineError::Store(error) => ApiError::from_store(&error),
            error => {
                tracing::error!(%error, outbox.id = %id, "a message could not be sent again");
                ApiError::new(Code::Internal)
            }
        })?;
        replayed.map(|outcome| Json(outcome.into())).ok_or(unknown)
    }
}
