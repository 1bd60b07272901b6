//! Stand-ins of the outside systems over real HTTP, with faults on demand.

pub mod africastalking;
mod anthropic;
mod courier;
pub mod daraja;
pub mod llm;
pub mod meta;
mod openai;
pub mod pesapal;
mod server;
