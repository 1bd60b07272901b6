//! Time that has been given back is offered to who waits for it: a poke on each waiter's own lane, and the calendar decides there.
//!
//! The pokes are timers that are due at once, written in the transaction that frees the time, so no freed time is forgotten. Several
//! waiters may be offered the same; the first whose yes is committed has it, because the store lets nobody overlap.

use jiff::{SignedDuration, Timestamp};

use super::error::EngineError;
use super::handle::Ratiba;
use super::turn::Turn;
use crate::conversation::event::Event;
use crate::domain::id::{AppointmentId, CustomerId, StaffId, TenantId, WaitId};
use crate::domain::tenant::Business;
use crate::domain::time::TimeWindow;
use crate::domain::wait::{Wait, WaitStatus};
use crate::ports::hot::Topic;
use crate::ports::inbox::{Timer, TimerKey};
use crate::ports::store::{StoreError, TenantStore, Write};
use crate::scheduling::slot::Slot;
use crate::scheduling::waitlist;

/// Wishes that are looked at for one freed span.
const LOOKED_AT: u32 = 200;
/// Of those, so many are offered it at once; the next when one of them says no or nothing.
const OFFERED_AT_ONCE: usize = 3;
/// A conversation in which nothing was heard for so long may be interrupted, unless something is held.
const QUIET: SignedDuration = SignedDuration::from_mins(30);

/// Somebody's time that nobody has any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Freed {
    pub(super) staff: StaffId,
    pub(super) span: TimeWindow,
}

impl Turn<'_> {
    pub(super) fn offer_until(&mut self, wait: WaitId, slot: &Slot, until: Timestamp) {
        self.writes.push(Write::WaitBecame { wait, status: WaitStatus::Offered });
        self.set_timer(offer_over(wait, slot), until);
    }

    pub(super) fn settle_wait(&mut self, wait: WaitId, slot: &Slot, status: WaitStatus) {
        self.writes.push(Write::WaitBecame { wait, status });
        self.writes.push(Write::ClearTimer(offer_over(wait, slot)));
        if status == WaitStatus::Closed {
            self.freed.push(Freed { staff: slot.staff, span: slot.blocked });
        }
    }

    pub(super) fn look_again(&mut self, wait: WaitId, slot: &Slot, at: Timestamp) {
        self.set_timer(TimerKey::SlotFreed { wait, staff: slot.staff, span: slot.blocked }, at);
    }

    /// A span has opened up that could answer a wish of this customer.
    pub(super) async fn take_slot_freed(
        &mut self,
        wait: WaitId,
        staff: StaffId,
        span: TimeWindow,
    ) -> Result<(), EngineError> {
        let wait = self.store.wait(wait).await?;
        let Some(wait) = wait.filter(|wait| wait.status == WaitStatus::Waiting) else {
            return Ok(());
        };
        let business = std::sync::Arc::clone(&self.loaded.business);
        let busy = self.busy(waitlist::busy_range(&business, &wait, span)).await?;
        let Some(slot) = waitlist::opening(&business, &wait, staff, span, &busy, self.now) else {
            return Ok(());
        };
        let quiet =
            self.last_inbound_at().is_none_or(|heard| self.now.duration_since(heard) >= QUIET);
        self.feed(Event::SlotOpened { wait, slot, quiet }).await
    }

    /// An offer was not answered in time: it goes to the next.
    pub(super) async fn take_offer_over(
        &mut self,
        wait: WaitId,
        staff: StaffId,
        span: TimeWindow,
    ) -> Result<(), EngineError> {
        let found = self.store.wait(wait).await?;
        if found.is_none_or(|wait| wait.status != WaitStatus::Offered) {
            return Ok(());
        }
        self.writes.push(Write::WaitBecame { wait, status: WaitStatus::Closed });
        self.freed.push(Freed { staff, span });
        self.feed(Event::WaitLapsed { wait }).await
    }

    /// Pokes who waits for what this turn has given back.
    pub(super) async fn poke_waiters(&mut self) -> Result<(), EngineError> {
        let mut given_back: Vec<AppointmentId> = Vec::new();
        for write in &self.writes {
            match write {
                Write::Cancel(id) | Write::Replace { old: id, .. } => given_back.push(*id),
                Write::Release(ids) => given_back.extend(ids),
                _ => {}
            }
        }
        let mut freed = std::mem::take(&mut self.freed);
        if !given_back.is_empty() {
            let gone = self.appointments_now(&given_back).await?;
            freed.extend(gone.iter().map(|a| Freed { staff: a.staff, span: a.blocked }));
        }
        for one in freed {
            let business = std::sync::Arc::clone(&self.loaded.business);
            let me = Some(self.customer.id);
            for wait in waiters(self.store, &business, one, me, self.now).await? {
                let key = TimerKey::SlotFreed { wait: wait.id, staff: one.staff, span: one.span };
                self.set_timer_of(wait.customer, key, self.now);
            }
        }
        Ok(())
    }
}

fn offer_over(wait: WaitId, slot: &Slot) -> TimerKey {
    TimerKey::OfferOver { wait, staff: slot.staff, span: slot.blocked }
}

/// Who is offered a freed span, who asked first comes first; nobody whose own turn has freed it.
async fn waiters(
    store: &dyn TenantStore,
    business: &Business,
    freed: Freed,
    but: Option<CustomerId>,
    now: Timestamp,
) -> Result<Vec<Wait>, StoreError> {
    if freed.span.end <= now {
        return Ok(Vec::new());
    }
    let mut waiting = store.waiting(freed.span, LOOKED_AT).await?;
    waiting.retain(|wait| {
        Some(wait.customer) != but && waitlist::may_suit(business, wait, freed.staff, freed.span)
    });
    waiting.truncate(OFFERED_AT_ONCE);
    Ok(waiting)
}

impl Ratiba {
    /// Calls off an appointment that no conversation knows, such as one that the owner entered, and offers its time to who waits. False when
    /// there is none that stands.
    pub async fn call_off(
        &self,
        tenant: TenantId,
        appointment: AppointmentId,
    ) -> Result<bool, EngineError> {
        let store = self.store().of(tenant);
        let Some(known) = store.appointments(&[appointment]).await?.pop() else {
            return Ok(false);
        };
        // Should the process die between the two, the time is free for all and nobody was told: a chance lost, not a promise.
        if !store.call_off(appointment).await? {
            return Ok(false);
        }
        let freed = Freed { staff: known.staff, span: known.blocked };
        let now = self.now();
        let business = self.business(tenant).await?;
        let mint = self.mint();
        let timers: Vec<Timer> = (0..)
            .zip(waiters(store.as_ref(), &business, freed, None, now).await?)
            .map(|(n, wait)| Timer {
                id: mint.id(n),
                customer: wait.customer,
                key: TimerKey::SlotFreed { wait: wait.id, staff: freed.staff, span: freed.span },
                due_at: now,
            })
            .collect();
        store.set_timers(&timers).await?;
        self.inner.parts.wake.wake(Topic::Timers).await;
        Ok(true)
    }
}
