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
