//! `GET /api/v1/platform/dead-letters/{id}`: one of them, with its body.

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use ratiba_core::domain::id::InboxId;

use crate::api::Tag;
use crate::api::auth::Operator;
use crate::api::view::LetterView;
use crate::app::App;
use crate::http::{ApiError, Code};

/// The operation.
pub(crate) struct ShowDeadLetter;

#[OpenApi]
impl ShowDeadLetter {
    /// One letter with its body as received.
    #[oai(path = "/platform/dead-letters/:id", method = "get", tag = "Tag::DeadLetters")]
    async fn show_dead_letter(
        &self,
        _operator: Operator,
        Data(app): Data<&App>,
        /// The letter's id.
        id: Path<String>,
    ) -> Result<Json<LetterView>, ApiError> {
        let unknown = ApiError::new(Code::Unknown);
        let Ok(id) = id.parse::<InboxId>() else { return Err(unknown) };
        let letter = app.ratiba.store().dead_letter(id).await;
        let letter = letter.map_err(|error| ApiError::from_store(&error))?.ok_or(unknown)?;
        Ok(Json(LetterView::whole(&letter)))
    }
}
