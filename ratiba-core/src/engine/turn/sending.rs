//! What a turn leaves behind for the outside and for later: replies, words to admins, rows of the outbox, timers, and the ids of all of it.

use jiff::Timestamp;

use super::{Turn, step_mint};
use crate::conversation::thread::Thread;
use crate::domain::channel::Address;
use crate::domain::id::{CustomerId, Id, InboxId, Mint, OutboxId};
use crate::domain::message::{Choice, Language, Reply};
use crate::domain::phone::Phone;
use crate::domain::route::{Purpose, Route};
use crate::domain::useful::Use;
use crate::engine::error::EngineError;
use crate::engine::naming::{lane_to, lane_to_admin};
use crate::language::speak::Voice;
use crate::ports::inbox::{Timer, TimerKey};
use crate::ports::outbox::{OutboxItem, Outgoing};
use crate::ports::store::Write;

/// Ids of outbox rows start here within a turn, far from those that steps mint.
const OUTBOX_IDS: u32 = 1 << 20;
/// Timers likewise.
const TIMER_IDS: u32 = 1 << 21;

impl Turn<'_> {
    pub(in crate::engine) fn voice(&self, language: Language) -> Voice<'_> {
        Voice {
            language,
            business: &self.loaded.business,
            customer: &self.customer,
            capabilities: self.stored.capabilities,
            now: self.now,
        }
    }

    /// The conversation as it stands within this turn.
    pub(in crate::engine) const fn state(&self) -> &Thread {
        &self.state
    }

    /// The choices that were offered last.
    pub(in crate::engine) fn offered(&self) -> &[Choice] {
        &self.stored.offered
    }

    /// The message that the turn is about, where it is about one.
    pub(in crate::engine) const fn inbox(&self) -> Option<InboxId> {
        self.inbox
    }

    /// The revision that this turn makes.
    pub(in crate::engine) const fn next_revision(&self) -> u64 {
        self.stored.revision + 1
    }

    /// The language that this customer is answered in when no line decides it.
    pub(in crate::engine) fn usual_language(&self) -> Language {
        self.state.reply_language(&self.loaded.business, &self.customer)
    }

    /// Tells the customer, by the cheapest way that is allowed; where there is none, nothing is sent.
    pub(in crate::engine) async fn send_customer(
        &mut self,
        reply: Reply,
        repeatable: bool,
        language: Language,
        of: Use,
    ) -> Result<(), EngineError> {
        let Some(route) = self.route(Purpose::Reply, &reply, language).await? else {
            return Ok(());
        };
        let to = self.stored.address.clone();
        let lane = lane_to(&to);
        let until = self.useful_until(of);
        self.enqueue(lane, Outgoing::Reply { to, reply, repeatable, route }, Some(until));
        Ok(())
    }

    /// Where the customer last wrote from.
    pub(in crate::engine) const fn address(&self) -> &Address {
        &self.stored.address
    }

    /// When they last wrote.
    pub(in crate::engine) const fn last_inbound_at(&self) -> Option<Timestamp> {
        self.stored.last_inbound_at
    }

    pub(in crate::engine) fn send_admin(&mut self, admin: &Phone, text: String, of: Use) {
        self.enqueue(
            lane_to_admin(admin),
            Outgoing::Admin { to: admin.clone(), text, route: Route::default() },
            Some(of.until_for_owner(self.now)),
        );
    }

    /// Until when the customer of this conversation is served by a message that is written now.
    pub(in crate::engine) fn useful_until(&self, of: Use) -> Timestamp {
        let (heard, window) =
            (self.stored.last_inbound_at, self.stored.capabilities.session_window);
        of.until(self.now, heard, window)
    }

    /// Adds an outbox row, which is of use until a moment or for ever.
    pub(in crate::engine) fn enqueue(
        &mut self,
        lane: String,
        what: Outgoing,
        useful_until: Option<Timestamp>,
    ) {
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
            useful_until,
        });
    }

    pub(in crate::engine) fn set_timer(&mut self, key: TimerKey, due_at: Timestamp) {
        self.set_timer_of(self.customer.id, key, due_at);
    }

    /// A timer that wakes another customer's lane.
    pub(in crate::engine) fn set_timer_of(
        &mut self,
        customer: CustomerId,
        key: TimerKey,
        due_at: Timestamp,
    ) {
        let mint = Mint { at: self.now, seed: self.seed };
        let position = u32::try_from(self.writes.len()).unwrap_or(0);
        let id = mint.id(TIMER_IDS + position);
        self.writes.push(Write::SetTimer(Timer { id, customer, key, due_at }));
    }

    /// An id for what the engine itself makes in this turn.
    pub(in crate::engine) fn own_id<K>(&mut self) -> Id<K> {
        self.own_ids += 1;
        Mint { at: self.now, seed: self.seed }.id(self.own_ids)
    }

    /// Where ids of the payment machine's steps come from.
    pub(in crate::engine) fn own_mint(&mut self) -> Mint {
        self.own_ids += 1;
        step_mint(self.now, self.seed, self.own_ids as usize)
    }
}
