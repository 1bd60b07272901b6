//! `GET /api/v1/platform/tenants/{slug}`: one tenant.

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;

use crate::api::Tag;
use crate::api::auth::Operator;
use crate::api::tenants::find;
use crate::api::view::TenantView;
use crate::app::App;
use crate::http::ApiError;

/// The operation.
pub(crate) struct ShowTenant;

#[OpenApi]
impl ShowTenant {
    /// One tenant.
    #[oai(path = "/platform/tenants/:slug", method = "get", tag = "Tag::Tenants")]
    async fn show_tenant(
        &self,
        _operator: Operator,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
    ) -> Result<Json<TenantView>, ApiError> {
        Ok(Json(TenantView::from(&find(app, &slug).await?)))
    }
}
