//! `GET /api/v1/admin/{slug}/diary`: the appointments of some days.

use jiff::SignedDuration;
use jiff::civil::Date;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::types::Any;
use ratiba_core::domain::appointment::Appointment;
use ratiba_core::domain::time::{MinuteOfDay, TimeWindow};

use crate::api::Tag;
use crate::api::auth::Admin;
use crate::app::App;
use crate::http::{ApiError, Code};

/// Days shown at most.
const MOST_DAYS: u32 = 31;

/// The operation.
pub(crate) struct ShowDiary;

#[OpenApi]
impl ShowDiary {
    /// Every appointment of some days in order of start.
    #[oai(path = "/admin/:slug/diary", method = "get", tag = "Tag::Days")]
    async fn show_diary(
        &self,
        admin: Admin,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
        /// The first day, such as `2026-11-23`; today unless given.
        from: Query<Option<String>>,
        /// How many days; 1 unless given, 31 at most.
        days: Query<Option<u32>>,
    ) -> Result<Json<Any<Vec<Appointment>>>, ApiError> {
        let tenant = admin.tenant(app, &slug).await?;
        let from = match from.0.as_deref() {
            None => app.ratiba.now().to_zoned(tenant.zone.clone()).date(),
            Some(text) => text.parse::<Date>().map_err(|_| {
                ApiError::new(Code::Unfit).detail(format!("`{text}` is no date such as 2026-11-23"))
            })?,
        };
        let days = days.0.unwrap_or(1).clamp(1, MOST_DAYS);
        let start = MinuteOfDay::START.on(from, &tenant.zone);
        let last = from.saturating_add(SignedDuration::from_hours(24 * i64::from(days - 1)));
        let end = MinuteOfDay::END.on(last, &tenant.zone);
        let diary = app.ratiba.store().of(tenant.id).diary(TimeWindow { start, end }).await;
        Ok(Json(Any(diary.map_err(|error| ApiError::from_store(&error))?)))
    }
}
