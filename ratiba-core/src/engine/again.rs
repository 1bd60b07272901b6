//! Sending a message again that did not arrive, and noting that one needs nothing more.
//!
//! What is sent again goes out as a row of its own, whose id is a function of the row that failed, stored with the note that the old one is
//! settled: two operators at once, or a process that dies between, send it once. By which way it goes is decided anew.

use jiff::Timestamp;

use super::dead_letters::{Dismissed, Replayed, reason_of};
use super::error::EngineError;
use super::handle::{Inner, Ratiba};
use super::naming::{InPlace, id_in_place_of, is_of_texts, lane_of_texts, lane_to, lane_to_admin};
use super::route::{Reach, text_of};
use super::undelivered::{NotAgain, Undelivered, not_again, words_of};
use crate::conversation::thread::Thread;
use crate::domain::appointment::AppointmentStatus;
use crate::domain::channel::Address;
use crate::domain::customer::Customer;
use crate::domain::id::{AppointmentId, OutboxId, TenantId};
use crate::domain::message::Reply;
use crate::domain::route::{Purpose, Route, Sink};
use crate::ports::hot::Topic;
use crate::ports::outbox::{OutboxItem, Outgoing, Settled};
use crate::ports::store::{StoreError, StoredOutbox, TenantStore};

impl Ratiba {
    /// A tenant's messages that did not arrive and that nobody has seen to, the newest first; with `settled` those that somebody has, the
    /// last first. With a code those that failed with it.
    pub async fn failed_deliveries(
        &self,
        tenant: TenantId,
        settled: bool,
        code: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Undelivered>, StoreError> {
        let rows = self.store().of(tenant).failed_messages(settled, code, limit).await?;
        Ok(rows.iter().filter_map(|row| Undelivered::of(row, self.now())).collect())
    }

    /// One of them with its words, which are personal; a code's are left out. `None` when there is no such message, or it has not failed.
    pub async fn failed_delivery(
        &self,
        tenant: TenantId,
        id: OutboxId,
    ) -> Result<Option<(Undelivered, Option<String>)>, StoreError> {
        let Some(row) = self.store().of(tenant).outbox(id).await? else { return Ok(None) };
        let words = words_of(&row).map(str::to_owned);
        Ok(Undelivered::of(&row, self.now()).map(|seen| (seen, words)))
    }

    /// Sends a message again that did not arrive, by the way that is cheapest now, and settles it. `None` when there is no such message,
    /// or it has not failed.
    pub async fn replay_delivery(
        &self,
        tenant: TenantId,
        id: OutboxId,
    ) -> Result<Option<Replayed>, EngineError> {
        let store = self.store().of(tenant);
        let Some(row) = store.outbox(id).await? else { return Ok(None) };
        let now = self.now();
        if Undelivered::of(&row, now).is_none() {
            return Ok(None);
        }
        if row.settled.is_some() {
            return Ok(Some(Replayed::SettledBefore));
        }
        let again = match self.inner.again(tenant, store.as_ref(), &row, now).await? {
            Ok(again) => again,
            Err(why) => return Ok(Some(Replayed::StillDead(why.to_string()))),
        };
        let how = Settled::SentAgain { by: again.id };
        if !store.settle_failed(id, &how, Some(&again), now).await? {
            return Ok(Some(Replayed::SettledBefore));
        }
        tracing::info!(tenant.id = %tenant, outbox.id = %again.id, failed.id = %id, "a message is sent again");
        metrics::counter!("ratiba_dead_letters_replayed_total").increment(1);
        self.inner.parts.wake.wake(Topic::Timers).await;
        Ok(Some(Replayed::Taken))
    }

    /// Notes that a message that did not arrive needs nothing more, for a reason that is kept with it. `None` when there is no such message,
    /// or it has not failed.
    pub async fn dismiss_delivery(
        &self,
        tenant: TenantId,
        id: OutboxId,
        reason: &str,
    ) -> Result<Option<Dismissed>, StoreError> {
        let store = self.store().of(tenant);
        let row = store.outbox(id).await?;
        if row.and_then(|row| Undelivered::of(&row, self.now())).is_none() {
            return Ok(None);
        }
        let Some(because) = reason_of(reason) else { return Ok(Some(Dismissed::NoReason)) };
        let how = Settled::Dismissed { because };
        if !store.settle_failed(id, &how, None, self.now()).await? {
            return Ok(Some(Dismissed::SettledBefore));
        }
        metrics::counter!("ratiba_dead_letters_dismissed_total").increment(1);
        Ok(Some(Dismissed::Done))
    }
}

impl Inner {
    /// The row that goes out in place of one that failed, or why there is none.
    async fn again(
        &self,
        tenant: TenantId,
        store: &dyn TenantStore,
        row: &StoredOutbox,
        now: Timestamp,
    ) -> Result<Result<OutboxItem, NotAgain>, EngineError> {
        if let Some(why) = not_again(row, now) {
            return Ok(Err(why));
        }
        let item = &row.item;
        let (what, lane) = match &item.what {
            Outgoing::Reply { to, reply, repeatable, route } => {
                let purpose = purpose_of(&item.lane, to, reply, &route.sink);
                if !still_booked(store, item, now).await? {
                    return Ok(Err(NotAgain::NotBooked));
                }
                let Some(customer) = store.customer(item.customer).await? else {
                    return Ok(Err(NotAgain::Nobody));
                };
                let route = self.route_again(tenant, store, item, &customer, (to, reply, purpose));
                let Some(route) = route.await? else { return Ok(Err(NotAgain::Unreachable)) };
                let lane = match &route.sink {
                    Sink::Sms { to, .. } => lane_of_texts(to),
                    _ if is_of_texts(&item.lane) => lane_to(to),
                    _ => item.lane.clone(),
                };
                let (to, reply, repeatable) = (to.clone(), reply.clone(), *repeatable);
                (Outgoing::Reply { to, reply, repeatable, route }, lane)
            }
            // Whether an owner's window is open only WhatsApp knows: freely first, and what follows follows.
            Outgoing::Admin { to, text, route: _ } => {
                let (to, text, route) = (to.clone(), text.clone(), Route::default());
                let lane = lane_to_admin(&to);
                (Outgoing::Admin { to, text, route }, lane)
            }
            _ => return Ok(Err(NotAgain::Code)),
        };
        Ok(Ok(OutboxItem {
            id: id_in_place_of(item, InPlace::Again),
            lane,
            what,
            attempts: 0,
            created_at: now,
            ..item.clone()
        }))
    }

