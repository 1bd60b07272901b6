//! Who is who: proofs of a number, and two rows that turn out to be one person.

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::store::StoreError;
use crate::domain::channel::ChannelKind;
use crate::domain::customer::{Customer, Identity};
use crate::domain::id::CustomerId;
use crate::domain::phone::Phone;
use crate::domain::proof::Proof;

/// Two rows became one person. Everything that one had belongs to the other since; nothing was deleted but the row itself, and that is kept
/// here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Merge {
    /// The row that is gone, as it was.
    pub gone: Customer,
    /// The row that stayed, as it was before.
    pub kept: Customer,
    /// Who the person is by now, should the row that stayed have been joined to another later.
    pub now: CustomerId,
    /// When.
    pub at: Timestamp,
}

/// What became of a channel's word that a customer's id has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renamed {
    /// The customer has the new id.
    Done,
    /// Nobody has the old id.
    Unknown,
    /// The new id is another customer's: nobody is joined by a channel's word alone.
    Taken {
        /// Whose the old one is.
        old: CustomerId,
        /// Whose the new one is.
        new: CustomerId,
    },
}

/// How many codes were sent of late.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CodesSent {
    /// To this number, whoever asked.
    pub to_phone: u32,
    /// For this customer, to whatever number.
    pub for_customer: u32,
}

/// Who is who.
#[async_trait]
pub trait IdentityStore: Send + Sync {
    /// The newest code of a customer for a number, whether or not it can still be used.
    async fn proof(&self, customer: CustomerId, phone: &Phone)
    -> Result<Option<Proof>, StoreError>;
    /// How many codes were made: for a number since one moment, for a customer since another.
    async fn codes_sent(
        &self,
        phone: &Phone,
        phone_since: Timestamp,
        customer: CustomerId,
        customer_since: Timestamp,
    ) -> Result<CodesSent, StoreError>;
    /// How channels know a customer, in order.
    async fn identities(&self, customer: CustomerId) -> Result<Vec<Identity>, StoreError>;
    /// The channel says that one of its ids has become another.
    async fn rename_identity(
        &self,
        channel: ChannelKind,
        old: &str,
        new: &str,
    ) -> Result<Renamed, StoreError>;
    /// Every merge, oldest first.
    async fn merges(&self) -> Result<Vec<Merge>, StoreError>;
}
