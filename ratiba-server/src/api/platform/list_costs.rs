//! `GET /api/v1/platform/costs`: what models have cost each tenant, with its billable channel messages.

use poem::web::Data;
use poem_openapi::param::Query;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use ratiba_core::ports::spend::SpendBy;
use ratiba_core::tenancy::costs::costs;

use crate::api::Tag;
use crate::api::auth::Operator;
use crate::api::costs::days;
use crate::app::App;
use crate::http::ApiError;

/// One tenant's sums.
#[derive(Debug, Object)]
struct TenantCosts {
    /// The tenant's short name.
    tenant: String,
    /// The first day.
    from: String,
    /// The last day.
    to: String,
    /// Calls of models.
    calls: u64,
    /// What they cost, in millionths of a dollar.
    cost_micro_usd: u64,
    /// Billable channel messages.
    messages: u64,
}

/// What models have cost in all.
#[derive(Debug, Object)]
struct PlatformCosts {
    /// The dearest tenant first; of those that cost the same, in order of their short names.
    tenants: Vec<TenantCosts>,
    /// Calls of models in all.
    calls: u64,
    /// What they cost, in millionths of a dollar.
    total_micro_usd: u64,
    /// Billable channel messages in all.
    messages: u64,
}

/// The operation.
pub(crate) struct ListCosts;

#[OpenApi]
impl ListCosts {
    /// What models have cost each tenant over some days, suspended ones included.
    #[oai(path = "/platform/costs", method = "get", tag = "Tag::Operations")]
    async fn list_costs(
        &self,
        _operator: Operator,
        Data(app): Data<&App>,
        /// The first day, in each tenant's own zone, such as `2026-11-01`; a month before the last one unless given.
        from: Query<Option<String>>,
        /// The last day; today unless given.
        to: Query<Option<String>>,
    ) -> Result<Json<PlatformCosts>, ApiError> {
        let store = app.ratiba.store();
        let tenants = store.tenants().await.map_err(|error| ApiError::from_store(&error))?;
        let now = app.ratiba.now();
        // A query that makes no sense makes none where there is no tenant either.
        days(from.as_deref(), to.as_deref(), now.to_zoned(jiff::tz::TimeZone::UTC).date())?;
        let mut lines = Vec::with_capacity(tenants.len());
        for tenant in tenants {
            let today = now.to_zoned(tenant.zone.clone()).date();
            let days = days(from.as_deref(), to.as_deref(), today)?;
            let own = store.of(tenant.id);
            let costs = costs(own.as_ref(), &tenant, days, SpendBy::Day).await;
            let costs = costs.map_err(|error| ApiError::from_store(&error))?;
            lines.push(TenantCosts {
                tenant: tenant.slug.to_string(),
                from: costs.from.to_string(),
                to: costs.to.to_string(),
                calls: costs.calls,
                cost_micro_usd: costs.total_micro_usd.0,
                messages: costs.messages,
            });
        }
        lines.sort_by(|a, b| {
            b.cost_micro_usd.cmp(&a.cost_micro_usd).then_with(|| a.tenant.cmp(&b.tenant))
        });
        Ok(Json(PlatformCosts {
            calls: lines.iter().map(|line| line.calls).sum(),
            total_micro_usd: lines.iter().map(|line| line.cost_micro_usd).sum(),
            messages: lines.iter().map(|line| line.messages).sum(),
            tenants: lines,
        }))
    }
}
