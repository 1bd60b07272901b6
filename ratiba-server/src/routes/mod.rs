//! One file per operation: each translates HTTP to a call of the core and back.

pub(crate) mod africastalking;
pub(crate) mod daraja;
pub(crate) mod healthz;
pub(crate) mod meta;
pub(crate) mod metrics;
pub(crate) mod pesapal;
pub(crate) mod readyz;
pub(crate) mod widget;
pub(crate) mod widget_ws;
