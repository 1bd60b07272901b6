//! Cards by PesaPal's API 3.0: an order, a page for the payer, and the status of both.
//!
//! Nothing that PesaPal posts to us says what became of a payment: a notification is a hint to ask for the status. Requests are encoded and
//! answers decoded by pure functions; `provider` and `account` send them. An order is never submitted twice for one payment.

mod account;
mod credentials;
mod encode;
mod fault;
mod notice;
mod page;
mod provider;
mod read;
mod status;

pub use notice::acknowledgement;
pub use provider::{PesaPal, PesaPalSettings};
