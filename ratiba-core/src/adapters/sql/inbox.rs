//! What comes in: finding or making the customer, and storing why a turn is needed.

use jiff::Timestamp;

use super::dialect::{Connection, Row};
use super::error::{During, refused};
use super::row::{Cells, json, micros};
use super::{dialect, pointers, recycled};
use crate::domain::customer::{Customer, Identity};
use crate::domain::id::{CustomerId, InboxId};
use crate::domain::message::{Content, Language};
use crate::domain::phone::Phone;
use crate::ports::inbox::Cause;
use crate::ports::store::{Accepted, LaneKey, NewInbox, StoreError};

const OPERATION: &str = "storing an inbox item";
/// Stands where there were words that their sender has taken back.
const TAKEN_BACK: &str = "taken back";

/// Stores an inbox item unless one with its key is stored already.
pub(super) async fn accept(
    connection: &mut Connection,
    tenant: &str,
    new: &NewInbox,
) -> Result<Accepted, StoreError> {
    if let Some(customer) = stored(connection, tenant, &new.dedupe_key).await? {
        return Ok(Accepted { customer, fresh: false });
    }
    let customer = match &new.lane {
        LaneKey::Customer(id) => *id,
        LaneKey::Sender { identities, phone, name, new: id } => {
            let sender = Sender { identities, phone: phone.as_ref(), name: name.as_deref() };
            sender.find_or_make(connection, tenant, *id, micros(new.received_at)).await?
        }
    };
    // Whoever names a customer who has become another meanwhile means that other.
    let row = sqlx::query(
        "INSERT INTO inbox (tenant_id, id, customer_id, dedupe_key, spoken, cause, received_at)
         VALUES ($1, $2, COALESCE((SELECT m.now_id FROM customer_merges m
            WHERE m.tenant_id = $1 AND m.gone_id = $3), $3), $4, $5, $6, $7)
         ON CONFLICT (tenant_id, dedupe_key) DO NOTHING
         RETURNING customer_id",
    )
    .bind(tenant)
    .bind(new.id.to_string())
    .bind(customer.to_string())
    .bind(&new.dedupe_key)
    .bind(i64::from(is_spoken(&new.cause)))
    .bind(json(&new.cause)?)
    .bind(micros(new.received_at))
    .fetch_optional(&mut *connection)
    .await
    .during(OPERATION)?;
    let Some(row) = row else {
        // Somebody else stored it since we looked.
        let known = stored(connection, tenant, &new.dedupe_key).await?;
        return Ok(Accepted { customer: known.unwrap_or(customer), fresh: false });
    };
    let customer = Cells::new(&row, "inbox", "customer_id").parse("customer_id")?;
    pointers::inbox_stored(connection, tenant, new.id, customer, new.received_at).await?;
    Ok(Accepted { customer, fresh: true })
}

/// Whose item has this key, if one is stored.
async fn stored(
    connection: &mut Connection,
    tenant: &str,
    dedupe_key: &str,
) -> Result<Option<CustomerId>, StoreError> {
    let row = sqlx::query("SELECT customer_id FROM inbox WHERE tenant_id = $1 AND dedupe_key = $2")
        .bind(tenant)
        .bind(dedupe_key)
        .fetch_optional(connection)
        .await
        .during(OPERATION)?;
    row.map(|row| Cells::new(&row, "inbox", "customer_id").parse("customer_id")).transpose()
}

/// Forgets what a message said. Its row stays, so that a repetition is still known for one.
pub(super) async fn forget(
    connection: &mut Connection,
    tenant: &str,
    dedupe_key: &str,
    at: Timestamp,
) -> Result<bool, StoreError> {
    const OPERATION: &str = "forgetting a message";
    let row = sqlx::query(
        "SELECT id, customer_id, cause FROM inbox WHERE tenant_id = $1 AND dedupe_key = $2",
    )
    .bind(tenant)
    .bind(dedupe_key)
    .fetch_optional(&mut *connection)
    .await
    .during(OPERATION)?;
    let Some(row) = row else { return Ok(false) };
    let cells = Cells::new(&row, "inbox", "id");
    let (id, customer): (InboxId, CustomerId) = (cells.parse("id")?, cells.parse("customer_id")?);
    let Cause::Message { mut message } = cells.json("cause")? else { return Ok(false) };
    let gone = Content::Unsupported { what: TAKEN_BACK.to_owned() };
    let said = std::mem::replace(&mut message.content, gone);
    message.profile_name = None;
    sqlx::query(
        "UPDATE inbox SET cause = $3, done_at = COALESCE(done_at, $4) WHERE tenant_id = $1 AND id = $2",
    )
    .bind(tenant)
    .bind(id.to_string())
    .bind(json(&Cause::Message { message })?)
    .bind(micros(at))
    .execute(&mut *connection)
    .await
    .during(OPERATION)?;
    pointers::inbox_done(connection, tenant, id).await?;
    // A record stands for itself: those around it can still be taken again.
    for statement in [
        "DELETE FROM turn_records WHERE tenant_id = $1 AND doc LIKE '%' || $3 || '%' AND thread_id IN (
            SELECT id FROM threads WHERE tenant_id = $1 AND customer_id = $2)",
        "DELETE FROM outbox WHERE tenant_id = $1 AND customer_id = $2 AND status IN ('done', 'failed')
            AND spoken = 0 AND what LIKE '%' || $3 || '%'",
    ] {
        sqlx::query(statement)
            .bind(tenant)
            .bind(customer.to_string())
            .bind(id.to_string())
            .execute(&mut *connection)
            .await
            .during(OPERATION)?;
    }
    if let Content::Text { body } = said {
        sqlx::query("DELETE FROM unanswered WHERE tenant_id = $1 AND question = $2")
            .bind(tenant)
            .bind(body)
            .execute(connection)
            .await
            .during(OPERATION)?;
    }
    Ok(true)
}

