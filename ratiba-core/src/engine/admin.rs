//! The owner's side of a conversation: pages and notes to admins, and what admins write on their WhatsApp rail.

use super::error::{EngineError, ReceiveError};
use super::handle::{Inner, Ratiba};
use super::turn::Turn;
use super::visits;
use crate::conversation::effect::{AdminNote, Signal};
use crate::conversation::thread::{Driver, Thread};
use crate::domain::appointment::{Appointment, AppointmentStatus};
use crate::domain::id::{AppointmentId, CustomerId, OutboxId, TenantId};
use crate::domain::message::{Content, InboundMessage, Language, Reply};
use crate::domain::money::Money;
use crate::domain::payment::Payment;
use crate::domain::phone::Phone;
use crate::domain::time::TimeWindow;
use crate::language::speak::{AdminText, PastTurn, RailAnswer, Reminder, TurnBy};
use crate::ports::outbox::{AdminAct, Cause, OutboxItem, Outgoing, TimerKey};
use crate::ports::store::{LaneKey, NewInbox, Speaker as Spoke, StoredThread, TenantStore, Write};
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
            self.send_admin(&admin, text.clone());
        }
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
            | AdminNote::LateMoneyReturned { payment }
            | AdminNote::RefundByHand { payment }
            | AdminNote::RefundToApprove { payment }
            | AdminNote::PaymentUnconfirmed { payment }
            | AdminNote::PaymentTakenBack { payment }
            | AdminNote::PaymentReview { payment } => match self.payment(*payment).await? {
                Some(payment) => (payment.appointments, Some(payment.amount)),
                None => (Vec::new(), None),
            },
            AdminNote::StillWaiting
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
        for admin in self.loaded.business.admins.clone() {
            if matches!(note, AdminNote::EngagedBy { admin: engaged } if *engaged == admin) {
                continue;
            }
            self.send_admin(&admin, text.clone());
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
            self.send_apart(format!("reminder:{}", appointment.id), Reply::text(text)).await?;
        }
        Ok(())
    }
}

impl Ratiba {
    /// Takes what an admin writes on the rail, from WhatsApp or a dashboard. `dedupe` is the rail's own id of the message.
    pub async fn admin_says(
        &self,
        tenant: TenantId,
        admin: &Phone,
        text: &str,
        dedupe: &str,
    ) -> Result<(), ReceiveError> {
        self.inner.take_admin(tenant, admin, text, dedupe).await
    }
}

impl Inner {
    /// A message from one of the tenant's admins goes to the rail. `None` when the sender is none of them.
    pub(super) async fn take_if_admins(
        &self,
        tenant: TenantId,
        message: &InboundMessage,
    ) -> Result<Option<u32>, ReceiveError> {
        let Some(phone) = &message.phone else { return Ok(None) };
        let loaded = self.business(tenant, Some(0)).await?;
        if !loaded.business.admins.contains(phone) {
            return Ok(None);
        }
        let text = match &message.content {
            Content::Text { body } => body.as_str(),
            Content::Choice { title, .. } => title.as_str(),
            _ => return Ok(Some(0)),
        };
        self.take_admin(tenant, phone, text, &message.provider_id).await?;
        Ok(Some(1))
    }

    async fn take_admin(
        &self,
        tenant: TenantId,
        admin: &Phone,
        text: &str,
        dedupe: &str,
    ) -> Result<(), ReceiveError> {
        let store = self.parts.store.of(tenant);
        let driven = self.driven_by(store.as_ref(), admin).await?;
        let words = text.trim();
        let command = words.to_lowercase();
        let act = if command.starts_with("/engage") {
            match self.waiting(store.as_ref(), words["/engage".len()..].trim()).await? {
                Some(customer) => Some((customer, AdminAct::Engage)),
                None => {
                    return self.answer_admin(tenant, admin, dedupe, RailAnswer::NobodyWaits).await;
                }
            }
        } else if command == "/handback" || command == "rudisha kwa ai" {
            match driven {
                Some(customer) => Some((customer, AdminAct::HandBack)),
                None => {
                    return self.answer_admin(tenant, admin, dedupe, RailAnswer::NotEngaged).await;
                }
            }
        } else if command == "/today" {
            let diary = self.todays_diary(tenant, store.as_ref()).await?;
            return self
                .answer_admin(tenant, admin, dedupe, RailAnswer::Today { diary: &diary })
                .await;
        } else if let Some((outcome, name)) = visits::told(words) {
            return self.mark_by_name(tenant, admin, dedupe, outcome, name).await;
        } else if let (Some(customer), false) = (driven, words.starts_with('/')) {
            Some((customer, AdminAct::Say { text: text.to_owned() }))
        } else {
            None
        };
        let Some((customer, act)) = act else {
            return self.answer_admin(tenant, admin, dedupe, RailAnswer::Help).await;
        };
        let new = NewInbox {
            id: self.new_id(),
            lane: LaneKey::Customer(customer),
            dedupe_key: format!("admin:{}:{dedupe}", admin.digits()),
            cause: Cause::Admin { admin: admin.clone(), act },
            received_at: self.parts.clock.now(),
        };
        let accepted = store.accept(&new).await?;
        self.stored(tenant, accepted).await;
        Ok(())
    }

