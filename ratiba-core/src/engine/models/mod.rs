//! The one way to a language model: chooses who is asked, reserves what it may cost, limits how long it may take, writes down what became of it.

mod meaning;
mod report;
mod router;

pub use meaning::{IN_ALL, Meaning, Unsure};
pub use router::{NoAnswer, Purse, Question, Router};
