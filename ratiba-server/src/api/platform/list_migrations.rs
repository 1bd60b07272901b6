//! `GET /api/v1/platform/migrations`: how far the schema of the registry and of every tenant is.

use std::collections::HashMap;

use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use ratiba_core::domain::id::TenantId;

use crate::api::Tag;
use crate::api::auth::Operator;
use crate::app::App;
use crate::http::ApiError;

/// The operation.
pub(crate) struct ListMigrations;

/// How far everything is.
#[derive(Debug, Object)]
struct Migrations {
    /// Whether nothing is pending anywhere.
    up_to_date: bool,
    /// The registry's chain.
    registry: RegistryChain,
    /// Every tenant on the tenants' chain, in order of schema.
    tenants: Vec<TenantChain>,
}

/// The registry's chain.
#[derive(Debug, Object)]
struct RegistryChain {
    /// The last step that was taken, 0 for none.
    at: u32,
    /// Steps that were not.
    pending: Vec<String>,
}

/// A tenant on the tenants' chain.
#[derive(Debug, Object)]
struct TenantChain {
    /// The tenant's short name; missing while the registry can't be asked.
    #[oai(skip_serializing_if_is_none)]
    slug: Option<String>,
    /// The tenant's id.
    tenant: String,
    /// Where its tables are.
    schema: String,
    /// The last step that was taken, 0 for none.
    at: u32,
    /// The last step that there is.
    newest: u32,
    /// Steps that were not taken.
    pending: Vec<String>,
}

#[OpenApi]
impl ListMigrations {
    /// How far the schema of the registry and of every tenant is, as `ratiba migrate --status` shows. What is pending is taken by `ratiba migrate`.
    #[oai(path = "/platform/migrations", method = "get", tag = "Tag::Operations")]
    async fn list_migrations(
        &self,
        _operator: Operator,
        Data(app): Data<&App>,
    ) -> Result<Json<Migrations>, ApiError> {
        let plan = app.schema.0.plan().await.map_err(|error| ApiError::from_store(&error))?;
        // A registry that is behind may not be able to list its tenants; how far it is can be told all the same.
        let slugs: HashMap<TenantId, String> = match app.ratiba.store().tenants().await {
            Ok(tenants) => tenants.into_iter().map(|it| (it.id, it.slug.to_string())).collect(),
            Err(_) if !plan.registry.is_empty() => HashMap::new(),
            Err(error) => return Err(ApiError::from_store(&error)),
        };
        let up_to_date = plan.is_empty();
        let newest = plan.newest;
        let tenants = plan.tenants.into_iter().map(|one| TenantChain {
            slug: slugs.get(&one.tenant).cloned(),
            tenant: one.tenant.to_string(),
            schema: one.schema,
            at: one.at,
            newest,
            pending: one.steps,
        });
        let registry = RegistryChain { at: plan.registry_at, pending: plan.registry };
        Ok(Json(Migrations { up_to_date, registry, tenants: tenants.collect() }))
    }
}
