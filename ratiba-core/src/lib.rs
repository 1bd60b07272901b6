//! Ratiba runs appointments by conversation.
#![warn(missing_docs)]

#[cfg(feature = "engine")]
pub mod adapters;
pub mod admin;
pub mod catalogue;
pub mod conversation;
pub mod demo;
pub mod domain;
#[cfg(feature = "engine")]
pub mod engine;
pub mod language;
#[cfg(feature = "engine")]
pub mod models;
pub mod payments;
#[cfg(feature = "engine")]
pub mod ports;
pub mod scheduling;
#[cfg(feature = "sim")]
pub mod sim;
#[cfg(feature = "engine")]
pub mod tenancy;
#[cfg(feature = "testing")]
pub mod testing;

#[cfg(feature = "engine")]
pub use engine::{BuildError, EngineError, Ratiba, RatibaBuilder, ReceiveError};
#[cfg(feature = "engine")]
pub use ports::live::LiveEvent;
