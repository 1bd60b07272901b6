//! The outside world behind the ports, one feature each.

#[cfg(feature = "daraja")]
pub mod daraja;
#[cfg(feature = "memory")]
pub mod memory;
#[cfg(feature = "meta")]
pub mod meta;
#[cfg(feature = "sqlite")]
pub mod seal;
#[cfg(feature = "sqlite")]
pub mod sqlite;
pub mod system;
#[cfg(feature = "web")]
pub mod web;
