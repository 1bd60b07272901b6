//! Tenants as a whole: made in one step or not at all, exported, their set-up edited, what models cost them told, a person's data given out or forgotten. Knows ports,
//! never backends.

pub mod api_key;
pub mod costs;
pub mod edit;
pub mod export;
pub mod onboard;
pub mod privacy;
mod snippets;
mod starter;
pub mod wish;
