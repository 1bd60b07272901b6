//! The conversation machine: one thread, one event, one context in; the next thread and the effects out. Total and pure.
//!
//! - The way in is [`step::step`]; what it moves is a [`thread::Thread`]: a [`flow::Flow`] (where the booking is), a
//!   [`thread::Driver`] (who speaks for the business) and a memory of what outlives a question.
//! - What happens is an [`event::Event`], what is wanted an [`effect::Effect`], what is said a list of [`line::Line`]s without words.
//! - `step` dispatches by driver (`handoff`) and, while the machine drives, `agent` notices what any message may bring and hands it
//!   to its phase: `booking`, `times`, `phone`, `confirm`, `cross_sell`, `paying`, `cancel`, `reschedule`, `inquiry`. Finding a time
//!   is the same for a booking and a move (`find`). Who finds none may wait for one (`waitlist`); whose number is known already may
//!   prove that it is theirs (`proof`).
//! - What has to be looked up is asked of the engine and answered within the turn ([`asking`]); such a thread is never stored.
//! - What is said is of use for so long ([`useful`]).
//! - A stored thread is read by [`thread::Thread::load`] whatever its version ([`version`]).
//!
//! It never reads a clock, draws chance, waits, fails, logs or branches on a channel's name.
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
mod proof;
mod reschedule;
pub mod step;
#[cfg(test)]
mod talk;
mod thinking;
pub mod thread;
mod times;
mod turn;
mod upsell;
pub mod useful;
pub mod version;
mod view;
mod waitlist;
#[cfg(test)]
mod world;
