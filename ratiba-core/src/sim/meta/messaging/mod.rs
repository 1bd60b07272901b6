//! The stand-in for Instagram or Messenger: people who write to a page, its Send API, and webhooks with echoes.

mod api;
mod check;
mod dm;
mod sim;
mod state;

pub use dm::Dm;
pub use sim::{MessagingSim, MessagingSimConfig};
pub use state::{DmEntry, DmMessage, Platform};
