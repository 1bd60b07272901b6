//! Lanes with new work, handed from processes that only receive to those that take turns. Forgotten ones are found in the store.

use async_trait::async_trait;

use super::fault::Fault;
use super::hot::Lane;

/// A bag of lanes: each is given to one taker, in no order.
#[async_trait]
pub trait LaneOffers: Send + Sync {
    /// Puts a lane in; one that is in it stays there once.
    async fn offer(&self, lane: Lane) -> Result<(), Fault>;

    /// Takes out at most `most` lanes.
    async fn take_offers(&self, most: usize) -> Result<Vec<Lane>, Fault>;

    /// Whether other processes take from the same bag.
    fn is_shared(&self) -> bool;
}
