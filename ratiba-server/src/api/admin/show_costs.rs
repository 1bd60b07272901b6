//! `GET /api/v1/admin/{slug}/costs`: what models have cost, with the billable channel messages beside it.

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use ratiba_core::tenancy::costs::costs;

use crate::api::Tag;
use crate::api::auth::Admin;
use crate::api::costs::{CostsBy, CostsView, days};
use crate::app::App;
use crate::http::ApiError;

/// The operation.
pub(crate) struct ShowCosts;

#[OpenApi]
impl ShowCosts {
    /// What models have cost over some days, by role, booking or day, as `ratiba costs` shows it.
    #[oai(path = "/admin/:slug/costs", method = "get", tag = "Tag::Days")]
    async fn show_costs(
        &self,
        admin: Admin,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
        /// The first day in the tenant's zone, such as `2026-11-01`; a month before the last one unless given.
        from: Query<Option<String>>,
        /// The last day; today unless given.
        to: Query<Option<String>>,
        /// How the sums are cut; by role unless given.
        by: Query<Option<CostsBy>>,
    ) -> Result<Json<CostsView>, ApiError> {
        let tenant = admin.tenant(app, &slug).await?;
        let today = app.ratiba.now().to_zoned(tenant.zone.clone()).date();
        let days = days(from.as_deref(), to.as_deref(), today)?;
        let by = by.unwrap_or(CostsBy::Role).into();
        let store = app.ratiba.store().of(tenant.id);
        let costs = costs(store.as_ref(), &tenant, days, by).await;
        let costs = costs.map_err(|error| ApiError::from_store(&error))?;
        Ok(Json(CostsView::new(tenant.slug.to_string(), costs)))
    }
}
