//! Lists over payments and the ledger, and whose a receipt is.

use async_trait::async_trait;

use super::TheTenant;
use super::dialect::Connection;
use super::error::During;
use super::payments;
use super::row::{Cells, micros};
use crate::domain::id::PaymentId;
use crate::domain::payment::{LedgerEntry, Payment};
use crate::domain::tenant::Rail;
use crate::domain::time::TimeWindow;
use crate::ports::store::StoreError;
use crate::ports::till::TillStore;

const OWNER: &str =
    "SELECT payment_id FROM receipts WHERE tenant_id = $1 AND rail = $2 AND receipt = $3";

/// Records the receipts of a payment; false when one of them is another payment's.
pub(super) async fn keep_receipts(
    connection: &mut Connection,
    tenant: &str,
    payment: &Payment,
) -> Result<bool, StoreError> {
    const OPERATION: &str = "recording receipts";
    let id = payment.id.to_string();
    for receipt in &payment.receipts {
        sqlx::query(
            "INSERT INTO receipts (tenant_id, rail, receipt, payment_id) VALUES ($1, $2, $3, $4)
             ON CONFLICT DO NOTHING",
        )
        .bind(tenant)
        .bind(payment.rail.as_str())
        .bind(receipt)
        .bind(&id)
        .execute(&mut *connection)
        .await
        .during(OPERATION)?;
        let row = sqlx::query(OWNER)
            .bind(tenant)
            .bind(payment.rail.as_str())
            .bind(receipt)
            .fetch_one(&mut *connection)
            .await
            .during(OPERATION)?;
        let owner: PaymentId = Cells::new(&row, "receipts", "payment_id").parse("payment_id")?;
        if owner != payment.id {
            return Ok(false);
        }
    }
    Ok(true)
}

#[async_trait]
impl TillStore for TheTenant {
    async fn receipt_owner(
        &self,
        rail: Rail,
        receipt: &str,
    ) -> Result<Option<PaymentId>, StoreError> {
        let query = sqlx::query(OWNER).bind(&self.key).bind(rail.as_str()).bind(receipt.to_owned());
        let mut found = self
            .all("finding a receipt", query, |row| {
                Cells::new(row, "receipts", "payment_id").parse("payment_id")
            })
            .await?;
        Ok(found.pop())
    }

    async fn payments_made(&self, range: TimeWindow) -> Result<Vec<Payment>, StoreError> {
        let query = sqlx::query(
            "SELECT id, doc FROM payments
             WHERE tenant_id = $1 AND created_at >= $2 AND created_at < $3 ORDER BY seq",
        )
        .bind(&self.key)
        .bind(micros(range.start))
        .bind(micros(range.end));
        self.all("listing payments", query, payments::read).await
    }

    async fn payments_last(&self, limit: u32) -> Result<Vec<Payment>, StoreError> {
        let query = sqlx::query(
            "SELECT id, doc FROM payments WHERE tenant_id = $1 ORDER BY seq DESC LIMIT $2",
        )
        .bind(&self.key)
        .bind(i64::from(limit));
        self.all("listing payments", query, payments::read).await
    }

    async fn payments_in(&self, state: &str, limit: u32) -> Result<Vec<Payment>, StoreError> {
        let query = sqlx::query(
            "SELECT id, doc FROM payments WHERE tenant_id = $1 AND status = $2 ORDER BY seq LIMIT $3",
        )
        .bind(&self.key)
        .bind(state.to_owned())
        .bind(i64::from(limit));
        self.all("listing payments", query, payments::read).await
    }

    async fn ledger_within(&self, range: TimeWindow) -> Result<Vec<LedgerEntry>, StoreError> {
        let query = sqlx::query(
            "SELECT * FROM ledger WHERE tenant_id = $1 AND at >= $2 AND at < $3 ORDER BY seq",
        )
        .bind(&self.key)
        .bind(micros(range.start))
        .bind(micros(range.end));
        self.all("reading the ledger", query, payments::read_entry).await
    }
}
