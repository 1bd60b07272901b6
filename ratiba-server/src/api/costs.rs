//! What models have cost, as the API shows it.

use jiff::civil::Date;
use poem_openapi::{Enum, Object};
use ratiba_core::domain::message::Language;
use ratiba_core::ports::spend::{SpendBy, SpendLine};
use ratiba_core::tenancy::costs::{Costs, Days};

use crate::http::{ApiError, Code};

/// How sums are cut.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
pub(crate) enum CostsBy {
    /// By what models were asked for. Messages belong to no role.
    Role,
    /// By booking.
    Booking,
    /// By the tenant's local day.
    Day,
}

impl From<CostsBy> for SpendBy {
    fn from(by: CostsBy) -> Self {
        match by {
            CostsBy::Role => Self::Role,
            CostsBy::Booking => Self::Booking,
            CostsBy::Day => Self::Day,
        }
    }
}

/// One sum.
#[derive(Debug, Object)]
struct CostLine {
    /// The role, the booking or the day; empty for what belongs to no booking.
    key: String,
    /// Calls of models.
    calls: u64,
    /// What they cost, in millionths of a dollar.
    cost_micro_usd: u64,
    /// Tokens that went in, those of the cache included.
    prompt_tokens: u64,
    /// Of those, the ones that the provider had at hand.
    cached_tokens: u64,
    /// Tokens that came out.
    output_tokens: u64,
    /// Billable channel messages of the same booking or day; 0 by role.
    messages: u64,
}

impl From<SpendLine> for CostLine {
    fn from(line: SpendLine) -> Self {
        Self {
            key: line.key,
            calls: line.calls,
            cost_micro_usd: line.cost.0,
            prompt_tokens: line.usage.prompt(),
            cached_tokens: line.usage.cache_read,
            output_tokens: line.usage.output,
            messages: line.messages,
        }
    }
}

/// What models have cost a tenant, with its billable channel messages.
#[derive(Debug, Object)]
pub(crate) struct CostsView {
    /// The tenant's short name.
    tenant: String,
    /// The first day.
    from: String,
    /// The last day.
    to: String,
    /// The sums: the dearest first, days in order.
    lines: Vec<CostLine>,
    /// Calls of models in all.
    calls: u64,
    /// What they cost, in millionths of a dollar.
    total_micro_usd: u64,
    /// Billable channel messages in all.
    messages: u64,
    /// Languages in which more snippets are active than a model reads at once for one question: the sign to shorten some, or to move to retrieval.
    knowledge_overflow: Vec<String>,
}

impl CostsView {
    pub(crate) fn new(tenant: String, costs: Costs) -> Self {
        Self {
            tenant,
            from: costs.from.to_string(),
            to: costs.to.to_string(),
            lines: costs.lines.into_iter().map(CostLine::from).collect(),
            calls: costs.calls,
            total_micro_usd: costs.total_micro_usd.0,
            messages: costs.messages,
            knowledge_overflow: costs
                .knowledge_overflow
                .into_iter()
                .map(Language::code)
                .map(str::to_owned)
                .collect(),
        }
    }
}

/// The days of a query.
pub(crate) fn days(from: Option<&str>, to: Option<&str>, today: Date) -> Result<Days, ApiError> {
    let unfit = |detail: String| ApiError::new(Code::Unfit).detail(detail);
    let day = |text: &str| {
        text.parse::<Date>().map_err(|_| unfit(format!("`{text}` is no date such as 2026-11-23")))
    };
    let (from, to) = (from.map(day).transpose()?, to.map(day).transpose()?);
    Days::new(from, to, today).map_err(|error| unfit(error.to_string()))
}
