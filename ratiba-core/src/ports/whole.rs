//! A tenant as a whole, and a person as a whole: everything that is stored about either, row by row.

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::store::StoreError;
use crate::domain::id::CustomerId;
use crate::domain::phone::Phone;

/// A row as column and value. Documents are JSON inside it, not text; moments are microseconds since 1970, as they are stored.
pub type Row = Map<String, Value>;

/// Takes rows one after another. An error ends the reading.
pub trait RowSink: Send {
    /// Takes one.
    fn row(&mut self, table: &'static str, row: Row) -> std::io::Result<()>;
}

/// What erasing a person did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// Rows that are gone, by table.
    pub deleted: std::collections::BTreeMap<String, u64>,
    /// Rows that stay without what tells who it was, by table.
    pub anonymised: std::collections::BTreeMap<String, u64>,
    /// Appointments that were still to come. They stay booked, for nobody in particular.
    pub upcoming: u64,
}

/// How an erasure ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErasureOutcome {
    /// All of it is done.
    Erased(Erased),
    /// A payment of theirs is not settled, so it must still be known whose it is. Nothing was changed.
    PaymentOpen,
}

/// Everything at once.
#[async_trait]
pub trait WholeStore: Send + Sync {
    /// Gives every row of the tenant to the sink, table by table, as of one moment. Left out: what is sealed, and tokens that open a callback.
    async fn dump(&self, sink: &mut dyn RowSink) -> Result<(), StoreError>;
    /// The same with every row of one person.
    async fn dump_person(
        &self,
        customer: CustomerId,
        sink: &mut dyn RowSink,
    ) -> Result<(), StoreError>;
    /// Customers whose proven phone this is, or whom a channel knows by these digits. A number that somebody only typed is no proof.
    async fn people(&self, phone: &Phone) -> Result<Vec<CustomerId>, StoreError>;
    /// Forgets who a customer was, in one transaction: what they said, were called and could be reached by is gone; appointments, payments and
    /// the ledger stay as numbers.
    async fn erase(
        &self,
        customer: CustomerId,
        now: Timestamp,
    ) -> Result<ErasureOutcome, StoreError>;
}
