//! The embedded store: one SQLite file in WAL mode for the registry and all tenants, or a database in memory for tests.
//!
//! One connection writes, in immediate transactions; a few others read. Every table of a tenant carries `tenant_id` and every statement
//! names it: here that is the wall between tenants, in a database with a schema per tenant it would be the second one. Statements use
//! `$1` and `ON CONFLICT`, which mean the same in Postgres. Moments are kept in whole microseconds.

mod accounts;
mod appointments;
mod archive;
mod book;
mod business;
mod commit;
mod connect;
mod dead_letters;
mod delivery;
mod due;
mod error;
mod inbox;
mod jobs;
mod outbox;
mod payments;
mod registry;
mod row;
mod schema;
mod tenant;
mod threads;
mod transcript;
mod work;

pub use connect::{Durability, SqliteStore};
pub use tenant::SqliteTenant;
