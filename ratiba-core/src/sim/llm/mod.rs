//! What the stand-ins of language models share: rules by which they answer, faults on demand, and a log of what they were asked.

mod answer;
mod desk;
mod fault;
mod sample;

pub(super) use answer::{Piece, html_502, json, reset, sse};
pub(super) use desk::{Asked, Desk, Tokens};
pub use desk::{ModelAsked, ModelDesk};
pub use fault::ModelFault;
