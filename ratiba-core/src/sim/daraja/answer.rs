//! How the stand-in answers, in Daraja's shapes, good and bad.

use std::io;

use futures_util::stream;
use poem::http::StatusCode;
use poem::{Body, Response};
use serde_json::{Value, json};

/// A refusal in Daraja's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) code: String,
    pub(super) message: String,
}

impl Refusal {
    pub(super) fn new(status: u16, code: &str, message: &str) -> Self {
        Self { status, code: code.to_owned(), message: message.to_owned() }
    }

    /// A named field is invalid.
    pub(super) fn invalid(field: &str) -> Self {
        Self::new(400, "400.002.02", &format!("Bad Request - Invalid {field}"))
    }

    /// The code that stands for several things.
    pub(super) fn overloaded(message: &str) -> Self {
        Self::new(500, "500.001.1001", message)
    }

    pub(super) fn into_response(self) -> Response {
        let body = json!({
            "requestId": "4801-1234-1", "errorCode": self.code, "errorMessage": self.message });
        json_response(status(self.status), &body)
    }
}

pub(super) fn ok(body: &Value) -> Response {
    json_response(StatusCode::OK, body)
}

pub(super) fn plain(code: u16, body: &str) -> Response {
    Response::builder().status(status(code)).body(body.to_owned())
}

/// The edge's page.
pub(super) fn html_503() -> Response {
    Response::builder()
        .status(StatusCode::SERVICE_UNAVAILABLE)
        .content_type("text/html")
        .body("<html><body>Request unsuccessful. Incapsula incident ID: 0-0</body></html>")
}

/// The first half of an answer, sent as if it were whole.
pub(super) fn truncated(body: &Value) -> Response {
    let mut text = body.to_string();
    text.truncate(text.len() / 2);
    Response::builder().status(StatusCode::OK).content_type("application/json").body(text)
}

/// An answer whose connection breaks before anything of its body is written.
pub(super) fn reset() -> Response {
    let broken = stream::once(async {
        Err::<&'static [u8], _>(io::Error::from(io::ErrorKind::ConnectionReset))
    });
    Response::builder().status(StatusCode::OK).body(Body::from_bytes_stream(broken))
}

fn json_response(status: StatusCode, body: &Value) -> Response {
    Response::builder().status(status).content_type("application/json").body(body.to_string())
}

fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
