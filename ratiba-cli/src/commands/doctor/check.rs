//! What was looked at, how it is, and what to do about it.

use ratiba_core::ports::fault::{Fault, FaultKind};
use serde::Serialize;

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    Ok,
    /// Work goes on, and somebody should see to it.
    Warning,
    /// Something does not work.
    Failure,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
pub(super) struct Check {
    pub(super) what: String,
    pub(super) state: State,
    pub(super) detail: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) remedy: Option<String>,
}

impl Check {
    pub(super) fn ok(what: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { what: what.into(), state: State::Ok, detail: detail.into(), remedy: None }
    }

    pub(super) fn warning(
        what: impl Into<String>,
        detail: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { state: State::Warning, remedy: Some(remedy.into()), ..Self::ok(what, detail) }
    }

    pub(super) fn failure(
        what: impl Into<String>,
        detail: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { state: State::Failure, remedy: Some(remedy.into()), ..Self::ok(what, detail) }
    }

    /// How a look at something outside failed. `credentials` says what to do when it is they that are refused.
    pub(super) fn fault(what: impl Into<String>, fault: &Fault, credentials: &str) -> Self {
        let detail = fault.to_string();
        match fault.kind {
            FaultKind::Transient | FaultKind::RateLimited | FaultKind::Unknown => {
                let remedy = "look again in a minute; then at the network, the address in the configuration and the provider's own page";
                Self::warning(what, detail, remedy)
            }
            FaultKind::Blocked => {
                Self::failure(what, detail, "the provider has stopped this account: ask them why")
            }
            _ => Self::failure(what, detail, credentials),
        }
    }

    /// As a person reads it.
    pub(super) fn shown(&self) -> String {
        let mark = match self.state {
            State::Ok => "ok  ",
            State::Warning => "WARN",
            State::Failure => "FAIL",
        };
        let line = format!("{mark} {}: {}", self.what, self.detail);
        match &self.remedy {
            Some(remedy) => format!("{line}\n     -> {remedy}"),
            None => line,
        }
    }
}
