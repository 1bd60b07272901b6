//! A stand-in of Africa's Talking: an inbox for each phone, prices by the part, and delivery reports to a callback.
//!
//! It counts parts on its own and shares no code with the adapter. Nothing in it is random.
//!
//! What it does not do: incoming texts, premium texts, the JSON form of bulk sending.

mod api;
mod faults;
mod parts;
mod sim;

pub use faults::SmsFault;
pub use sim::{AfricasTalkingSim, SimSmsAccount, Text};
