//! Doing what an admin has agreed to. Each way of doing it may be taken again after a death in the middle, and does it once.

use std::sync::Arc;

use super::desk::Desk;
use crate::admin::change;
use crate::admin::plan::{Asked, Pending, Plan};
use crate::admin::takings::{self, Taking};
use crate::domain::appointment::{Appointment, AppointmentStatus};
use crate::domain::id::{AppointmentId, CustomerId};
use crate::domain::message::Reply;
use crate::domain::money::Money;
use crate::domain::time::TimeWindow;
use crate::domain::useful::Use;
use crate::engine::admin::slot_of;
use crate::engine::error::{EngineError, ReceiveError};
use crate::engine::turn::Turn;
use crate::language::speak::RailAnswer;
use crate::ports::inbox::{AdminAct, Cause};
use crate::ports::rail::Entered;
use crate::ports::store::{LaneKey, NewInbox, Write};
use crate::scheduling::slot::Slot;

/// How often an edit is tried against others who edit at the same time.
const EDITS: u32 = 5;
/// A new time is held no longer than the turn that takes it needs.
const HOLD: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);

impl Desk<'_> {
    /// The admin said yes.
    pub(super) async fn agreed(&self, pending: Option<Pending>) -> Result<(), ReceiveError> {
        let Some(Pending { asked: Asked::Confirm { plan }, .. }) = pending else {
            return self.answer(RailAnswer::NothingAsked).await;
        };
        let done = self.carry_out(&plan).await?;
        self.store.set_rail(self.admin, None).await?;
        self.answer(if done {
            RailAnswer::Done { plan: &plan }
        } else {
            RailAnswer::ChangedMeanwhile
        })
        .await
    }

    /// The admin answered a question that stands no more: what it was, and how to ask again, once.
    pub(super) async fn too_late(&self, asked: &Asked) -> Result<(), ReceiveError> {
        let about = match asked {
            Asked::Confirm { plan } => match plan {
                Plan::CallOff { appointment, .. } | Plan::Move { appointment, .. } => {
                    Some(*appointment)
                }
                Plan::Take { taking } if taking.visit.is_none() => Some(taking.appointment),
                Plan::TakeBack { payment } => {
                    let payment = self.store.payment(*payment).await?;
                    payment.and_then(|payment| payment.appointments.first().copied())
                }
                Plan::Take { .. } | Plan::Change { .. } => None,
            },
            Asked::WhichOne { .. } => None,
        };
        let found = match about {
            Some(id) => self.store.appointments(&[id]).await?.pop(),
            None => None,
        };
        let visit = match found {
            Some(appointment) => Some(self.whose(appointment).await?),
            None => None,
        };
        self.answer(RailAnswer::Expired { asked, visit: visit.as_ref() }).await?;
        self.store.set_rail(self.admin, None).await?;
        Ok(())
    }

    /// The admin said no.
    pub(super) async fn declined(&self) -> Result<(), ReceiveError> {
        self.store.set_rail(self.admin, None).await?;
        self.answer(RailAnswer::Left).await
    }

    async fn carry_out(&self, plan: &Plan) -> Result<bool, ReceiveError> {
        match plan {
            Plan::CallOff { appointment, customer, in_conversation: true } => {
                self.act(*customer, AdminAct::CallOff { appointment: *appointment }).await?;
            }
            Plan::CallOff { appointment, in_conversation: false, .. } => {
                self.store.call_off(*appointment).await?;
            }
            Plan::Move { appointment, customer, slot } => {
                let act = AdminAct::Move { appointment: *appointment, slot: *slot };
                self.act(*customer, act).await?;
            }
            Plan::Change { change } => return self.change(change).await,
            Plan::Take { taking } => self.enter(taking).await?,
            Plan::TakeBack { payment } => {
                if let Some(payment) = self.store.payment(*payment).await?
                    && let Some((payment, rows)) = takings::take_back(&payment, self.now)
                {
                    self.store.take_back(&payment, &rows).await?;
                }
            }
        }
        Ok(true)
    }

    /// Something for the customer's own lane, where it takes its turn.
    pub(super) async fn act(
        &self,
        customer: CustomerId,
        act: AdminAct,
    ) -> Result<(), ReceiveError> {
        let new = NewInbox {
            id: self.engine.new_id(),
            lane: LaneKey::Customer(customer),
            dedupe_key: format!("admin:{}:{}", self.admin.digits(), self.dedupe),
            cause: Cause::Admin { admin: self.admin.clone(), act },
            received_at: self.now,
        };
        let accepted = self.store.accept(&new).await?;
        self.engine.stored(self.store.tenant(), accepted).await;
        Ok(())
    }

    async fn change(&self, change: &change::Change) -> Result<bool, ReceiveError> {
        for _ in 0..EDITS {
            let Some(newest) = self.store.business().await? else { return Ok(false) };
            let mut business = (*newest.business).clone();
            change::apply(&mut business, change);
            if business == *newest.business
                || self.store.save_business(newest.version, &business, self.now).await?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn enter(&self, taking: &Taking) -> Result<(), ReceiveError> {
        if self.store.enter_taking(taking).await? != Entered::TimeTaken {
            return Ok(());
        }
        // Somebody booked the chair meanwhile. The customer has been there all the same: the visit is entered as one that is over.
        let mut over = taking.clone();
        if let Some(visit) = &mut over.visit {
            visit.status = AppointmentStatus::Completed;
        }
        self.store.enter_taking(&over).await?;
        Ok(())
    }
}

impl Turn<'_> {
    /// The house calls an appointment off: everything that was paid goes back, and the customer is told.
    pub(in crate::engine) async fn take_call_off(
        &mut self,
        id: AppointmentId,
    ) -> Result<(), EngineError> {
        let Some(appointment) = self.still_agreed(id).await? else { return Ok(()) };
        self.clear_reminders(id);
        self.writes.push(Write::Cancel(id));
        let mut back = Money::zero(appointment.paid.currency);
        if appointment.paid.is_positive() {
            back = self.refund_appointment(id, appointment.paid).await?;
        }
        let voice = self.voice(self.usual_language());
        let text = self.engine.speaker.called_off_text(&slot_of(&appointment), back, &voice);
        self.send_customer(Reply::text(text), true, self.usual_language(), Use::Record).await
    }

    /// The house moves an appointment, where the new time is still free, and the customer is told.
    pub(in crate::engine) async fn take_move(
        &mut self,
        admin: &crate::domain::phone::Phone,
        id: AppointmentId,
        slot: Slot,
    ) -> Result<(), EngineError> {
        let Some(old) = self.still_agreed(id).await? else { return Ok(()) };
        if !self.is_free(&slot, id).await? {
            let business = Arc::clone(&self.loaded.business);
            let language = business.tenant.locale;
            let text = self.engine.speaker.rail_answer(&RailAnswer::NotFree, &business, language);
            self.send_admin(admin, text, Use::TALK);
            return Ok(());
        }
        let new = Appointment {
            id: self.own_id(),
            staff: slot.staff,
            resource: slot.resource,
            window: slot.window,
            blocked: slot.blocked,
            status: AppointmentStatus::Held,
            hold_expires_at: Some(self.now + HOLD),
            paid: Money::zero(old.paid.currency),
            created_at: self.now,
            ..old.clone()
        };
        let new_id = new.id;
        self.clear_reminders(id);
        self.writes.push(Write::Hold(vec![new]));
        self.writes.push(Write::Replace { old: id, new: new_id });
        self.set_reminders(&[new_id]).await?;
        let voice = self.voice(self.usual_language());
        let text = self.engine.speaker.moved_text(&slot_of(&old), &slot, &voice);
        self.send_customer(Reply::text(text), true, self.usual_language(), Use::Record).await
    }

    async fn still_agreed(&self, id: AppointmentId) -> Result<Option<Appointment>, EngineError> {
        let found = self.store.appointments(&[id]).await?.pop();
        let mine = found.filter(|found| found.customer == self.customer.id);
        Ok(mine.filter(|a| a.status == AppointmentStatus::Confirmed && a.window.start > self.now))
    }

    async fn is_free(&self, slot: &Slot, looking_past: AppointmentId) -> Result<bool, EngineError> {
        let span = TimeWindow { start: slot.blocked.start, end: slot.blocked.end };
        let busy = self.busy(span).await?;
        let taken = busy.iter().filter(|b| b.appointment != looking_past).any(|b| {
            let same =
                b.staff == slot.staff || slot.resource.is_some() && b.resource == slot.resource;
            same && b.blocked.overlaps(slot.blocked)
        });
        Ok(!taken && slot.window.start > self.now)
    }
}
