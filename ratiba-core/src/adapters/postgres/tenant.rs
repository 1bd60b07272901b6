//! The door to one tenant's data.

use std::sync::Arc;

use super::connect::Db;
use super::error::refused;
use super::pool::Pooled;
use super::schema::NOBODY;
use crate::domain::id::TenantId;
use crate::ports::store::{StoreError, TenantStore};

/// All that one tenant owns. Each of its transactions is bound to the tenant's schema, each of its statements to the tenant.
#[derive(Debug, Clone)]
pub struct PostgresTenant {
    pub(super) db: Arc<Db>,
    pub(super) id: TenantId,
    /// The id as it is stored: the `$1` of every statement.
    pub(super) key: String,
}

impl PostgresTenant {
    pub(super) fn new(db: Arc<Db>, id: TenantId) -> Self {
        Self { db, id, key: id.to_string() }
    }

    /// A transaction to read in. Of a tenant that does not exist there is nothing to be read, which is no failure.
    pub(super) async fn read(&self, operation: &'static str) -> Result<Pooled, StoreError> {
        let room = self.db.room(self.id, operation).await?;
        self.db.enter(room.as_deref().unwrap_or(NOBODY), operation).await
    }

    /// A transaction to write in.
    pub(super) async fn write(&self, operation: &'static str) -> Result<Pooled, StoreError> {
        match self.db.room(self.id, operation).await? {
            Some(schema) => self.db.enter(&schema, operation).await,
            None => Err(refused(operation, "there is no such tenant")),
        }
    }
}

impl TenantStore for PostgresTenant {
    fn tenant(&self) -> TenantId {
        self.id
    }
}
