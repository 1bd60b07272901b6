//! Lanes with new work, within one process.

use std::sync::PoisonError;

use async_trait::async_trait;

use super::hot::MemoryHotState;
use crate::ports::fault::Fault;
use crate::ports::hot::Lane;
use crate::ports::offers::LaneOffers;

/// Lanes kept at most: a process that nobody takes from must not grow for ever.
const MOST: usize = 4_096;

#[async_trait]
impl LaneOffers for MemoryHotState {
    async fn offer(&self, lane: Lane) -> Result<(), Fault> {
        let mut offers = self.offers.lock().unwrap_or_else(PoisonError::into_inner);
        if offers.len() < MOST {
            offers.insert(lane);
        }
        Ok(())
    }

    async fn take_offers(&self, most: usize) -> Result<Vec<Lane>, Fault> {
        let mut offers = self.offers.lock().unwrap_or_else(PoisonError::into_inner);
        let taken: Vec<Lane> = offers.iter().take(most).copied().collect();
        offers.retain(|lane| !taken.contains(lane));
        Ok(taken)
    }

    fn is_shared(&self) -> bool {
        false
    }
}
