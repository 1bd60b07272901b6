//! The web widget: signed sessions, the frames of its WebSocket, and the channel that hands replies to who is connected.
//!
//! The WebSocket itself is the server's. It reads a [`ClientFrame`], checks the token with [`Sessions`], turns what was said
//! into an inbound message with [`heard`], and forwards what a [`Connection`] yields.

mod channel;
mod frames;
mod hub;
mod session;

pub use channel::WebChannel;
pub use frames::{By, ClientFrame, FrameError, MAX_FRAME, MAX_TEXT, ServerFrame, Shown, heard};
pub use hub::{Connection, WebHub};
pub use session::{Session, SessionError, Sessions};
