//! `POST /api/v1/admin/{slug}/catalogue`: reads services from CSV as found in the wild. A row without a price stops all of it (422, `RTB-2018`
//! `price_floor_violation`), nothing is written then.

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::{Binary, Json};
use poem_openapi::types::Any;
use ratiba_core::catalogue::csv::read_csv;
use ratiba_core::catalogue::diff::{CommitError, ImportOptions, apply};
use ratiba_core::catalogue::report::ImportReport;
use ratiba_core::catalogue::stage::Staged;

use crate::api::Tag;
use crate::api::auth::Admin;
use crate::api::tenants::edit;
use crate::app::App;
use crate::http::{ApiError, Code};

/// The operation.
pub(crate) struct ImportCatalogue;

#[OpenApi]
impl ImportCatalogue {
    /// Import services from CSV; good rows are kept, bad ones are told with line and reason.
    #[oai(path = "/admin/:slug/catalogue", method = "post", tag = "Tag::Business")]
    async fn import_catalogue(
        &self,
        admin: Admin,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
        /// Compare only; write nothing.
        dry_run: Query<Option<bool>>,
        /// Minutes of new services whose row names no duration.
        default_duration: Query<Option<u32>>,
        /// The file.
        file: Binary<Vec<u8>>,
    ) -> Result<Json<Any<ImportReport>>, ApiError> {
        let tenant = admin.tenant(app, &slug).await?;
        let dry = dry_run.0.unwrap_or(false);
        let unfit = |text: String| ApiError::new(Code::Unfit).detail(text);
        let (report, _) = edit(app, &tenant, |business| {
            let currency = business.tenant.currency;
            let sheet = read_csv(&file.0, currency).map_err(|error| unfit(error.to_string()))?;
            let staged = Staged::from_sheet(sheet, &business.catalogue);
            let options = ImportOptions { currency, default_duration_min: default_duration.0 };
            let applied = apply(&business.catalogue, &staged, &options, app.ratiba.mint());
            let applied = applied.map_err(|error @ CommitError::PriceFloor { .. }| {
                ApiError::new(Code::PriceFloor).detail(error.to_string())
            })?;
            if !dry {
                business.catalogue = applied.catalogue.clone();
            }
            Ok(applied.report(&staged, !dry))
        })
        .await?;
        Ok(Json(Any(report)))
    }
}
