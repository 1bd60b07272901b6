//! `POST /api/v1/platform/dead-letters/{id}/replay`: takes a letter again, the way that it should have gone.

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use ratiba_core::domain::id::InboxId;

use crate::api::Tag;
use crate::api::auth::Operator;
use crate::api::undelivered::Replay;
use crate::app::App;
use crate::http::{ApiError, Code};
use crate::routes::meta::refused;

/// The operation.
pub(crate) struct ReplayDeadLetter;

#[OpenApi]
impl ReplayDeadLetter {
    /// Take a letter again and settle it when that works.
    #[oai(path = "/platform/dead-letters/:id/replay", method = "post", tag = "Tag::DeadLetters")]
    async fn replay_dead_letter(
        &self,
        _operator: Operator,
        Data(app): Data<&App>,
        /// The letter's id.
        id: Path<String>,
    ) -> Result<Json<Replay>, ApiError> {
        let unknown = ApiError::new(Code::Unknown);
        let Ok(id) = id.parse::<InboxId>() else { return Err(unknown) };
        let replayed = app.ratiba.replay_dead_letter(id).await;
        let replayed = replayed.map_err(|error| refused(&error))?;
        replayed.map(|outcome| Json(outcome.into())).ok_or(unknown)
    }
}
