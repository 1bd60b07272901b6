//! The door to one tenant's data.

use std::sync::Arc;

use super::connect::Db;
use crate::domain::id::TenantId;
use crate::ports::store::TenantStore;

/// All that one tenant owns. Each of its statements is bound to the tenant.
#[derive(Debug, Clone)]
pub struct SqliteTenant {
    pub(super) db: Arc<Db>,
    pub(super) id: TenantId,
    /// The id as it is stored: the `$1` of every statement.
    pub(super) key: String,
}

impl SqliteTenant {
    pub(super) fn new(db: Arc<Db>, id: TenantId) -> Self {
        Self { db, id, key: id.to_string() }
    }
}

impl TenantStore for SqliteTenant {
    fn tenant(&self) -> TenantId {
        self.id
    }
}
