//! The conversation machine: one thread, one event, one context in; the next thread and the effects out. Total and pure.
#![warn(clippy::wildcard_enum_match_arm)]

mod agent;
pub mod asking;
mod booking;
pub mod cancel;
pub mod choice;
mod confirm;
mod cross_sell;
pub mod effect;
mod errand;
pub mod event;
#[cfg(test)]
mod explore;
mod find;
pub mod flow;
mod handoff;
mod heard;
mod inquiry;
mod lapse;
pub mod line;
mod paying;
mod payment_news;
mod pending;
mod phone;
mod reschedule;
pub mod step;
pub mod thread;
#[cfg(test)]
mod talk;
mod times;
mod turn;
pub mod version;
mod view;
#[cfg(test)]
mod world;
