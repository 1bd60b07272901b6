//! What becomes of a call: its line in the ledger, its metrics, and what its provider is thought of afterwards.

use crate::models::breaker::Went;
use crate::models::cost::{MicroUsd, Usage};
use crate::models::table::Model;
use crate::ports::llm::{LlmFault, LlmFaultKind, LlmReply, LlmRequest, StopReason};
use crate::ports::spend::CallEnd;

/// A call that ended, one way or another.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) end: CallEnd,
    /// How the provider did.
    pub(super) provider: Went,
    /// How that one model did.
    pub(super) model: Went,
    /// Whether the same may be tried again at once.
    pub(super) may_retry: bool,
}

/// A reply that came. `outcome`: what became of it on our side.
pub(super) fn replied(model: &Model, reply: &LlmReply, outcome: &str, latency_ms: u64) -> Ended {
    Ended {
        end: CallEnd {
            usage: reply.usage,
            cost: model.cost(&reply.usage),
            estimated: false,
            outcome: outcome.to_owned(),
            answered_by: Some(reply.model.clone()),
            request_id: reply.request_id.clone(),
            latency_ms,
        },
        provider: Went::Well,
        model: Went::Well,
        may_retry: false,
    }
}

/// What to call a reply that was not whole; `None` for one that is.
pub(super) const fn unusable(stop: StopReason) -> Option<&'static str> {
    match stop {
        StopReason::Done => None,
        StopReason::Limit => Some("cut"),
        StopReason::Refused => Some("refused"),
        StopReason::Unknown => Some("unusable"),
    }
}

/// A call that failed. What may have been charged, and nobody told how much, is written down at its worst.
pub(super) fn failed(model: &Model, fault: &LlmFault, worst: MicroUsd, latency_ms: u64) -> Ended {
    let (usage, cost, estimated) =
        match (fault.usage.as_deref().copied(), fault.kind.may_be_charged()) {
            (usage, true) => (usage.unwrap_or_default(), worst, true),
            (Some(usage), false) => (usage, model.cost(&usage), true),
            (None, false) => (Usage::default(), MicroUsd::ZERO, false),
        };
    let (provider, of_model) = match fault.kind {
        LlmFaultKind::SpendCapped | LlmFaultKind::Unauthorised => (Went::Stopped, Went::Well),
        LlmFaultKind::NoSuchModel => (Went::Well, Went::Stopped),
        LlmFaultKind::TooLarge | LlmFaultKind::BadRequest => (Went::Well, Went::Well),
        LlmFaultKind::Overloaded
        | LlmFaultKind::RateLimited
        | LlmFaultKind::Unreachable
        | LlmFaultKind::TimedOut
        | LlmFaultKind::Broken => (Went::Badly, Went::Well),
    };
    Ended {
        end: CallEnd {
            usage,
            cost,
            estimated,
            outcome: fault.kind.as_str().to_owned(),
            answered_by: None,
            request_id: fault.request_id.clone(),
            latency_ms,
        },
        provider,
        model: of_model,
        may_retry: fault.kind.may_retry() && fault.retry_after.is_none(),
    }
}

/// Counts a call.
pub(super) fn count(request: &LlmRequest, end: &CallEnd) {
    let role = request.role.as_str();
    let provider = request.model.provider.clone();
    metrics::counter!("ratiba_model_calls_total", "role" => role, "provider" => provider.clone(), "outcome" => end.outcome.clone()).increment(1);
    metrics::counter!("ratiba_model_micro_usd_total", "role" => role, "provider" => provider.clone(), "tenant" => request.subject.clone()).increment(end.cost.0);
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of a call are few")]
    let seconds = end.latency_ms as f64 / 1_000.0;
    metrics::histogram!("ratiba_model_latency_seconds", "role" => role, "provider" => provider)
        .record(seconds);
    for (kind, tokens) in [
        ("input", end.usage.input),
        ("output", end.usage.output),
        ("cache_read", end.usage.cache_read),
        ("cache_write", end.usage.cache_write + end.usage.cache_write_long),
    ] {
        metrics::counter!("ratiba_model_tokens_total", "role" => role, "kind" => kind)
            .increment(tokens);
    }
}
