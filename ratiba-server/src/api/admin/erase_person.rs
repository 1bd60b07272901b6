//! `DELETE /api/v1/admin/{slug}/people/{phone}`: forgets who a person was.

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::types::Any;
use ratiba_core::domain::phone::Phone;
use ratiba_core::ports::whole::{Erased, ErasureOutcome};
use ratiba_core::tenancy::privacy;

use crate::api::Tag;
use crate::api::auth::Admin;
use crate::app::App;
use crate::http::{ApiError, Code};

/// The operation.
pub(crate) struct ErasePerson;

#[OpenApi]
impl ErasePerson {
    /// Forget who a person was; appointments and payments stay as numbers.
    #[oai(path = "/admin/:slug/people/:phone", method = "delete", tag = "Tag::Privacy")]
    async fn erase_person(
        &self,
        admin: Admin,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
        /// Their phone, as people of the tenant's country write it or with `+`.
        phone: Path<String>,
    ) -> Result<Json<Any<Erased>>, ApiError> {
        let tenant = admin.tenant(app, &slug).await?;
        let phone = Phone::parse(&phone, tenant.country)
            .map_err(|error| ApiError::new(Code::Unfit).detail(error.to_string()))?;
        let store = app.ratiba.store().of(tenant.id);
        let outcome = privacy::erase(store.as_ref(), &phone, app.ratiba.now()).await;
        match outcome.map_err(|error| ApiError::from_store(&error))? {
            None => Err(ApiError::new(Code::Unknown)),
            Some(ErasureOutcome::PaymentOpen) => Err(ApiError::new(Code::PaymentOpen)),
            Some(ErasureOutcome::Erased(erased)) => Ok(Json(Any(erased))),
        }
    }
}
