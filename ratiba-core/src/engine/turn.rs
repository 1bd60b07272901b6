//! One turn: from why it is needed to everything that it changes, as one value for the store to commit.

mod hearing;
mod sending;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use jiff::Timestamp;

use super::cache::Loaded;
use super::error::EngineError;
use super::handle::Inner;
use super::waiting::Freed;
use crate::conversation::effect::{Effect, Fact, Signal};
use crate::conversation::event::{Event, StepCtx};
use crate::conversation::line::Line;
use crate::conversation::step::step;
use crate::conversation::thread::Thread;
use crate::conversation::useful;
use crate::domain::appointment::Busy;
use crate::domain::channel::{Address, Capabilities};
use crate::domain::customer::Customer;
use crate::domain::id::{AppointmentId, InboxId, Mint, PaymentId, ThreadId};
use crate::domain::message::{Choice, Language, Reply};
use crate::domain::payment::Payment;
use crate::domain::useful::Use;
use crate::ports::inbox::{AdminAct, Cause, InboxItem, TimerKey};
use crate::ports::outbox::OutboxItem;
use crate::ports::store::{
    LaneView, LoggedStep, StoredThread, TenantStore, TurnCommit, TurnRecord, Write,
};

/// A turn that asks more often than this is a bug in the machine.
const MOST_STEPS: usize = 24;
/// Ids of payments, ledger rows and what else the engine itself makes start here within a turn, far from those that steps mint.
const OWN_IDS: u32 = 1 << 22;

/// What to do about a conversation whose state can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// The turn fails.
    Required,
    /// It is left as it is, and a new one begins; a person is told.
    OrNew,
}

/// A turn under way. Nothing of it is visible to anybody until its commit.
pub(super) struct Turn<'a> {
    pub(super) engine: &'a Inner,
    pub(super) store: &'a dyn TenantStore,
    pub(super) loaded: Arc<Loaded>,
    pub(super) customer: Customer,
    pub(super) now: Timestamp,
    pub(super) thread: ThreadId,
    pub(super) writes: Vec<Write>,
    pub(super) payments: BTreeMap<PaymentId, Payment>,
    /// Holds that this turn gives up: its own searches see that time as free.
    pub(super) released: BTreeSet<AppointmentId>,
    /// Time that nobody has any more, besides that of the appointments that this turn gives up.
    pub(super) freed: Vec<Freed>,
    /// Time that others are about to take.
    pub(super) avoid: Vec<Busy>,
    /// The conversation before could not be read.
    lost: bool,
    seed: u64,
    customer_before: Customer,
    pub(super) stored: StoredThread,
    state: Thread,
    before: String,
    steps: Vec<LoggedStep>,
    outbox: Vec<OutboxItem>,
    lines: Vec<Line>,
    language: Option<Language>,
    own_ids: u32,
    /// The message, or what a model made of one, that the turn is about.
    inbox: Option<InboxId>,
}

