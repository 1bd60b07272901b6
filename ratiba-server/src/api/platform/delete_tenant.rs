//! `DELETE /api/v1/platform/tenants/{slug}`: removes a tenant and everything that it owns.

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;

use crate::api::Tag;
use crate::api::auth::Operator;
use crate::api::tenants::find;
use crate::api::view::Done;
use crate::app::App;
use crate::http::ApiError;

/// The operation.
pub(crate) struct DeleteTenant;

#[OpenApi]
impl DeleteTenant {
    /// Remove a tenant and everything that it owns, for good.
    #[oai(path = "/platform/tenants/:slug", method = "delete", tag = "Tag::Tenants")]
    async fn delete_tenant(
        &self,
        _operator: Operator,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
    ) -> Result<Json<Done>, ApiError> {
        let tenant = find(app, &slug).await?;
        let done = app.ratiba.store().delete_tenant(tenant.id).await;
        done.map_err(|error| ApiError::from_store(&error))?;
        Ok(Json(Done::YES))
    }
}
