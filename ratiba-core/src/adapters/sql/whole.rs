//! A tenant as a whole and a person as a whole: giving out every row, and forgetting who somebody was.

use async_trait::async_trait;
use futures_util::TryStreamExt as _;
use jiff::Timestamp;
use serde_json::Value;
use sqlx::{Column as _, Connection as _, Row as _, TypeInfo as _, ValueRef as _};

use super::TheTenant;
use super::dialect::{Connection, Plain, Row as Stored};
use super::error::During;
use super::row::{Cells, micros};
use super::schema::TENANT_TABLES;
use crate::domain::channel::ChannelKind;
use crate::domain::id::CustomerId;
use crate::domain::message::Content;
use crate::domain::phone::Phone;
use crate::ports::inbox::Cause;
use crate::ports::store::StoreError;
use crate::ports::whole::{Erased, ErasureOutcome, Row, RowSink, WholeStore};

const READING: &str = "reading everything";
const ERASING: &str = "erasing a person";

/// Columns whose text is a document.
const DOCUMENTS: &[&str] = &[
    "doc",
    "cause",
    "what",
    "settled_how",
    "state",
    "address",
    "capabilities",
    "offered",
    "key",
    "gone",
    "kept",
    "dial_changes",
];
/// Endings of columns that open something, or would let it be guessed.
const HIDDEN: &[&str] = &["token", "hash", "secret", "credentials", "salt", "digest", "api_key"];
/// Fields of documents that do.
const HIDDEN_FIELDS: &[&str] = &["callback_token"];

/// The payments of a person: by their conversations, live and archived, and by what they booked.
macro_rules! payments_of_person {
    () => {
        "(thread_id IN (SELECT t.id FROM threads t WHERE t.tenant_id = $1 AND t.customer_id = $2)
          OR thread_id IN (SELECT r.id FROM archive r
              WHERE r.tenant_id = $1 AND r.customer_id = $2 AND r.kind = 'thread')
          OR id IN (SELECT pa.payment_id FROM payment_appointments pa
              JOIN appointments a ON a.tenant_id = pa.tenant_id AND a.id = pa.appointment_id
              WHERE pa.tenant_id = $1 AND a.customer_id = $2))"
    };
}

/// Which rows of a table are a person's, and what erasing them does.
pub(super) struct Personal {
    pub(super) table: &'static str,
    rows: &'static str,
    then: Fate,
}

/// What erasing does with a person's rows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// They go.
    Delete,
    /// They lose what tells who it was, by a statement of their own.
    Anonymise,
    /// They hold numbers and ids only.
    Keep,
}

/// Every table with rows that are a person's, dependants before what they depend on. Tested against the schema: a new table that carries a
/// customer has to be entered here.
pub(super) const PERSONAL: &[Personal] = &[
    Personal { table: "waits", rows: "customer_id = $2", then: Fate::Delete },
    Personal {
        table: "proofs",
        rows: "(customer_id = $2 OR phone = (SELECT c.phone FROM customers c
               WHERE c.tenant_id = $1 AND c.id = $2))",
        then: Fate::Delete,
    },
    Personal {
        table: "customer_merges",
        rows: "(gone_id = $2 OR now_id = $2)",
        then: Fate::Delete,
    },
    // Numbers that want no texts (`sms_blocked`) stay: whoever is forgotten is still not to be written to.
    Personal {
        table: "sms",
        rows: "phone = (SELECT c.phone FROM customers c WHERE c.tenant_id = $1 AND c.id = $2)",
        then: Fate::Delete,
    },
    Personal { table: "timers", rows: "customer_id = $2", then: Fate::Delete },
    Personal { table: "outbox", rows: "customer_id = $2", then: Fate::Delete },
    Personal { table: "inbox", rows: "customer_id = $2", then: Fate::Delete },
    Personal {
        table: "ledger",
        rows: concat!(
            "payment_id IN (SELECT id FROM payments WHERE tenant_id = $1 AND ",
            payments_of_person!(),
            ")"
        ),
        then: Fate::Keep,
    },
    Personal { table: "payments", rows: payments_of_person!(), then: Fate::Anonymise },
    Personal { table: "appointments", rows: "customer_id = $2", then: Fate::Keep },
    Personal {
        table: "turn_records",
        rows: "thread_id IN (SELECT t.id FROM threads t
               WHERE t.tenant_id = $1 AND t.customer_id = $2)",
        then: Fate::Delete,
    },
    Personal { table: "archive", rows: "customer_id = $2", then: Fate::Delete },
    Personal { table: "threads", rows: "customer_id = $2", then: Fate::Delete },
    Personal { table: "identities", rows: "customer_id = $2", then: Fate::Delete },
    Personal { table: "customers", rows: "id = $2", then: Fate::Anonymise },
];

