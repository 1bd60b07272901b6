//! Meta's channels: what WhatsApp, Instagram and Messenger share, and the WhatsApp Cloud API.
//!
//! Each channel is a pure `encode` (reply to request body), a pure `decode` (webhook to events) and the shared
//! [`graph`](self) driver, which does all the I/O. The rules come from Meta's Graph API v26.0 (July 2026).

mod config;
mod error;
mod graph;
mod pacing;
mod signature;
mod text;
mod whatsapp;

pub use config::MetaConfig;
pub use whatsapp::WhatsApp;
