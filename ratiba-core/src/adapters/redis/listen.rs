//! The one connection that hears what other processes tell. It is made again whenever it breaks.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use redis::{Msg, RedisResult};
use tokio::sync::broadcast;

use super::key::{Keys, lane_of};
use super::lease::Bells;
use super::link::Link;
use super::news::{Changes, Sleepers, read_wake};
use crate::ports::live::LiveEvent;

/// Wait before it is made again.
const AGAIN: Duration = Duration::from_millis(250);
/// How often an idle connection is tried: one whose other end has vanished without a word would never break by itself.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// Who is told what was heard.
#[derive(Debug)]
pub(super) struct Ears {
    pub(super) keys: Keys,
    /// This process.
    pub(super) me: u64,
    pub(super) bells: Arc<Bells>,
    pub(super) sleepers: Arc<Sleepers>,
    pub(super) events: broadcast::Sender<LiveEvent>,
}

/// Listens for ever.
pub(super) async fn listen(link: Arc<Link>, ears: Ears) {
    let mut missed = false;
    loop {
        if let Err(error) = hear(&link, &ears, missed).await {
            tracing::debug!(%error, "not listening to other processes");
        }
        missed = true;
        tokio::time::sleep(AGAIN).await;
    }
}

async fn hear(link: &Link, ears: &Ears, missed: bool) -> RedisResult<()> {
    let (mut sink, mut stream) = link.target.listening().get_async_pubsub().await?.split();
    sink.subscribe(&[ears.keys.wakes(), ears.keys.freed(), ears.keys.news()]).await?;
    if missed {
        // What was told meanwhile is not heard any more.
        ears.sleepers.ring_all();
    }
    loop {
        match tokio::time::timeout(HEARTBEAT, stream.next()).await {
            Ok(Some(message)) => ears.take(&message),
            Ok(None) => return Ok(()),
            Err(_idle) => {
                let pong = tokio::time::timeout(HEARTBEAT, sink.ping::<redis::Value>()).await;
                if !matches!(pong, Ok(Ok(_))) {
                    return Ok(());
                }
            }
        }
    }
}

impl Ears {
    /// Takes one message; what can't be read (another release may be talking) is passed over.
    fn take(&self, message: &Msg) {
        let Ok(text) = message.get_payload::<String>() else { return };
        let channel = message.get_channel_name();
        if channel == self.keys.freed() {
            if let Some(lane) = lane_of(&text) {
                self.bells.ring(lane);
            }
        } else if channel == self.keys.wakes() {
            if let Some((from, topic)) = read_wake(&text)
                && from != self.me
            {
                self.sleepers.bell(topic).notify_one();
            }
        } else if let Ok(Changes { from, events }) = serde_json::from_str(&text)
            && from != self.me
        {
            for event in events {
                // Nobody listening is no error.
                let _ = self.events.send(event);
            }
        }
    }
}
