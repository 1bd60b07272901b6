//! For tests, never for production: a clock that is set by hand, chance that repeats itself, and one conformance suite per port.
//!
//! Each suite is a set of functions that hold the tests and a macro that names them for a maker of the thing under test, so that every adapter,
//! whoever wrote it, can be held to the same promises.

pub mod channel;
pub mod clock;
pub mod conformance;
pub mod evaluation;
mod expect;
pub mod golden;
pub mod llm;
pub mod payments;
pub mod scenario;
mod sms;

pub use clock::{ManualClock, SeededEntropy};
pub use llm::{ModelRule, ModelTrouble, ScriptedModel};
pub use payments::{ScriptedOutcome, ScriptedPayments};
pub use sms::RecordingSms;
