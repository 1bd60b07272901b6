//! `GET /api/v1/admin/{slug}/failed-deliveries/{id}`: one message that did not arrive, with its words.

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use ratiba_core::domain::id::OutboxId;

use crate::api::Tag;
use crate::api::auth::Admin;
use crate::api::undelivered::UndeliveredView;
use crate::app::App;
use crate::http::{ApiError, Code};

/// The operation.
pub(crate) struct ShowFailedDelivery;

#[OpenApi]
impl ShowFailedDelivery {
    /// One message that did not arrive, with its words.
    #[oai(path = "/admin/:slug/failed-deliveries/:id", method = "get", tag = "Tag::DeadLetters")]
    async fn show_failed_delivery(
        &self,
        admin: Admin,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
        /// The message's id.
        id: Path<String>,
    ) -> Result<Json<UndeliveredView>, ApiError> {
        let tenant = admin.tenant(app, &slug).await?;
        let unknown = ApiError::new(Code::Unknown);
        let Ok(id) = id.parse::<OutboxId>() else { return Err(unknown) };
        let found = app.ratiba.failed_delivery(tenant.id, id).await;
        let found = found.map_err(|error| ApiError::from_store(&error))?;
        let (seen, words) = found.ok_or(unknown)?;
        Ok(Json(UndeliveredView::whole(seen, words)))
    }
}
