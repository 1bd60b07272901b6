//! Wake-ups and news between processes: what is told goes to this process at once and to the others in batches, without anybody waiting.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, broadcast, mpsc};

use super::key::Keys;
use super::link::Link;
use super::open::{RedisHot, unsigned};
use crate::ports::hot::{Topic, WakeUp};
use crate::ports::live::{LiveEvent, LiveFeed};

/// News that nobody has fetched yet, and news on its way out; what is more is dropped: dashboards read again anyway.
pub(super) const BACKLOG: usize = 4_096;
/// News that go out together at most.
const BATCH: usize = 512;

/// Something to tell other processes.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) enum Told {
    Work(Topic),
    Change(LiveEvent),
}

/// What is published on the channel for dashboards.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Changes {
    /// Which process: it has told its own listeners already.
    pub(super) from: u64,
    pub(super) events: Vec<LiveEvent>,
}

/// Sleepers of this process, by topic.
#[derive(Debug, Default)]
pub(super) struct Sleepers {
    inbox: Notify,
    outbox: Notify,
    timers: Notify,
}

impl Sleepers {
    /// The bell of a topic. A ring that nobody waits for is kept for the next who does.
    pub(super) fn bell(&self, topic: Topic) -> &Notify {
        match topic {
            Topic::Inbox => &self.inbox,
            Topic::Outbox => &self.outbox,
            Topic::Timers => &self.timers,
        }
    }

    /// Whatever was told while nobody could hear it: everybody looks.
    pub(super) fn ring_all(&self) {
        for topic in [Topic::Inbox, Topic::Outbox, Topic::Timers] {
            self.bell(topic).notify_one();
        }
    }
}

#[async_trait]
impl WakeUp for RedisHot {
    async fn wake(&self, topic: Topic) {
        self.sleepers.bell(topic).notify_one();
        // Too many wake-ups on their way are as good as one more.
        let _ = self.outgoing.try_send(Told::Work(topic));
    }

    async fn wait(&self, topic: Topic, patience: SignedDuration) {
        // Woken or not: the caller looks for work either way.
        let _ =
            tokio::time::timeout(unsigned(patience), self.sleepers.bell(topic).notified()).await;
    }
}

impl LiveFeed for RedisHot {
    fn publish(&self, event: LiveEvent) {
        // Nobody listening here is no error.
        let _ = self.events.send(event.clone());
        let _ = self.outgoing.try_send(Told::Change(event));
    }

    fn subscribe(&self) -> broadcast::Receiver<LiveEvent> {
        self.events.subscribe()
    }
}

/// Publishes what is told, as much as has gathered while the last batch was on its way. Ends when nobody can tell anything any more.
pub(super) async fn publish(
    link: Arc<Link>,
    keys: Keys,
    me: u64,
    mut outgoing: mpsc::Receiver<Told>,
) {
    let mut batch = Vec::with_capacity(BATCH);
    while outgoing.recv_many(&mut batch, BATCH).await > 0 {
        let mut pipeline = redis::pipe();
        let mut events = Vec::new();
        for told in batch.drain(..).collect::<HashSet<_>>() {
            match told {
                Told::Work(topic) => {
                    let named = format!("{me}:{}", name_of(topic));
                    pipeline.cmd("PUBLISH").arg(keys.wakes()).arg(named).ignore();
                }
                Told::Change(event) => events.push(event),
            }
        }
        if !events.is_empty()
            && let Ok(json) = serde_json::to_string(&Changes { from: me, events })
        {
            pipeline.cmd("PUBLISH").arg(keys.news()).arg(json).ignore();
        }
        // Lost news cost time: sleepers wake by themselves, dashboards look again.
        let _ = link
            .ask("publishing", async |connection| pipeline.query_async::<()>(connection).await)
            .await;
        tokio::time::sleep(GATHER).await;
    }
}

/// How long news gather before the next batch; shorter than anybody notices.
const GATHER: Duration = Duration::from_millis(2);

const TOPICS: [Topic; 3] = [Topic::Inbox, Topic::Outbox, Topic::Timers];

fn name_of(topic: Topic) -> &'static str {
    match topic {
        Topic::Inbox => "inbox",
        Topic::Outbox => "outbox",
        Topic::Timers => "timers",
    }
}

/// Who woke whom for what.
pub(super) fn read_wake(text: &str) -> Option<(u64, Topic)> {
    let (from, name) = text.split_once(':')?;
    let topic = TOPICS.into_iter().find(|topic| name_of(*topic) == name)?;
    Some((from.parse().ok()?, topic))
}
