//! How errors stand in the API's description.

use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, Registry};
use poem_openapi::types::Type as _;
use poem_openapi::{ApiResponse, Object};

use crate::http::ApiError;

/// An error (RFC 9457).
#[derive(Debug, Object)]
#[oai(rename = "Problem")]
struct Problem {
    /// A name of the kind of error.
    r#type: String,
    /// What happened, in a few words.
    title: String,
    /// The HTTP status again.
    status: u16,
    /// The stable code, `RTB-2xxx`.
    code: String,
    /// What exactly, where there is more to say.
    detail: Option<String>,
}

/// The statuses that an operation may end with beside its own.
const STATUSES: [(u16, &str); 8] = [
    (400, "The request can't be read."),
    (401, "The key is missing or opens nothing here."),
    (404, "There is no such thing, or it is another tenant's."),
    (409, "It exists already, or somebody else changed it first."),
    (413, "The body is too large."),
    (422, "What was sent makes no sense; nothing was written."),
    (500, "A bug or a broken installation."),
    (503, "The database does not answer, or no model does; try again."),
];

impl ApiResponse for ApiError {
    fn meta() -> MetaResponses {
        let responses = STATUSES.into_iter().map(|(status, description)| MetaResponse {
            description,
            status: Some(status),
            status_range: None,
            content: vec![MetaMediaType {
                content_type: "application/problem+json",
                schema: Problem::schema_ref(),
            }],
            headers: Vec::new(),
        });
        MetaResponses { responses: responses.collect() }
    }

    fn register(registry: &mut Registry) {
        Problem::register(registry);
    }
}