impl<'a> Turn<'a> {
    /// Prepares a turn; `None` when there is nothing to take one on (its thread or payment is gone).
    pub(super) async fn begin(
        engine: &'a Inner,
        store: &'a dyn TenantStore,
        loaded: Arc<Loaded>,
        view: LaneView,
        item: &InboxItem,
        mint: Mint,
        reading: Reading,
    ) -> Result<Option<Self>, EngineError> {
        let LaneView { customer, current, pending: _, business_version: _, tenant_status: _ } =
            view;
        let wanted = match &item.cause {
            Cause::Message { .. }
            | Cause::OwnerSpoke { .. }
            | Cause::Admin { .. }
            | Cause::Reminder { .. }
            | Cause::VisitOver { .. }
            | Cause::FollowUp { .. }
            | Cause::SlotFreed { .. }
            | Cause::OfferOver { .. } => None,
            Cause::Timer { thread, .. }
            | Cause::ToolFailed { thread }
            | Cause::Thought { thread, .. } => Some(*thread),
            Cause::Payment { payment, .. } => match store.payment(*payment).await? {
                Some(payment) => Some(payment.thread),
                None => return Ok(None),
            },
        };
        let stored = match (wanted, current) {
            (None, Some(current)) => Some(current),
            (Some(wanted), Some(current)) if current.id == wanted => Some(current),
            (Some(wanted), _) => match store.thread(wanted).await? {
                Some(stored) => Some(stored),
                None => return Ok(None),
            },
            (None, None) => None,
        };
        let Mint { at: now, seed } = mint;
        let mut lost = false;
        let (stored, state) = match (stored, &item.cause) {
            (Some(stored), _) => match (Thread::load(&stored.state), reading) {
                (Ok(state), _) => (stored, state),
                (Err(_), Reading::OrNew) => {
                    lost = true;
                    let state = Thread::fresh();
                    let id = mint.id(OWN_IDS - 1).max(stored.id.next());
                    (engine.new_thread(id, &customer, &stored.address, &state)?, state)
                }
                (Err(source), Reading::Required) => {
                    return Err(EngineError::State { thread: stored.id, source });
                }
            },
            (None, Cause::Message { message }) => {
                let state = Thread::fresh();
                (
                    engine.new_thread(mint.id(OWN_IDS - 1), &customer, &message.address, &state)?,
                    state,
                )
            }
            (None, Cause::OwnerSpoke { address, .. }) => {
                let state = Thread::fresh();
                (engine.new_thread(mint.id(OWN_IDS - 1), &customer, address, &state)?, state)
            }
            (
                None,
                Cause::Admin { .. }
                | Cause::Timer { .. }
                | Cause::Payment { .. }
                | Cause::Reminder { .. }
                | Cause::VisitOver { .. }
                | Cause::FollowUp { .. }
                | Cause::SlotFreed { .. }
                | Cause::OfferOver { .. }
                | Cause::ToolFailed { .. }
                | Cause::Thought { .. },
            ) => return Ok(None),
        };
        Ok(Some(Self {
            engine,
            store,
            loaded,
            customer_before: customer.clone(),
            customer,
            now,
            thread: stored.id,
            writes: Vec::new(),
            payments: BTreeMap::new(),
            released: BTreeSet::new(),
            freed: Vec::new(),
            avoid: Vec::new(),
            lost,
            seed,
            before: stored.state.clone(),
            stored,
            state,
            steps: Vec::new(),
            outbox: Vec::new(),
            lines: Vec::new(),
            language: None,
            own_ids: OWN_IDS,
            inbox: None,
        }))
    }

    /// Takes the turn and returns what it changes.
    pub(super) async fn run(
        mut self,
        item: &InboxItem,
        lease_until: Timestamp,
    ) -> Result<TurnCommit, EngineError> {
        match &item.cause {
            Cause::Message { message } => {
                self.take_message(item.id, message, item.received_at).await?;
            }
            Cause::OwnerSpoke { text, .. } => {
                self.feed(Event::OwnerSpoke { text: text.clone() }).await?;
            }
            Cause::Admin { admin, act } => match act {
                AdminAct::Engage => self.feed(Event::Engaged { admin: admin.clone() }).await?,
                AdminAct::Say { text } => {
                    self.feed(Event::AdminSaid { text: text.clone() }).await?;
                }
                AdminAct::HandBack => self.feed(Event::HandedBack).await?,
                AdminAct::CallOff { appointment } => self.take_call_off(*appointment).await?,
                AdminAct::Move { appointment, slot } => {
                    self.take_move(admin, *appointment, *slot).await?;
                }
            },
            Cause::Timer { timer, .. } => self.feed(Event::TimerFired { timer: *timer }).await?,
            Cause::Payment { payment, fact } => self.take_payment_fact(*payment, fact).await?,
            Cause::Reminder { appointment, hours_before } => {
                self.take_reminder(*appointment, *hours_before).await?;
            }
            Cause::VisitOver { appointment } => self.take_visit_over(*appointment).await?,
            Cause::FollowUp { appointment } => self.take_follow_up(*appointment).await?,
            Cause::SlotFreed { wait, staff, span } => {
                self.take_slot_freed(*wait, *staff, *span).await?;
            }
            Cause::OfferOver { wait, staff, span } => {
                self.take_offer_over(*wait, *staff, *span).await?;
            }
            Cause::ToolFailed { .. } => self.feed(Event::ToolFailed).await?,
            Cause::Thought { turn, thought, .. } => {
                let (turn, thought) = (*turn, thought.clone());
                self.inbox = Some(item.id);
                self.feed(Event::Thought { turn, thought }).await?;
            }
        }
        self.poke_waiters().await?;
        if self.lost {
            self.page_admins(Signal::ToolFailing, "").await?;
        }
        self.finish(item.id, lease_until).await
    }

