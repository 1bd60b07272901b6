//! Time passing and people found to be one, through the real engine: reminders that follow every change, the waitlist's one winner, one-time
//! codes, the morning message, clocks that jump.

mod digest;
mod merges;
mod proofs;
mod reminders;
mod shop;
mod waitlist;
