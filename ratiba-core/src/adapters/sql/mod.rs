//! The SQL that all databases share: one text, compiled once for each of them.
//!
//! The files beside this one belong to no module here. `adapters::sqlite` and `adapters::postgres` each take them in with `#[path]`, next to
//! five modules of their own, in which all differences lie:
//!
//! - `connect`: the store, the door to a tenant, and how a reading connection and a writing transaction are had (`read`, `write`);
//! - `dialect`: the types of the database, its error codes, the few statements that differ, and `guard`, which serialises those who decide
//!   by looking for what is not there (where there is only one writer, there is nothing to guard);
//! - `quick`: the calls that every message makes, in the way that costs this database least;
//! - `pointers`: where what is due is found before a tenant is known;
//! - `schema`: the migrations, and what a new or deleted tenant needs beside its rows.
//!
//! Statements use `$1` and `ON CONFLICT`, name the tenant as `$1`, keep moments in whole microseconds, and yes and no as 1 and 0.

pub(super) mod writing;

/// Runs a transaction again when the database took it back for the sake of another one, a few times at most.
macro_rules! again {
    ($run:expr) => {{
        let mut left = $crate::adapters::sql::RACES;
        loop {
            match $run.await {
                Err(error) if left > 0 && super::error::lost_a_race(&error) => left -= 1,
                outcome => break outcome,
            }
        }
    }};
}
pub(super) use again;

/// How often a transaction is run again; by then the caller hears that the database is too busy.
pub(super) const RACES: u32 = 8;
