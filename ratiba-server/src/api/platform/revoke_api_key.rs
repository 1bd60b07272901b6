//! `DELETE /api/v1/platform/tenants/{slug}/api-keys/{id}`: takes a key away.

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use ratiba_core::domain::id::ApiKeyId;

use crate::api::Tag;
use crate::api::auth::Operator;
use crate::api::tenants::find;
use crate::api::view::Done;
use crate::app::App;
use crate::http::{ApiError, Code};

/// The operation.
pub(crate) struct RevokeApiKey;

#[OpenApi]
impl RevokeApiKey {
    /// Take a key away; it opens nothing from then on.
    #[oai(path = "/platform/tenants/:slug/api-keys/:id", method = "delete", tag = "Tag::Secrets")]
    async fn revoke_api_key(
        &self,
        _operator: Operator,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
        /// The key's id.
        id: Path<String>,
    ) -> Result<Json<Done>, ApiError> {
        let tenant = find(app, &slug).await?;
        let unknown = ApiError::new(Code::Unknown);
        let Ok(id) = id.parse::<ApiKeyId>() else { return Err(unknown) };
        let done = app.ratiba.store().delete_api_key(tenant.id, id).await;
        if done.map_err(|error| ApiError::from_store(&error))? {
            Ok(Json(Done::YES))
        } else {
            Err(unknown)
        }
    }
}
