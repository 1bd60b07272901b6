//! Calls of the functions in the database (`functions.sql`).

use std::sync::LazyLock;

use sqlx::postgres::PgArguments;
use sqlx::query::Query;

use super::TheTenant;
use super::dialect::{Database, Row, is_named};
use super::error::During;
use super::shards::near;
use super::slots::SLOTS;
use super::traced::For;
use crate::ports::store::StoreError;

/// The functions under one number, as they are called. The first two arguments are always the schema and the tenant.
pub(super) struct Calls {
    pub(super) accept: String,
    pub(super) lanes: String,
    pub(super) commit: String,
    pub(super) done: String,
}

static CALLS: LazyLock<Vec<Calls>> = LazyLock::new(|| {
    let call = |name: &str, slot: usize, arguments: usize| {
        let places: Vec<_> = (1..=arguments).map(|n| format!("${n}")).collect();
        format!("public.ratiba_{name}_at_{slot}({})", places.join(", "))
    };
    let calls = (0..SLOTS).map(|slot| Calls {
        accept: format!("SELECT * FROM {}", call("accept_2", slot, 10)),
        lanes: format!("SELECT * FROM {}", call("lanes_1", slot, 4)),
        commit: format!("SELECT {} AS leased", call("commit_3", slot, 32)),
        done: format!("SELECT {} AS done", call("done_2", slot, 6)),
    });
    calls.collect()
});

/// One field of each, as an argument of a function that takes many together.
pub(super) fn column<'a, T: 'a, V>(
    all: impl IntoIterator<Item = &'a T>,
    of: impl Fn(&'a T) -> V,
) -> Vec<V> {
    all.into_iter().map(of).collect()
}

impl TheTenant {
    /// Calls a function; `None` when it can't be called, so that the shared statements have to do.
    pub(super) async fn call(
        &self,
        operation: &'static str,
        function: impl Fn(&'static Calls) -> &'static str,
        bound: impl FnOnce(
            Query<'static, Database, PgArguments>,
        ) -> Query<'static, Database, PgArguments>,
    ) -> Result<Option<Vec<Row>>, StoreError> {
        if self.db.pooler {
            return Ok(None);
        }
        let Some(room) = self.db.room(self.id, operation).await? else { return Ok(None) };
        let near = near(&room);
        let mut connection =
            self.db.tenants.take(near, For::tenant(operation, &room)).await.during(operation)?;
        let call = function(&CALLS[connection.slot_of(near)]);
        let query = bound(sqlx::query(call).bind(room.to_string()).bind(self.key.clone()));
        let rows = query.fetch_all(&mut *connection).await;
        if matches!(rows, Ok(_) | Err(sqlx::Error::Database(_))) {
            connection.answered();
        }
        match rows.during(operation) {
            // A database that an older program has migrated.
            Err(error) if is_named(&error, &["42883"]) => Ok(None),
            rows => rows.map(Some),
        }
    }
}
