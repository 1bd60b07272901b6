//! Lanes with new work, for whichever process takes them first.

use async_trait::async_trait;

use super::key::{lane_of, name_of};
use super::open::RedisHot;
use crate::ports::fault::Fault;
use crate::ports::hot::Lane;
use crate::ports::offers::LaneOffers;

#[async_trait]
impl LaneOffers for RedisHot {
    async fn offer(&self, lane: Lane) -> Result<(), Fault> {
        let offers = self.keys.offers();
        let mut pipeline = redis::pipe();
        pipeline.cmd("SADD").arg(&offers.text).arg(name_of(lane)).ignore();
        // Nobody takes them: then workers have found them in the store long since, or there are none.
        pipeline.cmd("PEXPIRE").arg(&offers.text).arg(offers.millis()).ignore();
        self.link
            .ask("offering a lane", async |connection| pipeline.query_async::<()>(connection).await)
            .await
    }

    async fn take_offers(&self, most: usize) -> Result<Vec<Lane>, Fault> {
        let mut pop = redis::cmd("SPOP");
        pop.arg(self.keys.offers().text).arg(most);
        let names: Vec<String> = self
            .link
            .ask("taking lanes", async |connection| pop.query_async(connection).await)
            .await?;
        Ok(names.iter().filter_map(|name| lane_of(name)).collect())
    }

    fn is_shared(&self) -> bool {
        true
    }
}
