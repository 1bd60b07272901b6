//! Answers as HTTP, whole and in pieces.

use std::io;

use futures_util::stream;
use poem::http::StatusCode;
use poem::{Body, Response};
use serde_json::Value;

use super::desk::{Asked, Desk, Tokens};
use super::fault::ModelFault;

/// A piece of a stream.
#[derive(Debug, Clone)]
enum Piece {
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
fn reset() -> Response {
    pieces("application/json", &[], vec![Piece::Break])
}

/// A stream of events, as a fault lets it through.
pub(in crate::sim) fn sse(
    headers: &[(&str, &str)],
    events: Vec<String>,
    fault: Option<&ModelFault>,
) -> Response {
    pieces("text/event-stream; charset=utf-8", headers, disturbed(events, fault))
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

fn bytes(events: Vec<String>) -> Vec<Piece> {
    events.into_iter().map(|event| Piece::Bytes(event.into_bytes())).collect()
}

/// What the network makes of the events.
fn disturbed(events: Vec<String>, fault: Option<&ModelFault>) -> Vec<Piece> {
    match fault {
        Some(ModelFault::Cut { after }) => {
            let mut pieces = bytes(events.into_iter().take(*after).collect());
            pieces.push(Piece::Break);
            pieces
        }
        Some(ModelFault::Stall) => {
            let mut pieces = bytes(events.into_iter().take(1).collect());
            pieces.push(Piece::Silence);
            pieces
        }
        Some(ModelFault::Splinters) => {
            // Every other line end a CRLF, and three bytes a piece, whatever they are.
            let mut n = 0;
            let mut all = String::new();
            for letter in events.concat().chars() {
                if letter == '\n' {
                    n += 1;
                    all.push_str(if n % 2 == 0 { "\r\n" } else { "\n" });
                } else {
                    all.push(letter);
                }
            }
            all.into_bytes().chunks(3).map(|piece| Piece::Bytes(piece.to_vec())).collect()
        }
        _ => bytes(events),
    }
}

/// How an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sim) enum End {
    /// It is whole.
    Done,
    /// It reached its limit.
    Limit,
    /// The model would not answer.
    Refused,
}

/// An answer, in no provider's form yet.
#[derive(Debug)]
pub(in crate::sim) struct Said {
    pub(in crate::sim) text: String,
    pub(in crate::sim) end: End,
    pub(in crate::sim) tokens: Tokens,
}

impl Said {
    /// As it comes in a stream.
    pub(in crate::sim) fn pieces(&self) -> Vec<String> {
        let letters: Vec<char> = self.text.chars().collect();
        letters
            .chunks(letters.len().div_ceil(3).max(1))
            .map(|piece| piece.iter().collect())
            .collect()
    }
}

impl Desk {
    /// What is said to a request that no fault has refused, written down. An error is a connection that breaks; one that stalls never comes back.
    pub(in crate::sim) async fn say(
        &self,
        asked: &Asked,
        fault: Option<&ModelFault>,
    ) -> Result<Said, Response> {
        use ModelFault as F;
        let whole = self.answer(asked);
        let (text, end) = match fault {
            Some(F::HalfAnswer) => {
                (whole.chars().take(whole.chars().count() / 2).collect(), End::Limit)
            }
            Some(F::Refusal) => (String::new(), End::Refused),
            Some(F::ThoughtOnly) => (String::new(), End::Limit),
            Some(F::Babble) => ("Certainly! Here you are.".to_owned(), End::Done),
            _ => (whole, End::Done),
        };
        let tokens = self.count(asked, text.len());
        let silent = !asked.stream && matches!(fault, Some(F::Cut { .. } | F::Stall));
        self.log(asked, if silent { 0 } else { 200 }, Some(tokens));
        match fault {
            Some(F::Cut { .. }) if silent => Err(reset()),
            Some(F::Stall) if silent => std::future::pending().await,
            _ => Ok(Said { text, end, tokens }),
        }
    }
}
