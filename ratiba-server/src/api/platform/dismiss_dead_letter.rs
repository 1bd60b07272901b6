//! `POST /api/v1/platform/dead-letters/{id}/dismiss`: marks a letter as seen to, and keeps why.

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use ratiba_core::domain::id::InboxId;

use crate::api::Tag;
use crate::api::auth::Operator;
use crate::api::undelivered::{Dismissal, dismissed};
use crate::api::view::Done;
use crate::app::App;
use crate::http::{ApiError, Code};

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
        let Ok(id) = id.parse::<InboxId>() else { return Err(ApiError::new(Code::Unknown)) };
        let done = app.ratiba.dismiss_dead_letter(id, &why.0.reason).await;
        dismissed(done.map_err(|error| ApiError::from_store(&error))?)
    }
}
