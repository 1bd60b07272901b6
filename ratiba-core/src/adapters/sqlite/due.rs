//! What is due, in all tenants: found by a reader, leased one by one.

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;

use super::connect::SqliteStore;
use super::error::During;
use super::outbox;
use super::row::{Cells, micros};
use super::traced::For;
use crate::domain::id::TenantId;
use crate::ports::inbox::Timer;
use crate::ports::store::{DueWork, StoreError};

const OPERATION: &str = "claiming due work";

/// An outbox item that was due when it was looked for.
struct Candidate {
    tenant: TenantId,
    id: String,
}

enum Found {
    Ready(DueWork),
    Leasable(Candidate),
}

impl SqliteStore {
    /// Kinds and tenants take turns, so that no backlog of one holds up the others. Only what is leased needs the writer.
    pub(super) async fn claim(
        &self,
        now: Timestamp,
        stale_before: Timestamp,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<DueWork>, StoreError> {
        let found = self.look(now, stale_before, limit).await?;
        if !found.iter().any(|found| matches!(found, Found::Leasable(_))) {
            let ready = |found| match found {
                Found::Ready(work) => Some(work),
                Found::Leasable(_) => None,
            };
            return Ok(found.into_iter().filter_map(ready).collect());
        }
        let mut transaction = self.write(OPERATION).await?;
        let mut due = Vec::with_capacity(found.len());
        for found in found {
            match found {
                Found::Ready(work) => due.push(work),
                Found::Leasable(Candidate { tenant, id }) => {
                    let key = tenant.to_string();
                    let row = outbox::claim(&mut transaction, &key, &id, now, lease_until).await;
                    // `None` when somebody else was faster.
                    if let Some(Some(row)) = readable(row)? {
                        let item = Box::new(row.item);
                        due.push(DueWork::Outbox { tenant, item, status: row.status });
                    }
                }
            }
        }
        transaction.commit().await.during(OPERATION)?;
        Ok(due)
    }

    async fn look(
        &self,
        now: Timestamp,
        stale_before: Timestamp,
        limit: u32,
    ) -> Result<Vec<Found>, StoreError> {
        let mut reader = self.db.reader(For::registry(OPERATION)).await;
        let rows = sqlx::query(
            "WITH due AS (
                SELECT 'lane' AS kind, tenant_id, customer_id AS id, customer_id, NULL AS key,
                       MIN(received_at) AS due_at
                FROM inbox WHERE done_at IS NULL AND received_at < $2 GROUP BY tenant_id, customer_id
                UNION ALL
                SELECT 'outbox', o.tenant_id, o.id, o.customer_id, NULL, o.due_at
                FROM outbox o
                WHERE o.status IN ('pending', 'unknown') AND o.due_at <= $1 AND NOT EXISTS (
                    SELECT 1 FROM outbox e
                    WHERE e.tenant_id = o.tenant_id AND e.lane = o.lane AND e.seq < o.seq
                      AND e.status IN ('pending', 'unknown'))
                UNION ALL
                SELECT 'timer', tenant_id, id, customer_id, key, due_at FROM timers WHERE due_at <= $1),
             turns AS (
                SELECT due.*, ROW_NUMBER() OVER (
                    PARTITION BY due.kind, due.tenant_id ORDER BY due.due_at, due.id) AS turn
                FROM due JOIN tenants t ON t.id = due.tenant_id AND t.status = 'active'),
             places AS (
                SELECT turns.*, ROW_NUMBER() OVER (
                    PARTITION BY kind ORDER BY turn, due_at, tenant_id, id) AS place
                FROM turns)
             SELECT kind, tenant_id, id, customer_id, key, due_at FROM places
             ORDER BY place, kind LIMIT $3",
        )
        .bind(micros(now))
        .bind(micros(stale_before))
        .bind(i64::from(limit))
        .fetch_all(&mut *reader)
        .await
        .during(OPERATION)?;
        drop(reader);
        let mut found = Vec::with_capacity(rows.len());
        for row in &rows {
            found.extend(readable(read(row))?);
        }
        Ok(found)
    }

