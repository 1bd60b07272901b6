//! `GET /api/v1/platform/dead-letters`: what came in and could not be handled, unroutable payment callbacks among it.

use poem::web::Data;
use poem_openapi::param::Query;
use poem_openapi::payload::Json;
use poem_openapi::{Enum, OpenApi};
use ratiba_core::ports::store::DeadLetterKind;

use crate::api::Tag;
use crate::api::auth::Operator;
use crate::api::view::LetterView;
use crate::app::App;
use crate::http::ApiError;

/// Letters given at once unless asked otherwise, and at most.
const USUAL: u32 = 100;
const MOST: u32 = 1_000;

/// Which pile.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
enum Pile {
    /// Webhooks for nobody we know, or that can't be read.
    Quarantine,
    /// Payment callbacks that nothing matches.
    UnroutedCallback,
    /// Turns that could never succeed.
    Turn,
}

/// The operation.
pub(crate) struct ListDeadLetters;

#[OpenApi]
impl ListDeadLetters {
    /// What is not settled yet, oldest first; or the last that were settled, newest first.
    #[oai(path = "/platform/dead-letters", method = "get", tag = "Tag::DeadLetters")]
    async fn list_dead_letters(
        &self,
        _operator: Operator,
        Data(app): Data<&App>,
        /// One pile only.
        kind: Query<Option<Pile>>,
        /// How many; 100 unless given, 1000 at most.
        limit: Query<Option<u32>>,
        /// What was replayed or dismissed, of all piles.
        settled: Query<Option<bool>>,
    ) -> Result<Json<Vec<LetterView>>, ApiError> {
        let kind = kind.0.map(|pile| match pile {
            Pile::Quarantine => DeadLetterKind::Quarantine,
            Pile::UnroutedCallback => DeadLetterKind::UnroutedCallback,
            Pile::Turn => DeadLetterKind::Turn,
        });
        let limit = limit.0.unwrap_or(USUAL).min(MOST);
        let store = app.ratiba.store();
        let letters = if settled.0 == Some(true) {
            store.settled_dead_letters(limit).await
        } else {
            store.dead_letters(kind, limit).await
        };
        let letters = letters.map_err(|error| ApiError::from_store(&error))?;
        Ok(Json(letters.iter().map(LetterView::line).collect()))
    }
}
