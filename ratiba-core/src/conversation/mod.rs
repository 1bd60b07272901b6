//! The conversation machine: one thread, one event, one context in; the next thread and the effects out. Total and pure.

pub mod choice;
pub mod effect;
pub mod event;
pub mod line;
