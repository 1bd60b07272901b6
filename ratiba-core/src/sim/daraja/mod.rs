//! A stand-in of Safaricom's Daraja: tokens, STK push, STK query, reversal and callbacks over real HTTP, as strict as the contract.
//!
//! It keeps who was prompted for what, lets a test act as the customer, and keeps a book of the money that really moved, against
//! which our own ledger can be compared. Faults are queued and used once.
//!
//! It departs from Daraja in one point: callback addresses may be plain `http` when they lead back to this machine.

mod answer;
mod api;
mod book;
mod check;
mod faults;
mod letter;
mod merchant;
mod notes;
mod sim;
mod state;

pub use book::{Book, BookLine, Flow};
pub use faults::{CallbackFault, PushFault, QueryFault, ReversalFault, TokenFault};
pub use letter::Posted;
pub use merchant::SimMerchant;
pub use sim::{DarajaSim, DarajaSimConfig};
pub use state::{Ending, Pin, Prompt};
