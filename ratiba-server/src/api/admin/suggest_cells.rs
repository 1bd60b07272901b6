//! `POST /api/v1/admin/{slug}/catalogue/suggestions`: what a price list lacks, as a model would fill it in. Nothing is stored, and no price is
//! ever suggested.

use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use ratiba_core::models::gaps::{Known, MOST_ROWS, Suggested, rows_of};

use crate::api::Tag;
use crate::api::auth::Admin;
use crate::api::tenants::business;
use crate::app::App;
use crate::http::{ApiError, Code};

/// A row as it was read or typed.
#[derive(Object)]
struct StagedRow {
    /// Its name.
    name: String,
    /// Its name in Swahili.
    name_sw: Option<String>,
    /// Length in minutes.
    duration_min: Option<u32>,
    /// One sentence for the curious.
    description: Option<String>,
}

/// What is suggested for a row; only what it lacks.
#[derive(Object)]
struct Suggestion {
    /// The row's name.
    name: String,
    /// Its name in Swahili.
    name_sw: Option<String>,
    /// Length in minutes.
    duration_min: Option<u32>,
    /// One sentence for the curious.
    description: Option<String>,
}

/// The operation.
pub(crate) struct SuggestCells;

#[OpenApi]
impl SuggestCells {
    /// Suggest lengths, Swahili names and descriptions for rows that lack them, at most 40 at once; without rows for the services that there are.
    #[oai(path = "/admin/:slug/catalogue/suggestions", method = "post", tag = "Tag::Business")]
    async fn suggest_cells(
        &self,
        admin: Admin,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
        rows: Json<Vec<StagedRow>>,
    ) -> Result<Json<Vec<Suggestion>>, ApiError> {
        let tenant = admin.tenant(app, &slug).await?;
        if rows.0.len() > MOST_ROWS {
            return Err(ApiError::new(Code::Unfit).detail(format!("at most {MOST_ROWS} rows")));
        }
        let rows: Vec<Known> = if rows.0.is_empty() {
            let (business, _) = business(app, &tenant).await?;
            rows_of(&business).into_iter().filter(Known::lacks).collect()
        } else {
            rows.0.into_iter().map(known).collect()
        };
        let suggested = app.ratiba.suggest_cells(tenant.id, &rows).await;
        let suggested = suggested.map_err(|_| ApiError::new(Code::StoreUnavailable))?;
        let shown = |s: Suggested| Suggestion {
            name: rows[s.row].name.clone(),
            name_sw: s.name_sw,
            duration_min: s.duration_min,
            description: s.description,
        };
        Ok(Json(suggested.into_iter().map(shown).collect()))
    }
}

fn known(row: StagedRow) -> Known {
    Known {
        name: row.name,
        name_sw: row.name_sw,
        duration_min: row.duration_min,
        description: row.description,
    }
}
