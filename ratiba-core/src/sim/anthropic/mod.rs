//! A stand-in of Anthropic's Messages API over real HTTP, as strict as the contract: it refuses what the API refuses, caches as it does, and fails on
//! demand.

mod api;
mod check;

pub(super) use api::app;
