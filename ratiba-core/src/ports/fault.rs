//! How a port fails: the failure carries the decision, so that the engine never parses text.

use std::error::Error as StdError;
use std::fmt;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// What to do about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FaultKind {
    /// It did not happen; try again later.
    Transient,
    /// It did not happen; not before `retry_after`.
    RateLimited,
    /// It may have happened. Never repeat it blindly: find out first.
    Unknown,
    /// It did not happen and never will, for this one request.
    Rejected,
    /// The channel's session window is closed: only a template or another way reaches the person.
    WindowClosed,
    /// Our credentials are refused: everything over this account will fail until an operator acts.
    Unauthorised,
    /// The provider has blocked the account: stop and alert.
    Blocked,
    /// Our configuration is wrong: alert an operator, a retry can't help.
    Misconfigured,
}

/// A failure of a port.
#[derive(Debug)]
pub struct Fault {
    /// What to do about it.
    pub kind: FaultKind,
    /// The provider's own code, for logs and reports.
    pub code: Option<String>,
    /// One fragment of a sentence, without personal data and without the source's text.
    pub detail: String,
    /// How long to wait, where the provider says so.
    pub retry_after: Option<SignedDuration>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Fault {
    /// A failure of a kind, with a fragment that says what failed.
    pub fn new(kind: FaultKind, detail: impl Into<String>) -> Self {
        Self { kind, code: None, detail: detail.into(), retry_after: None, source: None }
    }

    /// Adds the provider's code.
    pub fn with_code(mut self, code: impl fmt::Display) -> Self {
        self.code = Some(code.to_string());
        self
    }

    /// Adds how long to wait.
    pub fn with_retry_after(mut self, wait: SignedDuration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// The same of a request that changes nothing at the other end: whatever went wrong, it may be made again.
    pub fn harmless(mut self) -> Self {
        if self.kind == FaultKind::Unknown {
            self.kind = FaultKind::Transient;
        }
        self
    }

    /// Adds the cause.
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)?;
        match &self.code {
            Some(code) => write!(f, " (code {code})"),
            None => Ok(()),
        }
    }
}

impl StdError for Fault {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_ref().map(|s| s.as_ref() as _)
    }
}
