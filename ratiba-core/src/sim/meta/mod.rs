//! Stand-ins of Meta for WhatsApp, Instagram and Messenger: phones that write and tap, a Graph API that refuses what Meta refuses, and webhooks that
//! are signed, escaped, repeated, reordered and broken as Meta's are.
//!
//! They follow Meta's rules on their own and share no code with the adapter, so that each checks the other. Nothing in them
//! is random and they read no clock but the one they are given.
//!
//! What they do not do: media downloads, template approval, profiles, handing a conversation to another app.

mod answers;
mod api;
mod chat;
mod check;
mod faults;
mod messaging;
mod payload;
mod postbox;
mod sim;
mod state;
mod webhook;

pub use chat::{Chat, NotOffered};
pub use faults::{Refusal, Release, SendFault, WebhookFault};
pub use messaging::{Dm, DmEntry, DmMessage, MessagingSim, MessagingSimConfig, Platform};
pub use sim::{MetaSim, MetaSimConfig, Statuses};
pub use state::{Button, Entry, Person, Row, SentMessage, Template};
pub use webhook::Posted;
