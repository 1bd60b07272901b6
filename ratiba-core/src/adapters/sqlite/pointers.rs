//! Where due work is found before a tenant is known. Here all tenants share the tables, so that an index over all of them finds it and there
//! is nothing to keep beside the rows themselves.

use jiff::Timestamp;

use super::dialect::Connection;
use crate::domain::id::{CustomerId, InboxId};
use crate::ports::inbox::Timer;
use crate::ports::outbox::OutboxItem;
use crate::ports::store::StoreError;

/// An inbox item waits.
pub(super) async fn inbox_stored(
    _connection: &mut Connection,
    _tenant: &str,
    _id: InboxId,
    _customer: CustomerId,
    _at: Timestamp,
) -> Result<(), StoreError> {
    Ok(())
}

/// An inbox item waits no more.
pub(super) async fn inbox_done(
    _connection: &mut Connection,
    _tenant: &str,
    _id: InboxId,
) -> Result<(), StoreError> {
    Ok(())
}

/// Outbox items were stored.
pub(super) async fn outbox_stored(
    _connection: &mut Connection,
    _tenant: &str,
    _items: &[OutboxItem],
) -> Result<(), StoreError> {
    Ok(())
}

/// An outbox item has another status or another time.
pub(super) async fn outbox_moved(
    _connection: &mut Connection,
    _tenant: &str,
    _id: &str,
) -> Result<(), StoreError> {
    Ok(())
}

/// A timer was set.
pub(super) async fn timer_set(
    _connection: &mut Connection,
    _tenant: &str,
    _timer: &Timer,
    _key: &str,
) -> Result<(), StoreError> {
    Ok(())
}

/// A timer is forgotten.
pub(super) async fn timer_gone(
    _connection: &mut Connection,
    _tenant: &str,
    _customer: CustomerId,
    _key: &str,
) -> Result<(), StoreError> {
    Ok(())
}