    /// Steps the machine with an event and with the answers to what it asks.
    pub(super) async fn feed(&mut self, event: Event) -> Result<(), EngineError> {
        if self.state.needs_new(&event) {
            self.begin_successor()?;
        }
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            if self.steps.len() >= MOST_STEPS {
                return Err(EngineError::Endless(self.thread));
            }
            let ctx = StepCtx {
                now: self.now,
                mint: step_mint(self.now, self.seed, self.steps.len()),
                business: &self.loaded.business,
                customer: &self.customer,
                capabilities: self.stored.capabilities,
            };
            let (state, effects) =
                step(std::mem::replace(&mut self.state, Thread::fresh()), event.clone(), &ctx);
            self.state = state;
            self.steps.push(LoggedStep { event, effects: effects.clone() });
            for effect in effects {
                if let Effect::Ask { query } = effect {
                    events.push_back(Event::Answered { answer: self.answer(query).await? });
                } else {
                    self.apply(effect).await?;
                }
            }
        }
        Ok(())
    }

    /// A finished conversation stays as it is; what begins now gets a thread of its own, within this same turn.
    fn begin_successor(&mut self) -> Result<(), EngineError> {
        let state = self.state.successor();
        // Within one millisecond ids are in no order, and the newest conversation is the one with the last id.
        let minted: ThreadId = self.own_id();
        let thread = minted.max(self.thread.next());
        let mut stored =
            self.engine.new_thread(thread, &self.customer, &self.stored.address, &state)?;
        stored.last_inbound_at = self.stored.last_inbound_at;
        self.thread = thread;
        self.before = stored.state.clone();
        self.stored = stored;
        self.state = state;
        Ok(())
    }

    async fn apply(&mut self, effect: Effect) -> Result<(), EngineError> {
        match effect {
            Effect::Ask { .. } | Effect::Rejected { .. } => {}
            Effect::Say { lines, language } => {
                self.lines.extend(lines);
                self.language = Some(language);
            }
            Effect::Hold { mut appointments } => {
                // The machine does not know its own thread's id.
                for appointment in &mut appointments {
                    appointment.thread = Some(self.thread);
                }
                self.writes.push(Write::Hold(appointments));
            }
            Effect::Extend { appointments, until } => {
                self.writes.push(Write::Extend { ids: appointments, until });
            }
            Effect::Confirm { appointments } => self.confirm(appointments).await?,
            Effect::Release { appointments } => {
                self.released.extend(appointments.iter().copied());
                self.writes.push(Write::Release(appointments));
            }
            Effect::Cancel { appointment } => {
                self.clear_reminders(appointment);
                self.writes.push(Write::Cancel(appointment));
            }
            Effect::Replace { old, new } => {
                self.clear_reminders(old);
                self.writes.push(Write::Replace { old, new });
                self.set_reminders(&[new]).await?;
            }
            Effect::Charge { payment, rail, payer, amount, appointments, expires_at } => {
                self.charge(payment, rail, payer, amount, appointments, expires_at);
            }
            Effect::AbandonPayment { payment } => self.abandon_payment(payment).await?,
            Effect::CallOffPayments => self.call_off_payments().await?,
            Effect::Refund { appointment, amount } => {
                self.refund_appointment(appointment, amount).await?;
            }
            Effect::RefundPayment { payment } => self.refund_payment(payment).await?,
            Effect::Arm { timer, at } => {
                self.set_timer(TimerKey::Thread { thread: self.thread, name: timer }, at);
            }
            Effect::Disarm { timer } => self
                .writes
                .push(Write::ClearTimer(TimerKey::Thread { thread: self.thread, name: timer })),
            Effect::Remember { fact } => {
                if fact == Fact::OptedOut {
                    self.writes.push(Write::LeaveWaitlist);
                }
                remember(&mut self.customer, &fact);
            }
            Effect::Wait { wait } => {
                let span = wait.span(&self.loaded.business.tenant.zone);
                self.writes.push(Write::Wait { wait, span });
            }
            Effect::OfferFreed { wait, slot, until } => self.offer_until(wait, &slot, until),
            Effect::SettleWait { wait, slot, status } => self.settle_wait(wait, &slot, status),
            Effect::LookAgain { wait, slot, at } => self.look_again(wait, &slot, at),
            Effect::LeaveWaitlist => self.writes.push(Write::LeaveWaitlist),
            Effect::SendCode { phone } => self.send_code(&phone),
            Effect::Join { phone } => self.join(&phone).await?,
            Effect::PageAdmins { signal, doing } => self.page_admins(signal, &doing).await?,
            Effect::TellAdmins { note } => self.tell_admins(&note).await?,
            Effect::RelayToAdmin { admin, text } => self.send_admin(&admin, text, Use::TALK),
            Effect::RelayToCustomer { text } => {
                let language = self.usual_language();
                self.send_customer(Reply::text(text), true, language, Use::TALK).await?;
            }
            Effect::NoteUnanswered { question } => self.writes.push(Write::Unanswered { question }),
        }
        Ok(())
    }

    /// Confirms appointments and sets their reminders.
    async fn confirm(&mut self, ids: Vec<AppointmentId>) -> Result<(), EngineError> {
        self.set_reminders(&ids).await?;
        self.writes.push(Write::Confirm(ids));
        Ok(())
    }

    /// Ends the turn: renders what is said and lists everything that changes.
    async fn finish(
        mut self,
        inbox: InboxId,
        lease_until: Timestamp,
    ) -> Result<TurnCommit, EngineError> {
        let mut said = Vec::new();
        if let (false, Some(language)) = (self.lines.is_empty(), self.language) {
            let reply = self.engine.speaker.compose(&self.lines, &self.voice(language));
            // A word that it takes a moment leaves the pending question as it is.
            if self.lines != [Line::OneMoment] {
                self.stored.offered.clone_from(&reply.choices);
            }
            said.push(reply.clone());
            // Said twice, this would be taken for two prompts; the address of one page is the same however often it comes.
            let harmless = !self.lines.iter().any(|line| matches!(line, Line::PromptSent { .. }));
            let pay_by = self.payments.values().map(|payment| payment.expires_at).max();
            let of = useful::of_lines(&self.lines, pay_by);
            self.send_customer(reply, harmless, language, of).await?;
        }
        if self.customer != self.customer_before {
            self.writes.push(Write::Customer(self.customer.clone()));
        }
        let after = serde_json::to_string(&self.state)?;
        let record = (!self.steps.is_empty()).then(|| TurnRecord {
            thread: self.thread,
            revision: self.stored.revision + 1,
            cause: inbox,
            now: self.now,
            seed: self.seed,
            business_version: self.loaded.version,
            customer: self.customer_before,
            capabilities: self.stored.capabilities,
            steps: self.steps,
            before: self.before,
            after: after.clone(),
            said,
        });
        self.state.state_name().clone_into(&mut self.stored.state_name);
        self.state.driver_name().clone_into(&mut self.stored.driver_name);
        self.stored.state = after;
        self.stored.updated_at = self.now;
        Ok(TurnCommit {
            thread: self.stored,
            inbox,
            record,
            writes: self.writes,
            outbox: self.outbox,
            lease_until,
            now: self.now,
        })
    }
}

