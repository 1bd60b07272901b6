//! Wake-ups within one process.

use std::time::Duration;

use async_trait::async_trait;
use jiff::SignedDuration;
use tokio::sync::Notify;

use crate::ports::hot::{Topic, WakeUp};

/// Wakes sleepers of the same process. A wake-up that nobody waits for is kept for the next who does, once per topic.
#[derive(Debug, Default)]
pub struct MemoryWakeUp {
    inbox: Notify,
    outbox: Notify,
    timers: Notify,
}

impl MemoryWakeUp {
    /// Nobody has been woken yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn bell(&self, topic: Topic) -> &Notify {
        match topic {
            Topic::Inbox => &self.inbox,
            Topic::Outbox => &self.outbox,
            Topic::Timers => &self.timers,
        }
    }
}

#[async_trait]
impl WakeUp for MemoryWakeUp {
    async fn wake(&self, topic: Topic) {
        self.bell(topic).notify_one();
    }

    async fn wait(&self, topic: Topic, patience: SignedDuration) {
        let patience = Duration::try_from(patience).unwrap_or_default();
        // Woken or not: the caller looks for work either way.
        let _ = tokio::time::timeout(patience, self.bell(topic).notified()).await;
    }
}
