//! The embedded store: one SQLite file in WAL mode for the registry and all tenants, or a database in memory for tests.
//!
//! One connection writes, in immediate transactions; a few others read. Every table of a tenant carries `tenant_id` and every statement
//! names it: here that is the wall between tenants. The statements are those of `adapters::sql`.
#![cfg_attr(
    all(feature = "sqlite", feature = "postgres"),
    expect(
        clippy::duplicate_mod,
        reason = "the shared statements are compiled once for each database"
    )
)]

mod connect;
mod dialect;
mod due;
#[cfg(test)]
mod making_tests;
mod migrate;
mod pointers;
mod quick;
#[cfg(test)]
mod row_tests;
mod schema;
mod tenant;
#[cfg(test)]
mod whole_tests;

#[path = "../sql/accounts.rs"]
mod accounts;
#[path = "../sql/api_keys.rs"]
mod api_keys;
#[path = "../sql/appointments.rs"]
mod appointments;
#[path = "../sql/archive.rs"]
mod archive;
#[path = "../sql/book.rs"]
mod book;
#[path = "../sql/business.rs"]
mod business;
#[path = "../sql/commit.rs"]
mod commit;
#[path = "../sql/dead_letters.rs"]
mod dead_letters;
#[path = "../sql/delivery.rs"]
mod delivery;
#[path = "../sql/error.rs"]
mod error;
#[path = "../sql/failed.rs"]
mod failed;
#[path = "../sql/identity.rs"]
mod identity;
#[path = "../sql/inbox.rs"]
mod inbox;
#[path = "../sql/jobs.rs"]
mod jobs;
#[path = "../sql/merge.rs"]
mod merge;
#[path = "../sql/outbox.rs"]
mod outbox;
#[path = "../sql/payments.rs"]
mod payments;
#[path = "../sql/rail.rs"]
mod rail;
#[path = "../sql/recycled.rs"]
mod recycled;
#[path = "../sql/registry.rs"]
mod registry;
#[path = "../sql/row.rs"]
mod row;
#[path = "../sql/secrets.rs"]
mod secrets;
#[path = "../sql/sms.rs"]
mod sms;
#[path = "../sql/spend.rs"]
mod spend;
#[path = "../sql/threads.rs"]
mod threads;
#[path = "../sql/till.rs"]
mod till;
#[path = "../sql/traced.rs"]
mod traced;
#[path = "../sql/transcript.rs"]
mod transcript;
#[path = "../sql/usual.rs"]
mod usual;
#[path = "../sql/visits.rs"]
mod visits;
#[path = "../sql/waitlist.rs"]
mod waitlist;
#[path = "../sql/whole.rs"]
mod whole;
#[path = "../sql/work.rs"]
mod work;

pub use connect::{Durability, SqliteStore};
pub use tenant::SqliteTenant;

/// What the shared statements call the store and the door to a tenant.
use connect::SqliteStore as TheStore;
use tenant::SqliteTenant as TheTenant;
