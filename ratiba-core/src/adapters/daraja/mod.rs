//! M-Pesa by Safaricom's Daraja API: STK push, STK query and reversal.
//!
//! Requests are encoded and answers decoded by pure functions; `provider` and `token` send them.
//! The adapter never asks a customer for money twice: only a request that was refused before it was processed is sent again.

mod callback;
mod codes;
mod credentials;
mod encode;
mod fault;
mod provider;
mod read;
mod seal;
mod token;

pub use provider::{Daraja, DarajaSettings};
