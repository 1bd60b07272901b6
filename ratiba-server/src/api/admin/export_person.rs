//! `GET /api/v1/admin/{slug}/people/{phone}`: everything that is stored about a person.

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::types::Any;
use ratiba_core::domain::phone::Phone;
use ratiba_core::tenancy::privacy::{self, PersonalData};

use crate::api::Tag;
use crate::api::auth::Admin;
use crate::app::App;
use crate::http::{ApiError, Code};

/// The operation.
pub(crate) struct ExportPerson;

#[OpenApi]
impl ExportPerson {
    /// Everything that is stored about whoever has proven that phone.
    #[oai(path = "/admin/:slug/people/:phone", method = "get", tag = "Tag::Privacy")]
    async fn export_person(
        &self,
        admin: Admin,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
        /// Their phone, as people of the tenant's country write it or with `+`.
        phone: Path<String>,
    ) -> Result<Json<Any<PersonalData>>, ApiError> {
        let tenant = admin.tenant(app, &slug).await?;
        let phone = Phone::parse(&phone, tenant.country)
            .map_err(|error| ApiError::new(Code::Unfit).detail(error.to_string()))?;
        let store = app.ratiba.store().of(tenant.id);
        let data = privacy::export(store.as_ref(), &phone).await;
        let data = data.map_err(|error| ApiError::from_store(&error))?;
        if data.tables.is_empty() {
            return Err(ApiError::new(Code::Unknown));
        }
        Ok(Json(Any(data)))
    }
}
