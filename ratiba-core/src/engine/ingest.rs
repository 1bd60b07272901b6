//! Storing what comes in: requests of one tenant that arrive while others are being stored are stored together, in one transaction.
//!
//! One request leads: it stores its own items and all that wait, tells everybody what came of theirs, and hands the lead to the next. So a
//! lone request waits for nobody, and a crowd shares its flushes to disk. Nothing is kept here: a leader that goes away (its client hung up)
//! leaves the others to try by themselves, and the store's unique keys make that harmless.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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
    Lead { lead: Lead, own: Vec<NewInbox>, others: Vec<Waiting> },
    /// The common attempt failed: it tries alone, and hears its own failure.
    Alone(Vec<NewInbox>),
}

/// The lead of a tenant's line, given on when it is dropped: by a request that is done, by one that goes away while it stores, and by a word
/// that nobody came to hear.
#[derive(Debug)]
struct Lead {
    /// `None` once it is given on.
    ingest: Option<Arc<Ingest>>,
    tenant: TenantId,
}

impl Drop for Lead {
    fn drop(&mut self) {
        if let Some(ingest) = self.ingest.take() {
            ingest.give_on(self.tenant);
        }
    }
}

impl Ingest {
    fn lock(&self) -> MutexGuard<'_, HashMap<TenantId, Vec<Waiting>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lead(self: &Arc<Self>, tenant: TenantId) -> Lead {
        Lead { ingest: Some(Arc::clone(self)), tenant }
    }

    /// Waits in line, or leads when nobody does.
    fn join(
        self: &Arc<Self>,
        tenant: TenantId,
        items: Vec<NewInbox>,
    ) -> Result<oneshot::Receiver<Told>, (Lead, Vec<NewInbox>)> {
        let mut waiting = self.lock();
        if let Some(line) = waiting.get_mut(&tenant) {
            let (tell, told) = oneshot::channel();
            line.push(Waiting { items, tell });
            Ok(told)
        } else {
            waiting.insert(tenant, Vec::new());
            Err((self.lead(tenant), items))
        }
    }

    /// The first in line that is still there leads, with as many behind it as fit; without one, nobody does.
    fn give_on(self: &Arc<Self>, tenant: TenantId) {
        let mut back: Vec<Waiting> = Vec::new();
        while let Some((Waiting { items: own, tell }, others)) = self.next(tenant, back) {
            match tell.send(Told::Lead { lead: self.lead(tenant), own, others }) {
                // It has gone away, and those who would have followed it are the first again.
                Err(Told::Lead { mut lead, others, .. }) => {
                    lead.ingest = None;
                    back = others;
                }
                Ok(()) | Err(Told::Stored(_) | Told::Alone(_)) => return,
            }
        }
    }

    /// Takes the next one from the line, which begins with `back`, and who is stored with it. The line is gone when it was empty.
    fn next(&self, tenant: TenantId, back: Vec<Waiting>) -> Option<(Waiting, Vec<Waiting>)> {
        let mut waiting = self.lock();
        let line = waiting.get_mut(&tenant)?;
        let mut all = back.into_iter().chain(std::mem::take(line));
        let Some(first) = all.next() else {
            waiting.remove(&tenant);
            return None;
        };
        let mut count = first.items.len();
        let (others, left) = all.partition(|next| {
            count += next.items.len();
            count <= TOGETHER
        });
        *line = left;
        Some((first, others))
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
            Ok(Told::Lead { lead: leading, own, others }) => {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::Mint;

    fn tenant() -> TenantId {
        Mint { at: jiff::Timestamp::UNIX_EPOCH, seed: 1 }.id(1)
    }

    #[test]
    fn the_lead_goes_on_past_those_who_hung_up_before_they_heard_of_it() {
        let ingest = Arc::new(Ingest::default());
        let (lead, _) = ingest.join(tenant(), Vec::new()).err().unwrap();
        let mut gone = ingest.join(tenant(), Vec::new()).ok().unwrap();
        drop(lead);
        // Told, but never asked: the request was dropped between the two.
        let mut next = ingest.join(tenant(), Vec::new()).ok().unwrap();
        assert!(next.try_recv().is_err());
        gone.close();
        drop(gone);
        assert!(matches!(next.try_recv(), Ok(Told::Lead { .. })));
    }

    #[test]
    fn when_all_have_hung_up_the_next_request_leads() {
        let ingest = Arc::new(Ingest::default());
        let (lead, _) = ingest.join(tenant(), Vec::new()).err().unwrap();
        let line: Vec<_> =
            (0..10_000).map(|_| ingest.join(tenant(), Vec::new()).ok().unwrap()).collect();
        let heard = ingest.join(tenant(), Vec::new()).ok().unwrap();
        drop(line);
        drop(lead);
        drop(heard);
        assert!(ingest.join(tenant(), Vec::new()).is_err());
    }
}
