//! `GET /api/v1/admin/{slug}/failed-deliveries`: messages that did not arrive.

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

use crate::api::Tag;
use crate::api::auth::Admin;
use crate::api::undelivered::UndeliveredView;
use crate::app::App;
use crate::http::ApiError;

/// Messages given at once unless asked otherwise, and at most.
const USUAL: u32 = 100;
const MOST: u32 = 1_000;

/// The operation.
pub(crate) struct ListFailedDeliveries;

#[OpenApi]
impl ListFailedDeliveries {
    /// Messages that did not arrive and that nobody has seen to, newest first; or the last that were seen to. Without their words.
    #[oai(path = "/admin/:slug/failed-deliveries", method = "get", tag = "Tag::DeadLetters")]
    async fn list_failed_deliveries(
        &self,
        admin: Admin,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
        /// Only what failed with this code, such as `131042` or `expired`.
        code: Query<Option<String>>,
        /// How many; 100 unless given, 1000 at most.
        limit: Query<Option<u32>>,
        /// What was sent again, went another way or was dismissed.
        settled: Query<Option<bool>>,
    ) -> Result<Json<Vec<UndeliveredView>>, ApiError> {
        let tenant = admin.tenant(app, &slug).await?;
        let (settled, limit) = (settled.0 == Some(true), limit.0.unwrap_or(USUAL).min(MOST));
        let found =
            app.ratiba.failed_deliveries(tenant.id, settled, code.0.as_deref(), limit).await;
        let found = found.map_err(|error| ApiError::from_store(&error))?;
        Ok(Json(found.into_iter().map(UndeliveredView::line).collect()))
    }
}
