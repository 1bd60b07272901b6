//! News for dashboards of the same process.

use tokio::sync::broadcast;

use crate::ports::live::{LiveEvent, LiveFeed};

/// News that nobody has fetched yet; a dashboard that is slower than this reads everything again.
const BACKLOG: usize = 1_024;

/// Carries news within one process.
#[derive(Debug)]
pub struct MemoryLiveFeed {
    events: broadcast::Sender<LiveEvent>,
}

impl Default for MemoryLiveFeed {
    fn default() -> Self {
        Self { events: broadcast::channel(BACKLOG).0 }
    }
}

impl LiveFeed for MemoryLiveFeed {
    fn publish(&self, event: LiveEvent) {
        // Nobody listening is no error.
        let _ = self.events.send(event);
    }

    fn subscribe(&self) -> broadcast::Receiver<LiveEvent> {
        self.events.subscribe()
    }
}
