//! Stand-ins of the outside systems over real HTTP, with faults on demand.

pub mod meta;
mod server;