#[async_trait]
impl WholeStore for TheTenant {
    async fn dump(&self, sink: &mut dyn RowSink) -> Result<(), StoreError> {
        let mut reader = self.read(READING).await?;
        // One reading transaction: every table as of the same moment.
        let mut transaction = reader.begin().await.during(READING)?;
        let tenants = "SELECT * FROM tenants WHERE id = $1";
        read_out(&mut transaction, "tenants", tenants, [&self.key, ""], sink).await?;
        for table in TENANT_TABLES.iter().rev() {
            let statement = format!("SELECT * FROM {table} WHERE tenant_id = $1");
            read_out(&mut transaction, table, &statement, [&self.key, ""], sink).await?;
        }
        transaction.rollback().await.during(READING)
    }

    async fn dump_person(
        &self,
        customer: CustomerId,
        sink: &mut dyn RowSink,
    ) -> Result<(), StoreError> {
        let mut reader = self.read(READING).await?;
        let mut transaction = reader.begin().await.during(READING)?;
        let customer = customer.to_string();
        for Personal { table, rows, .. } in PERSONAL.iter().rev() {
            let statement = format!("SELECT * FROM {table} WHERE tenant_id = $1 AND {rows}");
            read_out(&mut transaction, table, &statement, [&self.key, &customer], sink).await?;
        }
        transaction.rollback().await.during(READING)
    }

    async fn people(&self, phone: &Phone) -> Result<Vec<CustomerId>, StoreError> {
        let mut reader = self.read(READING).await?;
        let phone = String::from(phone.clone());
        let rows = sqlx::query(
            "SELECT id FROM customers WHERE tenant_id = $1 AND phone = $2 AND phone_proven = 1
             UNION
             SELECT customer_id AS id FROM identities
             WHERE tenant_id = $1 AND channel IN ($4, $5) AND external_id = $3
             ORDER BY id",
        )
        .bind(&self.key)
        .bind(&phone)
        .bind(phone.trim_start_matches('+'))
        .bind(ChannelKind::Whatsapp.as_str())
        .bind(ChannelKind::Voice.as_str())
        .fetch_all(&mut *reader)
        .await
        .during(READING)?;
        rows.iter().map(|row| Cells::new(row, "customers", "id").parse("id")).collect()
    }

    async fn erase(
        &self,
        customer: CustomerId,
        now: Timestamp,
    ) -> Result<ErasureOutcome, StoreError> {
        let mut transaction = self.write(ERASING).await?;
        let connection = &mut *transaction;
        let whose = [self.key.as_str(), &customer.to_string()];
        let open = count(
            connection,
            concat!(
                "SELECT COUNT(*) AS n FROM payments WHERE tenant_id = $1 AND open = 1 AND ",
                payments_of_person!()
            ),
            whose,
        )
        .await?;
        if open > 0 {
            return Ok(ErasureOutcome::PaymentOpen);
        }
        let mut erased = Erased::default();
        let upcoming = sqlx::query(
            "SELECT COUNT(*) AS n FROM appointments WHERE tenant_id = $1 AND customer_id = $2
             AND status = 'confirmed' AND starts_at > $3",
        )
        .bind(whose[0])
        .bind(whose[1])
        .bind(micros(now))
        .fetch_one(&mut *connection)
        .await
        .during(ERASING)?;
        erased.upcoming = Cells::new(&upcoming, "appointments", "n").count("n")?;
        let asked = forget_questions(connection, whose).await?;
        note(&mut erased.deleted, "unanswered", asked);
        let payments = anonymise_payments(connection, whose).await?;
        note(&mut erased.anonymised, "payments", payments);
        for Personal { table, rows, .. } in PERSONAL.iter().filter(|p| p.then == Fate::Delete) {
            // Not from outside: table and condition are constants of ours.
            let statement = format!("DELETE FROM {table} WHERE tenant_id = $1 AND {rows}");
            let done = sqlx::query(sqlx::AssertSqlSafe(statement))
                .bind(whose[0])
                .bind(whose[1])
                .execute(&mut *connection)
                .await
                .during(ERASING)?;
            note(&mut erased.deleted, table, done.rows_affected());
        }
        let done = sqlx::query(
            "UPDATE customers SET name = NULL, phone = NULL, phone_proven = 0, language = NULL,
                opted_out = 1 WHERE tenant_id = $1 AND id = $2",
        )
        .bind(whose[0])
        .bind(whose[1])
        .execute(&mut *connection)
        .await
        .during(ERASING)?;
        note(&mut erased.anonymised, "customers", done.rows_affected());
        transaction.commit().await.during(ERASING)?;
        Ok(ErasureOutcome::Erased(erased))
    }
}

fn note(counts: &mut std::collections::BTreeMap<String, u64>, table: &str, rows: u64) {
    if rows > 0 {
        counts.insert(table.to_owned(), rows);
    }
}

async fn count(
    connection: &mut Connection,
    statement: &'static str,
    [tenant, customer]: [&str; 2],
) -> Result<u64, StoreError> {
    let row = sqlx::query(statement)
        .bind(tenant)
        .bind(customer)
        .fetch_one(connection)
        .await
        .during(ERASING)?;
    Cells::new(&row, "payments", "n").count("n")
}

