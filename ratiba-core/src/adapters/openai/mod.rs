//! OpenAI's Chat Completions: strict JSON schema, pictures and PDF documents, usage with cached tokens, streaming.
//!
//! Requests are encoded and answers decoded by pure functions; the HTTP driver is shared with the other providers of models. Nothing is stored at the
//! provider (`store: false`), and sampling parameters are never sent: reasoning models refuse them.

mod decode;
mod encode;
mod fault;
mod provider;
mod stream;

pub use provider::{OpenAi, OpenAiSettings};
