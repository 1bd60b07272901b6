//! `GET /api/v1/admin/{slug}/knowledge`: the snippets that answer questions.

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::types::Any;
use ratiba_core::domain::knowledge::Snippet;

use crate::api::Tag;
use crate::api::auth::Admin;
use crate::app::App;
use crate::http::ApiError;

/// The operation.
pub(crate) struct ListKnowledge;

#[OpenApi]
impl ListKnowledge {
    /// All snippets, newest first.
    #[oai(path = "/admin/:slug/knowledge", method = "get", tag = "Tag::Business")]
    async fn list_knowledge(
        &self,
        admin: Admin,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
    ) -> Result<Json<Any<Vec<Snippet>>>, ApiError> {
        let tenant = admin.tenant(app, &slug).await?;
        let snippets = app.ratiba.store().of(tenant.id).snippets().await;
        Ok(Json(Any(snippets.map_err(|error| ApiError::from_store(&error))?)))
    }
}
