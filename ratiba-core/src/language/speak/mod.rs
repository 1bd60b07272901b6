//! The speaker: turns what the machine wants said into a reply in English or Swahili, in the tenant's tone.
//!
//! Words live in `messages/{en,sw}/*.ftl` (Project Fluent), values are said by `say`, each topic puts its lines together in
//! `lines`, and `compose` makes one reply of a turn. What it never does: decide anything, or say what no line asked for.

mod admin;
mod after;
mod bundle;
mod compose;
mod context;
pub(crate) mod emoji;
mod lines;
mod owner;
mod part;
mod rail;
mod reminder;
mod say;
mod speaker;
#[cfg(test)]
mod tests;

pub use admin::{AdminText, PastTurn, TurnBy};
pub use after::Digest;
pub use rail::{Missing, RailAnswer};
pub use reminder::Reminder;
pub use speaker::{Speaker, Voice};
