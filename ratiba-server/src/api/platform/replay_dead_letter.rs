//! `POST /api/v1/platform/dead-letters/{id}/replay`: takes a letter again, the way that it should have gone.

use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};
use ratiba_core::domain::id::InboxId;
use ratiba_core::engine::Replayed;

use crate::api::Tag;
use crate::api::auth::Operator;
use crate::app::App;
use crate::http::{ApiError, Code};
use crate::routes::meta::refused;

/// What became of a replay.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
enum Outcome {
    /// It was taken and is settled.
    Taken,
    /// Somebody had settled it before; nothing was done.
    SettledBefore,
    /// It can't be handled now either and stays.
    StillDead,
}

/// How a replay ended.
#[derive(Object)]
struct Replay {
    /// What became of it.
    outcome: Outcome,
    /// Why it still can't be handled.
    reason: Option<String>,
}

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
        let (outcome, reason) = match replayed.map_err(|error| refused(&error))? {
            None => return Err(unknown),
            Some(Replayed::Taken) => (Outcome::Taken, None),
            Some(Replayed::SettledBefore) => (Outcome::SettledBefore, None),
            Some(Replayed::StillDead(reason)) => (Outcome::StillDead, Some(reason)),
        };
        Ok(Json(Replay { outcome, reason }))
    }
}
