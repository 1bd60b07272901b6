//! What the providers of language models share: one HTTP driver, server-sent events, and the reading of waits. Knows no provider.

mod http;
mod sse;
mod wait;

pub(super) use http::{Answer, Http};
pub(super) use sse::SseEvent;
