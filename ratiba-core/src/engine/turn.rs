//! One turn: from why it is needed to everything that it changes, as one value for the store to commit.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::cache::Loaded;
use super::error::EngineError;
use super::handle::Inner;
use super::mask::masked;
use super::waiting::Freed;
use crate::conversation::choice::Pick;
use crate::conversation::effect::{Effect, Fact, Signal};
use crate::conversation::event::{Event, Medium, Said, StepCtx};
use crate::conversation::line::Line;
use crate::conversation::step::step;
use crate::conversation::thread::Thread;
use crate::domain::appointment::Busy;
use crate::domain::channel::{Address, Capabilities, SessionWindow};
use crate::domain::customer::Customer;
use crate::domain::id::{
    AppointmentId, CustomerId, Id, InboxId, Mint, OutboxId, PaymentId, ThreadId,
};
use crate::domain::message::{Choice, Content, InboundMessage, Language, Reply};
use crate::domain::payment::Payment;
use crate::domain::route::Purpose;
use crate::language::hear::HearContext;
use crate::language::speak::Voice;
use crate::language::understanding::{Intent, Sentiment, Slots, Understanding};
use crate::ports::outbox::{AdminAct, Cause, InboxItem, OutboxItem, Outgoing, Timer, TimerKey};
use crate::ports::store::{
    LaneView, LoggedStep, StoredThread, TenantStore, TurnCommit, TurnRecord, Write,
};

