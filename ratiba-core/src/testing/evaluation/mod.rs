//! Compares ways of using models: golden conversations and lines of a corpus, each taken by every configuration in turn, with what was understood, what
//! it cost and how long it took. Its calls are on a [`Tape`], so that a run can be held under a ceiling, written down, and played again.
//!
//! Turns wait for their models however long these take, so that what is understood does not hang on the weather; slow calls are counted apart.

mod column;
mod recorded;
mod report;
mod run;
mod tape;
#[cfg(test)]
mod tape_tests;

pub use recorded::Header;
pub use report::{
    ColumnReport, ConversationShare, EvaluationReport, Failed, Latency, LineShare, Tokens,
};
pub use run::{Configuration, Evaluation, EvaluationError, Going};
pub use tape::{Sink, Tape, TapeError, TapeTrouble};
