//! What a model suggests for a catalogue. The owner waits for it and decides: nothing here is stored, and where there is no model there are no
//! suggestions.

use jiff::SignedDuration;
use serde_json::Value;

use super::error::EngineError;
use super::handle::Ratiba;
use super::models::{Purse, Question};
use crate::domain::catalogue::Complement;
use crate::domain::id::TenantId;
use crate::domain::tenant::Business;
use crate::models::gaps::{self, Known, Suggested};
use crate::models::relate;
use crate::models::reply::{Gaps, Related};
use crate::models::role::Role;
use crate::ports::llm::LlmPart;

/// How long all tries may take: within what an HTTP request may.
const WITHIN: SignedDuration = SignedDuration::from_secs(12);

impl Ratiba {
    /// Lengths, Swahili names and descriptions for rows that lack them, by position; never a price. At most [`gaps::MOST_ROWS`] are looked at.
    pub async fn suggest_cells(
        &self,
        tenant: TenantId,
        rows: &[Known],
    ) -> Result<Vec<Suggested>, EngineError> {
        let business = self.business(tenant).await?;
        let rows = &rows[..rows.len().min(gaps::MOST_ROWS)];
        if !rows.iter().any(Known::lacks) {
            return Ok(Vec::new());
        }
        let read = |value| gaps::believe(&serde_json::from_value::<Gaps>(value).ok()?, rows);
        let asked = gaps::question(rows, &business);
        Ok(self.suggestion(&business, Role::GapFill, asked, &read).await)
    }

    /// Services that may go well together and are not related yet.
    pub async fn suggest_relations(
        &self,
        tenant: TenantId,
    ) -> Result<Vec<Complement>, EngineError> {
        let business = self.business(tenant).await?;
        if business.catalogue.bookable().nth(1).is_none() {
            return Ok(Vec::new());
        }
        let read =
            |value| relate::believe(&serde_json::from_value::<Related>(value).ok()?, &business);
        let asked = relate::question(&business);
        Ok(self.suggestion(&business, Role::Relate, asked, &read).await)
    }

    async fn suggestion<T>(
        &self,
        business: &Business,
        role: Role,
        asked: String,
        read: &(dyn Fn(Value) -> Option<Vec<T>> + Send + Sync),
    ) -> Vec<T> {
        let Some(router) = self.models() else { return Vec::new() };
        let store = self.store().of(business.tenant.id);
        let purse = Purse::of(store.as_ref(), business, self.now(), None);
        let question = Question { role, parts: vec![LlmPart::Text(asked)], within: WITHIN };
        router.ask(purse, &question, read).await.unwrap_or_default()
    }
}
