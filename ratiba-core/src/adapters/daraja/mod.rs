//! M-Pesa by Safaricom's Daraja API: STK push, STK query and reversal.
//!
//! Requests are encoded and answers decoded by pure functions; `http` is the one place that talks to the network.
//! The adapter never asks a customer for money twice: only a request that was refused before it was processed is sent again.

mod callback;
mod codes;
mod credentials;
mod encode;
mod fault;
mod http;
mod provider;
mod read;
mod seal;
mod token;

pub use provider::{Daraja, DarajaSettings};
