//! A number that was given to somebody else: who writes from it is a new customer, not the one who had it.
//!
//! WhatsApp's business-scoped id changes with the number, and WhatsApp says so when it is the same person. A known number with an unknown
//! such id is still taken for the same person while it is in use: operators give numbers out again only after months of silence.

use jiff::{SignedDuration, Timestamp};

use super::dialect::Connection;
use super::error::During;
use super::row::{Cells, micros};
use crate::domain::customer::Identity;
use crate::domain::id::CustomerId;
use crate::ports::store::StoreError;

const OPERATION: &str = "looking whether a number is somebody else's by now";
/// After so much silence a number may be another person's. Kenya's operators wait 90 days and more.
const SILENCE: SignedDuration = SignedDuration::from_hours(24 * 60);

/// A business-scoped id has a dot in it, a number has none.
fn is_scoped(identity: &Identity) -> bool {
    identity.external_id.contains('.')
}

/// Takes the sender's ids from a customer who is somebody else by now, and says whether that was so.
pub(super) async fn let_go(
    connection: &mut Connection,
    tenant: &str,
    customer: CustomerId,
    sender: &[Identity],
    at: i64,
) -> Result<bool, StoreError> {
    let (Some(number), Some(scoped)) =
        (sender.iter().find(|i| !is_scoped(i)), sender.iter().find(|i| is_scoped(i)))
    else {
        return Ok(false);
    };
    let quiet_since = at.saturating_sub(micros(Timestamp::UNIX_EPOCH + SILENCE));
    // Another scoped id beside the number, and nothing heard for long.
    let row = sqlx::query(
        "SELECT c.id FROM customers c
         WHERE c.tenant_id = $1 AND c.id = $2 AND EXISTS (
            SELECT 1 FROM identities i
            WHERE i.tenant_id = $1 AND i.customer_id = c.id AND i.channel = $3
              AND i.external_id <> $4 AND i.external_id LIKE '%.%')
           AND COALESCE((SELECT MAX(n.received_at) FROM inbox n
                WHERE n.tenant_id = $1 AND n.customer_id = c.id AND n.spoken = 1), c.created_at) < $5",
    )
    .bind(tenant)
    .bind(customer.to_string())
    .bind(scoped.channel.as_str())
    .bind(&scoped.external_id)
    .bind(quiet_since)
    .fetch_optional(&mut *connection)
    .await
    .during(OPERATION)?;
    let Some(row) = row else { return Ok(false) };
    let id: CustomerId = Cells::new(&row, "customers", "id").parse("id")?;
    sqlx::query(
        "DELETE FROM identities
         WHERE tenant_id = $1 AND customer_id = $2 AND channel = $3 AND external_id = $4",
    )
    .bind(tenant)
    .bind(id.to_string())
    .bind(number.channel.as_str())
    .bind(&number.external_id)
    .execute(&mut *connection)
    .await
    .during(OPERATION)?;
    sqlx::query(
        "UPDATE customers SET phone_proven = 0
         WHERE tenant_id = $1 AND id = $2 AND phone = $3",
    )
    .bind(tenant)
    .bind(id.to_string())
    .bind(format!("+{}", number.external_id))
    .execute(connection)
    .await
    .during(OPERATION)?;
    Ok(true)
}
