//! `GET /api/v1/admin/{slug}/dials`: how the agent sounds.

use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::types::Any;
use poem_openapi::{Object, OpenApi};
use ratiba_core::domain::dials::{DialOverrides, Dials};

use crate::api::Tag;
use crate::api::auth::Admin;
use crate::api::tenants::business;
use crate::app::App;
use crate::http::ApiError;

/// The dials.
#[derive(Object)]
struct AllDials {
    /// Those in force.
    in_force: Any<Dials>,
    /// Those that the tenant has set itself; the others inherit the default of its vertical.
    own: Any<DialOverrides>,
}

/// The operation.
pub(crate) struct ShowDials;

#[OpenApi]
impl ShowDials {
    /// The dials in force, and which are the tenant's own.
    #[oai(path = "/admin/:slug/dials", method = "get", tag = "Tag::Business")]
    async fn show_dials(
        &self,
        admin: Admin,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
    ) -> Result<Json<AllDials>, ApiError> {
        let tenant = admin.tenant(app, &slug).await?;
        let (business, _) = business(app, &tenant).await?;
        Ok(Json(AllDials { in_force: Any(business.dials()), own: Any(business.dials.clone()) }))
    }
}
