//! The calls that every message makes: here the shared statements, as they are.

use super::dialect::Row;
use super::{TheTenant, threads};
use crate::adapters::sql::again;
use crate::domain::id::OutboxId;
use crate::ports::channel::FailedDelivery;
use crate::ports::outbox::Attempt;
use crate::ports::store::{Accepted, CommitOutcome, NewInbox, StoreError, TurnCommit};

/// Stores an inbox item.
pub(super) async fn accept(tenant: &TheTenant, new: &NewInbox) -> Result<Accepted, StoreError> {
    again!(tenant.accept_once(new))
}

/// Stores inbox items, all or none.
pub(super) async fn accept_all(
    tenant: &TheTenant,
    new: &[NewInbox],
) -> Result<Vec<Accepted>, StoreError> {
    again!(tenant.accept_all_once(new))
}

/// The rows of a lane.
pub(super) async fn lane(
    tenant: &TheTenant,
    customer: &str,
    limit: i64,
) -> Result<Vec<Row>, StoreError> {
    threads::lane_rows(tenant, customer, limit).await
}

/// Commits a turn.
pub(super) async fn commit(
    tenant: &TheTenant,
    turn: &TurnCommit,
) -> Result<CommitOutcome, StoreError> {
    again!(tenant.commit_turn(turn))
}

/// No attempt is recorded in another way than the shared one.
pub(super) async fn record(
    _tenant: &TheTenant,
    _id: OutboxId,
    _attempt: &Attempt,
    _then: Option<&NewInbox>,
) -> Result<Option<Option<FailedDelivery>>, StoreError> {
    Ok(None)
}
