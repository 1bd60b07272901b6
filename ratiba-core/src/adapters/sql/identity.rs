//! Who is who: proofs of a number, and what a channel says of its own ids.

use async_trait::async_trait;
use jiff::Timestamp;

use super::TheTenant;
use super::dialect::{Connection, Row};
use super::error::During;
use super::row::{Cells, micros};
use crate::domain::channel::ChannelKind;
use crate::domain::customer::Identity;
use crate::domain::id::{CustomerId, ProofId};
use crate::domain::phone::Phone;
use crate::domain::proof::Proof;
use crate::ports::identity::{CodesSent, IdentityStore, Merge, Renamed};
use crate::ports::store::StoreError;

const PROVING: &str = "proving a number";
const RENAMING: &str = "renaming an identity";

#[async_trait]
impl IdentityStore for TheTenant {
    async fn proof(
        &self,
        customer: CustomerId,
        phone: &Phone,
    ) -> Result<Option<Proof>, StoreError> {
        let mut reader = self.read(PROVING).await?;
        let row = sqlx::query(
            "SELECT * FROM proofs WHERE tenant_id = $1 AND customer_id = $2 AND phone = $3
             ORDER BY created_at DESC, id DESC LIMIT 1",
        )
        .bind(&self.key)
        .bind(customer.to_string())
        .bind(phone.e164())
        .fetch_optional(&mut *reader)
        .await
        .during(PROVING)?;
        row.as_ref().map(read_proof).transpose()
    }

    async fn codes_sent(
        &self,
        phone: &Phone,
        phone_since: Timestamp,
        customer: CustomerId,
        customer_since: Timestamp,
    ) -> Result<CodesSent, StoreError> {
        let mut reader = self.read(PROVING).await?;
        let row = sqlx::query(
            "SELECT 'count' AS id,
                (SELECT COUNT(*) FROM proofs WHERE tenant_id = $1 AND phone = $2 AND created_at > $3) AS to_phone,
                (SELECT COUNT(*) FROM proofs WHERE tenant_id = $1 AND customer_id = $4 AND created_at > $5)
                    AS for_customer",
        )
        .bind(&self.key)
        .bind(phone.e164())
        .bind(micros(phone_since))
        .bind(customer.to_string())
        .bind(micros(customer_since))
        .fetch_one(&mut *reader)
        .await
        .during(PROVING)?;
        let cells = Cells::new(&row, "proofs", "id");
        Ok(CodesSent {
            to_phone: cells.count("to_phone")?,
            for_customer: cells.count("for_customer")?,
        })
    }

    async fn identities(&self, customer: CustomerId) -> Result<Vec<Identity>, StoreError> {
        let mut reader = self.read("reading identities").await?;
        let rows = sqlx::query(
            "SELECT channel, external_id FROM identities WHERE tenant_id = $1 AND customer_id = $2
             ORDER BY channel, external_id",
        )
        .bind(&self.key)
        .bind(customer.to_string())
        .fetch_all(&mut *reader)
        .await
        .during("reading identities")?;
        rows.iter()
            .map(|row| {
                let cells = Cells::new(row, "identities", "external_id");
                Ok(Identity {
                    channel: cells.name("channel", ChannelKind::from_name)?,
                    external_id: cells.get("external_id")?,
                })
            })
            .collect()
    }

    async fn rename_identity(
        &self,
        channel: ChannelKind,
        old: &str,
        new: &str,
    ) -> Result<Renamed, StoreError> {
        let mut transaction = self.write(RENAMING).await?;
        let was = owner(&mut transaction, &self.key, channel, old).await?;
        let is = owner(&mut transaction, &self.key, channel, new).await?;
        let renamed = match (was, is) {
            (None, _) => Renamed::Unknown,
            (Some(was), Some(is)) if was != is => Renamed::Taken { old: was, new: is },
            (Some(_), Some(_)) => Renamed::Done,
            (Some(was), None) => {
                rename(&mut transaction, &self.key, channel, old, new, was).await?;
                Renamed::Done
            }
        };
        transaction.commit().await.during(RENAMING)?;
        Ok(renamed)
    }

