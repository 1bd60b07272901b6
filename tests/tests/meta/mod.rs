//! The WhatsApp adapter against the stand-in of Meta, over real HTTP.

mod rendering;
mod sending;
mod webhooks;
mod world;
