//! `POST /api/v1/admin/{slug}/staff`: somebody new in the team.

use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use ratiba_core::tenancy::edit as edits;

use crate::api::Tag;
use crate::api::auth::Admin;
use crate::api::tenants::edit;
use crate::api::view::Stored;
use crate::app::App;
use crate::http::ApiError;

/// Somebody new.
#[derive(Object)]
struct NewMember {
    /// The name that customers use.
    name: String,
    /// What they do, by name; everything unless given.
    #[oai(default)]
    services: Vec<String>,
}

/// The operation.
pub(crate) struct AddStaff;

#[OpenApi]
impl AddStaff {
    /// Add somebody to the team.
    #[oai(path = "/admin/:slug/staff", method = "post", tag = "Tag::Business")]
    async fn add_staff(
        &self,
        admin: Admin,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
        new: Json<NewMember>,
    ) -> Result<Json<Stored>, ApiError> {
        let tenant = admin.tenant(app, &slug).await?;
        let NewMember { name, services } = new.0;
        let mint = app.ratiba.mint();
        let (_, version) =
            edit(app, &tenant, |business| Ok(edits::add_staff(business, &name, &services, mint)?))
                .await?;
        Ok(Json(Stored::at(version)))
    }
}
