//! Stand-ins of the outside systems over real HTTP, with faults on demand.

pub mod daraja;
pub mod meta;
pub mod pesapal;
mod server;
