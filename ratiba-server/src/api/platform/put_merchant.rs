//! `PUT /api/v1/platform/tenants/{slug}/merchants/{rail}`: enters or replaces the credentials of a payment rail.

use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use ratiba_core::ports::payment::Merchant;
use ratiba_core::tenancy::wish;
use secrecy::SecretString;

use crate::api::Tag;
use crate::api::auth::Operator;
use crate::api::tenants::find;
use crate::api::view::Done;
use crate::app::App;
use crate::http::{ApiError, Code};

/// The rail's settings and secrets. They go in and never come out.
#[derive(Object)]
struct Credentials {
    /// A JSON object as text, in the form that the rail's adapter documents.
    credentials: String,
}

/// The operation.
pub(crate) struct PutMerchant;

#[OpenApi]
impl PutMerchant {
    /// Enter or replace the credentials of a payment rail.
    #[oai(path = "/platform/tenants/:slug/merchants/:rail", method = "put", tag = "Tag::Secrets")]
    async fn put_merchant(
        &self,
        _operator: Operator,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
        /// `mpesa` or `card`.
        rail: Path<String>,
        credentials: Json<Credentials>,
    ) -> Result<Json<Done>, ApiError> {
        let tenant = find(app, &slug).await?;
        let unfit = |text: String| ApiError::new(Code::Unfit).detail(text);
        let rail =
            wish::rail(&rail).ok_or_else(|| unfit(format!("`{}` is no payment rail", rail.0)))?;
        let credentials = SecretString::from(credentials.0.credentials);
        if !wish::is_document(&credentials) {
            return Err(unfit("the credentials are no JSON object".to_owned()));
        }
        let merchant = Merchant { tenant: tenant.id, rail, credentials };
        let done = app.ratiba.store().put_merchant(&merchant).await;
        done.map_err(|error| ApiError::from_store(&error))?;
        Ok(Json(Done::YES))
    }
}
