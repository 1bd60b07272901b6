//! What a comparison has found, as one document.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::language::eval::Report;
use crate::models::cost::MicroUsd;

/// What a comparison has found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EvaluationReport {
    /// What stood in for the moment of lines that name none.
    pub now: Timestamp,
    /// Whether everything was gone through; otherwise the ceiling ended it, and this is what was done until then.
    pub complete: bool,
    /// What all calls together have cost, those included whose conversation or line was not ended.
    pub spent_micro_usd: MicroUsd,
    /// Conversations that script their own models, and so tell nothing of others.
    pub skipped: u64,
    /// Each configuration, in the order given.
    pub configurations: Vec<ColumnReport>,
}

/// One configuration.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ColumnReport {
    /// Its name.
    pub name: String,
    /// How conversations went.
    pub conversations: ConversationShare,
    /// How lines were understood.
    pub corpus: LineShare,
    /// Calls of models, failed ones included.
    pub calls: u64,
    /// Calls by role.
    pub by_role: BTreeMap<&'static str, u64>,
    /// Calls that brought nothing that could be used, by what became of them.
    pub errors: BTreeMap<String, u64>,
    /// Tokens of all calls.
    pub tokens: Tokens,
    /// What all calls have cost.
    pub cost_micro_usd: MicroUsd,
    /// What a booking of the conversations has cost on average, rounded up; nothing where none was made.
    pub cost_per_booking_micro_usd: Option<MicroUsd>,
    /// How long calls took; nothing where none was made.
    pub latency_ms: Option<Latency>,
}

/// How conversations went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ConversationShare {
    /// Conversations.
    pub of: u64,
    /// Conversations that came out as written.
    pub passed: u64,
    /// Messages that somebody wrote in them.
    pub messages: u64,
    /// Of those, the ones at which a model was called.
    pub asked: u64,
    /// Bookings that stand in the end.
    pub bookings: u64,
    /// Conversations that came out otherwise.
    pub failed: Vec<Failed>,
}

/// A conversation that came out otherwise than it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failed {
    /// Its file.
    pub file: String,
    /// What differs, with the turn.
    pub problems: Vec<String>,
}

/// How lines were understood. A share of nothing scored is 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct LineShare {
    /// Lines read.
    pub n: u64,
    /// Lines at which a model was called.
    pub asked: u64,
    /// Share of the lines with an intent whose intent is right.
    pub intent_accuracy: f64,
    /// Share of the lines with a start, `null` included, whose start is right.
    pub start_accuracy: f64,
    /// Share of the lines with a service, `null` included, whose service is right.
    pub service_accuracy: f64,
    /// Share of the lines with a language whose language is right.
    pub language_accuracy: f64,
    /// Harmonic mean of precision and recall over all slots together.
    pub slot_f1: f64,
}

impl LineShare {
    pub(super) fn of(report: &Report, asked: u64) -> Self {
        Self {
            n: report.n as u64,
            asked,
            intent_accuracy: report.intent_accuracy,
            start_accuracy: report.start_accuracy,
            service_accuracy: report.service_accuracy,
            language_accuracy: report.language_accuracy,
            slot_f1: report.slot_f1,
        }
    }
}

/// Tokens of all calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tokens {
    /// Of the questions, all in all.
    pub prompt: u64,
    /// Of those, the ones that were read from the provider's cache.
    pub cached: u64,
    /// Of the answers.
    pub output: u64,
}

/// How long calls took, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Latency {
    /// Half of them took no longer.
    pub p50: u64,
    /// Nineteen of twenty took no longer.
    pub p95: u64,
    /// Calls longer than a turn waits: there a customer would have heard first that it takes a moment.
    pub slow: u64,
}

impl Latency {
    /// Of these calls; nothing where there are none. `patience_ms`: how long a turn waits.
    pub(super) fn of(calls: &[u64], patience_ms: u64) -> Option<Self> {
        let mut sorted = calls.to_vec();
        sorted.sort_unstable();
        // The nearest rank: the smallest value that so many of a hundred do not pass.
        let at = |percent: usize| {
            let rank = (sorted.len() * percent).div_ceil(100);
            sorted.get(rank.checked_sub(1)?).copied()
        };
        let slow = sorted.iter().filter(|ms| **ms > patience_ms).count() as u64;
        Some(Self { p50: at(50)?, p95: at(95)?, slow })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latencies_are_told_by_nearest_rank() {
        assert_eq!(Latency::of(&[], 10), None);
        assert_eq!(Latency::of(&[7], 6), Some(Latency { p50: 7, p95: 7, slow: 1 }));
        let hundred: Vec<u64> = (1..=100).rev().collect();
        assert_eq!(Latency::of(&hundred, 90), Some(Latency { p50: 50, p95: 95, slow: 10 }));
    }
}
