//! Anthropic's Messages API, version `2026-10-21`: structured answers by JSON schema, pictures and PDF documents, prompt caching, streaming.
//!
//! Requests are encoded and answers decoded by pure functions; the HTTP driver is shared with the other providers of models. It never sends sampling
//! parameters, forces a tool or prefills an answer: each is refused by some model of the table.

mod decode;
mod encode;
mod fault;
mod provider;
mod stream;

pub use provider::{Anthropic, AnthropicSettings};
