//! The deterministic ear: English, Swahili, Sheng and mixes, without a model and without a network.

mod calendar;
mod clock;
mod concept;
mod fuzzy;
mod lexicon;
mod number;
mod scene;
mod text;
mod verbs;
