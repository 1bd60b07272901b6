//! The payment machine, the same for every rail, and the ledger's arithmetic.

pub mod news;
pub mod report;
