//! Who may: the operator with the key of the environment, a tenant with one of its own.

use poem::Request;
use poem_openapi::SecurityScheme;
use poem_openapi::auth::Bearer;
use ratiba_core::domain::tenant::Tenant;
use ratiba_core::tenancy::api_key;
use secrecy::{ExposeSecret as _, SecretString};
use subtle::ConstantTimeEq as _;

use super::tenants::find;
use crate::app::App;
use crate::http::{ApiError, Code};

/// The operator: `RATIBA_ADMIN_API_KEY`. Where none is set, nobody is.
#[derive(SecurityScheme)]
#[oai(rename = "operator", ty = "bearer", checker = "operator")]
pub(crate) struct Operator(());

async fn operator(request: &Request, bearer: Bearer) -> poem::Result<()> {
    if is_operator(app(request)?, &bearer.token) {
        Ok(())
    } else {
        Err(ApiError::new(Code::KeyRefused).into())
    }
}

/// A tenant's own programs, with a key of that tenant, or the operator.
#[derive(SecurityScheme)]
#[oai(rename = "tenant", ty = "bearer")]
pub(crate) struct Admin(Bearer);

impl Admin {
    /// The tenant of a path, if the key opens it. Another tenant's name is answered like one that does not exist.
    pub(crate) async fn tenant(&self, app: &App, slug: &str) -> Result<Tenant, ApiError> {
        if is_operator(app, &self.0.token) {
            return find(app, slug).await;
        }
        let hash = api_key::hash(&SecretString::from(self.0.token.clone()));
        let key = app.ratiba.store().api_key(&hash).await;
        let key = key
            .map_err(|error| ApiError::from_store(&error))?
            .ok_or_else(|| ApiError::new(Code::KeyRefused))?;
        match find(app, slug).await? {
            tenant if tenant.id == key.tenant => Ok(tenant),
            _ => Err(ApiError::new(Code::UnknownBusiness)),
        }
    }
}

fn app(request: &Request) -> Result<&App, ApiError> {
    request.data::<App>().ok_or(ApiError::new(Code::Internal))
}

/// Compares in constant time, so that nothing is learnt from how long a wrong key takes.
fn is_operator(app: &App, token: &str) -> bool {
    app.admin_api_key
        .as_ref()
        .is_some_and(|key| key.expose_secret().as_bytes().ct_eq(token.as_bytes()).into())
}
