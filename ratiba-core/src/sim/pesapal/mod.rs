//! A stand-in of PesaPal's API 3.0: tokens, notified addresses, orders, the hosted card page, statuses, refunds and cancelled orders over real
//! HTTP, as strict as the contract.
//!
//! A test (or a person at the page) acts as the customer; a book tells what money really moved. Faults are queued and used once.
//!
//! It departs from PesaPal in two points: its page and the addresses that it notifies may be plain `http` on this machine, and a refund is
//! approved by [`PesaPalSim::approve_refund`].

mod api;
mod check;
mod faults;
mod letter;
mod page;
mod sim;
mod state;

pub use faults::{CancelFault, NoticeFault, OrderFault, RegisterFault, StatusFault, TokenFault};
pub use letter::Notified;
pub use page::PageAnswer;
pub use sim::{PesaPalSim, PesaPalSimConfig};
pub use state::{Means, SimAccount, SimOrder, Standing};