/// Questions on the owner's list are kept without their asker, so they are found by the words.
async fn forget_questions(
    connection: &mut Connection,
    [tenant, customer]: [&str; 2],
) -> Result<u64, StoreError> {
    let rows = sqlx::query(
        "SELECT id, cause FROM inbox WHERE tenant_id = $1 AND customer_id = $2 AND spoken = 1",
    )
    .bind(tenant)
    .bind(customer)
    .fetch_all(&mut *connection)
    .await
    .during(ERASING)?;
    let mut forgotten = 0;
    for row in &rows {
        let Cause::Message { message } = Cells::new(row, "inbox", "id").json("cause")? else {
            continue;
        };
        if let Content::Text { body } = message.content {
            let done = sqlx::query("DELETE FROM unanswered WHERE tenant_id = $1 AND question = $2")
                .bind(tenant)
                .bind(body)
                .execute(&mut *connection)
                .await
                .during(ERASING)?;
            forgotten += done.rows_affected();
        }
    }
    Ok(forgotten)
}

/// A payment keeps its amount, state and receipts, and loses who was asked. The provider's id of a request goes too: on M-Pesa it holds the
/// payer's number.
async fn anonymise_payments(
    connection: &mut Connection,
    [tenant, customer]: [&str; 2],
) -> Result<u64, StoreError> {
    let rows = sqlx::query(concat!(
        "SELECT id, doc FROM payments WHERE tenant_id = $1 AND ",
        payments_of_person!()
    ))
    .bind(tenant)
    .bind(customer)
    .fetch_all(&mut *connection)
    .await
    .during(ERASING)?;
    for row in &rows {
        let cells = Cells::new(row, "payments", "id");
        let mut doc: Row = cells.json("doc")?;
        for field in ["payer", "contact", "claim", "provider_ref", "pay_url"] {
            if let Some(value) = doc.get_mut(field) {
                *value = Value::Null;
            }
        }
        sqlx::query("UPDATE payments SET doc = $3 WHERE tenant_id = $1 AND id = $2")
            .bind(tenant)
            .bind(cells.get::<&str>("id")?)
            .bind(Value::Object(doc).to_string())
            .execute(&mut *connection)
            .await
            .during(ERASING)?;
    }
    Ok(rows.len() as u64)
}

/// Gives every row of a statement to the sink as it comes from the database. The second value may be one that the statement does not use.
async fn read_out(
    connection: &mut Plain,
    table: &'static str,
    statement: &str,
    [tenant, customer]: [&str; 2],
    sink: &mut dyn RowSink,
) -> Result<(), StoreError> {
    let mut query = sqlx::query(sqlx::AssertSqlSafe(statement)).bind(tenant);
    if !customer.is_empty() {
        query = query.bind(customer);
    }
    let mut rows = query.fetch(connection);
    while let Some(row) = rows.try_next().await.during(READING)? {
        let row = readable(&row).during(READING)?;
        sink.row(table, row).map_err(|error| StoreError::Refused {
            operation: "writing a row out",
            source: Box::new(error),
        })?;
    }
    Ok(())
}

/// A row without what is hidden, its documents as documents.
fn readable(row: &Stored) -> Result<Row, sqlx::Error> {
    let mut out = Row::new();
    for column in row.columns() {
        let name = column.name();
        if HIDDEN.iter().any(|ending| name.ends_with(ending)) {
            continue;
        }
        let cell = row.try_get_raw(column.ordinal())?;
        let value = if cell.is_null() {
            Value::Null
        } else {
            match cell.type_info().name() {
                "INTEGER" | "INT8" => Value::from(row.try_get::<i64, _>(column.ordinal())?),
                "INT4" => Value::from(row.try_get::<i32, _>(column.ordinal())?),
                "INT2" => Value::from(row.try_get::<i16, _>(column.ordinal())?),
                "BOOL" | "BOOLEAN" => Value::from(row.try_get::<bool, _>(column.ordinal())?),
                "REAL" | "FLOAT8" => Value::from(row.try_get::<f64, _>(column.ordinal())?),
                // What is sealed.
                "BLOB" | "BYTEA" => continue,
                _ => text(name, row.try_get(column.ordinal())?),
            }
        };
        out.insert(name.to_owned(), value);
    }
    Ok(out)
}

fn text(column: &str, text: &str) -> Value {
    if !DOCUMENTS.contains(&column) {
        return Value::from(text);
    }
    match serde_json::from_str(text) {
        Ok(Value::Object(mut document)) => {
            for field in HIDDEN_FIELDS {
                document.remove(*field);
            }
            Value::Object(document)
        }
        Ok(other) => other,
        Err(_) => Value::from(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_left_out_and_documents_are_documents() {
        assert_eq!(text("name", "[1]"), Value::from("[1]"));
        let doc = text("doc", r#"{"callback_token":"f00d","amount":1}"#);
        assert_eq!(doc, serde_json::json!({"amount": 1}));
        for column in ["token", "hash", "callback_token", "credentials"] {
            assert!(HIDDEN.iter().any(|ending| column.ends_with(ending)), "{column}");
        }
    }
}
