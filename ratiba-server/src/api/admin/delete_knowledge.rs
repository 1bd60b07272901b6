//! `DELETE /api/v1/admin/{slug}/knowledge/{id}`: removes a snippet.

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use ratiba_core::domain::id::SnippetId;

use crate::api::Tag;
use crate::api::auth::Admin;
use crate::api::view::Done;
use crate::app::App;
use crate::http::{ApiError, Code};

/// The operation.
pub(crate) struct DeleteKnowledge;

#[OpenApi]
impl DeleteKnowledge {
    /// Remove a snippet.
    #[oai(path = "/admin/:slug/knowledge/:id", method = "delete", tag = "Tag::Business")]
    async fn delete_knowledge(
        &self,
        admin: Admin,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
        /// The snippet's id.
        id: Path<String>,
    ) -> Result<Json<Done>, ApiError> {
        let tenant = admin.tenant(app, &slug).await?;
        let unknown = ApiError::new(Code::Unknown);
        let Ok(id) = id.parse::<SnippetId>() else { return Err(unknown) };
        let done = app.ratiba.store().of(tenant.id).delete_snippet(id).await;
        if done.map_err(|error| ApiError::from_store(&error))? {
            Ok(Json(Done::YES))
        } else {
            Err(unknown)
        }
    }
}
