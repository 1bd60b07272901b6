//! `POST /api/v1/admin/{slug}/catalogue/read`: reads a price list from a picture, a PDF document, lines or CSV into rows for review. Nothing is
//! stored, neither the rows nor the picture: what was reviewed is put to `/catalogue`.

use jiff::SignedDuration;
use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::{Binary, Json};
use poem_openapi::{Object, OpenApi};
use ratiba_core::catalogue::input::{InputError, kind_of, read_words};
use ratiba_core::catalogue::report::BadRow;
use ratiba_core::catalogue::rows::{Cell, Row};
use ratiba_core::catalogue::stage::Staged;
use ratiba_core::engine::models::NoAnswer;
use ratiba_core::engine::price_lists::Page;

use crate::api::Tag;
use crate::api::auth::Admin;
use crate::api::tenants::business;
use crate::app::App;
use crate::http::{ApiError, Code};

/// How long all tries for a page may take: less than the request itself may.
const WITHIN: SignedDuration = SignedDuration::from_secs(60);

/// Words and how sure we are of them.
#[derive(Object)]
struct Words {
    /// What was read.
    value: Option<String>,
    /// From 0 to 1; 0 where nothing was read.
    confidence: f32,
}

/// A number and how sure we are of it.
#[derive(Object)]
struct Number {
    /// What was read.
    value: Option<i64>,
    /// From 0 to 1; 0 where nothing was read.
    confidence: f32,
}

/// A service as it stands on the list.
#[derive(Object)]
struct ReadRow {
    /// Its line, or its place on the page.
    line: usize,
    /// Its name.
    name: Words,
    /// Its name in Swahili.
    name_sw: Words,
    /// The heading above it.
    category: Words,
    /// Length in minutes.
    duration_min: Number,
    /// The price in minor units of the tenant's currency; never made up.
    price_minor: Number,
    /// What else is written beside it.
    description: Words,
    /// Cells that were hard to read: look at them before you commit.
    unsure: Vec<String>,
}

/// What is told of a row.
#[derive(Object)]
struct Told {
    /// Its line, or its place on the page.
    line: usize,
    /// What.
    reason: String,
}

/// A price list, read.
#[derive(Object)]
struct ReadList {
    /// `image`, `pdf`, `text` or `csv`.
    kind: String,
    /// The services; rows that mean one are put together.
    rows: Vec<ReadRow>,
    /// Rows that were read well, duplicates included.
    rows_ok: usize,
    /// What could not be taken.
    rows_bad: Vec<Told>,
    /// Why cells of good rows were left empty.
    notes: Vec<Told>,
}

/// The operation.
pub(crate) struct ReadCatalogue;

#[OpenApi]
impl ReadCatalogue {
    /// Read a price list from a picture (JPEG, PNG, GIF, WebP; up to 5 MiB), a PDF document (4 MiB), lines of text or CSV. Nothing is stored: put the
    /// rows to `/catalogue` when somebody has looked at them. Pictures and PDF are shown to a model.
    #[oai(path = "/admin/:slug/catalogue/read", method = "post", tag = "Tag::Business")]
    async fn read_catalogue(
        &self,
        admin: Admin,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
        /// The file's name; one that ends in `.csv` or `.tsv` is a table.
        name: Query<Option<String>>,
        /// The file.
        file: Binary<Vec<u8>>,
    ) -> Result<Json<ReadList>, ApiError> {
        let tenant = admin.tenant(app, &slug).await?;
        let kind = kind_of(name.as_deref().unwrap_or_default(), &file.0)
            .map_err(|error| unread(&error))?;
        let (business, _) = business(app, &tenant).await?;
        let reading = match Page::new(kind, file.0.as_slice()) {
            None => read_words(kind, &file.0, tenant.currency).map_err(|error| unread(&error))?,
            Some(page) => {
                let read = app.ratiba.read_pages(tenant.id, &[page], WITHIN).await;
                let read = read.map_err(|_| ApiError::new(Code::StoreUnavailable))?;
                let first = read.into_iter().next().unwrap_or(Err(NoAnswer::Failed));
                first.map_err(|why| ApiError::new(Code::NoModel).detail(why.told()))?
            }
        };
        let readings = vec![(String::new(), reading)];
        let (staged, notes) = Staged::from_readings(readings, &business.catalogue);
        Ok(Json(ReadList {
            kind: kind.as_str().to_owned(),
            rows_ok: staged.rows_ok,
            rows: staged.rows.into_iter().map(shown).collect(),
            rows_bad: staged.rows_bad.into_iter().map(told).collect(),
            notes: notes.into_iter().map(told).collect(),
        }))
    }
}

fn unread(error: &InputError) -> ApiError {
    let code = match error {
        InputError::TooLarge { .. } => Code::BodyTooLarge,
        InputError::Empty | InputError::Unread { .. } | InputError::Csv(_) => Code::Unfit,
    };
    ApiError::new(code).detail(error.to_string())
}

fn shown(row: Row) -> ReadRow {
    let unsure = row.unsure().into_iter().map(str::to_owned).collect();
    let words = |Cell { value, confidence }: Cell<String>| Words { value, confidence };
    let Cell { value, confidence } = row.duration_min;
    ReadRow {
        line: row.line,
        unsure,
        name: words(row.name),
        name_sw: words(row.name_sw),
        category: words(row.category),
        duration_min: Number { value: value.map(i64::from), confidence },
        price_minor: Number {
            value: row.price_minor.value,
            confidence: row.price_minor.confidence,
        },
        description: words(row.description),
    }
}

fn told(BadRow { line, reason }: BadRow) -> Told {
    Told { line, reason }
}