impl Inner {
    fn new_thread(
        &self,
        id: ThreadId,
        customer: &Customer,
        address: &Address,
        state: &Thread,
    ) -> Result<StoredThread, EngineError> {
        Ok(StoredThread {
            id,
            customer: customer.id,
            revision: 0,
            state: serde_json::to_string(state)?,
            state_name: state.state_name().to_owned(),
            driver_name: state.driver_name().to_owned(),
            address: address.clone(),
            capabilities: self.capabilities(address),
            offered: Vec::<Choice>::new(),
            last_inbound_at: None,
            updated_at: self.parts.clock.now(),
        })
    }

    pub(super) fn capabilities(&self, address: &Address) -> Capabilities {
        self.parts
            .channels
            .get(&address.channel)
            .map_or_else(|| address.channel.capabilities(), |channel| channel.capabilities())
    }
}

/// Where the ids of a turn's `n`-th step come from; the replay computes the same.
pub(super) fn step_mint(now: Timestamp, seed: u64, n: usize) -> Mint {
    Mint { at: now, seed: seed.wrapping_add(0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(n as u64 + 1)) }
}

/// What is known of a customer after a fact; the replay does the same.
pub(super) fn remember(customer: &mut Customer, fact: &Fact) {
    match fact {
        Fact::Phone { phone, proven } => {
            customer.phone = Some(phone.clone());
            customer.phone_proven = *proven;
        }
        Fact::Name { name } => customer.name = Some(name.clone()),
        Fact::Language { language } => customer.language = Some(*language),
        Fact::OptedOut => customer.opted_out = true,
    }
}
