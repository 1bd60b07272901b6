//! Ratiba over HTTP: translates webhooks, the web widget and the demo page to calls of `ratiba-core` and back.
//!
//! The binary `ratiba-server` is a few lines over this library, so that tests can start the same server in process.

pub mod api;
pub mod app;
pub mod cli;
pub mod config;
pub mod demo;
pub mod http;
mod models;
#[cfg(feature = "otel")]
mod otel;
mod routes;
pub mod run;
pub mod signals;
pub mod telemetry;
mod watch;
mod widget;
mod wiring;
