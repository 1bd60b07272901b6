//! Stand-ins of the outside systems over real HTTP, with faults on demand.

pub mod africastalking;
pub mod daraja;
pub mod meta;
mod server;