/// Whether somebody said something, so that it is a line of the transcript. An admin's words are one when they go out.
pub(super) fn is_spoken(cause: &Cause) -> bool {
    match cause {
        Cause::Message { .. } | Cause::OwnerSpoke { .. } => true,
        Cause::Admin { .. }
        | Cause::Timer { .. }
        | Cause::Payment { .. }
        | Cause::Reminder { .. }
        | Cause::VisitOver { .. }
        | Cause::FollowUp { .. }
        | Cause::SlotFreed { .. }
        | Cause::OfferOver { .. }
        | Cause::ToolFailed { .. }
        | Cause::Thought { .. } => false,
    }
}

/// What a provider tells about who wrote.
struct Sender<'a> {
    identities: &'a [Identity],
    phone: Option<&'a Phone>,
    name: Option<&'a str>,
}

/// A customer found, with what decides whether anything new was learnt.
struct Found {
    id: CustomerId,
    phone: Option<String>,
    proven: bool,
    named: bool,
    /// How many of the sender's identities are known, whoever's they are.
    known: usize,
}

impl Sender<'_> {
    /// The customer of the strongest known identity, else the one whose proven phone this is, else a new one.
    ///
    /// Identities that belong to somebody else stay theirs: people are merged by proof, not by a webhook.
    async fn find_or_make(
        &self,
        connection: &mut Connection,
        tenant: &str,
        new: CustomerId,
        at: i64,
    ) -> Result<CustomerId, StoreError> {
        if self.identities.is_empty() {
            return Err(refused(OPERATION, "a sender without identities"));
        }
        let mut found = self.find(connection, tenant).await?;
        if found.is_none() && dialect::guard(connection, tenant, self.names()).await? {
            // Somebody else may have met the same person meanwhile.
            found = self.find(connection, tenant).await?;
        }
        if let Some(someone) = &found
            && someone.known < self.identities.len()
            && recycled::let_go(connection, tenant, someone.id, self.identities, at).await?
        {
            found = None;
        }
        let known = found.as_ref().map_or(0, |found| found.known);
        let id = if let Some(found) = found {
            self.learn(connection, tenant, &found).await?;
            found.id
        } else {
            self.make(connection, tenant, new, at).await?;
            new
        };
        if known < self.identities.len() {
            self.add_identities(connection, tenant, id).await?;
        }
        Ok(id)
    }

    /// What the sender may be recognised by.
    fn names(&self) -> Vec<String> {
        let identities = self.identities.iter();
        let mut names: Vec<_> =
            identities.map(|i| format!("{}:{}", i.channel, i.external_id)).collect();
        names.extend(self.phone.map(|phone| phone.e164().to_owned()));
        names
    }

    async fn find(
        &self,
        connection: &mut Connection,
        tenant: &str,
    ) -> Result<Option<Found>, StoreError> {
        match (self.by_identity(connection, tenant).await?, self.phone) {
            (None, Some(phone)) => by_phone(connection, tenant, phone).await,
            (found, _) => Ok(found),
        }
    }

    async fn by_identity(
        &self,
        connection: &mut Connection,
        tenant: &str,
    ) -> Result<Option<Found>, StoreError> {
        let mut strongest: Option<Found> = None;
        let mut known = 0;
        for identity in self.identities {
            let row = sqlx::query(
                "SELECT c.id, c.name, c.phone, c.phone_proven
                 FROM identities i JOIN customers c ON c.tenant_id = i.tenant_id AND c.id = i.customer_id
                 WHERE i.tenant_id = $1 AND i.channel = $2 AND i.external_id = $3",
            )
            .bind(tenant)
            .bind(identity.channel.as_str())
            .bind(&identity.external_id)
            .fetch_optional(&mut *connection)
            .await
            .during(OPERATION)?;
            if let Some(row) = row {
                known += 1;
                if strongest.is_none() {
                    strongest = Some(found(&row)?);
                }
            }
        }
        Ok(strongest.map(|found| Found { known, ..found }))
    }

    /// Keeps the phone that the provider vouches for, and the name where there was none.
    async fn learn(
        &self,
        connection: &mut Connection,
        tenant: &str,
        found: &Found,
    ) -> Result<(), StoreError> {
        let new_phone =
            self.phone.filter(|p| !found.proven || found.phone.as_deref() != Some(p.e164()));
        let new_name = self.name.filter(|_| !found.named);
        if new_phone.is_none() && new_name.is_none() {
            return Ok(());
        }
        sqlx::query(
            "UPDATE customers
             SET phone = COALESCE($3, phone), name = COALESCE(name, $4),
                 phone_proven = CASE WHEN $3 IS NULL THEN phone_proven ELSE 1 END
             WHERE tenant_id = $1 AND id = $2",
        )
        .bind(tenant)
        .bind(found.id.to_string())
        .bind(new_phone.map(Phone::e164))
        .bind(new_name)
        .execute(connection)
        .await
        .during(OPERATION)?;
        Ok(())
    }

    async fn make(
        &self,
        connection: &mut Connection,
        tenant: &str,
        id: CustomerId,
        at: i64,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO customers (tenant_id, id, name, phone, phone_proven, created_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(tenant)
        .bind(id.to_string())
        .bind(self.name)
        .bind(self.phone.map(Phone::e164))
        .bind(i64::from(self.phone.is_some()))
        .bind(at)
        .execute(connection)
        .await
        .during(OPERATION)?;
        Ok(())
    }

    async fn add_identities(
        &self,
        connection: &mut Connection,
        tenant: &str,
        customer: CustomerId,
    ) -> Result<(), StoreError> {
        for identity in self.identities {
            sqlx::query(
                "INSERT INTO identities (tenant_id, channel, external_id, customer_id)
                 VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            )
            .bind(tenant)
            .bind(identity.channel.as_str())
            .bind(&identity.external_id)
            .bind(customer.to_string())
            .execute(&mut *connection)
            .await
            .during(OPERATION)?;
        }
        Ok(())
    }
}

