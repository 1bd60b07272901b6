//! Ratiba runs appointments by conversation.
#![warn(missing_docs)]

#[cfg(feature = "engine")]
pub mod adapters;
pub mod catalogue;
pub mod conversation;
pub mod demo;
pub mod domain;
pub mod language;
pub mod payments;
#[cfg(feature = "engine")]
pub mod ports;
pub mod scheduling;
#[cfg(feature = "sim")]
pub mod sim;
#[cfg(feature = "testing")]
pub mod testing;
