//! A stand-in of Meta for WhatsApp: phones that write and tap, a Graph API that refuses what Meta refuses, and webhooks that
//! are signed, escaped, repeated, reordered and broken as Meta's are.
//!
//! It follows Meta's rules on its own and shares no code with the adapter, so that the two check each other. Nothing in it
//! is random and it reads no clock but the one it is given.
//!
//! What it does not do: media downloads, template approval, Instagram, Messenger.

mod api;
mod chat;
mod check;
mod faults;
mod payload;
mod sim;
mod state;
mod webhook;

pub use chat::{Chat, NotOffered};
pub use faults::{Refusal, Release, SendFault, WebhookFault};
pub use sim::{MetaSim, MetaSimConfig, Statuses};
pub use state::{Button, Entry, Person, Row, SentMessage, Template};
pub use webhook::Posted;