/// A turn that asks more often than this is a bug in the machine.
const MOST_STEPS: usize = 24;
/// Ids of outbox rows start here within a turn, far from those that steps mint.
const OUTBOX_IDS: u32 = 1 << 20;
/// Timers likewise.
const TIMER_IDS: u32 = 1 << 21;
/// Payments, ledger rows and what else the engine itself makes.
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
        let LaneView { customer, current, pending: _, business_version: _ } = view;
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
            Cause::Admin { admin, act } => {
                let event = match act {
                    AdminAct::Engage => Event::Engaged { admin: admin.clone() },
                    AdminAct::Say { text } => Event::AdminSaid { text: text.clone() },
                    AdminAct::HandBack => Event::HandedBack,
                };
                self.feed(event).await?;
            }
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

    async fn take_message(
        &mut self,
        inbox: InboxId,
        message: &InboundMessage,
        received_at: Timestamp,
    ) -> Result<(), EngineError> {
        if let SessionWindow::Minutes(minutes) = self.stored.capabilities.session_window {
            // A message that arrives after its own window (an outage, a redelivery) is kept and not answered as if it were new.
            if received_at.duration_since(message.sent_at)
                > SignedDuration::from_mins(i64::from(minutes))
            {
                return Ok(());
            }
        }
        self.stored.address = message.address.clone();
        self.stored.capabilities = self.engine.capabilities(&message.address);
        self.stored.last_inbound_at = Some(
            self.stored.last_inbound_at.map_or(message.sent_at, |last| last.max(message.sent_at)),
        );
        self.engine.acknowledge(self.store.tenant(), message);
        let said = self.hear(&message.content);
        self.inbox = Some(inbox);
        self.feed_heard(inbox, said).await
    }

    /// What the customer's words mean here and now.
    fn hear(&self, content: &Content) -> Said {
        let words = |text: &str, medium: Medium| {
            let zoned = self.now.to_zoned(self.loaded.business.tenant.zone.clone());
            let ctx = HearContext {
                now: &zoned,
                expecting: self.state.expecting(),
                offered: &self.stored.offered,
                known_date: self.state.known_date(),
                known_service: self.state.known_service(),
                language: self.state.memory.language,
            };
            let understanding = self.loaded.ear.hear(text, &ctx);
            let text = masked(text, &understanding.tripwires);
            Said { text, understanding, medium, proven_phone: None }
        };
        let wordless = |medium: Medium| Said {
            text: String::new(),
            understanding: nothing(),
            medium,
            proven_phone: None,
        };
        match content {
            Content::Text { body } => words(body, Medium::Text),
            // An ice breaker, a template's button: not one of our choices, so what is written on it is what was said.
            Content::Choice { id, title }
                if id.parse::<Pick>().is_err() && !title.trim().is_empty() =>
            {
                words(title, Medium::Text)
            }
            Content::Choice { id, title } => Said {
                text: title.clone(),
                understanding: tapped(id),
                medium: Medium::Tap,
                proven_phone: None,
            },
            Content::Image { caption: Some(caption), .. } => words(caption, Medium::Image),
            Content::Attachment { caption: Some(caption), .. } => {
                words(caption, Medium::Attachment)
            }
            Content::Audio { .. } => wordless(Medium::Audio),
            Content::Image { caption: None, .. } => wordless(Medium::Image),
            Content::Attachment { caption: None, .. } => wordless(Medium::Attachment),
            Content::Location { .. } => wordless(Medium::Location),
            Content::Contact { phone, own } => {
                let mut said = wordless(Medium::Contact);
                said.understanding.slots.phone.clone_from(phone);
                said.proven_phone = phone.clone().filter(|_| *own);
                said
            }
            Content::Reaction { .. } => wordless(Medium::Reaction),
            Content::Unsupported { .. } => wordless(Medium::Unsupported),
        }
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
            Effect::RelayToAdmin { admin, text } => self.send_admin(&admin, text),
            Effect::RelayToCustomer { text } => {
                let language = self.usual_language();
                self.send_customer(Reply::text(text), true, language).await?;
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
            let harmless = !self
                .lines
                .iter()
                .any(|line| matches!(line, Line::PromptSent { .. } | Line::PayOnPage { .. }));
            self.send_customer(reply, harmless, language).await?;
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

    pub(super) fn voice(&self, language: Language) -> Voice<'_> {
        Voice {
            language,
            business: &self.loaded.business,
            customer: &self.customer,
            capabilities: self.stored.capabilities,
            now: self.now,
        }
    }

    /// The conversation as it stands within this turn.
    pub(super) const fn state(&self) -> &Thread {
        &self.state
    }

    /// The choices that were offered last.
    pub(super) fn offered(&self) -> &[Choice] {
        &self.stored.offered
    }

    /// The message that the turn is about, where it is about one.
    pub(super) const fn inbox(&self) -> Option<InboxId> {
        self.inbox
    }

    /// The revision that this turn makes.
    pub(super) const fn next_revision(&self) -> u64 {
        self.stored.revision + 1
    }

    /// The language that this customer is answered in when no line decides it.
    pub(super) fn usual_language(&self) -> Language {
        self.state.reply_language(&self.loaded.business, &self.customer)
    }

    /// Tells the customer, by the cheapest way that is allowed; where there is none, nothing is sent.
    pub(super) async fn send_customer(
        &mut self,
        reply: Reply,
        repeatable: bool,
        language: Language,
    ) -> Result<(), EngineError> {
        let Some(route) = self.route(Purpose::Reply, &reply, language).await? else {
            return Ok(());
        };
        let to = self.stored.address.clone();
        let lane = format!("{}:{}:{}", to.channel, to.account, to.peer);
        self.enqueue(lane, Outgoing::Reply { to, reply, repeatable, route });
        Ok(())
    }

    /// Where the customer last wrote from.
    pub(super) const fn address(&self) -> &Address {
        &self.stored.address
    }

    /// When they last wrote.
    pub(super) const fn last_inbound_at(&self) -> Option<Timestamp> {
        self.stored.last_inbound_at
    }

    pub(super) fn send_admin(&mut self, admin: &crate::domain::phone::Phone, text: String) {
        self.enqueue(
            format!("admin:{}", admin.e164()),
            Outgoing::Admin { to: admin.clone(), text },
        );
    }

    /// Adds an outbox row.
    pub(super) fn enqueue(&mut self, lane: String, what: Outgoing) {
        let mint = Mint { at: self.now, seed: self.seed };
        let position = u32::try_from(self.outbox.len()).unwrap_or(u32::MAX - OUTBOX_IDS);
        let id: OutboxId = mint.id(OUTBOX_IDS + position);
        self.outbox.push(OutboxItem {
            id,
            customer: self.customer.id,
            thread: Some(self.thread),
            lane,
            what,
            attempts: 0,
            created_at: self.now,
        });
    }

    pub(super) fn set_timer(&mut self, key: TimerKey, due_at: Timestamp) {
        self.set_timer_of(self.customer.id, key, due_at);
    }

    /// A timer that wakes another customer's lane.
    pub(super) fn set_timer_of(&mut self, customer: CustomerId, key: TimerKey, due_at: Timestamp) {
        let mint = Mint { at: self.now, seed: self.seed };
        let position = u32::try_from(self.writes.len()).unwrap_or(0);
        let id = mint.id(TIMER_IDS + position);
        self.writes.push(Write::SetTimer(Timer { id, customer, key, due_at }));
    }

    /// An id for what the engine itself makes in this turn.
    pub(super) fn own_id<K>(&mut self) -> Id<K> {
        self.own_ids += 1;
        Mint { at: self.now, seed: self.seed }.id(self.own_ids)
    }

    /// Where ids of the payment machine's steps come from.
    pub(super) fn own_mint(&mut self) -> Mint {
        self.own_ids += 1;
        step_mint(self.now, self.seed, self.own_ids as usize)
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

    fn capabilities(&self, address: &Address) -> Capabilities {
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

fn nothing() -> Understanding {
    Understanding {
        intent: Intent::Provide,
        confidence: 1.0,
        language: None,
        sentiment: Sentiment::Neutral,
        slots: Slots::default(),
        tripwires: Vec::new(),
    }
}

/// A tap needs no understanding: the id says it all.
fn tapped(id: &str) -> Understanding {
    let intent = match id.parse() {
        Ok(Pick::Yes) => Intent::Affirm,
        Ok(Pick::No) => Intent::Deny,
        Ok(_) | Err(_) => Intent::Provide,
    };
    Understanding {
        intent,
        slots: Slots { choice: Some(id.to_owned()), ..Slots::default() },
        ..nothing()
    }
}
