//! Storing what comes in: requests of one tenant that arrive while others are being stored are stored together, in one transaction.
//!
//! One request leads: it stores its own items and all that wait, tells everybody what came of theirs, and hands the lead to the next. So a
//! lone request waits for nobody, and a crowd shares its flushes to disk. Nothing is kept here: a leader that goes away (its client hung up)
//! leaves the others to try by themselves, and the store's unique keys make that harmless.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tokio::sync::oneshot;

use super::handle::Inner;
use crate::domain::id::TenantId;
use crate::ports::store::{Accepted, NewInbox, StoreError};

/// Items stored together at most, so that one transaction stays short.
const TOGETHER: usize = 512;

/// Requests that wait, by tenant; a tenant is in the map while somebody leads.
#[derive(Debug, Default)]
pub(super) struct Ingest {
    waiting: Mutex<HashMap<TenantId, Vec<Waiting>>>,
}

#[derive(Debug)]
struct Waiting {
    items: Vec<NewInbox>,
    tell: oneshot::Sender<Told>,
}

/// What a request that waited is told.
#[derive(Debug)]
enum Told {
    /// Its items are stored.
    Stored(Vec<Accepted>),
    /// It leads now, with what waits.
    Lead { own: Vec<NewInbox>, others: Vec<Waiting> },
    /// The common attempt failed: it tries alone, and hears its own failure.
    Alone(Vec<NewInbox>),
}

/// The lead, given on when it is dropped.
struct Lead<'a> {
    ingest: &'a Ingest,
    tenant: TenantId,
}

impl Ingest {
    /// Waits in line, or leads when nobody does.
    fn join(
        &self,
        tenant: TenantId,
        items: Vec<NewInbox>,
    ) -> Result<oneshot::Receiver<Told>, (Lead<'_>, Vec<NewInbox>)> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = waiting.get_mut(&tenant) {
            let (tell, told) = oneshot::channel();
            line.push(Waiting { items, tell });
            Ok(told)
        } else {
            waiting.insert(tenant, Vec::new());
            Err((Lead { ingest: self, tenant }, items))
        }
    }
}

impl Drop for Lead<'_> {
    fn drop(&mut self) {
        let mut waiting = self.ingest.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(line) = waiting.get_mut(&self.tenant) else { return };
        let mut line = std::mem::take(line).into_iter();
        while let Some(Waiting { items: own, tell }) = line.next() {
            let mut count = own.len();
            let mut others = Vec::new();
            let mut left = Vec::new();
            for next in line {
                count += next.items.len();
                if count <= TOGETHER { others.push(next) } else { left.push(next) }
            }
            match tell.send(Told::Lead { own, others }) {
                Ok(()) => {
                    waiting.insert(self.tenant, left);
                    return;
                }
                // It has gone away; the next one leads.
                Err(Told::Lead { others, .. }) => {
                    line = others.into_iter().chain(left).collect::<Vec<_>>().into_iter();
                }
                Err(Told::Stored(_) | Told::Alone(_)) => return,
            }
        }
        waiting.remove(&self.tenant);
    }
}

impl Inner {
    /// Stores items of one tenant, together with those of other requests. In order; duplicates are found.
    pub(super) async fn take_in(
        &self,
        tenant: TenantId,
        items: Vec<NewInbox>,
    ) -> Result<Vec<Accepted>, StoreError> {
        let lead = |own, others| self.store_together(tenant, own, others);
        let told = match self.ingest.join(tenant, items.clone()) {
            Err((leading, own)) => {
                let stored = lead(own, Vec::new()).await;
                drop(leading);
                return stored;
            }
            Ok(told) => told.await,
        };
        match told {
            Ok(Told::Stored(accepted)) => Ok(accepted),
            Ok(Told::Lead { own, others }) => {
                let leading = Lead { ingest: &self.ingest, tenant };
                let stored = lead(own, others).await;
                drop(leading);
                stored
            }
            Ok(Told::Alone(own)) => lead(own, Vec::new()).await,
            // Whoever led has gone away in the middle: what it had stored for us shows as a duplicate, and a worker finds it.
            Err(_gone) => lead(items, Vec::new()).await,
        }
    }

    async fn store_together(
        &self,
        tenant: TenantId,
        own: Vec<NewInbox>,
        others: Vec<Waiting>,
    ) -> Result<Vec<Accepted>, StoreError> {
        let (own_count, mut all) = (own.len(), own);
        let mut line = Vec::with_capacity(others.len());
        for Waiting { items, tell } in others {
            line.push((items.len(), tell));
            all.extend(items);
        }
        match self.store_new(tenant, &all).await {
            Ok(mut accepted) => {
                let mut rest = accepted.split_off(own_count.min(accepted.len())).into_iter();
                for (count, tell) in line {
                    // Who has gone away needs no answer.
                    let _ = tell.send(Told::Stored(rest.by_ref().take(count).collect()));
                }
                Ok(accepted)
            }
            Err(error) if line.is_empty() => Err(error),
            Err(_common) => {
                let mut rest = all.split_off(own_count).into_iter();
                for (count, tell) in line {
                    let _ = tell.send(Told::Alone(rest.by_ref().take(count).collect()));
                }
                self.store_new(tenant, &all).await
            }
        }
    }

    /// Stores items and finds the duplicates. Always asks the store: what hot state remembers may be of another database (one restored from a
    /// backup, or a new one beside an old Redis), and a message that is taken for a duplicate is lost.
    async fn store_new(
        &self,
        tenant: TenantId,
        items: &[NewInbox],
    ) -> Result<Vec<Accepted>, StoreError> {
        let together = u32::try_from(items.len()).unwrap_or(u32::MAX);
        metrics::histogram!("ratiba_inbox_stored_together").record(f64::from(together));
        self.parts.store.of(tenant).accept_all(items).await
    }
}
