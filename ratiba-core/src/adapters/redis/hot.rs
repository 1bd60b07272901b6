//! Leases and rate limits as the port has them.

use async_trait::async_trait;
use jiff::SignedDuration;

use super::open::{RedisHot, unsigned};
use super::script::COUNT;
use crate::ports::fault::Fault;
use crate::ports::hot::{HotState, Lane, Lease};

#[async_trait]
impl HotState for RedisHot {
    async fn acquire(
        &self,
        lane: Lane,
        ttl: SignedDuration,
        patience: SignedDuration,
    ) -> Result<Option<Lease>, Fault> {
        self.take_lane(lane, unsigned(ttl), unsigned(patience)).await
    }

    async fn release(&self, lane: Lane, lease: Lease) -> Result<(), Fault> {
        self.give_lane_back(lane, lease).await
    }

    async fn allow(&self, key: &str, limit: u32, window: SignedDuration) -> Result<bool, Fault> {
        let counter = self.keys.uses(key, unsigned(window));
        let mut script = COUNT.prepare_invoke();
        script.key(&counter.text).arg(counter.millis());
        let used: u64 = self
            .link
            .ask("counting a use", async |connection| script.invoke_async(connection).await)
            .await?;
        Ok(used <= u64::from(limit))
    }

    async fn ping(&self) -> Result<(), Fault> {
        self.link
            .ask("a ping", async |connection| {
                redis::cmd("PING").query_async::<()>(connection).await
            })
            .await
    }
}
