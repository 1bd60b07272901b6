//! `GET /api/v1/admin/{slug}/dials/history`: the audit of the dials.

use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::types::Any;
use poem_openapi::{Object, OpenApi};
use ratiba_core::domain::dial_change::{DialAudit, DialChange, DialSetting};

use crate::api::Tag;
use crate::api::auth::Admin;
use crate::app::App;
use crate::http::ApiError;

/// At most so many versions are looked back on.
const MOST: u32 = 200;

/// One dial that was changed.
#[derive(Object)]
struct Change {
    /// The dial.
    dial: String,
    /// What it was: a value, or `{"inherit":"vertical_default"}`.
    before: Any<DialSetting>,
    /// What it became, in the same form.
    after: Any<DialSetting>,
}

/// What one version of the business document changed of the dials.
#[derive(Object)]
struct Changed {
    /// The version.
    version: u64,
    /// When it was stored.
    at: String,
    /// What it changed.
    changes: Vec<Change>,
}

/// The operation.
pub(crate) struct DialHistory;

#[OpenApi]
impl DialHistory {
    /// Every change of a dial with before and after, newest first.
    #[oai(path = "/admin/:slug/dials/history", method = "get", tag = "Tag::Business")]
    async fn dial_history(
        &self,
        admin: Admin,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
        /// At most so many versions; 50 where it is left out, 200 at most.
        limit: Query<Option<u32>>,
    ) -> Result<Json<Vec<Changed>>, ApiError> {
        let tenant = admin.tenant(app, &slug).await?;
        let limit = limit.0.unwrap_or(50).min(MOST);
        let history = app.ratiba.store().of(tenant.id).dial_history(limit).await;
        let history = history.map_err(|error| ApiError::from_store(&error))?;
        Ok(Json(history.into_iter().map(shown).collect()))
    }
}

fn shown(audit: DialAudit) -> Changed {
    let change = |DialChange { dial, before, after }| Change {
        dial,
        before: Any(before),
        after: Any(after),
    };
    Changed {
        version: audit.version,
        at: audit.at.to_string(),
        changes: audit.changes.into_iter().map(change).collect(),
    }
}
