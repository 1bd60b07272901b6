//! `GET /api/v1/admin/{slug}/business`: the whole business document.

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::types::Any;
use ratiba_core::domain::tenant::Business;

use crate::api::Tag;
use crate::api::auth::Admin;
use crate::api::tenants::business;
use crate::app::App;
use crate::http::ApiError;

/// The operation.
pub(crate) struct ShowBusiness;

#[OpenApi]
impl ShowBusiness {
    /// Rules, catalogue, team, hours and dials as one document.
    #[oai(path = "/admin/:slug/business", method = "get", tag = "Tag::Business")]
    async fn show_business(
        &self,
        admin: Admin,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
    ) -> Result<Json<Any<Business>>, ApiError> {
        let tenant = admin.tenant(app, &slug).await?;
        let (business, _) = business(app, &tenant).await?;
        Ok(Json(Any(business.as_ref().clone())))
    }
}
