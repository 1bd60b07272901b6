//! Hearing and speaking: what a customer's words mean, and the words in which they are answered. Pure, no model, no network.

pub mod answer;
pub mod eval;
pub mod hear;
pub mod speak;
pub mod understanding;
