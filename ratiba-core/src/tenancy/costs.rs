//! What models have cost a tenant over some of its days, with the billable channel messages beside it.

use jiff::Span;
use jiff::civil::Date;
use serde::Serialize;

use crate::domain::message::Language;
use crate::domain::tenant::Tenant;
use crate::domain::time::{MinuteOfDay, TimeWindow};
use crate::models::cost::MicroUsd;
use crate::models::shape;
use crate::ports::spend::{SpendBy, SpendLine};
use crate::ports::store::{StoreError, TenantStore};

/// Days that are looked back on unless a first one is named.
const DAYS_BACK: i64 = 30;

/// Some local days of a tenant, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    from: Date,
    to: Date,
}

/// Days that go backwards, or that no calendar holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the first day, {from}, is after the last, {to}")]
pub struct Backwards {
    from: Date,
    to: Date,
}

impl Days {
    /// From a day to a day. Unless they are named: from a month before the last one, to today.
    pub fn new(from: Option<Date>, to: Option<Date>, today: Date) -> Result<Self, Backwards> {
        let to = to.unwrap_or(today);
        let from = from.unwrap_or_else(|| to.saturating_sub(Span::new().days(DAYS_BACK)));
        if from > to { Err(Backwards { from, to }) } else { Ok(Self { from, to }) }
    }

    fn window(self, tenant: &Tenant) -> TimeWindow {
        TimeWindow {
            start: MinuteOfDay::START.on(self.from, &tenant.zone),
            end: MinuteOfDay::END.on(self.to, &tenant.zone),
        }
    }
}

/// What models have cost a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Costs {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// How the sums are cut.
    pub by: SpendBy,
    /// The sums: the dearest first, days in order.
    pub lines: Vec<SpendLine>,
    /// All calls.
    pub calls: u64,
    /// What all calls have cost.
    pub total_micro_usd: MicroUsd,
    /// All billable channel messages.
    pub messages: u64,
    /// Languages in which more snippets are active than a model reads at once for one question.
    pub knowledge_overflow: Vec<Language>,
}

/// What models have cost a tenant over these days.
pub async fn costs(
    store: &dyn TenantStore,
    tenant: &Tenant,
    days: Days,
    by: SpendBy,
) -> Result<Costs, StoreError> {
    let window = days.window(tenant);
    let offset = tenant.zone.to_offset(window.start).seconds();
    let lines = store.spend_report(window, by, offset).await?;
    // Messages belong to no role.
    let messages = match by {
        SpendBy::Role => messages(&store.spend_report(window, SpendBy::Day, offset).await?),
        SpendBy::Booking | SpendBy::Day => messages(&lines),
    };
    let snippets = store.snippets().await?;
    let mut knowledge_overflow = vec![Language::En, Language::Sw];
    knowledge_overflow.retain(|language| shape::overflows(&snippets, *language));
    Ok(Costs {
        from: days.from,
        to: days.to,
        by,
        calls: lines.iter().map(|line| line.calls).sum(),
        total_micro_usd: lines.iter().map(|line| line.cost).sum(),
        messages,
        lines,
        knowledge_overflow,
    })
}

fn messages(lines: &[SpendLine]) -> u64 {
    lines.iter().map(|line| line.messages).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_a_month_unless_named_and_never_go_backwards() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let today = day("2026-11-27");
        let both = |from, to| Days::new(from, to, today).map(|days| (days.from, days.to));
        assert_eq!(both(None, None), Ok((day("2026-10-28"), today)));
        let end = Some(day("2026-03-31"));
        assert_eq!(both(None, end), Ok((day("2026-03-01"), day("2026-03-31"))));
        assert_eq!(both(end, end), Ok((day("2026-03-31"), day("2026-03-31"))));
        let wrong = both(Some(day("2026-11-28")), None).unwrap_err();
        assert_eq!(wrong.to_string(), "the first day, 2026-11-28, is after the last, 2026-11-27");
        assert!(both(None, Some(Date::MIN)).is_ok(), "the calendar's end is no accident");
    }
}
