//! One file per operation: each translates HTTP to a call of the core and back.

pub(crate) mod healthz;
pub(crate) mod metrics;
