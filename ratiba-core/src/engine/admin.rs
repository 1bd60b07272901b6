//! The owner's side of a conversation: pages and notes to admins, and what admins write on their WhatsApp rail.

use super::error::{EngineError, ReceiveError};
use super::handle::{Inner, Ratiba};
use super::turn::Turn;
use crate::conversation::effect::{AdminNote, Signal};
use crate::domain::appointment::AppointmentStatus;
use crate::domain::id::{AppointmentId, CustomerId, OutboxId, TenantId};
use crate::domain::message::{Content, InboundMessage, Language, Reply};
use crate::domain::phone::Phone;
use crate::domain::time::TimeWindow;
use crate::language::speak::admin::{AdminBrief, AdminCommandText};
use crate::ports::outbox::{AdminAct, Cause, OutboxItem, Outgoing, TimerKey};
use crate::ports::store::{LaneKey, NewInbox, Speaker as Spoke, StoredThread, TenantStore, Write};
use crate::scheduling::reminder;

/// Lines of history in a page.
const BRIEF_LINES: u32 = 6;

impl Turn<'_> {
    /// Pages every admin with a brief.
    pub(super) async fn page_admins(&mut self, signal: Signal, doing: &str) -> Result<(), EngineError> {
        let history = self.store.transcript(self.customer.id, BRIEF_LINES).await?;
        let last: Vec<(bool, String)> =
            history.into_iter().map(|line| (line.by == Spoke::Customer, line.reply.text)).collect();
        let brief = AdminBrief { signal, doing, last: &last };
        let text = self.engine.speaker.admin_page(&brief, &self.voice(self.loaded.business.tenant.locale));
        for admin in self.loaded.business.admins.clone() {
            self.send_admin(&admin, text.clone());
        }
        Ok(())
    }

    /// Tells every admin.
    pub(super) async fn tell_admins(&mut self, note: &AdminNote) -> Result<(), EngineError> {
        let concerned: Vec<AppointmentId> = match note {
            AdminNote::Booked { appointments } => appointments.clone(),
            AdminNote::Cancelled { appointment } => vec![*appointment],
            AdminNote::Moved { old, new } => vec![*old, *new],
            AdminNote::LateMoneyRebooked { .. }
            | AdminNote::LateMoneyReturned { .. }
            | AdminNote::PaymentReview { .. }
            | AdminNote::StillWaiting
            | AdminNote::GaveUp
            | AdminNote::EngagedBy { .. }
            | AdminNote::HandedBack => Vec::new(),
        };
        let mut appointments = self.appointments_now(&concerned).await?;
        appointments.sort_by_key(|appointment| concerned.iter().position(|id| *id == appointment.id));
        let text = self.engine.speaker.admin_note(note, &appointments, &self.voice(self.loaded.business.tenant.locale));
        for admin in self.loaded.business.admins.clone() {
            if matches!(note, AdminNote::EngagedBy { admin: engaged } if *engaged == admin) {
                continue;
            }
            self.send_admin(&admin, text.clone());
        }
        Ok(())
    }

    /// These appointments as the turn sees them: those that it makes, and those in the store.
    async fn appointments_now(&self, ids: &[AppointmentId]) -> Result<Vec<crate::domain::appointment::Appointment>, EngineError> {
        let mut found: Vec<_> = self
            .writes
            .iter()
            .filter_map(|write| if let Write::Hold(held) = write { Some(held) } else { None })
            .flatten()
            .filter(|held| ids.contains(&held.id))
            .cloned()
            .collect();
        let missing: Vec<AppointmentId> = ids.iter().copied().filter(|id| found.iter().all(|held| held.id != *id)).collect();
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
                if let Some(at) = reminder::due(appointment.window.start, hours_before, self.now, &zone) {
                    self.set_timer(TimerKey::Reminder { appointment: appointment.id, hours_before }, at);
                }
            }
        }
        Ok(())
    }

    pub(super) fn clear_reminders(&mut self, appointment: AppointmentId) {
        for hours_before in reminder::HOURS_BEFORE {
            self.writes.push(Write::ClearTimer(TimerKey::Reminder { appointment, hours_before }));
        }
    }

    /// Reminds, if the appointment still stands and the customer still wants to be reminded.
    pub(super) async fn take_reminder(&mut self, appointment: AppointmentId, hours_before: u32) -> Result<(), EngineError> {
        let found = self.store.appointments(&[appointment]).await?.pop();
        let Some(appointment) = found.filter(|a| a.status == AppointmentStatus::Confirmed && a.window.start > self.now) else {
            return Ok(());
        };
        if !self.customer.opted_out {
            let voice = self.voice(self.usual_language());
            let reply: Reply = self.engine.speaker.reminder(&appointment, hours_before, &voice);
            self.send_reminder(appointment.id, reply);
        }
        Ok(())
    }
}

