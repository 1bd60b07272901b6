//! From sqlx's failures to the store's.

use sqlx::error::ErrorKind;

use super::dialect;
use crate::ports::store::StoreError;

/// Names the operation that a failure stopped.
pub(super) trait During<T> {
    /// Turns a failure of sqlx into one of the store, by what can be done about it.
    fn during(self, operation: &'static str) -> Result<T, StoreError>;
}

impl<T> During<T> for Result<T, sqlx::Error> {
    fn during(self, operation: &'static str) -> Result<T, StoreError> {
        self.map_err(|error| {
            let source = Box::new(error);
            if passes(&source) {
                StoreError::Unavailable { operation, source }
            } else {
                StoreError::Refused { operation, source }
            }
        })
    }
}

impl<T> During<T> for Result<T, sqlx::migrate::MigrateError> {
    fn during(self, operation: &'static str) -> Result<T, StoreError> {
        self.map_err(|error| StoreError::Refused { operation, source: Box::new(error) })
    }
}

fn passes(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| dialect::passes(&code)),
        _ => false,
    }
}

/// Whether the database took a transaction back for the sake of another one, so that the same may be tried again at once.
pub(super) fn lost_a_race(error: &StoreError) -> bool {
    let StoreError::Unavailable { source, .. } = error else { return false };
    match source.downcast_ref::<sqlx::Error>() {
        Some(sqlx::Error::Database(error)) => error.code().is_some_and(|c| dialect::raced(&c)),
        _ => false,
    }
}

/// Whether a unique name is taken.
pub(super) fn is_taken(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(error) if error.kind() == ErrorKind::UniqueViolation)
}

/// A refusal of our own: what was asked contradicts itself.
pub(super) fn refused(operation: &'static str, why: &'static str) -> StoreError {
    StoreError::Refused { operation, source: why.into() }
}
