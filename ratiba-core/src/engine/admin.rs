//! The owner's side of a conversation: pages and notes to admins, and reminders of what is agreed.

use super::error::EngineError;
use super::turn::Turn;
use crate::conversation::effect::{AdminNote, Signal};
use crate::conversation::useful;
use crate::domain::appointment::{Appointment, AppointmentStatus};
use crate::domain::id::AppointmentId;
use crate::domain::message::Reply;
use crate::domain::money::Money;
use crate::domain::payment::Payment;
use crate::domain::useful::Use;
use crate::language::speak::{AdminText, PastTurn, Reminder, TurnBy};
use crate::ports::inbox::TimerKey;
use crate::ports::store::{Speaker as Spoke, Write};
use crate::scheduling::reminder;
use crate::scheduling::slot::Slot;

/// Lines of history in a page.
const BRIEF_LINES: u32 = 6;

impl Turn<'_> {
    /// Pages every admin with a brief.
    pub(super) async fn page_admins(
        &mut self,
        signal: Signal,
        doing: &str,
    ) -> Result<(), EngineError> {
        let history = self.store.transcript(self.customer.id, BRIEF_LINES).await?;
        let turns: Vec<PastTurn<'_>> = history
            .iter()
            .map(|line| PastTurn {
                by: match line.by {
                    Spoke::Customer => TurnBy::Customer,
                    Spoke::Business => TurnBy::Agent,
                },
                text: &line.reply.text,
            })
            .collect();
        let page = AdminText::Page { signal, doing, turns: &turns, reminding: false };
        let text =
            self.engine.speaker.admin_text(&page, &self.voice(self.loaded.business.tenant.locale));
        for admin in self.loaded.business.admins.clone() {
            self.send_admin(&admin, text.clone(), Use::TALK);
        }
        self.brief_later(signal, history.len());
        Ok(())
    }

    /// Tells every admin.
    pub(super) async fn tell_admins(&mut self, note: &AdminNote) -> Result<(), EngineError> {
        let (appointments, amount) = match note {
            AdminNote::Booked { appointments } => {
                (appointments.clone(), self.money_that_came(appointments))
            }
            AdminNote::Cancelled { appointment } => (vec![*appointment], None),
            AdminNote::Moved { old, new } => (vec![*old, *new], None),
            AdminNote::LateMoneyRebooked { payment }
            | AdminNote::LateMoneyCounted { payment }
            | AdminNote::LateMoneyReturned { payment }
            | AdminNote::RefundByHand { payment }
            | AdminNote::RefundToApprove { payment }
            | AdminNote::PaymentUnconfirmed { payment }
            | AdminNote::PaymentTakenBack { payment }
            | AdminNote::PaymentReview { payment } => match self.payment(*payment).await? {
                Some(payment) => (payment.appointments, Some(payment.amount)),
                None => (Vec::new(), None),
            },
            AdminNote::RunningLate { .. }
            | AdminNote::StillWaiting
            | AdminNote::GaveUp
            | AdminNote::EngagedBy { .. }
            | AdminNote::HandedBack => (Vec::new(), None),
        };
        let found = self.appointments_now(&appointments).await?;
        let slots: Vec<Slot> = appointments
            .iter()
            .filter_map(|id| found.iter().find(|appointment| appointment.id == *id))
            .map(slot_of)
            .collect();
        let what = AdminText::Note { note, slots: &slots, amount };
        let text =
            self.engine.speaker.admin_text(&what, &self.voice(self.loaded.business.tenant.locale));
        let of = useful::of_note(note, self.loaded.business.settings.handoff, self.now);
        for admin in self.loaded.business.admins.clone() {
            if matches!(note, AdminNote::EngagedBy { admin: engaged } if *engaged == admin) {
                continue;
            }
            self.send_admin(&admin, text.clone(), of);
        }
        Ok(())
    }

    /// What a payment of this turn has brought for these appointments.
    fn money_that_came(&self, appointments: &[AppointmentId]) -> Option<Money> {
        let paid = self.payments.values().find(|payment| payment.appointments == appointments);
        paid.and_then(Payment::received)
    }

    /// These appointments as the turn sees them: those that it makes, and those in the store.
    pub(super) async fn appointments_now(
        &self,
        ids: &[AppointmentId],
    ) -> Result<Vec<Appointment>, EngineError> {
        let mut found: Vec<_> = self
            .writes
            .iter()
            .filter_map(|write| if let Write::Hold(held) = write { Some(held) } else { None })
            .flatten()
            .filter(|held| ids.contains(&held.id))
            .cloned()
            .collect();
        let missing: Vec<AppointmentId> =
            ids.iter().copied().filter(|id| found.iter().all(|held| held.id != *id)).collect();
        if !missing.is_empty() {
            found.extend(self.store.appointments(&missing).await?);
        }
        Ok(found)
    }

    /// Sets the reminders of appointments that are agreed from now on.
    pub(super) async fn set_reminders(&mut self, ids: &[AppointmentId]) -> Result<(), EngineError> {
        let zone = self.loaded.business.tenant.zone.clone();
        for appointment in self.appointments_now(ids).await? {
            for hours_before in reminder::HOURS_BEFORE {
                if let Some(at) =
                    reminder::due(appointment.window.start, hours_before, self.now, &zone)
                {
                    self.set_timer(
                        TimerKey::Reminder { appointment: appointment.id, hours_before },
                        at,
                    );
                }
            }
            self.watch_visit(&appointment);
        }
        Ok(())
    }

    pub(super) fn clear_reminders(&mut self, appointment: AppointmentId) {
        self.writes.push(Write::ClearTimer(TimerKey::VisitOver { appointment }));
        for hours_before in reminder::HOURS_BEFORE {
            self.writes.push(Write::ClearTimer(TimerKey::Reminder { appointment, hours_before }));
        }
    }

    /// Reminds, if the appointment still stands and the customer still wants to be reminded.
    pub(super) async fn take_reminder(
        &mut self,
        appointment: AppointmentId,
        hours_before: u32,
    ) -> Result<(), EngineError> {
        let found = self.store.appointments(&[appointment]).await?.pop();
        let Some(appointment) =
            found.filter(|a| a.status == AppointmentStatus::Confirmed && a.window.start > self.now)
        else {
            return Ok(());
        };
        if !self.customer.opted_out {
            let voice = self.voice(self.usual_language());
            let which =
                if hours_before >= 12 { Reminder::DayBefore } else { Reminder::HoursBefore };
            let remaining = Money::new(
                appointment.price.minor - appointment.paid.minor,
                appointment.price.currency,
            );
            let text =
                self.engine.speaker.reminder_text(which, &slot_of(&appointment), remaining, &voice);
            let (lane, until) = (format!("reminder:{}", appointment.id), appointment.window.start);
            self.send_apart(lane, Reply::text(text), until).await?;
        }
        Ok(())
    }
}

pub(super) fn slot_of(appointment: &Appointment) -> Slot {
    Slot {
        service: appointment.service,
        staff: appointment.staff,
        resource: appointment.resource,
        window: appointment.window,
        blocked: appointment.blocked,
    }
}
