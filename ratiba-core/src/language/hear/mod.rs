//! The deterministic ear: English, Swahili, Sheng and mixes, without a model and without a network.

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
