//! The Ratiba handle: takes what comes in, takes turns, does what turns want done. Knows ports, never backends.
//!
//! Order of a turn: lease the lane, load, understand, step (answering what the machine asks), commit everything in one transaction, deliver.
//! Nothing outside happens before its commit; everything outside may happen again and is keyed so that it does not matter.

mod admin;
mod builder;
mod cache;
mod deliver;
mod digest;
mod echo;
mod error;
mod handle;
mod identity;
mod jobs;
mod lane;
mod lanes;
mod live;
mod mask;
pub mod models;
mod money;
mod query;
mod reaper;
mod receive;
mod reconcile;
mod replay;
mod turn;
mod visits;
mod waiting;
mod worker;

pub use builder::{BuildError, BuildProblem, RatibaBuilder};
pub use error::{EngineError, ReceiveError};
pub use handle::Ratiba;
pub use jobs::{Job, Schedule};
pub use live::{LiveEvent, LiveKind};
pub use receive::{CallbackReceipt, WebhookReceipt};
pub use reconcile::{Answered, Reconciled};
pub use replay::{Difference, ReplayReport};
