//! `PUT /api/v1/admin/{slug}/hours/{day}`: a weekday's or one date's opening hours.

use jiff::civil::Date;
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use ratiba_core::tenancy::edit as edits;

use crate::api::Tag;
use crate::api::auth::Admin;
use crate::api::tenants::edit;
use crate::api::view::Stored;
use crate::app::App;
use crate::http::ApiError;

/// The hours of a day.
#[derive(Object)]
struct Spans {
    /// Such as `08:00-13:00`; none at all is a closed day.
    spans: Vec<String>,
}

/// The operation.
pub(crate) struct SetHours;

#[OpenApi]
impl SetHours {
    /// Set the hours of a weekday or of one date.
    #[oai(path = "/admin/:slug/hours/:day", method = "put", tag = "Tag::Business")]
    async fn set_hours(
        &self,
        admin: Admin,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
        /// A weekday (`mon`, `tue`, …) or a date (`2026-12-24`).
        day: Path<String>,
        hours: Json<Spans>,
    ) -> Result<Json<Stored>, ApiError> {
        let tenant = admin.tenant(app, &slug).await?;
        let spans = edits::spans(&hours.0.spans)?;
        let date = day.parse::<Date>().ok();
        let weekday = if date.is_none() { Some(edits::weekday(&day)?) } else { None };
        let ((), version) = edit(app, &tenant, |business| {
            match (date, weekday) {
                (Some(date), _) => drop(business.opening.exceptions.insert(date, spans.clone())),
                (None, Some(day)) => business.opening.week.set(day, spans.clone()),
                (None, None) => {}
            }
            Ok(())
        })
        .await?;
        Ok(Json(Stored::at(version)))
    }
}
