//! The owner's rail: what an owner writes, read as one of a few commands; what it would change, said before it is done; how the business
//! document changes by it. Pure: an owner's words and what is known in, a command or a plan out.
//!
//! Never here: carrying anything out. A plan holds everything that it needs, ids included, so that carrying it out twice does it once.

pub mod change;
pub mod command;
pub mod day;
pub mod plan;
mod read;
pub mod takings;
mod words;

pub use read::{Reading, named_sum, read};
