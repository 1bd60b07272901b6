//! `POST /api/v1/admin/{slug}/failed-deliveries/{id}/dismiss`: marks a message that did not arrive as seen to, and keeps why.

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use ratiba_core::domain::id::OutboxId;

use crate::api::Tag;
use crate::api::auth::Admin;
use crate::api::undelivered::{Dismissal, dismissed};
use crate::api::view::Done;
use crate::app::App;
use crate::http::{ApiError, Code};

/// The operation.
pub(crate) struct DismissFailedDelivery;

#[OpenApi]
impl DismissFailedDelivery {
    /// Mark a message that did not arrive as seen to without sending it again.
    #[oai(
        path = "/admin/:slug/failed-deliveries/:id/dismiss",
        method = "post",
        tag = "Tag::DeadLetters"
    )]
    async fn dismiss_failed_delivery(
        &self,
        admin: Admin,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
        /// The message's id.
        id: Path<String>,
        why: Json<Dismissal>,
    ) -> Result<Json<Done>, ApiError> {
        let tenant = admin.tenant(app, &slug).await?;
        let Ok(id) = id.parse::<OutboxId>() else { return Err(ApiError::new(Code::Unknown)) };
        let done = app.ratiba.dismiss_delivery(tenant.id, id, &why.0.reason).await;
        dismissed(done.map_err(|error| ApiError::from_store(&error))?)
    }
}
