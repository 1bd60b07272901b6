//! What turns read again and again and what seldom changes: business documents with their ears, channel accounts, merchants.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::error::EngineError;
use crate::domain::channel::ChannelKind;
use crate::domain::id::TenantId;
use crate::domain::tenant::Business;
use crate::language::hear::Ear;
use crate::ports::channel::ChannelAccount;
use crate::ports::store::{Store, StoreError};

/// A business document and what is derived from it.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) business: Arc<Business>,
    pub(super) version: u64,
    pub(super) ear: Ear,
}

/// How many tenants' documents are kept; a deployment serves thousands, few of them at once.
const KEPT: usize = 2_048;

#[derive(Debug, Default)]
pub(super) struct Cache {
    businesses: Mutex<HashMap<TenantId, Arc<Loaded>>>,
    accounts: Mutex<HashMap<(ChannelKind, String), ChannelAccount>>,
}

impl Cache {
    /// The document of a tenant. `at_least` is the version that the caller has seen in the store; an older one is read again.
    pub(super) async fn business(
        &self,
        store: &Arc<dyn Store>,
        tenant: TenantId,
        at_least: Option<u64>,
    ) -> Result<Arc<Loaded>, EngineError> {
        if let (Some(kept), Some(version)) = (self.kept(tenant), at_least)
            && kept.version >= version
        {
            return Ok(kept);
        }
        let newest = store.of(tenant).business().await?.ok_or(EngineError::NoBusiness(tenant))?;
        if let Some(kept) = self.kept(tenant)
            && kept.version == newest.version
        {
            return Ok(kept);
        }
        let loaded = Arc::new(Loaded {
            ear: Ear::new(&newest.business),
            business: newest.business,
            version: newest.version,
        });
        let mut businesses = self.businesses.lock().unwrap_or_else(PoisonError::into_inner);
        if businesses.len() >= KEPT {
            businesses.clear();
        }
        businesses.insert(tenant, Arc::clone(&loaded));
        Ok(loaded)
    }

    fn kept(&self, tenant: TenantId) -> Option<Arc<Loaded>> {
        self.businesses.lock().unwrap_or_else(PoisonError::into_inner).get(&tenant).cloned()
    }

    /// The account that messages are sent from. Kept until the process ends or [`Cache::forget_account`].
    pub(super) async fn account(
        &self,
        store: &Arc<dyn Store>,
        channel: ChannelKind,
        account: &str,
    ) -> Result<Option<ChannelAccount>, StoreError> {
        let key = (channel, account.to_owned());
        if let Some(kept) = self.accounts.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Some(kept.clone()));
        }
        let found = store.account(channel, account).await?;
        if let Some(found) = &found {
            let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
            if accounts.len() >= KEPT {
                accounts.clear();
            }
            accounts.insert(key, found.clone());
        }
        Ok(found)
    }

    /// Reads the account again next time: its token was refused and an operator may have changed it.
    pub(super) fn forget_account(&self, channel: ChannelKind, account: &str) {
        self.accounts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&(channel, account.to_owned()));
    }
}
