//! What is tested from outside, in one binary.
#![expect(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

mod browser;
mod crash;
mod daraja;
mod fleet;
mod golden;
mod hot;
mod knowledge;
mod meta;
mod models;
mod money;
mod operations;
mod pesapal;
mod reach;
mod server;
mod sms;
mod store;
mod terminal;
mod time;
mod tls;
mod understanding;
mod walls;

/// How long an answer is waited for in the tests of silence: far longer than one takes over the loopback, also on a busy machine. Everybody
/// else is as patient as in production.
pub(crate) const HASTE: std::time::Duration = std::time::Duration::from_secs(2);
