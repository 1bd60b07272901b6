//! Answers as HTTP, whole and in pieces.

use std::io;

use futures_util::stream;
use poem::http::StatusCode;
use poem::{Body, Response};
use serde_json::Value;

/// A piece of a stream.
#[derive(Debug, Clone)]
pub(in crate::sim) enum Piece {
    /// These bytes.
    Bytes(Vec<u8>),
    /// The connection breaks here.
    Break,
    /// Nothing more comes, and the connection stays open.
    Silence,
}

/// A document with headers.
pub(in crate::sim) fn json(status: u16, headers: &[(&str, &str)], body: &Value) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = Response::builder().status(status).content_type("application/json");
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(body.to_string())
}

/// A page of the edge.
pub(in crate::sim) fn html_502() -> Response {
    Response::builder()
        .status(StatusCode::BAD_GATEWAY)
        .content_type("text/html")
        .body("<html><body><h1>502 Bad Gateway</h1></body></html>")
}

/// A connection that breaks before its answer.
pub(in crate::sim) fn reset() -> Response {
    pieces("application/json", &[], vec![Piece::Break])
}

/// A stream of events.
pub(in crate::sim) fn sse(headers: &[(&str, &str)], all: Vec<Piece>) -> Response {
    pieces("text/event-stream; charset=utf-8", headers, all)
}

fn pieces(kind: &str, headers: &[(&str, &str)], all: Vec<Piece>) -> Response {
    let body = stream::unfold(all.into_iter(), |mut left| async move {
        match left.next()? {
            Piece::Bytes(bytes) => Some((Ok(bytes), left)),
            Piece::Break => Some((Err(io::Error::from(io::ErrorKind::ConnectionReset)), left)),
            Piece::Silence => std::future::pending().await,
        }
    });
    let mut response = Response::builder().content_type(kind);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(Body::from_bytes_stream(body))
}
