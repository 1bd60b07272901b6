//! `POST /api/v1/platform/tenants/{slug}/api-keys`: makes a key to the tenant's admin API and shows it once.

use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};
use ratiba_core::adapters::system::OsEntropy;
use ratiba_core::ports::api_keys::ApiKey;
use ratiba_core::ports::clock::Entropy as _;
use ratiba_core::tenancy::api_key;
use secrecy::ExposeSecret as _;

use crate::api::Tag;
use crate::api::auth::Operator;
use crate::api::tenants::find;
use crate::app::App;
use crate::http::ApiError;

/// A key to be made.
#[derive(Object)]
struct NewKey {
    /// What it is for.
    label: String,
}

/// A key, this once.
#[derive(Object)]
struct Key {
    /// Its id, by which it can be taken away.
    id: String,
    /// What opens the admin API. Only a hash of it is kept.
    key: String,
}

/// The key is made.
#[derive(ApiResponse)]
enum Made {
    /// Keep it: it is not shown again.
    #[oai(status = 201)]
    Key(Json<Key>),
}

/// The operation.
pub(crate) struct CreateApiKey;

#[OpenApi]
impl CreateApiKey {
    /// Make a key to the tenant's admin API.
    #[oai(path = "/platform/tenants/:slug/api-keys", method = "post", tag = "Tag::Secrets")]
    async fn create_api_key(
        &self,
        _operator: Operator,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
        new: Json<NewKey>,
    ) -> Result<Made, ApiError> {
        let tenant = find(app, &slug).await?;
        let secret = api_key::make(OsEntropy.secret());
        let key = ApiKey {
            id: app.ratiba.mint().id(0),
            tenant: tenant.id,
            label: new.0.label,
            created_at: app.ratiba.now(),
        };
        let done = app.ratiba.store().put_api_key(&key, &api_key::hash(&secret)).await;
        done.map_err(|error| ApiError::from_store(&error))?;
        Ok(Made::Key(Json(Key { id: key.id.to_string(), key: secret.expose_secret().to_owned() })))
    }
}
