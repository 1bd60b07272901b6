//! What the stand-ins of language models share: rules by which they answer, faults on demand, and a log of what they were asked.

mod answer;
mod desk;
mod fault;
mod sample;
mod sim;

pub(super) use answer::{End, Said, html_502, json, sse};
pub use desk::ModelAsked;
pub(super) use desk::{Asked, Desk, Tokens};
pub use fault::ModelFault;
pub use sim::ModelSim;
