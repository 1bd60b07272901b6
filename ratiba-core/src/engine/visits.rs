//! What comes after an appointment is agreed: its reminders, its end, the question how it was, and who stayed away.

use jiff::{SignedDuration, Timestamp};

use super::error::{EngineError, ReceiveError};
use super::handle::{Inner, Ratiba};
use super::turn::Turn;
use crate::domain::appointment::{Appointment, AppointmentStatus};
use crate::domain::id::{AppointmentId, TenantId};
use crate::domain::message::Reply;
use crate::domain::phone::Phone;
use crate::domain::route::{Purpose, Sink};
use crate::domain::time::TimeWindow;
use crate::domain::useful::Use;
use crate::domain::visit::VisitOutcome;
use crate::language::speak::RailAnswer;
use crate::ports::inbox::TimerKey;
use crate::ports::outbox::Outgoing;
use crate::ports::store::{TenantStore, Write};
use crate::scheduling::reminder;

use super::admin::slot_of;

/// A follow-up that comes later than this after the visit would puzzle more than please.
const LATEST_FOLLOW_UP: SignedDuration = SignedDuration::from_hours(72);

impl Turn<'_> {
    /// Watches over the end of an appointment that is agreed from now on.
    pub(super) fn watch_visit(&mut self, appointment: &Appointment) {
        let minutes = self.loaded.business.settings.visits.complete_after_min;
        let at = appointment.window.end + SignedDuration::from_mins(i64::from(minutes));
        self.set_timer(TimerKey::VisitOver { appointment: appointment.id }, at);
    }

    /// A visit should be over: who was not marked otherwise came.
    pub(super) async fn take_visit_over(&mut self, id: AppointmentId) -> Result<(), EngineError> {
        let Some(visit) = self.store.appointments(&[id]).await?.pop() else { return Ok(()) };
        if visit.window.end > self.now {
            // The clock has been set back meanwhile.
            self.watch_visit(&visit);
            return Ok(());
        }
        match visit.status {
            AppointmentStatus::Confirmed => self.writes.push(Write::Complete(id)),
            AppointmentStatus::Completed => {}
            AppointmentStatus::Held
            | AppointmentStatus::NoShow
            | AppointmentStatus::Cancelled
            | AppointmentStatus::Expired => return Ok(()),
        }
        let rules = self.loaded.business.settings.visits;
        if rules.follow_up {
            let zone = &self.loaded.business.tenant.zone;
            let after = SignedDuration::from_mins(i64::from(rules.follow_up_after_min));
            let wanted = (visit.window.end + after).max(self.now);
            if let Some(at) = reminder::by_day(wanted, zone) {
                self.set_timer(TimerKey::FollowUp { appointment: id }, at);
            }
        }
        Ok(())
    }

    /// Asks how it was, once for all visits of a day, if the customer came and wants to hear from us.
    pub(super) async fn take_follow_up(&mut self, id: AppointmentId) -> Result<(), EngineError> {
        let visits = self.store.appointments_of(self.customer.id).await?;
        let Some(visit) = visits.iter().find(|visit| visit.id == id) else { return Ok(()) };
        let late = self.now.duration_since(visit.window.end) > LATEST_FOLLOW_UP;
        if visit.status != AppointmentStatus::Completed || self.customer.opted_out || late {
            return Ok(());
        }
        let zone = &self.loaded.business.tenant.zone;
        let day = |at: Timestamp| at.to_zoned(zone.clone()).date();
        let came_after = |other: &Appointment| {
            let stands =
                matches!(other.status, AppointmentStatus::Completed | AppointmentStatus::Confirmed);
            stands
                && other.id != id
                && day(other.window.start) == day(visit.window.start)
                && (other.window.end, other.id) > (visit.window.end, id)
        };
        if visits.iter().any(came_after) {
            return Ok(());
        }
        let voice = self.voice(self.usual_language());
        let text = self.engine.speaker.follow_up_text(&slot_of(visit), &voice);
        let until = visit.window.end + LATEST_FOLLOW_UP;
        self.send_apart(format!("followup:{id}"), Reply::text(text), until).await?;
        Ok(())
    }

    /// Sends something that needs no order among other messages, so that a stuck conversation doesn't keep it back: by the cheapest way that
    /// is allowed, and not to somebody who wants no reminders.
    pub(super) async fn send_apart(
        &mut self,
        lane: String,
        reply: Reply,
        until: Timestamp,
    ) -> Result<(), EngineError> {
        let language = self.usual_language();
        let Some(route) = self.route(Purpose::Reminder, &reply, language).await? else {
            return Ok(());
        };
        // A question is no use where it can't be answered, and nobody can answer a text of ours.
        if matches!(route.sink, Sink::Sms { .. }) && !lane.starts_with("reminder:") {
            return Ok(());
        }
        let to = self.address().clone();
        let until = self.useful_until(Use::Before(until));
        self.enqueue(lane, Outgoing::Reply { to, reply, repeatable: true, route }, Some(until));
        Ok(())
    }
}

impl Ratiba {
    /// Says whether the customer of a visit came; may be said again, the last word counts. False when there is no such visit, it was called
    /// off, or it has not begun.
    pub async fn mark_visit(
        &self,
        tenant: TenantId,
        visit: AppointmentId,
        outcome: VisitOutcome,
    ) -> Result<bool, EngineError> {
        Ok(self.store().of(tenant).mark_visit(visit, outcome, self.now()).await?)
    }
}

impl Inner {
    /// Marks the last visit of today or yesterday that has begun, of whoever is named; of anybody, where nobody is.
    pub(super) async fn mark_by_name(
        &self,
        tenant: TenantId,
        admin: &Phone,
        dedupe: &str,
        outcome: VisitOutcome,
        name: &str,
    ) -> Result<(), ReceiveError> {
        let store = self.parts.store.of(tenant);
        let now = self.parts.clock.now();
        let since = TimeWindow { start: now - SignedDuration::from_hours(36), end: now };
        let mut visits = store.diary(since).await?;
        visits.retain(|visit| {
            let told = matches!(
                visit.status,
                AppointmentStatus::Confirmed
                    | AppointmentStatus::Completed
                    | AppointmentStatus::NoShow
            );
            told && visit.window.start <= now
        });
        for visit in visits.iter().rev() {
            if !name.is_empty() && !self.is_called(store.as_ref(), visit, name).await? {
                continue;
            }
            if store.mark_visit(visit.id, outcome, now).await? {
                let answer = RailAnswer::Marked { visit, outcome };
                return self.answer_admin(tenant, admin, dedupe, answer).await;
            }
        }
        self.answer_admin(tenant, admin, dedupe, RailAnswer::NoSuchVisit).await
    }

    /// Whether a visit's customer has this name, or a number that ends so.
    async fn is_called(
        &self,
        store: &dyn TenantStore,
        visit: &Appointment,
        name: &str,
    ) -> Result<bool, ReceiveError> {
        let Some(customer) = store.customer(visit.customer).await? else { return Ok(false) };
        let wanted = name.to_lowercase();
        let digits: String = name.chars().filter(char::is_ascii_digit).collect();
        let named = customer.name.is_some_and(|known| known.to_lowercase().contains(&wanted));
        let numbered = digits.len() >= 6
            && customer
                .phone
                .is_some_and(|phone| phone.digits().ends_with(digits.trim_start_matches('0')));
        Ok(named || numbered)
    }
}
