//! Ratiba runs appointments by conversation.
#![warn(missing_docs)]

pub mod demo;
pub mod domain;
pub mod language;
pub mod scheduling;
