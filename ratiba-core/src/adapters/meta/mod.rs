//! Meta's channels: WhatsApp, Instagram and Messenger, and what they share.
//!
//! Each channel is a pure `encode` (reply to request body), a pure `decode` (webhook to events) and the shared
//! [`graph`](self) driver, which does all the I/O. The rules come from Meta's Graph API v26.0 (July 2026).

mod config;
mod envelope;
mod error;
mod graph;
mod mend;
mod messaging;
mod moment;
mod pacing;
mod signature;
mod text;
mod whatsapp;
mod words;

pub use config::MetaConfig;
pub use messaging::Messaging;
pub use whatsapp::WhatsApp;