impl Ratiba {
    /// Takes what an admin writes on the rail, from WhatsApp or a dashboard. `dedupe` is the rail's own id of the message.
    pub async fn admin_says(&self, tenant: TenantId, admin: &Phone, text: &str, dedupe: &str) -> Result<(), ReceiveError> {
        self.inner.take_admin(tenant, admin, text, dedupe).await
    }
}

impl Inner {
    /// A message from one of the tenant's admins goes to the rail. `None` when the sender is none of them.
    pub(super) async fn take_if_admins(&self, tenant: TenantId, message: &InboundMessage) -> Result<Option<u32>, ReceiveError> {
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

    async fn take_admin(&self, tenant: TenantId, admin: &Phone, text: &str, dedupe: &str) -> Result<(), ReceiveError> {
        let store = self.parts.store.of(tenant);
        let driven = self.driven_by(store.as_ref(), admin).await?;
        let words = text.trim();
        let command = words.to_lowercase();
        let act = if command.starts_with("/engage") {
            match self.waiting(store.as_ref(), words["/engage".len()..].trim()).await? {
                Some(customer) => Some((customer, AdminAct::Engage)),
                None => return self.answer_admin(tenant, admin, dedupe, AdminCommandText::NobodyWaits).await,
            }
        } else if command == "/handback" || command == "rudisha kwa ai" {
            match driven {
                Some(customer) => Some((customer, AdminAct::HandBack)),
                None => return self.answer_admin(tenant, admin, dedupe, AdminCommandText::NotEngaged).await,
            }
        } else if command == "/today" {
            let diary = self.todays_diary(tenant, store.as_ref()).await?;
            return self.answer_admin(tenant, admin, dedupe, AdminCommandText::Today { diary: &diary }).await;
        } else if let (Some(customer), false) = (driven, words.starts_with('/')) {
            Some((customer, AdminAct::Say { text: text.to_owned() }))
        } else {
            None
        };
        let Some((customer, act)) = act else {
            return self.answer_admin(tenant, admin, dedupe, AdminCommandText::Help).await;
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
    async fn driven_by(&self, store: &dyn TenantStore, admin: &Phone) -> Result<Option<CustomerId>, ReceiveError> {
        let threads = store.threads(200).await?;
        Ok(threads.into_iter().find(|thread| drives(thread, admin)).map(|thread| thread.customer))
    }

    /// The customer who waits for a person: the one named, or the one who has waited longest.
    async fn waiting(&self, store: &dyn TenantStore, name: &str) -> Result<Option<CustomerId>, ReceiveError> {
        let mut waiting: Vec<StoredThread> =
            store.threads(200).await?.into_iter().filter(|thread| thread.driver_name == "SUSPENDED_FOR_HUMAN").collect();
        waiting.sort_by_key(|thread| thread.updated_at);
        if name.is_empty() {
            return Ok(waiting.first().map(|thread| thread.customer));
        }
        let wanted = name.to_lowercase();
        for thread in waiting {
            let customer = store.customer(thread.customer).await?;
            if customer.and_then(|customer| customer.name).is_some_and(|known| known.to_lowercase().contains(&wanted)) {
                return Ok(Some(thread.customer));
            }
        }
        Ok(None)
    }

    async fn todays_diary(
        &self,
        tenant: TenantId,
        store: &dyn TenantStore,
    ) -> Result<Vec<crate::domain::appointment::Appointment>, ReceiveError> {
        let loaded = self.business(tenant, None).await?;
        let zone = &loaded.business.tenant.zone;
        let today = self.parts.clock.now().to_zoned(zone.clone()).date();
        let start = crate::domain::time::MinuteOfDay::START.on(today, zone);
        let end = crate::domain::time::MinuteOfDay::END.on(today, zone);
        let diary = store.diary(TimeWindow { start, end }).await?;
        Ok(diary.into_iter().filter(|appointment| appointment.status == AppointmentStatus::Confirmed).collect())
    }

    async fn answer_admin(&self, tenant: TenantId, admin: &Phone, dedupe: &str, what: AdminCommandText<'_>) -> Result<(), ReceiveError> {
        let loaded = self.business(tenant, None).await?;
        let language: Language = loaded.business.tenant.locale;
        let text = self.speaker.admin_answer(&what, &loaded.business, language, self.parts.clock.now());
        // The same message of the admin always makes the same row, so that a redelivery answers once.
        let id: OutboxId = crate::domain::id::Mint { at: jiff::Timestamp::UNIX_EPOCH, seed: hash(tenant, admin, dedupe) }.id(0);
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
        && crate::conversation::Thread::load(&thread.state).is_ok_and(|state| state.engaged_by() == Some(admin))
}

fn hash(tenant: TenantId, admin: &Phone, dedupe: &str) -> u64 {
    let bytes = tenant.to_string().into_bytes().into_iter().chain(admin.e164().bytes()).chain(dedupe.bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}
