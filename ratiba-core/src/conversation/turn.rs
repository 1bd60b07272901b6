//! One step in the making: what it may look at, what it wants said and done, and how that becomes its result.

use super::asking::{Asking, Mark, Then};
use super::effect::{Effect, Query, Rejection};
use super::event::StepCtx;
use super::flow::{Flow, Held};
use super::line::Line;
use super::thread::{Driver, Memory, Thread};
use super::version;
use crate::domain::catalogue::Service;
use crate::domain::customer::Customer;
use crate::domain::dials::LanguageDial;
use crate::domain::id::{AppointmentId, Id, ServiceId};
use crate::domain::message::Language;
use crate::domain::money::Money;
use crate::domain::phone::Phone;
use crate::domain::tenant::Business;

/// One step in the making.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    pub(super) ctx: &'a StepCtx<'a>,
    pub(super) memory: Memory,
    /// Nothing is said to the customer: a person drives.
    pub(super) silent: bool,
    /// How often the customer has lately stayed away, as far as this turn was told.
    pub(super) no_shows: u32,
    lines: Vec<Line>,
    effects: Vec<Effect>,
    minted: u32,
}

impl<'a> Turn<'a> {
    pub(super) fn new(ctx: &'a StepCtx<'a>, memory: Memory) -> Self {
        Self {
            ctx,
            memory,
            silent: false,
            no_shows: 0,
            lines: Vec::new(),
            effects: Vec::new(),
            minted: 0,
        }
    }

    /// Takes up a turn that waited for an answer.
    pub(super) fn resume(ctx: &'a StepCtx<'a>, memory: Memory, lines: Vec<Line>) -> Self {
        Self { lines, ..Self::new(ctx, memory) }
    }

    pub(super) fn business(&self) -> &'a Business {
        self.ctx.business
    }

    pub(super) fn say(&mut self, line: Line) {
        self.lines.push(line);
    }

    pub(super) fn has_said(&self) -> bool {
        !self.lines.is_empty()
    }

    pub(super) fn write(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    pub(super) fn reject(&mut self, why: Rejection) {
        self.write(Effect::Rejected { why });
    }

    /// Gives up holds, if there are any, and the deadline that goes with them.
    pub(super) fn release(&mut self, appointments: Vec<AppointmentId>) {
        if !appointments.is_empty() {
            self.write(Effect::Release { appointments });
            self.write(Effect::Disarm { timer: super::event::TimerName::HoldExpires });
        }
    }

    /// The next new id.
    pub(super) fn mint<K>(&mut self) -> Id<K> {
        let id = self.ctx.mint.id(self.minted);
        self.minted += 1;
        id
    }

    /// Now and so many minutes.
    pub(super) fn in_minutes(&self, minutes: u32) -> jiff::Timestamp {
        // Saturates only at the end of jiff's calendar, in the year 9999.
        self.ctx
            .now
            .checked_add(jiff::SignedDuration::from_mins(i64::from(minutes)))
            .unwrap_or(jiff::Timestamp::MAX)
    }

    /// A service that can be booked now.
    pub(super) fn bookable(&self, id: ServiceId) -> Option<&'a Service> {
        self.business().catalogue.service(id).filter(|s| s.active)
    }

    /// The customer's number: the one on record, else one given in this conversation.
    pub(super) fn known_phone(&self) -> Option<Phone> {
        self.ctx.customer.phone.clone().or_else(|| self.memory.phone.clone())
    }

    /// What is due when booking a service; nothing where there is no way to pay.
    pub(super) fn due_for(&self, service: &Service) -> Money {
        if self.business().settings.payment.rails.is_empty() {
            Money::zero(service.price.currency)
        } else {
            let usual = self.business().deposit_rule(service).due(service.price);
            self.business().settings.no_show.due(usual, service.price, self.no_shows)
        }
    }

    /// Whether more is due for a service than usual, because the customer has stayed away before.
    pub(super) fn due_is_raised(&self, service: &Service) -> bool {
        let usual = self.business().deposit_rule(service).due(service.price);
        self.due_for(service).minor > usual.minor
    }

    /// Asks the engine, and waits: what is to be said is kept until the answer is here.
    pub(super) fn ask(&mut self, query: Query, then: Then) -> Flow {
        Flow::Asking(Box::new(Asking {
            query,
            then,
            lines: std::mem::take(&mut self.lines),
            began: Mark { state: "", draft: super::flow::DraftView::default() },
        }))
    }

    /// Goes back to waiting for the same answer.
    pub(super) fn park(self, query: Query, then: Then, began: Mark) -> (Flow, Memory) {
        let asking = Asking { query, then, lines: self.lines, began };
        (Flow::Asking(Box::new(asking)), self.memory)
    }

    /// The step's result: a question comes last and keeps what is to be said; else there is at most one `Say`.
    pub(super) fn finish(
        mut self,
        driver: Driver,
        flow: Flow,
        began: Mark,
    ) -> (Thread, Vec<Effect>) {
        let (flow, effects) = if let Flow::Asking(mut asking) = flow {
            asking.began = began;
            self.effects.push(Effect::Ask { query: asking.query.clone() });
            (Flow::Asking(asking), self.effects)
        } else {
            if flow.mark() != began {
                self.memory.stalled = 0;
            }
            if !self.silent && !self.lines.is_empty() {
                self.introduce();
                let language = reply_language(&self.memory, self.ctx.business, self.ctx.customer);
                self.effects.push(Effect::Say { lines: self.lines, language });
            }
            (flow, self.effects)
        };
        let thread = Thread { graph_version: version::CURRENT, driver, flow, memory: self.memory };
        (thread, effects)
    }

    /// The first message says, once, what the customer is talking to.
    fn introduce(&mut self) {
        if !self.memory.introduced {
            self.memory.introduced = true;
            let at = usize::from(self.lines.first() == Some(&Line::Greeting));
            self.lines.insert(at, Line::Introduction);
        }
    }
}

/// The language in which the customer is answered.
pub(super) fn reply_language(
    memory: &Memory,
    business: &Business,
    customer: &Customer,
) -> Language {
    match business.dials().language {
        LanguageDial::PreferEn => Language::En,
        LanguageDial::PreferSw => Language::Sw,
        LanguageDial::MirrorCustomer => {
            memory.language.or(customer.language).unwrap_or(business.tenant.locale)
        }
    }
}

/// The sum of amounts of one currency; a tenant has only one.
pub(super) fn sum(held: &[Held], part: impl Fn(&Held) -> Money, business: &Business) -> Money {
    held.iter().map(part).fold(Money::zero(business.tenant.currency), |sum, next| Money {
        minor: sum.minor.saturating_add(next.minor),
        currency: next.currency,
    })
}
