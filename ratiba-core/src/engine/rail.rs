//! What admins write on their rail, from WhatsApp or a dashboard: read as commands, answered or asked back, and carried out after a yes.
//!
//! What is to be done is worked out whole before it is asked, with all ids in it, so that a yes that arrives twice does it once; the
//! answers' rows are a function of the admin's message, so that it is answered once too.

mod carry_out;
mod desk;
mod meant;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp, Zoned};

use self::desk::Desk;
use super::cache::Loaded;
use super::error::ReceiveError;
use super::handle::{Inner, Ratiba};
use super::hash::hash_of;
use super::naming::lane_to_admin;
use crate::admin::command::{Command, Visit};
use crate::admin::plan::{Asked, Pending, RailState, STANDS};
use crate::admin::{Reading, read};
use crate::conversation::thread::{Driver, Thread};
use crate::domain::appointment::{Appointment, AppointmentStatus};
use crate::domain::id::{CustomerId, Mint, TenantId};
use crate::domain::message::{Content, InboundMessage};
use crate::domain::phone::Phone;
use crate::domain::route::Route;
use crate::domain::time::{MinuteOfDay, TimeWindow};
use crate::domain::useful::Use;
use crate::language::speak::RailAnswer;
use crate::ports::hot::Topic;
use crate::ports::inbox::AdminAct;
use crate::ports::outbox::{OutboxItem, Outgoing};
use crate::ports::store::{StoredThread, TenantStore};

/// Conversations that are looked through for who waits and who is engaged.
const LOOKED_AT: u32 = 200;

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

    /// Where an admin is on the rail.
    pub async fn rail_state(
        &self,
        tenant: TenantId,
        admin: &Phone,
    ) -> Result<RailState, ReceiveError> {
        let store = self.inner.parts.store.of(tenant);
        let threads = store.threads(LOOKED_AT).await?;
        let asked = store.rail(admin).await?.is_some_and(|asked| asked.stands(self.now()));
        let engaged = threads.iter().any(|thread| drives(thread, admin));
        Ok(RailState::of(engaged, asked, threads.iter().any(waits)))
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
        let seen = self.see(tenant, admin).await?;
        let now = seen.now.to_zoned(seen.loaded.business.tenant.zone.clone());
        if let Some(expired) = seen.expired_by(text, &now) {
            let Seen { store, loaded, now, .. } = seen;
            let desk = Desk { engine: self, store, loaded, admin, dedupe, now };
            return desk.too_late(&expired).await;
        }
        let command = read(text, &seen.reading(&now));
        if command == Command::Help && self.may_ask(text, &seen) {
            return self.ask_later(&seen, admin, text, dedupe).await;
        }
        self.obey(seen, command, admin, text, dedupe).await
    }

    /// What is so on the rail just now.
    async fn see(&self, tenant: TenantId, admin: &Phone) -> Result<Seen, ReceiveError> {
        let store = self.parts.store.of(tenant);
        let loaded = self.business(tenant, None).await?;
        let now = self.parts.clock.now();
        let threads = store.threads(LOOKED_AT).await?;
        let driven = threads.iter().find(|t| drives(t, admin)).map(|t| t.customer);
        let asked = store.rail(admin).await?;
        let (pending, expired) = match asked {
            Some(asked) if asked.stands(now) => (Some(asked), None),
            asked => (None, asked),
        };
        Ok(Seen { store, loaded, now, threads, driven, pending, expired })
    }

    /// Does what a command asks for, or asks back.
    async fn obey(
        &self,
        seen: Seen,
        command: Command,
        admin: &Phone,
        text: &str,
        dedupe: &str,
    ) -> Result<(), ReceiveError> {
        let Seen { store, loaded, now, threads, driven, pending, expired: _ } = seen;
        let desk = Desk { engine: self, store, loaded, admin, dedupe, now };
        match (command, driven) {
            (Command::Yes, _) => desk.agreed(pending).await,
            (Command::No, _) => desk.declined().await,
            (Command::Pick(n), _) => desk.picked(pending, n).await,
            (Command::Say, Some(customer)) => {
                desk.act(customer, AdminAct::Say { text: text.to_owned() }).await
            }
            (Command::HandBack, Some(customer)) => desk.act(customer, AdminAct::HandBack).await,
            (Command::HandBack, None) => desk.answer(RailAnswer::NotEngaged).await,
            (Command::Engage { who }, _) => match desk.waiting(&threads, &who).await? {
                Some(customer) => desk.act(customer, AdminAct::Engage).await,
                None => desk.answer(RailAnswer::NobodyWaits).await,
            },
            (Command::Visit { outcome, who }, _) => desk.mark(outcome, &who).await,
            (Command::Say | Command::Help, _) => {
                let waits = threads.iter().any(waits);
                let state = RailState::of(driven.is_some(), pending.is_some(), waits);
                desk.answer(RailAnswer::Help { state }).await
            }
            (command, _) => desk.take(command).await,
        }
    }

    /// Answers an admin. The same message of the admin always makes the same row, so that a redelivery answers once.
    pub(super) async fn answer_admin(
        &self,
        tenant: TenantId,
        admin: &Phone,
        dedupe: &str,
        what: RailAnswer<'_>,
    ) -> Result<(), ReceiveError> {
        let loaded = self.business(tenant, None).await?;
        let language = loaded.business.tenant.locale;
        let text = self.speaker.rail_answer(&what, &loaded.business, language);
        let now = self.parts.clock.now();
        let of = match what {
            RailAnswer::Confirm { .. } | RailAnswer::WhichOne { .. } => Use::Before(now + STANDS),
            _ => Use::TALK,
        };
        let until = Some(of.until_for_owner(now));
        self.post(
            tenant,
            admin,
            dedupe,
            Outgoing::Admin { to: admin.clone(), text, route: Route::default() },
            until,
        )
        .await
    }

    /// Leaves something in the outbox, in an admin's lane. Of one message there is one row for its answer and one for the question what it means.
    async fn post(
        &self,
        tenant: TenantId,
        admin: &Phone,
        dedupe: &str,
        what: Outgoing,
        useful_until: Option<Timestamp>,
    ) -> Result<(), ReceiveError> {
        let seed = hash(tenant, admin, dedupe);
        let nth = u32::from(matches!(what, Outgoing::Consult { .. }));
        let row = OutboxItem {
            id: Mint { at: Timestamp::UNIX_EPOCH, seed }.id(nth),
            customer: self.new_id(),
            thread: None,
            lane: lane_to_admin(admin),
            what,
            attempts: 0,
            created_at: self.parts.clock.now(),
            useful_until,
        };
        self.parts.store.of(tenant).enqueue(&[row]).await?;
        self.parts.wake.wake(Topic::Timers).await;
        Ok(())
    }
}

