//! What models may cost and have cost: reservations that no number of parallel calls can pass, and the ledger of every call.

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::store::StoreError;
use crate::domain::id::{ModelCallId, ThreadId};
use crate::domain::time::TimeWindow;
use crate::models::cost::{MicroUsd, Usage};
use crate::models::role::Role;

/// A wish to make a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpendWish {
    /// The id that the call gets.
    pub id: ModelCallId,
    /// The booking that it is for; `None` for what belongs to none (an import, an owner's sentence).
    pub thread: Option<ThreadId>,
    /// The tenant's local day.
    pub day: Date,
    /// What for.
    pub role: Role,
    /// Whose model.
    pub provider: String,
    /// Which model.
    pub model: String,
    /// The prompt with its version.
    pub prompt: String,
    /// The prompt's hash.
    pub prompt_hash: String,
    /// The date of the price table.
    pub prices: Date,
    /// The most that it can cost.
    pub worst: MicroUsd,
    /// The most that the booking may cost in all.
    pub booking_ceiling: MicroUsd,
    /// The most that the tenant's day may cost in all.
    pub day_ceiling: MicroUsd,
    /// Now.
    pub at: Timestamp,
    /// When the reservation runs out, should nobody settle it.
    pub expires_at: Timestamp,
}

/// Whether a call may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpendVerdict {
    /// Its worst case is reserved.
    Granted,
    /// The booking's ceiling would be passed.
    BookingCeiling,
    /// The tenant's day would be passed.
    DayCeiling,
}

/// How a call ended, for the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallEnd {
    /// What it used.
    pub usage: Usage,
    /// What it cost.
    pub cost: MicroUsd,
    /// The cost is a careful guess: nobody told what was used.
    pub estimated: bool,
    /// How it went, in a word: `ok`, `refused`, `cut`, `unreadable`, or a fault's kind.
    pub outcome: String,
    /// The model that the provider says has answered.
    pub answered_by: Option<String>,
    /// The provider's id of the call.
    pub request_id: Option<String>,
    /// How long it took.
    pub latency_ms: u64,
}

/// A call in the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ModelCall {
    /// Its id.
    pub id: ModelCallId,
    /// The booking.
    pub thread: Option<ThreadId>,
    /// The tenant's local day.
    pub day: Date,
    /// What for.
    pub role: Role,
    /// Whose model.
    pub provider: String,
    /// Which model.
    pub model: String,
    /// The model that the provider says has answered.
    pub answered_by: Option<String>,
    /// The prompt with its version.
    pub prompt: String,
    /// The prompt's hash.
    pub prompt_hash: String,
    /// The date of the price table.
    pub prices: Date,
    /// What was reserved.
    pub reserved: MicroUsd,
    /// What it used.
    pub usage: Usage,
    /// What it cost; nothing while it is under way, or when its process died.
    pub cost: MicroUsd,
    /// The cost is a careful guess.
    pub estimated: bool,
    /// `open`, `lost` (its process died), or how it went.
    pub outcome: String,
    /// The provider's id of the call.
    pub request_id: Option<String>,
    /// How long it took.
    pub latency_ms: u64,
    /// When it was made.
    pub at: Timestamp,
}

/// How a report is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpendBy {
    /// By role.
    Role,
    /// By booking.
    Booking,
    /// By the tenant's local day.
    Day,
}

/// One line of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SpendLine {
    /// The role, booking or day; empty for calls of no booking.
    pub key: String,
    /// Calls.
    pub calls: u64,
    /// What they used.
    pub usage: Usage,
    /// What they cost.
    pub cost: MicroUsd,
    /// Billable channel messages of the same booking or day; always 0 by role.
    pub messages: u64,
}

/// What models may cost and have cost.
#[async_trait]
pub trait SpendStore: Send + Sync {
    /// Reserves the worst case of a call, if neither ceiling would be passed by everything that is spent and reserved so far. Reservations that
    /// have run out do not count. Atomic: no number of callers, in any number of processes, passes a ceiling.
    async fn reserve_spend(&self, wish: &SpendWish) -> Result<SpendVerdict, StoreError>;
    /// Settles a call: what it cost takes the place of what was reserved. Also a call whose reservation has run out is charged; the second settlement of
    /// a call changes nothing.
    async fn settle_spend(
        &self,
        id: ModelCallId,
        end: &CallEnd,
        at: Timestamp,
    ) -> Result<(), StoreError>;
    /// What a booking has cost so far, settled calls only.
    async fn spent_on(&self, thread: ThreadId) -> Result<MicroUsd, StoreError>;
    /// The calls since a moment, oldest first.
    async fn model_calls(&self, since: Timestamp, limit: u32)
    -> Result<Vec<ModelCall>, StoreError>;
    /// The ledger within a window, summed up, the dearest first (days in order). `utc_offset_s`: the tenant's zone, to place messages on days.
    async fn spend_report(
        &self,
        within: TimeWindow,
        by: SpendBy,
        utc_offset_s: i32,
    ) -> Result<Vec<SpendLine>, StoreError>;
}