    /// The customer whose conversation this admin drives.
    async fn driven_by(
        &self,
        store: &dyn TenantStore,
        admin: &Phone,
    ) -> Result<Option<CustomerId>, ReceiveError> {
        let threads = store.threads(200).await?;
        Ok(threads.into_iter().find(|thread| drives(thread, admin)).map(|thread| thread.customer))
    }

    /// The customer who waits for a person: the one named, or the one who has waited longest.
    async fn waiting(
        &self,
        store: &dyn TenantStore,
        name: &str,
    ) -> Result<Option<CustomerId>, ReceiveError> {
        let mut waiting: Vec<StoredThread> = store
            .threads(200)
            .await?
            .into_iter()
            .filter(|thread| thread.driver_name == "SUSPENDED_FOR_HUMAN")
            .collect();
        waiting.sort_by_key(|thread| thread.updated_at);
        if name.is_empty() {
            return Ok(waiting.first().map(|thread| thread.customer));
        }
        let wanted = name.to_lowercase();
        for thread in waiting {
            let customer = store.customer(thread.customer).await?;
            if customer
                .and_then(|customer| customer.name)
                .is_some_and(|known| known.to_lowercase().contains(&wanted))
            {
                return Ok(Some(thread.customer));
            }
        }
        Ok(None)
    }

    async fn todays_diary(
        &self,
        tenant: TenantId,
        store: &dyn TenantStore,
    ) -> Result<Vec<Appointment>, ReceiveError> {
        let loaded = self.business(tenant, None).await?;
        let zone = &loaded.business.tenant.zone;
        let today = self.parts.clock.now().to_zoned(zone.clone()).date();
        let start = crate::domain::time::MinuteOfDay::START.on(today, zone);
        let end = crate::domain::time::MinuteOfDay::END.on(today, zone);
        let diary = store.diary(TimeWindow { start, end }).await?;
        Ok(diary
            .into_iter()
            .filter(|appointment| appointment.status == AppointmentStatus::Confirmed)
            .collect())
    }

    pub(super) async fn answer_admin(
        &self,
        tenant: TenantId,
        admin: &Phone,
        dedupe: &str,
        what: RailAnswer<'_>,
    ) -> Result<(), ReceiveError> {
        let loaded = self.business(tenant, None).await?;
        let language: Language = loaded.business.tenant.locale;
        let text = self.speaker.rail_answer(&what, &loaded.business, language);
        // The same message of the admin always makes the same row, so that a redelivery answers once.
        let id: OutboxId = crate::domain::id::Mint {
            at: jiff::Timestamp::UNIX_EPOCH,
            seed: hash(tenant, admin, dedupe),
        }
        .id(0);
        let row = OutboxItem {
            id,
            customer: self.new_id(),
            thread: None,
            lane: format!("admin:{}", admin.e164()),
            what: Outgoing::Admin { to: admin.clone(), text },
            attempts: 0,
            created_at: self.parts.clock.now(),
        };
        self.parts.store.of(tenant).enqueue(&[row]).await?;
        self.parts.wake.wake(crate::ports::hot::Topic::Timers).await;
        Ok(())
    }
}

/// Whether this admin drives the conversation: the machine's state says who.
fn drives(thread: &StoredThread, admin: &Phone) -> bool {
    thread.driver_name == "HUMAN_DRIVING"
        && Thread::load(&thread.state).is_ok_and(|state| matches!(&state.driver, Driver::HumanDriving { admin: Some(by) } if by == admin))
}

fn hash(tenant: TenantId, admin: &Phone, dedupe: &str) -> u64 {
    let bytes = tenant
        .to_string()
        .into_bytes()
        .into_iter()
        .chain(admin.e164().bytes())
        .chain(dedupe.bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
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
