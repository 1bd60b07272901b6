//! What came in and could not be handled.

use jiff::Timestamp;

use super::TheStore;
use super::dialect::Row;
use super::error::During;
use super::row::{Cells, micros};
use crate::domain::id::InboxId;
use crate::ports::store::{DeadLetter, DeadLetterKind, StoreError};

const READING: &str = "reading dead letters";

impl TheStore {
    /// Keeps a letter; one that is kept already stays as it is.
    pub(super) async fn bury_letter(&self, letter: &DeadLetter) -> Result<(), StoreError> {
        const OPERATION: &str = "keeping a dead letter";
        let mut transaction = self.write(OPERATION).await?;
        sqlx::query(
            "INSERT INTO dead_letters (id, kind, source, reason, raw, token, received_at, settled_at, dismissed_because)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING",
        )
        .bind(letter.id.to_string())
        .bind(kind_name(letter.kind))
        .bind(&letter.source)
        .bind(&letter.reason)
        .bind(&letter.raw)
        .bind(&letter.token)
        .bind(micros(letter.received_at))
        .bind(letter.settled_at.map(micros))
        .bind(&letter.dismissed_because)
        .execute(&mut *transaction)
        .await
        .during(OPERATION)?;
        transaction.commit().await.during(OPERATION)
    }

    pub(super) async fn open_letters(
        &self,
        kind: Option<DeadLetterKind>,
        limit: u32,
    ) -> Result<Vec<DeadLetter>, StoreError> {
        let mut reader = self.read(READING).await?;
        let rows = sqlx::query(
            "SELECT * FROM dead_letters
             WHERE settled_at IS NULL AND ($1 IS NULL OR kind = $1) ORDER BY seq LIMIT $2",
        )
        .bind(kind.map(kind_name))
        .bind(i64::from(limit))
        .fetch_all(&mut *reader)
        .await
        .during(READING)?;
        rows.iter().map(read).collect()
    }

    pub(super) async fn settled_letters(&self, limit: u32) -> Result<Vec<DeadLetter>, StoreError> {
        let mut reader = self.read(READING).await?;
        let rows = sqlx::query(
            "SELECT * FROM dead_letters
             WHERE settled_at IS NOT NULL ORDER BY settled_at DESC, seq DESC LIMIT $1",
        )
        .bind(i64::from(limit))
        .fetch_all(&mut *reader)
        .await
        .during(READING)?;
        rows.iter().map(read).collect()
    }

    pub(super) async fn letter(&self, id: InboxId) -> Result<Option<DeadLetter>, StoreError> {
        let mut reader = self.read(READING).await?;
        let row = sqlx::query("SELECT * FROM dead_letters WHERE id = $1")
            .bind(id.to_string())
            .fetch_optional(&mut *reader)
            .await
            .during(READING)?;
        row.as_ref().map(read).transpose()
    }

    pub(super) async fn settle_letter(
        &self,
        id: InboxId,
        at: Timestamp,
        dismissed: Option<&str>,
    ) -> Result<bool, StoreError> {
        const OPERATION: &str = "settling a dead letter";
        let mut transaction = self.write(OPERATION).await?;
        let done = sqlx::query(
            "UPDATE dead_letters SET settled_at = $2, dismissed_because = $3
             WHERE id = $1 AND settled_at IS NULL",
        )
        .bind(id.to_string())
        .bind(micros(at))
        .bind(dismissed)
        .execute(&mut *transaction)
        .await
        .during(OPERATION)?;
        transaction.commit().await.during(OPERATION)?;
        Ok(done.rows_affected() == 1)
    }
}

fn read(row: &Row) -> Result<DeadLetter, StoreError> {
    let cells = Cells::new(row, "dead_letters", "id");
    Ok(DeadLetter {
        id: cells.parse("id")?,
        kind: cells.name("kind", kind)?,
        source: cells.get("source")?,
        reason: cells.get("reason")?,
        raw: cells.get("raw")?,
        token: cells.get("token")?,
        received_at: cells.moment("received_at")?,
        settled_at: cells.moment_opt("settled_at")?,
        dismissed_because: cells.get("dismissed_because")?,
    })
}

const fn kind_name(kind: DeadLetterKind) -> &'static str {
    match kind {
        DeadLetterKind::Quarantine => "quarantine",
        DeadLetterKind::UnroutedCallback => "unrouted_callback",
        DeadLetterKind::Turn => "turn",
    }
}

fn kind(name: &str) -> Option<DeadLetterKind> {
    [DeadLetterKind::Quarantine, DeadLetterKind::UnroutedCallback, DeadLetterKind::Turn]
        .into_iter()
        .find(|kind| kind_name(*kind) == name)
}
