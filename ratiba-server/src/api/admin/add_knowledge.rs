//! `POST /api/v1/admin/{slug}/knowledge`: a new snippet.

use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};
use ratiba_core::domain::knowledge::{Snippet, SnippetKind};
use ratiba_core::domain::message::Language;

use crate::api::Tag;
use crate::api::auth::Admin;
use crate::app::App;
use crate::http::{ApiError, Code};

/// What a snippet is about.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
enum Kind {
    /// Rules.
    Policy,
    /// The place.
    Facility,
    /// What to bring or do before.
    Prep,
    /// About one service.
    Service,
    /// About opening hours.
    Hours,
    /// Everything else.
    General,
}

/// What a snippet is written in.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
enum Written {
    /// English.
    En,
    /// Swahili.
    Sw,
}

/// A snippet to be stored.
#[derive(Object)]
struct NewSnippet {
    /// What it is about.
    kind: Kind,
    /// A few words.
    title: String,
    /// The answer, as it may be quoted to a customer.
    body: String,
    /// What it is written in.
    language: Written,
}

/// The snippet is stored.
#[derive(Object)]
struct Made {
    /// Its id.
    id: String,
}

/// The operation.
pub(crate) struct AddKnowledge;

#[OpenApi]
impl AddKnowledge {
    /// Add a snippet.
    #[oai(path = "/admin/:slug/knowledge", method = "post", tag = "Tag::Business")]
    async fn add_knowledge(
        &self,
        admin: Admin,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
        new: Json<NewSnippet>,
    ) -> Result<Json<Made>, ApiError> {
        let tenant = admin.tenant(app, &slug).await?;
        let NewSnippet { kind, title, body, language } = new.0;
        if title.trim().is_empty() || body.trim().is_empty() {
            return Err(ApiError::new(Code::Unfit).detail("title and body must not be empty"));
        }
        let snippet = Snippet {
            id: app.ratiba.mint().id(0),
            kind: match kind {
                Kind::Policy => SnippetKind::Policy,
                Kind::Facility => SnippetKind::Facility,
                Kind::Prep => SnippetKind::Prep,
                Kind::Service => SnippetKind::Service,
                Kind::Hours => SnippetKind::Hours,
                Kind::General => SnippetKind::General,
            },
            title,
            body,
            language: match language {
                Written::En => Language::En,
                Written::Sw => Language::Sw,
            },
            active: true,
            updated_at: app.ratiba.now(),
        };
        let done = app.ratiba.store().of(tenant.id).put_snippet(&snippet).await;
        done.map_err(|error| ApiError::from_store(&error))?;
        Ok(Json(Made { id: snippet.id.to_string() }))
    }
}
