//! `GET /api/v1/platform/tenants`: all tenants.

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::payload::Json;

use crate::api::Tag;
use crate::api::auth::Operator;
use crate::api::view::TenantView;
use crate::app::App;
use crate::http::ApiError;

/// The operation.
pub(crate) struct ListTenants;

#[OpenApi]
impl ListTenants {
    /// All tenants in order of their short names.
    #[oai(path = "/platform/tenants", method = "get", tag = "Tag::Tenants")]
    async fn list_tenants(
        &self,
        _operator: Operator,
        Data(app): Data<&App>,
    ) -> Result<Json<Vec<TenantView>>, ApiError> {
        let tenants = app.ratiba.store().tenants().await;
        let tenants = tenants.map_err(|error| ApiError::from_store(&error))?;
        Ok(Json(tenants.iter().map(TenantView::from).collect()))
    }
}