/// What is so on the rail when an admin writes.
struct Seen {
    store: Of,
    loaded: Arc<Loaded>,
    now: Timestamp,
    threads: Vec<StoredThread>,
    /// The customer whom this admin talks to.
    driven: Option<CustomerId>,
    /// What this admin was asked and may still answer.
    pending: Option<Pending>,
    /// What this admin was asked and left until it stood no more.
    expired: Option<Pending>,
}

impl Seen {
    fn reading<'a>(&'a self, now: &'a Zoned) -> Reading<'a> {
        Reading {
            ear: &self.loaded.ear,
            business: &self.loaded.business,
            now,
            engaged: self.driven.is_some(),
            asked: self.pending.is_some(),
        }
    }

    /// The question that these words answer too late. Whoever talks to a customer means the customer.
    fn expired_by(&self, text: &str, now: &Zoned) -> Option<Asked> {
        let expired = self.expired.as_ref().filter(|_| self.driven.is_none())?;
        let answer = read(text, &Reading { asked: true, ..self.reading(now) });
        let answers = match answer {
            Command::Yes => true,
            Command::Pick(_) => matches!(expired.asked, Asked::WhichOne { .. }),
            _ => false,
        };
        answers.then(|| expired.asked.clone())
    }
}

impl Desk<'_> {
    /// The customer who waits for a person: the one named, or the one who has waited longest.
    async fn waiting(
        &self,
        threads: &[StoredThread],
        name: &str,
    ) -> Result<Option<CustomerId>, ReceiveError> {
        let mut waiting: Vec<&StoredThread> = threads.iter().filter(|t| waits(t)).collect();
        waiting.sort_by_key(|thread| thread.updated_at);
        if name.is_empty() {
            return Ok(waiting.first().map(|thread| thread.customer));
        }
        let wanted = name.to_lowercase();
        for thread in waiting {
            let known = self.store.customer(thread.customer).await?.and_then(|c| c.name);
            if known.is_some_and(|known| known.to_lowercase().contains(&wanted)) {
                return Ok(Some(thread.customer));
            }
        }
        Ok(None)
    }

    /// Appointments of a span with whose they are, in order of start.
    async fn visits(
        &self,
        span: TimeWindow,
        statuses: &[AppointmentStatus],
    ) -> Result<Vec<Visit>, ReceiveError> {
        let mut found = self.store.diary(span).await?;
        found.retain(|a| statuses.contains(&a.status) && span.contains(a.window.start));
        found.sort_by_key(|a| (a.window.start, a.id));
        let mut visits = Vec::with_capacity(found.len());
        for appointment in found {
            visits.push(self.whose(appointment).await?);
        }
        Ok(visits)
    }

    async fn whose(&self, appointment: Appointment) -> Result<Visit, ReceiveError> {
        let customer = self.store.customer(appointment.customer).await?;
        let (name, phone) = customer.map(|c| (c.name, c.phone)).unwrap_or_default();
        Ok(Visit { appointment, name, digits: phone.map(|phone| phone.digits().to_owned()) })
    }

    /// So many days from the beginning of today on.
    fn days(&self, count: i64) -> TimeWindow {
        let zone = &self.loaded.business.tenant.zone;
        let today = self.now.to_zoned(zone.clone()).date();
        let start = MinuteOfDay::START.on(today, zone);
        let last = today.saturating_add(SignedDuration::from_hours(24 * (count - 1)));
        TimeWindow { start, end: MinuteOfDay::END.on(last, zone) }
    }
}

/// Whether a conversation waits for a person.
fn waits(thread: &StoredThread) -> bool {
    thread.driver_name == "SUSPENDED_FOR_HUMAN"
}

/// Whether this admin drives the conversation: the machine's state says who.
fn drives(thread: &StoredThread, admin: &Phone) -> bool {
    thread.driver_name == "HUMAN_DRIVING"
        && Thread::load(&thread.state).is_ok_and(|state| matches!(&state.driver, Driver::HumanDriving { admin: Some(by) } if by == admin))
}

fn hash(tenant: TenantId, admin: &Phone, dedupe: &str) -> u64 {
    let tenant = tenant.to_string().into_bytes();
    hash_of(tenant.into_iter().chain(admin.e164().bytes()).chain(dedupe.bytes()))
}

/// A store of one tenant, as everything here uses it.
type Of = Arc<dyn TenantStore>;