async fn by_phone(
    connection: &mut Connection,
    tenant: &str,
    phone: &Phone,
) -> Result<Option<Found>, StoreError> {
    let row = sqlx::query(
        "SELECT id, name, phone, phone_proven FROM customers
         WHERE tenant_id = $1 AND phone = $2 AND phone_proven = 1
         ORDER BY created_at, id LIMIT 1",
    )
    .bind(tenant)
    .bind(phone.e164())
    .fetch_optional(connection)
    .await
    .during(OPERATION)?;
    row.as_ref().map(found).transpose()
}

fn found(row: &Row) -> Result<Found, StoreError> {
    let cells = Cells::new(row, "customers", "id");
    Ok(Found {
        id: cells.parse("id")?,
        phone: cells.get("phone")?,
        proven: cells.flag("phone_proven")?,
        named: cells.get::<Option<&str>>("name")?.is_some(),
        known: 0,
    })
}

/// Reads a row of `SELECT *` from `customers`.
pub(super) fn read_customer(row: &Row) -> Result<Customer, StoreError> {
    let cells = Cells::new(row, "customers", "id");
    Ok(Customer {
        id: cells.parse("id")?,
        name: cells.get("name")?,
        phone: cells.parse_opt("phone")?,
        phone_proven: cells.flag("phone_proven")?,
        language: cells
            .get::<Option<&str>>("language")?
            .map(|_| cells.name("language", language))
            .transpose()?,
        opted_out: cells.flag("opted_out")?,
        created_at: cells.moment("created_at")?,
    })
}

fn language(code: &str) -> Option<Language> {
    [Language::En, Language::Sw].into_iter().find(|l| l.code() == code)
}

/// Stores what a customer is now like.
pub(super) async fn update_customer(
    connection: &mut Connection,
    tenant: &str,
    customer: &Customer,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE customers SET name = $3, phone = $4, phone_proven = $5, language = $6, opted_out = $7
         WHERE tenant_id = $1 AND id = $2",
    )
    .bind(tenant)
    .bind(customer.id.to_string())
    .bind(&customer.name)
    .bind(customer.phone.as_ref().map(Phone::e164))
    .bind(i64::from(customer.phone_proven))
    .bind(customer.language.map(Language::code))
    .bind(i64::from(customer.opted_out))
    .execute(connection)
    .await
    .during(OPERATION)?;
    Ok(())
}
