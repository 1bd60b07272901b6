//! `DELETE /api/v1/admin/{slug}/staff/{name}`: takes somebody off the team; what is booked stays booked.

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use ratiba_core::tenancy::edit as edits;

use crate::api::Tag;
use crate::api::auth::Admin;
use crate::api::tenants::edit;
use crate::api::view::Stored;
use crate::app::App;
use crate::http::ApiError;

/// The operation.
pub(crate) struct RemoveStaff;

#[OpenApi]
impl RemoveStaff {
    /// Take somebody off the team.
    #[oai(path = "/admin/:slug/staff/:name", method = "delete", tag = "Tag::Business")]
    async fn remove_staff(
        &self,
        admin: Admin,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
        /// Their name.
        name: Path<String>,
    ) -> Result<Json<Stored>, ApiError> {
        let tenant = admin.tenant(app, &slug).await?;
        let (_, version) =
            edit(app, &tenant, |business| Ok(edits::remove_staff(business, &name)?)).await?;
        Ok(Json(Stored::at(version)))
    }
}
