//! `GET /api/v1/admin/{slug}/catalogue.csv`: all services as CSV.

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::PlainText;
use ratiba_core::catalogue::export::export;

use crate::api::Tag;
use crate::api::auth::Admin;
use crate::api::body::Table;
use crate::api::tenants::business;
use crate::app::App;
use crate::http::ApiError;

/// The operation.
pub(crate) struct ExportCatalogue;

#[OpenApi]
impl ExportCatalogue {
    /// All services in the form in which they can be imported again.
    #[oai(path = "/admin/:slug/catalogue.csv", method = "get", tag = "Tag::Business")]
    async fn export_catalogue(
        &self,
        admin: Admin,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
    ) -> Result<Table, ApiError> {
        let tenant = admin.tenant(app, &slug).await?;
        let (business, _) = business(app, &tenant).await?;
        Ok(Table::Csv(PlainText(export(&business.catalogue))))
    }
}
