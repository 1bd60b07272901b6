//! The deterministic ear: English, Swahili, Sheng and mixes, without a model and without a network.
//!
//! A message is cut into tokens each looked up once; greetings are set aside; readers then claim what they
//! explain, the most particular first: long numbers, names, picks from a list, days, times, services, staff. Patterns over what
//! people say and the values found decide the intent; the language is that of the frame. A time is decided last, because whether
//! an appointment is moved changes which of two times is meant.
//!
//! Never here: a clock, chance, a lock, or work that grows faster than the text, of which only the beginning is read.

mod calendar;
mod choice;
mod clock;
mod concept;
mod contact;
mod cues;
mod ear;
mod feeling;
mod fuzzy;
mod greet;
#[cfg(test)]
mod hostile;
mod hours;
mod intent;
mod lexicon;
mod number;
mod pattern;
mod people;
mod scene;
mod service;
mod text;
mod tongue;
mod verbs;
mod when;

pub use ear::{Ear, HearContext};
