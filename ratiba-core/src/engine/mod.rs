//! The Ratiba handle: takes what comes in, takes turns, does what turns want done. Knows ports, never backends.
//!
//! Order of a turn: lease the lane, load, understand, step (answering what the machine asks), commit everything in one transaction, deliver.
//! Nothing outside happens before its commit; everything outside may happen again and is keyed so that it does not matter.

mod admin;
mod again;
mod brief;
mod builder;
mod cache;
mod callbacks;
mod consult;
mod dead_letters;
mod deliver;
mod digest;
mod echo;
mod error;
mod finish_thinking;
mod give_up;
mod handle;
mod hash;
mod health;
mod identity;
mod ingest;
mod jobs;
mod lane;
mod lanes;
mod mask;
pub mod models;
mod money;
mod naming;
mod owner;
pub mod price_lists;
mod query;
mod rail;
mod reaper;
mod receive;
mod reconcile;
mod replay;
mod route;
mod sms;
mod suggest;
mod think;
mod thoughts;
mod trouble;
mod turn;
mod undelivered;
mod visits;
mod waiting;
mod worker;

pub use builder::{BuildError, BuildProblem, RatibaBuilder, Role};
pub use callbacks::CallbackReceipt;
pub use dead_letters::{Dismissed, LONGEST_REASON, Replayed};
pub use error::{EngineError, ReceiveError};
pub use handle::Ratiba;
pub use health::{PortHealth, PortState};
pub use jobs::{Job, Schedule};
pub use receive::WebhookReceipt;
pub use reconcile::{Answered, Reconciled};
pub use replay::{Difference, ReplayReport};
pub use undelivered::{NotAgain, Recipient, Undelivered};
