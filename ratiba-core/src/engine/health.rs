//! Whether the engine's ports answer now, each by name.

use std::time::Duration;

use serde::Serialize;

use super::handle::Ratiba;

/// How long a port may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(2);

/// How a port does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PortState {
    /// It answers.
    Ok,
    /// It does not, and work goes on without it, slower.
    Degraded,
    /// It does not, and nothing can be done without it.
    Down,
}

/// How one port does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PortHealth {
    /// Which: `store`, `hot_state`.
    pub port: &'static str,
    /// How it does.
    pub state: PortState,
}

impl Ratiba {
    /// Asks the ports that everything depends on.
    pub async fn health(&self) -> Vec<PortHealth> {
        let parts = &self.inner.parts;
        let store = tokio::time::timeout(PATIENCE, parts.store.ping());
        let hot = tokio::time::timeout(PATIENCE, parts.hot.ping());
        let (store, hot) = tokio::join!(store, hot);
        let of = |port, fine, otherwise| PortHealth {
            port,
            state: if fine { PortState::Ok } else { otherwise },
        };
        vec![
            of("store", matches!(store, Ok(Ok(()))), PortState::Down),
            of("hot_state", matches!(hot, Ok(Ok(()))), PortState::Degraded),
        ]
    }
}
