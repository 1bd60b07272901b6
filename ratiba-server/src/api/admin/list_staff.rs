//! `GET /api/v1/admin/{slug}/staff`: the team.

use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use crate::api::Tag;
use crate::api::auth::Admin;
use crate::api::tenants::business;
use crate::app::App;
use crate::http::ApiError;

/// Somebody of the team.
#[derive(Object)]
struct Member {
    /// Their id.
    id: String,
    /// The name that customers use.
    name: String,
    /// Whether they can be booked now.
    active: bool,
    /// What they do, by English names.
    services: Vec<String>,
}

/// The operation.
pub(crate) struct ListStaff;

#[OpenApi]
impl ListStaff {
    /// The team and what each does.
    #[oai(path = "/admin/:slug/staff", method = "get", tag = "Tag::Business")]
    async fn list_staff(
        &self,
        admin: Admin,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
    ) -> Result<Json<Vec<Member>>, ApiError> {
        let tenant = admin.tenant(app, &slug).await?;
        let (business, _) = business(app, &tenant).await?;
        let services = &business.catalogue.services;
        let team = business.catalogue.staff.iter().map(|staff| Member {
            id: staff.id.to_string(),
            name: staff.name.clone(),
            active: staff.active,
            services: services
                .iter()
                .filter(|service| service.staff.contains(&staff.id))
                .map(|service| service.name.en.clone())
                .collect(),
        });
        Ok(Json(team.collect()))
    }
}
