//! Ratiba runs appointments by conversation.
#![warn(missing_docs)]

pub mod domain;
pub mod language;
pub mod scheduling;
