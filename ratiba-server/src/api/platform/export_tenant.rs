//! `GET /api/v1/platform/tenants/{slug}/export`: all data of a tenant in one archive. It is made within the time limit of a request; the terminal
//! (`ratiba tenant export`) has none.

use poem::Body;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::{Attachment, AttachmentType};
use ratiba_core::tenancy::export::{ExportError, export};

use crate::api::Tag;
use crate::api::auth::Operator;
use crate::api::body::Archive;
use crate::api::spool::Spool;
use crate::api::tenants::find;
use crate::app::App;
use crate::http::error::Chain;
use crate::http::{ApiError, Code};

/// The operation.
pub(crate) struct ExportTenant;

#[OpenApi]
impl ExportTenant {
    /// All data of a tenant in one archive, without secrets.
    #[oai(path = "/platform/tenants/:slug/export", method = "get", tag = "Tag::Tenants")]
    async fn export_tenant(
        &self,
        _operator: Operator,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
    ) -> Result<Archive, ApiError> {
        let tenant = find(app, &slug).await?;
        let failed = |error: &(dyn std::error::Error + 'static)| {
            tracing::error!(error = %Chain(error), "an export failed");
            ApiError::new(Code::Internal)
        };
        let spool = Spool::open().map_err(|error| failed(&error))?;
        let store = app.ratiba.store().of(tenant.id);
        let file = spool.file().map_err(|error| failed(&error))?;
        match export(store.as_ref(), &tenant.slug, app.ratiba.now(), file).await {
            Ok(_) => {}
            Err(ExportError::Store(error)) => return Err(ApiError::from_store(&error)),
            Err(error @ ExportError::Write(_)) => return Err(failed(&error)),
        }
        let whole = spool.into_reader().map_err(|error| failed(&error))?;
        let body = Body::from_async_read(whole);
        let file = Attachment::new(body)
            .attachment_type(AttachmentType::Attachment)
            .filename(format!("{}.tar.gz", tenant.slug));
        Ok(Archive::Whole(file))
    }
}
