//! The owner's rail: what an admin was asked, and money that was taken at the venue.

use async_trait::async_trait;
use jiff::Timestamp;

use super::store::StoreError;
use crate::admin::plan::Pending;
use crate::admin::takings::Taking;
use crate::domain::payment::{LedgerEntry, Payment};
use crate::domain::phone::Phone;

/// What became of money that was entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entered {
    /// It is in the books.
    Done,
    /// It was there before.
    Before,
    /// The visit's time is somebody else's; nothing was entered.
    TimeTaken,
}

/// What an admin was asked, and money that was taken at the venue.
#[async_trait]
pub trait RailStore: Send + Sync {
    /// What an admin was asked last and has not answered.
    async fn rail(&self, admin: &Phone) -> Result<Option<Pending>, StoreError>;
    /// Remembers what an admin is asked in place of what was asked before; `None`: nothing.
    async fn set_rail(&self, admin: &Phone, pending: Option<&Pending>) -> Result<(), StoreError>;
    /// Enters money that was taken at the venue, whole or not at all.
    async fn enter_taking(&self, taking: &Taking) -> Result<Entered, StoreError>;
    /// The last payment since a moment that was entered so and stands.
    async fn last_taking(&self, since: Timestamp) -> Result<Option<Payment>, StoreError>;
    /// Gives a payment that was entered so its new state with the rows that take it back; the visit goes too where it was entered with it.
    /// False when it was taken back before.
    async fn take_back(
        &self,
        payment: &Payment,
        ledger: &[LedgerEntry],
    ) -> Result<bool, StoreError>;
}
