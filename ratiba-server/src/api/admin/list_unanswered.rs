//! `GET /api/v1/admin/{slug}/unanswered`: questions that no snippet answered.

use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use crate::api::Tag;
use crate::api::auth::Admin;
use crate::app::App;
use crate::http::ApiError;

/// Questions given at once.
const MOST: u32 = 500;

/// A question that nobody has answered yet.
#[derive(Object)]
struct Question {
    /// The words.
    question: String,
    /// When it was asked.
    asked_at: String,
}

/// The operation.
pub(crate) struct ListUnanswered;

#[OpenApi]
impl ListUnanswered {
    /// Questions that wait for an answer, oldest first.
    #[oai(path = "/admin/:slug/unanswered", method = "get", tag = "Tag::Days")]
    async fn list_unanswered(
        &self,
        admin: Admin,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
    ) -> Result<Json<Vec<Question>>, ApiError> {
        let tenant = admin.tenant(app, &slug).await?;
        let open = app.ratiba.store().of(tenant.id).unanswered(MOST).await;
        let open = open.map_err(|error| ApiError::from_store(&error))?;
        let shown =
            open.into_iter().map(|(at, question)| Question { question, asked_at: at.to_string() });
        Ok(Json(shown.collect()))
    }
}
