//! The tenant that a path names, and changes of its business document.

use std::sync::Arc;

use ratiba_core::domain::tenant::{Business, Slug, Tenant};
use ratiba_core::tenancy::edit::EditError;

use crate::app::App;
use crate::http::{ApiError, Code};

/// How often an edit is tried again when somebody else stored a version first.
const TRIES: u32 = 3;

/// The tenant of a short name.
pub(crate) async fn find(app: &App, slug: &str) -> Result<Tenant, ApiError> {
    let unknown = ApiError::new(Code::UnknownBusiness);
    let Ok(slug) = slug.parse::<Slug>() else { return Err(unknown) };
    let found = app.ratiba.store().tenant_by_slug(&slug).await;
    found.map_err(|error| ApiError::from_store(&error))?.ok_or(unknown)
}

/// Its newest business document and the version.
pub(crate) async fn business(app: &App, tenant: &Tenant) -> Result<(Arc<Business>, u64), ApiError> {
    let found = app.ratiba.store().of(tenant.id).business().await;
    let found = found.map_err(|error| ApiError::from_store(&error))?;
    let found = found.ok_or(ApiError::new(Code::UnknownBusiness))?;
    Ok((found.business, found.version))
}

/// Stores the next version of the document, as an edit of the newest one. Gives back what the edit gave, and the version.
pub(crate) async fn edit<T>(
    app: &App,
    tenant: &Tenant,
    change: impl Fn(&mut Business) -> Result<T, ApiError>,
) -> Result<(T, u64), ApiError> {
    let store = app.ratiba.store().of(tenant.id);
    for _ in 0..TRIES {
        let (newest, version) = business(app, tenant).await?;
        let mut next = newest.as_ref().clone();
        let outcome = change(&mut next)?;
        if next == *newest {
            return Ok((outcome, version));
        }
        let saved = store.save_business(version, &next, app.ratiba.now()).await;
        if saved.map_err(|error| ApiError::from_store(&error))? {
            return Ok((outcome, version + 1));
        }
    }
    Err(ApiError::new(Code::Conflict))
}

impl From<EditError> for ApiError {
    fn from(error: EditError) -> Self {
        let code = match &error {
            EditError::Unknown { .. } => Code::Unknown,
            EditError::Unfit(_) => Code::Unfit,
        };
        Self::new(code).detail(error.to_string())
    }
}
