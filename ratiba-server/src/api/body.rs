//! Answers that are files.

use poem::Body;
use poem_openapi::ApiResponse;
use poem_openapi::payload::{Attachment, PlainText};

/// An archive.
#[derive(ApiResponse)]
pub(crate) enum Archive {
    /// A `.tar.gz` of JSON lines with a manifest.
    #[oai(status = 200, content_type = "application/gzip")]
    Whole(Attachment<Body>),
}

/// A table.
#[derive(ApiResponse)]
pub(crate) enum Table {
    /// Comma-separated values.
    #[oai(status = 200, content_type = "text/csv; charset=utf-8")]
    Csv(PlainText<String>),
}
