//! `PUT /api/v1/admin/{slug}/catalogue`: rows that somebody has reviewed become services, all of them or none. A row without a price above zero
//! is refused (422, `RTB-2018` `price_floor_violation`): a price is never made up.

use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::types::Any;
use poem_openapi::{Object, OpenApi};
use ratiba_core::catalogue::diff::{CommitError, ImportOptions, apply};
use ratiba_core::catalogue::report::ImportReport;
use ratiba_core::catalogue::rows::{Cell, Row};
use ratiba_core::catalogue::stage::Staged;

use crate::api::Tag;
use crate::api::auth::Admin;
use crate::api::tenants::edit;
use crate::app::App;
use crate::http::{ApiError, Code};

/// A service as it was reviewed.
#[derive(Object)]
struct Reviewed {
    /// Its name.
    name: String,
    /// Its name in Swahili.
    name_sw: Option<String>,
    /// The heading to list it under.
    category: Option<String>,
    /// Length in minutes; a new service without one waits and is not made.
    duration_min: Option<u32>,
    /// The price in minor units of the tenant's currency.
    price_minor: Option<i64>,
    /// One sentence for the curious.
    description: Option<String>,
}

impl Reviewed {
    /// As a row of an import; a person has looked at it, so every cell is certain.
    fn into_row(self, line: usize) -> Row {
        Row {
            line,
            id: None,
            name: Cell::of(Some(self.name), 1.0),
            name_sw: Cell::of(self.name_sw, 1.0),
            category: Cell::of(self.category, 1.0),
            duration_min: Cell::of(self.duration_min, 1.0),
            price_minor: Cell::of(self.price_minor, 1.0),
            description: Cell::of(self.description, 1.0),
        }
    }
}

/// The operation.
pub(crate) struct CommitCatalogue;

#[OpenApi]
impl CommitCatalogue {
    /// Commit reviewed services, all or none.
    #[oai(path = "/admin/:slug/catalogue", method = "put", tag = "Tag::Business")]
    async fn commit_catalogue(
        &self,
        admin: Admin,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
        rows: Json<Vec<Reviewed>>,
    ) -> Result<Json<Any<ImportReport>>, ApiError> {
        let tenant = admin.tenant(app, &slug).await?;
        let rows: Vec<_> =
            rows.0.into_iter().zip(1..).map(|(row, line)| row.into_row(line)).collect();
        let (report, _) = edit(app, &tenant, |business| {
            let staged = Staged::from_rows(rows.clone(), &business.catalogue);
            let currency = business.tenant.currency;
            let options = ImportOptions { currency, default_duration_min: None };
            let applied = apply(&business.catalogue, &staged, &options, app.ratiba.mint());
            let applied = applied.map_err(|error @ CommitError::PriceFloor { .. }| {
                ApiError::new(Code::PriceFloor).detail(error.to_string())
            })?;
            business.catalogue = applied.catalogue.clone();
            Ok(applied.report(&staged, true))
        })
        .await?;
        Ok(Json(Any(report)))
    }
}
