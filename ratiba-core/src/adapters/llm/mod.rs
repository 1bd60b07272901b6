//! What the providers of language models share: one HTTP driver, server-sent events, lists of models, and the reading of waits. Knows no provider.

mod http;
mod list;
mod sse;
mod wait;

pub(super) use http::{Answer, Http};
pub(super) use list::list;
pub(super) use sse::SseEvent;
