//! `GET /api/v1/platform/tenants/{slug}/api-keys`: a tenant's keys, without what opens anything.

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;

use crate::api::Tag;
use crate::api::auth::Operator;
use crate::api::tenants::find;
use crate::api::view::ApiKeyView;
use crate::app::App;
use crate::http::ApiError;

/// The operation.
pub(crate) struct ListApiKeys;

#[OpenApi]
impl ListApiKeys {
    /// A tenant's keys, oldest first.
    #[oai(path = "/platform/tenants/:slug/api-keys", method = "get", tag = "Tag::Secrets")]
    async fn list_api_keys(
        &self,
        _operator: Operator,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
    ) -> Result<Json<Vec<ApiKeyView>>, ApiError> {
        let tenant = find(app, &slug).await?;
        let keys = app.ratiba.store().api_keys(tenant.id).await;
        let keys = keys.map_err(|error| ApiError::from_store(&error))?;
        Ok(Json(keys.iter().map(ApiKeyView::from).collect()))
    }
}
