//! `POST /api/v1/platform/tenants/{slug}/suspend`: stop serving a tenant: its messages are stored and not answered.

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use ratiba_core::domain::tenant::{Tenant, TenantStatus};

use crate::api::Tag;
use crate::api::auth::Operator;
use crate::api::tenants::find;
use crate::api::view::TenantView;
use crate::app::App;
use crate::http::ApiError;

/// The operation.
pub(crate) struct SuspendTenant;

#[OpenApi]
impl SuspendTenant {
    /// Stop serving a tenant: its messages are stored and not answered.
    #[oai(path = "/platform/tenants/:slug/suspend", method = "post", tag = "Tag::Tenants")]
    async fn suspend_tenant(
        &self,
        _operator: Operator,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
    ) -> Result<Json<TenantView>, ApiError> {
        let tenant = find(app, &slug).await?;
        let status = TenantStatus::Suspended;
        let done = app.ratiba.store().set_status(tenant.id, status).await;
        done.map_err(|error| ApiError::from_store(&error))?;
        Ok(Json(TenantView::from(&Tenant { status, ..tenant })))
    }
}
