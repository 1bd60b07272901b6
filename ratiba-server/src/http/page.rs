//! Embedded files: pages, scripts and styles that are compiled into the binary.

use poem::http::header;
use poem::{IntoResponse, Response};

/// A file that is part of the binary.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Embedded {
    /// Its media type.
    pub(crate) content_type: &'static str,
    /// Its content.
    pub(crate) text: &'static str,
    /// What it may load, where it is a page.
    pub(crate) policy: Option<&'static str>,
}

impl Embedded {
    /// A page.
    pub(crate) const fn html(text: &'static str, policy: &'static str) -> Self {
        Self { content_type: "text/html; charset=utf-8", text, policy: Some(policy) }
    }

    /// A script.
    pub(crate) const fn script(text: &'static str) -> Self {
        Self { content_type: "text/javascript; charset=utf-8", text, policy: None }
    }

    /// A style sheet.
    pub(crate) const fn style(text: &'static str) -> Self {
        Self { content_type: "text/css; charset=utf-8", text, policy: None }
    }
}

impl IntoResponse for Embedded {
    fn into_response(self) -> Response {
        let mut response = Response::builder()
            .header(header::CONTENT_TYPE, self.content_type)
            .header(header::CACHE_CONTROL, "no-cache");
        if let Some(policy) = self.policy {
            response = response.header(header::CONTENT_SECURITY_POLICY, policy);
        }
        response.body(self.text)
    }
}
