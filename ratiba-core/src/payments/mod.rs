//! The payment machine, the same for every rail, and the ledger's arithmetic.

pub mod commission;
pub mod day;
pub mod event;
mod give_back;
pub mod ledger;
pub mod machine;
pub mod news;
pub mod reference;
pub mod report;
pub mod schedule;
mod settle;
pub mod share_out;

#[cfg(test)]
mod explore;
#[cfg(test)]
pub(crate) mod fixture;
