//! The store for any number of processes: PostgreSQL 15 or later, the registry in `public`, each tenant in a schema of its own.
//!
//! A tenant's schema is chosen by `SET LOCAL search_path` inside each transaction, never for a session, so that a pooler in transaction mode
//! may stand between. Every statement names the tenant as well: behind the schema that is the second wall. The statements are those of
//! `adapters::sql`; what is due is found by pointers in `public` (`due`), and is claimed with `FOR UPDATE SKIP LOCKED`.
#![cfg_attr(
    all(feature = "sqlite", feature = "postgres"),
    expect(
        clippy::duplicate_mod,
        reason = "the shared statements are compiled once for each database"
    )
)]

mod calls;
mod connect;
mod dialect;
mod due;
mod migrate;
mod pointers;
mod pool;
mod quick;
mod schema;
mod seen;
mod shards;
mod slots;
mod tenant;
mod together;
mod turns;
mod wake;

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

pub use connect::{PostgresOptions, PostgresStore};
pub use seen::PostgresSeen;
pub use tenant::PostgresTenant;
pub use wake::PostgresWakeUp;

/// What the shared statements call the store and the door to a tenant.
use connect::PostgresStore as TheStore;
use tenant::PostgresTenant as TheTenant;