    async fn merges(&self) -> Result<Vec<Merge>, StoreError> {
        let mut reader = self.read("reading merges").await?;
        let rows =
            sqlx::query("SELECT * FROM customer_merges WHERE tenant_id = $1 ORDER BY at, gone_id")
                .bind(&self.key)
                .fetch_all(&mut *reader)
                .await
                .during("reading merges")?;
        rows.iter()
            .map(|row| {
                let cells = Cells::new(row, "customer_merges", "gone_id");
                Ok(Merge {
                    gone: cells.json("gone")?,
                    kept: cells.json("kept")?,
                    now: cells.parse("now_id")?,
                    at: cells.moment("at")?,
                })
            })
            .collect()
    }
}

async fn owner(
    connection: &mut Connection,
    tenant: &str,
    channel: ChannelKind,
    external_id: &str,
) -> Result<Option<CustomerId>, StoreError> {
    let row = sqlx::query(
        "SELECT customer_id FROM identities
         WHERE tenant_id = $1 AND channel = $2 AND external_id = $3",
    )
    .bind(tenant)
    .bind(channel.as_str())
    .bind(external_id)
    .fetch_optional(connection)
    .await
    .during(RENAMING)?;
    row.map(|row| Cells::new(&row, "identities", "customer_id").parse("customer_id")).transpose()
}

/// The old id is nobody's any more: should the channel give it to somebody else, they are somebody else.
async fn rename(
    connection: &mut Connection,
    tenant: &str,
    channel: ChannelKind,
    old: &str,
    new: &str,
    customer: CustomerId,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE identities SET external_id = $4
         WHERE tenant_id = $1 AND channel = $2 AND external_id = $3",
    )
    .bind(tenant)
    .bind(channel.as_str())
    .bind(old)
    .bind(new)
    .execute(&mut *connection)
    .await
    .during(RENAMING)?;
    // Where the id is the number itself, the number has changed with it.
    if let (Ok(was), Ok(is)) = (Phone::from_provider(old), Phone::from_provider(new)) {
        sqlx::query(
            "UPDATE customers SET phone = $4
             WHERE tenant_id = $1 AND id = $2 AND phone = $3 AND phone_proven = 1",
        )
        .bind(tenant)
        .bind(customer.to_string())
        .bind(was.e164())
        .bind(is.e164())
        .execute(connection)
        .await
        .during(RENAMING)?;
    }
    Ok(())
}

/// Stores a code's digest.
pub(super) async fn insert_proof(
    connection: &mut Connection,
    tenant: &str,
    proof: &Proof,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO proofs
            (tenant_id, id, customer_id, phone, salt, digest, tries, expires_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(tenant)
    .bind(proof.id.to_string())
    .bind(proof.customer.to_string())
    .bind(proof.phone.e164())
    .bind(&proof.salt)
    .bind(&proof.digest)
    .bind(i64::from(proof.tries))
    .bind(micros(proof.expires_at))
    .bind(micros(proof.created_at))
    .execute(connection)
    .await
    .during(PROVING)?;
    Ok(())
}

/// Counts a try; they only ever become fewer.
pub(super) async fn set_tries(
    connection: &mut Connection,
    tenant: &str,
    proof: ProofId,
    left: u8,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE proofs SET tries = $3 WHERE tenant_id = $1 AND id = $2 AND tries > $3")
        .bind(tenant)
        .bind(proof.to_string())
        .bind(i64::from(left))
        .execute(connection)
        .await
        .during(PROVING)?;
    Ok(())
}

fn read_proof(row: &Row) -> Result<Proof, StoreError> {
    let cells = Cells::new(row, "proofs", "id");
    Ok(Proof {
        id: cells.parse("id")?,
        customer: cells.parse("customer_id")?,
        phone: cells.parse("phone")?,
        salt: cells.get("salt")?,
        digest: cells.get("digest")?,
        tries: cells.count("tries")?,
        expires_at: cells.moment("expires_at")?,
        created_at: cells.moment("created_at")?,
    })
}
