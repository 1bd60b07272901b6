//! Which messages were stored lately, within one process.

use std::collections::HashMap;
use std::sync::PoisonError;

use async_trait::async_trait;

use super::hot::MemoryHotState;
use crate::domain::id::{CustomerId, TenantId};
use crate::ports::fault::Fault;
use crate::ports::recent::RecentIds;

/// Keys of one generation. Providers send again within seconds to minutes; what is forgotten is found in the store.
const GENERATION: usize = 16_384;

/// The last keys: the younger generation fills up, becomes the older one, and that one is forgotten.
#[derive(Debug, Default)]
pub(super) struct Recent {
    young: HashMap<(TenantId, u128), CustomerId>,
    old: HashMap<(TenantId, u128), CustomerId>,
}

#[async_trait]
impl RecentIds for MemoryHotState {
    async fn recall(
        &self,
        tenant: TenantId,
        keys: &[&str],
    ) -> Result<Vec<Option<CustomerId>>, Fault> {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let known = |key: &&str| {
            let key = (tenant, fingerprint(key));
            recent.young.get(&key).or_else(|| recent.old.get(&key)).copied()
        };
        Ok(keys.iter().map(known).collect())
    }

    async fn remember(&self, tenant: TenantId, stored: &[(&str, CustomerId)]) -> Result<(), Fault> {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, customer) in stored {
            if recent.young.len() >= GENERATION {
                recent.old = std::mem::take(&mut recent.young);
            }
            recent.young.insert((tenant, fingerprint(key)), *customer);
        }
        Ok(())
    }
}

/// Keys are kept as 128 bits of a keyed hash each, seeded anew in every process, so that nobody can make two of them collide.
fn fingerprint(key: &str) -> u128 {
    use std::hash::{BuildHasher as _, RandomState};
    use std::sync::OnceLock;
    static SEEDS: OnceLock<(RandomState, RandomState)> = OnceLock::new();
    let (high, low) = SEEDS.get_or_init(Default::default);
    (u128::from(high.hash_one(key)) << 64) | u128::from(low.hash_one(key))
}
