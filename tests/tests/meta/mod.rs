//! The adapters of Meta's channels against the stand-ins of Meta, over real HTTP.

mod dms;
mod rendering;
mod sending;
mod webhooks;
mod world;
