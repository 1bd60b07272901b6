//! `GET /healthz`: the process is alive. Says nothing of what it depends on.

use poem::handler;

/// 200 as long as the process can answer at all.
#[handler]
pub(crate) fn healthz() -> &'static str {
    "ok\n"
}
