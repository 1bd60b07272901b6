//! What is known of language models without calling one: who can do what and at which price, what is asked in which words, what of an answer is believed.
//!
//! - [`table`] is the one dated file in which models have names; [`cost`] turns tokens into money; [`plan`] says which model answers a [`role`].
//! - [`prompt`] holds the words, the same for all tenants, with their versions; [`mask`] takes personal data out of what goes into them.
//! - [`reply`] is what a model may answer, typed; [`doubt`] decides when one is asked at all, [`hear`] what of its answer is believed, [`owner`] what of an owner's command,
//!   [`brief`] what of a summary, [`price_list`] what of a copied price list, [`gaps`] and [`relate`] what of suggestions for a catalogue.
//! - [`breaker`] decides when a provider is left alone for a while.
//!
//! Pure: no async, no clock, no chance, no logging, no I/O. A model never acts: what it may return is listed here, and nothing of it is a command.

pub mod breaker;
pub mod brief;
mod claims;
pub mod cost;
pub mod doubt;
pub mod gaps;
pub mod hear;
pub mod mask;
pub mod owner;
pub mod plan;
pub mod price_list;
pub mod prompt;
pub mod relate;
#[cfg(test)]
mod rendered_tests;
pub mod reply;
pub mod role;
pub mod schema;
pub mod script;
pub mod shape;
pub mod table;