    /// The first moment at which an outbox item or a timer falls due.
    pub(super) async fn soonest(&self) -> Result<Option<Timestamp>, StoreError> {
        let mut reader = self.db.reader(For::registry(OPERATION)).await;
        let row = sqlx::query(
            "SELECT 'soonest' AS key, MIN(due_at) AS due_at FROM (
                SELECT o.tenant_id, o.due_at FROM outbox o
                WHERE o.status IN ('pending', 'unknown') AND NOT EXISTS (
                    SELECT 1 FROM outbox e
                    WHERE e.tenant_id = o.tenant_id AND e.lane = o.lane AND e.seq < o.seq
                      AND e.status IN ('pending', 'unknown'))
                UNION ALL
                SELECT tenant_id, due_at FROM timers) AS due
             JOIN tenants t ON t.id = due.tenant_id AND t.status = 'active'",
        )
        .fetch_one(&mut *reader)
        .await
        .during("looking for the next due work")?;
        Cells::new(&row, "outbox, timers", "key").moment_opt("due_at")
    }
}

fn read(row: &SqliteRow) -> Result<Found, StoreError> {
    let cells = Cells::new(row, "inbox, outbox, timers", "id");
    let tenant = cells.parse("tenant_id")?;
    let customer = cells.parse("customer_id")?;
    Ok(match cells.get::<&str>("kind")? {
        "lane" => Found::Ready(DueWork::Lane { tenant, customer }),
        "timer" => {
            let (key, due_at) = (cells.json("key")?, cells.moment("due_at")?);
            let timer = Timer { id: cells.parse("id")?, customer, key, due_at };
            Found::Ready(DueWork::Timer { tenant, timer })
        }
        _ => Found::Leasable(Candidate { tenant, id: cells.get("id")? }),
    })
}

/// A row that can't be read is reported and passed over: one damaged row of one tenant must not stop the work of all.
fn readable<T>(read: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(error @ StoreError::Corrupt { .. }) => {
            tracing::error!(%error, "passed over due work that can't be read");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::seal::SecretKey;
    use crate::demo;
    use crate::domain::id::Mint;
    use crate::ports::store::{NewTenant, Registry};

    #[tokio::test]
    async fn a_damaged_timer_does_not_stop_the_others() {
        let store = SqliteStore::in_memory(&SecretKey::for_tests()).await.unwrap();
        let demo = demo::tenant("demo-salon").unwrap();
        let tenant = demo.business.tenant.id;
        let new = NewTenant {
            business: demo.business,
            snippets: Vec::new(),
            accounts: Vec::new(),
            merchants: Vec::new(),
            created_at: Timestamp::UNIX_EPOCH,
        };
        store.create_tenant(&new).await.unwrap();
        let mint = Mint { at: Timestamp::UNIX_EPOCH, seed: 1 };
        let good = r#"{"of":"payment_query","payment":"PAYMENT"}"#
            .replace("PAYMENT", &mint.id::<crate::domain::id::PaymentKind>(9).to_string());
        for (n, key) in [(1, "{\"of\":\"nothing we know\"}"), (2, good.as_str())] {
            let mut writer = store.db.writer(For::registry("testing")).await;
            sqlx::query("INSERT INTO timers (tenant_id, customer_id, key, id, due_at) VALUES ($1, $2, $3, $4, 0)")
                .bind(tenant.to_string())
                .bind(mint.id::<crate::domain::id::CustomerKind>(0).to_string())
                .bind(key)
                .bind(mint.id::<crate::domain::id::TimerKind>(n).to_string())
                .execute(&mut *writer)
                .await
                .unwrap();
        }
        let now = Timestamp::UNIX_EPOCH;
        let due = store.claim_due(now, now, now, 10).await.unwrap();
        let [DueWork::Timer { timer, .. }] = &due[..] else { panic!("{due:?}") };
        assert_eq!(timer.id, mint.id(2));
    }
}
