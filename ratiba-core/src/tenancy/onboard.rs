//! Making a tenant: all of it or nothing, also outside of our own database.
//!
//! What is ours is one transaction of the store. What is done outside (a webhook registered with a provider, a realm of an identity provider)
//! is a [`Step`] that can be undone. With steps the tenant is stored suspended first, each step is done, and only then is it served; when one
//! fails, those before it are undone and the tenant is removed. Should the process die in between, a row in `jobs` says that this onboarding
//! was not finished, and the next attempt under the same name clears away what the first has left before it begins.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use crate::domain::tenant::{Business, TenantStatus};
use crate::ports::fault::Fault;
use crate::ports::jobs::{Claim, JobRun};
use crate::ports::store::{NewTenant, Store, StoreError};

/// Something outside that belongs to a new tenant.
#[async_trait]
pub trait Step: Send + Sync + std::fmt::Debug {
    /// Its name in reports.
    fn name(&self) -> &'static str;
    /// Does it. May be called again after a failure of which nobody knows how far it came.
    async fn apply(&self, business: &Business) -> Result<(), Fault>;
    /// Undoes it, whether or not [`Step::apply`] had done all, some or nothing of it.
    async fn undo(&self, business: &Business) -> Result<(), Fault>;
}

/// A tenant could not be made; nothing of it is left, except where `left` says so.
#[derive(Debug, thiserror::Error)]
pub enum OnboardError {
    /// The store refused or failed. Its transaction left nothing.
    #[error("the tenant could not be stored")]
    Store(#[from] StoreError),
    /// A step outside failed; everything before it was undone.
    #[error("the step `{step}` failed")]
    Step {
        /// Which.
        step: &'static str,
        /// Why.
        #[source]
        source: Fault,
        /// Steps that could not be undone either. Then the tenant stays, suspended, and the next attempt tries again.
        left: Vec<&'static str>,
    },
    /// Somebody else is making a tenant of this name at this moment.
    #[error("another onboarding of this name is under way")]
    UnderWay,
}

/// How long an onboarding may take before another one may clear it away.
const LEASE: SignedDuration = SignedDuration::from_mins(10);

fn marker(business: &Business) -> JobRun {
    JobRun {
        name: "onboarding",
        tenant: Some(business.tenant.id),
        // Never old enough to be forgotten.
        scheduled_for: Timestamp::MAX,
    }
}

/// Makes a tenant. [`StoreError::Exists`] when its name or one of its accounts is taken.
pub async fn onboard(
    store: &dyn Store,
    steps: &[Arc<dyn Step>],
    mut new: NewTenant,
    now: Timestamp,
) -> Result<Business, OnboardError> {
    if steps.is_empty() {
        store.create_tenant(&new).await?;
        return Ok(new.business);
    }
    clear_unfinished(store, steps, &new, now).await?;
    // The claim comes first: a tenant that is stored without it would look like one that somebody has suspended.
    let run = marker(&new.business);
    store.claim_job(&run, now, now + LEASE).await?;
    new.business.tenant.status = TenantStatus::Suspended;
    store.create_tenant(&new).await?;
    for (done, step) in steps.iter().enumerate() {
        if let Err(source) = step.apply(&new.business).await {
            let left = undo(store, &steps[..=done], &new.business).await?;
            return Err(OnboardError::Step { step: step.name(), source, left });
        }
    }
    // Finished first: an active tenant whose marker is open could be cleared away later. Dying in between leaves one that `resume` serves.
    store.finish_job(&run, now).await?;
    store.set_status(new.business.tenant.id, TenantStatus::Active).await?;
    new.business.tenant.status = TenantStatus::Active;
    Ok(new.business)
}

/// Undoes steps, the last first, and removes the tenant when all of them are undone. Gives back those that are not.
async fn undo(
    store: &dyn Store,
    steps: &[Arc<dyn Step>],
    business: &Business,
) -> Result<Vec<&'static str>, StoreError> {
    let mut left = Vec::new();
    for step in steps.iter().rev() {
        if let Err(fault) = step.undo(business).await {
            tracing::error!(tenant.id = %business.tenant.id, step = step.name(), fault = %fault, "a step of an onboarding could not be undone");
            left.push(step.name());
        }
    }
    if left.is_empty() {
        store.delete_tenant(business.tenant.id).await?;
    }
    Ok(left)
}

/// Clears away what an onboarding of this name has left that did not come to its end.
async fn clear_unfinished(
    store: &dyn Store,
    steps: &[Arc<dyn Step>],
    new: &NewTenant,
    now: Timestamp,
) -> Result<(), OnboardError> {
    let Some(there) = store.tenant_by_slug(&new.business.tenant.slug).await? else {
        return Ok(());
    };
    let exists = || {
        let what = format!("a tenant named {}", new.business.tenant.slug);
        OnboardError::Store(StoreError::Exists { what })
    };
    if there.status == TenantStatus::Active {
        return Err(exists());
    }
    let Some(stored) = store.of(there.id).business().await? else { return Err(exists()) };
    let run = marker(&stored.business);
    // One that was made without steps and then suspended has no marker at all.
    if !store.has_job(&run).await? {
        return Err(exists());
    }
    match store.claim_job(&run, now, now + LEASE).await? {
        Claim::Finished => Err(exists()),
        Claim::Taken => Err(OnboardError::UnderWay),
        Claim::Ours => {
            let left = undo(store, steps, &stored.business).await?;
            match left.first() {
                None => Ok(()),
                Some(step) => Err(OnboardError::Step {
                    step,
                    source: Fault::new(
                        crate::ports::fault::FaultKind::Transient,
                        "what an earlier attempt has left could not be undone",
                    ),
                    left,
                }),
            }
        }
    }
}
