//! `POST /api/v1/platform/dead-letters/{id}/dismiss`: marks a letter as seen to, and keeps why.

use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use ratiba_core::domain::id::InboxId;
use ratiba_core::engine::{Dismissed, LONGEST_REASON};

use crate::api::Tag;
use crate::api::auth::Operator;
use crate::api::view::Done;
use crate::app::App;
use crate::http::{ApiError, Code};

/// Why a letter needs nothing more.
#[derive(Object)]
#[oai(rename = "Dismissal")]
struct Dismissal {
    /// In one line of at most 500 characters; it is kept with the letter.
    reason: String,
}

/// The operation.
pub(crate) struct DismissDeadLetter;

#[OpenApi]
impl DismissDeadLetter {
    /// Mark a letter as seen to without taking it again.
    #[oai(path = "/platform/dead-letters/:id/dismiss", method = "post", tag = "Tag::DeadLetters")]
    async fn dismiss_dead_letter(
        &self,
        _operator: Operator,
        Data(app): Data<&App>,
        /// The letter's id.
        id: Path<String>,
        why: Json<Dismissal>,
    ) -> Result<Json<Done>, ApiError> {
        let unknown = ApiError::new(Code::Unknown);
        let Ok(id) = id.parse::<InboxId>() else { return Err(unknown) };
        let done = app.ratiba.dismiss_dead_letter(id, &why.0.reason).await;
        match done.map_err(|error| ApiError::from_store(&error))? {
            Some(Dismissed::Done) => Ok(Json(Done::YES)),
            Some(Dismissed::NoReason) => Err(ApiError::new(Code::Unfit)
                .detail(format!("give a reason of 1 to {LONGEST_REASON} characters"))),
            Some(Dismissed::SettledBefore) => Err(ApiError::new(Code::Conflict)),
            None => Err(unknown),
        }
    }
}
