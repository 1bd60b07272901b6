//! What was said on a lane, both sides in one order.

use super::TheTenant;
use super::error::During;
use super::outbox::read_delivery;
use super::row::Cells;
use crate::domain::id::CustomerId;
use crate::domain::message::{Content, Reply};
use crate::ports::inbox::Cause;
use crate::ports::outbox::Outgoing;
use crate::ports::store::{Speaker, StoreError, TranscriptLine};

impl TheTenant {
    /// The last `limit` lines in order of time; of the same moment, an answer stands behind what it answers.
    pub(super) async fn last_lines(
        &self,
        customer: CustomerId,
        limit: u32,
    ) -> Result<Vec<TranscriptLine>, StoreError> {
        let mut reader = self.read("reading a transcript").await?;
        let mut rows = sqlx::query(
            "SELECT * FROM (
                SELECT id, cause, NULL AS what, received_at AS at, seq AS place, 0 AS side, 0 AS turn,
                       NULL AS delivery
                FROM inbox WHERE tenant_id = $1 AND customer_id = $2 AND spoken = 1
                UNION ALL
                SELECT id, NULL, what, created_at, after_inbox, 1, seq, delivery
                FROM outbox WHERE tenant_id = $1 AND customer_id = $2 AND spoken = 1) AS said
             ORDER BY at DESC, place DESC, side DESC, turn DESC LIMIT $3",
        )
        .bind(&self.key)
        .bind(customer.to_string())
        .bind(i64::from(limit))
        .fetch_all(&mut *reader)
        .await
        .during("reading a transcript")?;
        drop(reader);
        rows.reverse();
        let mut lines = Vec::with_capacity(rows.len());
        for row in &rows {
            let cells = Cells::new(row, "inbox, outbox", "id");
            let said = match cells.get::<Option<&str>>("cause")? {
                Some(_) => said_by_cause(cells.json("cause")?),
                None => said_by_us(cells.json("what")?),
            };
            if let Some((by, reply)) = said {
                let id = cells.get("id")?;
                let at = cells.moment("at")?;
                lines.push(TranscriptLine { id, by, reply, at, delivery: read_delivery(cells)? });
            }
        }
        Ok(lines)
    }
}

fn said_by_cause(cause: Cause) -> Option<(Speaker, Reply)> {
    match cause {
        Cause::Message { message } => {
            Some((Speaker::Customer, Reply::text(words_of(message.content))))
        }
        Cause::OwnerSpoke { text, .. } => Some((Speaker::Business, Reply::text(text))),
        Cause::Admin { .. }
        | Cause::Timer { .. }
        | Cause::Payment { .. }
        | Cause::Reminder { .. }
        | Cause::VisitOver { .. }
        | Cause::FollowUp { .. }
        | Cause::SlotFreed { .. }
        | Cause::OfferOver { .. }
        | Cause::ToolFailed { .. }
        | Cause::Thought { .. } => None,
    }
}

fn said_by_us(what: Outgoing) -> Option<(Speaker, Reply)> {
    match what {
        Outgoing::Reply { reply, .. } => Some((Speaker::Business, reply)),
        Outgoing::Admin { .. }
        | Outgoing::Code { .. }
        | Outgoing::Submit { .. }
        | Outgoing::Query { .. }
        | Outgoing::Withdraw { .. }
        | Outgoing::Refund { .. }
        | Outgoing::Notify { .. }
        | Outgoing::Think { .. }
        | Outgoing::Consult { .. } => None,
    }
}

/// The words of a message, or its kind in brackets where it has none.
fn words_of(content: Content) -> String {
    let captioned = |what: &str, caption: Option<String>| match caption {
        Some(caption) => format!("[{what}] {caption}"),
        None => format!("[{what}]"),
    };
    match content {
        Content::Text { body } => body,
        Content::Choice { title, .. } => title,
        Content::Audio { .. } => captioned("audio", None),
        Content::Image { caption, .. } => captioned("image", caption),
        Content::Attachment { what, caption } => captioned(&what, caption),
        Content::Location { .. } => captioned("location", None),
        Content::Contact { .. } => captioned("contact", None),
        Content::Reaction { emoji } => captioned("reaction", emoji),
        Content::Unsupported { what } => captioned("unsupported", Some(what)),
    }
}
