//! Free time: opening hours, breaks, holidays, buffers, resources, lead and horizon in; free slots and fair choices out.

mod board;
pub mod cross_sell;
mod fair;
#[cfg(test)]
mod fixture;
mod frame;
pub mod holidays;
pub mod hours;
mod ids;
#[cfg(test)]
mod oracle;
pub mod reminder;
pub mod search;
pub mod slot;
mod spread;
pub mod waitlist;
pub mod why;
