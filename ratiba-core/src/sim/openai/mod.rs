//! A stand-in of OpenAI's Chat Completions over real HTTP, as strict as the contract: it refuses what the API refuses, and fails on demand.

mod api;
mod check;

pub(super) use api::app;
