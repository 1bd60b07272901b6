//! `PUT /api/v1/admin/{slug}/dials/{dial}`: sets a dial or lets it inherit again.

use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::types::Any;
use poem_openapi::{Object, OpenApi};
use ratiba_core::tenancy::edit as edits;
use serde_json::Value;

use crate::api::Tag;
use crate::api::auth::Admin;
use crate::api::tenants::edit;
use crate::api::view::Stored;
use crate::app::App;
use crate::http::ApiError;

/// A dial's value.
#[derive(Object)]
struct Setting {
    /// One of the dial's values; `null` inherits the default of the vertical again.
    value: Any<Value>,
}

/// The operation.
pub(crate) struct SetDial;

#[OpenApi]
impl SetDial {
    /// Set a dial.
    #[oai(path = "/admin/:slug/dials/:dial", method = "put", tag = "Tag::Business")]
    async fn set_dial(
        &self,
        admin: Admin,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
        /// The dial: `tone`, `greeting`, …
        dial: Path<String>,
        setting: Json<Setting>,
    ) -> Result<Json<Stored>, ApiError> {
        let tenant = admin.tenant(app, &slug).await?;
        let ((), version) = edit(app, &tenant, |business| {
            Ok(edits::set_dial(business, &dial, setting.0.value.0.clone())?)
        })
        .await?;
        Ok(Json(Stored::at(version)))
    }
}