    /// By which way a customer is reached now.
    async fn route_again(
        &self,
        tenant: TenantId,
        store: &dyn TenantStore,
        item: &OutboxItem,
        customer: &Customer,
        (to, reply, purpose): (&Address, &Reply, Purpose),
    ) -> Result<Option<Route>, EngineError> {
        let loaded = self.business(tenant, None).await?;
        let business = loaded.business.as_ref();
        let of_row = match item.thread {
            Some(thread) => store.thread(thread).await?,
            None => None,
        };
        let current = store.lane(item.customer, 1).await?.and_then(|view| view.current);
        let known = [of_row, current].into_iter().flatten();
        let there: Vec<_> = known.filter(|thread| thread.address == *to).collect();
        let language =
            there.last().and_then(|thread| Thread::load(&thread.state).ok()).map_or_else(
                || customer.language.unwrap_or(business.tenant.locale),
                |thread| thread.reply_language(business, customer),
            );
        let reach = Reach {
            engine: self,
            store,
            business,
            customer,
            channel: to.channel,
            window: self.capabilities(to).session_window,
            last_inbound_at: there.iter().filter_map(|thread| thread.last_inbound_at).max(),
            now: self.parts.clock.now(),
        };
        let route = reach.route(purpose, reply, language).await?;
        // A question is no use where it can't be answered, and nobody can answer a text of ours.
        let is_question = purpose == Purpose::Reminder && item.lane.starts_with("followup:");
        Ok(route.filter(|route| !(is_question && matches!(route.sink, Sink::Sms { .. }))))
    }
}

/// False when a row reminds of an appointment that does not stand any more.
async fn still_booked(
    store: &dyn TenantStore,
    item: &OutboxItem,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let named = item.lane.strip_prefix("reminder:");
    let Some(Ok(id)) = named.map(str::parse::<AppointmentId>) else { return Ok(true) };
    let visit = store.appointments(&[id]).await?.pop();
    Ok(visit.is_some_and(|visit| {
        visit.status == AppointmentStatus::Confirmed && visit.window.start > now
    }))
}

/// What a message was for, as its lane tells; a text that took the place of another begins with the business's name unless the words do.
fn purpose_of(lane: &str, to: &Address, reply: &Reply, sink: &Sink) -> Purpose {
    match sink {
        Sink::Sms { text, .. } if is_of_texts(lane) => {
            if *text == text_of(None, reply) {
                Purpose::Reminder
            } else {
                Purpose::Reply
            }
        }
        _ if lane == lane_to(to) => Purpose::Reply,
        _ => Purpose::Reminder,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::channel::ChannelKind;
    use crate::domain::phone::Phone;

    #[test]
    fn a_messages_purpose_is_told_by_its_lane_and_its_text() {
        let of = |lane: &str, text: &str| {
            let (account, peer) = ("shop".to_owned(), "254712345678".to_owned());
            let to = Address { channel: ChannelKind::Whatsapp, account, peer };
            let sink = match text {
                "" => Sink::Session,
                text => {
                    let to = Phone::from_provider("254712345678").unwrap();
                    Sink::Sms { to, text: text.to_owned() }
                }
            };
            purpose_of(lane, &to, &Reply::text("Karibu"), &sink)
        };
        assert_eq!(of("whatsapp:shop:254712345678", ""), Purpose::Reply);
        assert_eq!(of("reminder:apt_1", ""), Purpose::Reminder);
        assert_eq!(of("sms:254712345678", "Kinyozi: Karibu"), Purpose::Reply);
        assert_eq!(of("sms:254712345678", "Karibu"), Purpose::Reminder);
    }
}
