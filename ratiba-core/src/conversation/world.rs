//! A small world for tests: a demo tenant, one customer, a calendar that is free unless told otherwise, and whole turns.

use jiff::{SignedDuration, Timestamp};

use super::effect::{Effect, Query};
use super::event::{Answer, Event, Medium, Said, StepCtx};
use super::line::Line;
use super::step::step;
use super::thread::Thread;
use crate::demo;
use crate::domain::appointment::{Appointment, AppointmentStatus, Busy};
use crate::domain::channel::ChannelKind;
use crate::domain::customer::Customer;
use crate::domain::id::{Mint, PaymentId, ServiceId, StaffId};
use crate::domain::knowledge::Snippet;
use crate::domain::message::Language;
use crate::domain::phone::Phone;
use crate::domain::proof::Verdict;
use crate::domain::tenant::Business;
use crate::domain::time::TimeWindow;
use crate::language::understanding::{
    DateMention, Intent, Sentiment, Slots, TimeMention, Tripwire, Understanding,
};
use crate::payments::news::PaymentNews;
use crate::scheduling::search::Calendar;
use crate::scheduling::slot::{Blocked, Found, Slot, SlotQuery, Wish};

/// Monday 2026-11-23, 09:00 in Nairobi.
pub(super) const NOW: &str = "2026-11-23T09:00:00+03:00";

/// Everything that a step may look at, and what the engine would remember.
#[derive(Debug, Clone)]
pub(super) struct World {
    pub(super) thread: Thread,
    pub(super) now: Timestamp,
    pub(super) business: Business,
    pub(super) customer: Customer,
    pub(super) channel: ChannelKind,
    /// Starts that are not free.
    pub(super) taken: Vec<Timestamp>,
    /// The customer's appointments, as the store would have them.
    pub(super) rows: Vec<Appointment>,
    pub(super) snippets: Vec<Snippet>,
    pub(super) cross_sell: Option<Slot>,
    pub(super) phone_taken: bool,
    pub(super) can_prove: bool,
    /// What becomes of a code.
    pub(super) verdict: Verdict,
    /// How often the customer has stayed away.
    pub(super) no_shows: u32,
    /// Ask the real calendar, over the rows and nothing else.
    pub(super) real_calendar: bool,
    turn: u64,
}

/// What one turn did.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Did {
    /// What was said.
    pub(super) lines: Vec<Line>,
    /// In which language.
    pub(super) language: Option<Language>,
    /// Everything else.
    pub(super) effects: Vec<Effect>,
    /// What was asked of the engine.
    pub(super) asked: Vec<Query>,
}

impl World {
    pub(super) fn new(slug: &str) -> Self {
        let now = at(NOW);
        let mut thread = Thread::fresh();
        // Most tests are about something else than the first words.
        thread.memory.introduced = true;
        Self {
            thread,
            now,
            business: demo::tenant(slug).unwrap().business,
            customer: Customer {
                id: Mint { at: now, seed: 99 }.id(0),
                name: None,
                phone: Some(Phone::from_provider("254712345678").unwrap()),
                phone_proven: true,
                language: Some(Language::En),
                opted_out: false,
                created_at: now,
            },
            channel: ChannelKind::Whatsapp,
            taken: Vec::new(),
            rows: Vec::new(),
            snippets: Vec::new(),
            cross_sell: None,
            phone_taken: false,
            can_prove: false,
            verdict: Verdict::Expired,
            no_shows: 0,
            real_calendar: false,
            turn: 0,
        }
    }

    pub(super) fn barber() -> Self {
        Self::new("demo-barbershop")
    }

    pub(super) fn salon() -> Self {
        Self::new("demo-salon")
    }

    pub(super) fn dental() -> Self {
        Self::new("demo-dental")
    }

    pub(super) fn service(&self, name: &str) -> ServiceId {
        self.business.catalogue.services.iter().find(|s| s.name.en == name).unwrap().id
    }

    pub(super) fn staff(&self, name: &str) -> StaffId {
        self.business.catalogue.staff.iter().find(|s| s.name == name).unwrap().id
    }

    /// The slot of a service at a moment, by its first qualified member of staff unless another is named.
    pub(super) fn slot(
        &self,
        service: ServiceId,
        staff: Option<StaffId>,
        start: Timestamp,
    ) -> Slot {
        let s = self.business.catalogue.service(service).unwrap();
        let window = TimeWindow::of_minutes(start, s.duration_min);
        let blocked = TimeWindow::of_minutes(start, s.duration_min + s.buffer_after_min);
        Slot { service, staff: staff.unwrap_or(s.staff[0]), resource: None, window, blocked }
    }

    /// A confirmed appointment of the customer.
    pub(super) fn given(&mut self, service: &str, start: &str, paid: i64) -> Appointment {
        let service = self.service(service);
        let slot = self.slot(service, None, at(start));
        let price = self.business.catalogue.service(service).unwrap().price;
        let row = Appointment {
            id: Mint { at: self.now, seed: 1_000 }.id(u32::try_from(self.rows.len()).unwrap()),
            customer: self.customer.id,
            thread: None,
            service,
            staff: slot.staff,
            resource: None,
            window: slot.window,
            blocked: slot.blocked,
            status: AppointmentStatus::Confirmed,
            hold_expires_at: None,
            price,
            paid: crate::domain::money::Money::whole(paid, price.currency),
            created_at: self.now,
        };
        self.rows.push(row.clone());
        row
    }

    pub(super) fn wait(&mut self, minutes: i64) {
        self.now += SignedDuration::from_mins(minutes);
    }

    /// One whole turn: the event, and the answers to all that the machine asks.
    pub(super) fn turn(&mut self, event: Event) -> Did {
        let mut event = event;
        let mut asked = Vec::new();
        let mut all = Vec::new();
        for _ in 0..8 {
            self.turn += 1;
            let ctx = StepCtx {
                now: self.now,
                mint: Mint { at: self.now, seed: self.turn },
                business: &self.business,
                customer: &self.customer,
                capabilities: self.channel.capabilities(),
            };
            let (thread, effects) = step(self.thread.clone(), event, &ctx);
            self.thread = thread;
            all.extend(effects);
            if let Some(Effect::Ask { query }) = all.last() {
                event = Event::Answered { answer: self.answer(query) };
                asked.push(query.clone());
                all.pop();
                continue;
            }
            return self.commit(all, asked);
        }
        panic!("a turn asks without end");
    }

    fn commit(&mut self, effects: Vec<Effect>, asked: Vec<Query>) -> Did {
        let mut did = Did { lines: Vec::new(), language: None, effects: Vec::new(), asked };
        for effect in effects {
            let status = |rows: &mut Vec<Appointment>, ids: &[_], status| {
                rows.iter_mut().filter(|r| ids.contains(&r.id)).for_each(|r| r.status = status);
            };
            match &effect {
                Effect::Ask { .. } => panic!("a question among other effects"),
                Effect::Say { lines, language } => {
                    assert!(did.lines.is_empty(), "two messages in one turn");
                    did.lines.clone_from(lines);
                    did.language = Some(*language);
                    continue;
                }
                Effect::Hold { appointments } => self.rows.extend(appointments.iter().cloned()),
                Effect::Confirm { appointments } => {
                    status(&mut self.rows, appointments, AppointmentStatus::Confirmed);
                }
                Effect::Release { appointments } => {
                    status(&mut self.rows, appointments, AppointmentStatus::Expired);
                }
                Effect::Cancel { appointment } => {
                    status(&mut self.rows, &[*appointment], AppointmentStatus::Cancelled);
                }
                Effect::Replace { old, new } => {
                    status(&mut self.rows, &[*old], AppointmentStatus::Cancelled);
                    status(&mut self.rows, &[*new], AppointmentStatus::Confirmed);
                }
                Effect::Remember { fact: super::effect::Fact::Phone { phone, .. } } => {
                    self.customer.phone = Some(phone.clone());
                }
                Effect::Extend { .. }
                | Effect::Charge { .. }
                | Effect::AbandonPayment { .. }
                | Effect::CallOffPayments
                | Effect::Refund { .. }
                | Effect::RefundPayment { .. }
                | Effect::Arm { .. }
                | Effect::Disarm { .. }
                | Effect::Remember { .. }
                | Effect::PageAdmins { .. }
                | Effect::TellAdmins { .. }
                | Effect::RelayToAdmin { .. }
                | Effect::RelayToCustomer { .. }
                | Effect::Wait { .. }
                | Effect::OfferFreed { .. }
                | Effect::SettleWait { .. }
                | Effect::LookAgain { .. }
                | Effect::LeaveWaitlist
                | Effect::SendCode { .. }
                | Effect::Join { .. }
                | Effect::NoteUnanswered { .. }
                | Effect::Rejected { .. } => {}
            }
            did.effects.push(effect);
        }
        did
    }

    fn answer(&self, query: &Query) -> Answer {
        match query {
            Query::Slots { query } => {
                Answer::Slots { found: self.look(query), no_shows: self.no_shows }
            }
            Query::CrossSell { .. } => Answer::CrossSell { offer: self.cross_sell },
            Query::MyAppointments => Answer::MyAppointments {
                upcoming: self
                    .rows
                    .iter()
                    .filter(|r| {
                        r.status == AppointmentStatus::Confirmed && r.window.start > self.now
                    })
                    .cloned()
                    .collect(),
            },
            Query::StillFree { appointments } => Answer::StillFree {
                free: self.rows.iter().filter(|r| appointments.contains(&r.id)).all(|r| {
                    r.status != AppointmentStatus::Confirmed
                        && !self.taken.contains(&r.window.start)
                }),
                unpaid: self
                    .rows
                    .iter()
                    .filter(|r| appointments.contains(&r.id))
                    .all(|r| r.status == AppointmentStatus::Confirmed && !r.paid.is_positive()),
            },
            Query::Knowledge { .. } => Answer::Knowledge {
                snippets: self.snippets.clone(),
                shape: crate::conversation::event::Shape::Quoted,
            },
            Query::PhoneOwner { .. } => {
                Answer::PhoneOwner { taken: self.phone_taken, can_prove: self.can_prove }
            }
            Query::CheckCode { .. } => Answer::CodeChecked { verdict: self.verdict },
        }
    }

    fn look(&self, query: &SlotQuery) -> Found {
        if self.real_calendar {
            let busy: Vec<Busy> =
                self.rows.iter().filter(|r| r.status.is_active()).map(busy).collect();
            return Calendar::new(&self.business, &busy, self.now).answer(query);
        }
        let hour = SignedDuration::from_hours(1);
        let slot = |start| self.slot(query.service, query.staff, start);
        match query.wish {
            Wish::At { start } if self.taken.contains(&start) => Found::NotFree {
                why: Blocked::StaffTaken,
                nearest: vec![slot(start - hour), slot(start + hour)],
            },
            Wish::At { start } => Found::Free { slot: slot(start) },
            Wish::Between { from, .. } => {
                let open = from.at(9, 0, 0, 0).to_zoned(self.business.tenant.zone.clone()).unwrap();
                let first = open.timestamp() + hour * i32::from(query.skip);
                Found::Offers {
                    slots: (0..3).map(|n| slot(first + hour * n)).collect(),
                    more: query.skip < 6,
                }
            }
            Wish::Soonest => Found::Offers { slots: vec![slot(self.now + hour)], more: true },
        }
    }

    pub(super) fn says(&mut self, intent: Intent, slots: Slots) -> Did {
        self.turn(Event::Heard { said: said(intent, slots) })
    }

    /// A bare intent.
    pub(super) fn bare(&mut self, intent: Intent) -> Did {
        self.says(intent, Slots::default())
    }

    pub(super) fn tap(&mut self, id: &str) -> Did {
        let slots = Slots { choice: Some(id.to_owned()), ..Slots::default() };
        let mut said = said(Intent::Provide, slots);
        said.medium = Medium::Tap;
        said.text = String::new();
        self.turn(Event::Heard { said })
    }

    /// "A <service> at <start>."
    pub(super) fn book(&mut self, service: &str, start: &str) -> Did {
        let slots = Slots { services: vec![self.service(service)], ..when(start) };
        self.says(Intent::Book, slots)
    }

    /// Everything up to a payment that is asked for.
    pub(super) fn pay(&mut self, service: &str, start: &str) -> (PaymentId, Did) {
        self.book(service, start);
        let did = self.bare(Intent::Affirm);
        (did.payment(), did)
    }

    pub(super) fn news(&mut self, payment: PaymentId, news: PaymentNews) -> Did {
        let paid = if let PaymentNews::Paid { amount, .. } | PaymentNews::PaidLate { amount, .. } =
            &news
        {
            Some(*amount)
        } else {
            None
        };
        let did = self.turn(Event::Payment { payment, news });
        if let Some(amount) = paid {
            let booked = self.rows.iter_mut().filter(|r| r.status == AppointmentStatus::Confirmed);
            booked.for_each(|row| row.paid = amount);
        }
        did
    }

    pub(super) fn state(&self) -> &'static str {
        self.thread.state_name()
    }

    pub(super) fn statuses(&self) -> Vec<AppointmentStatus> {
        self.rows.iter().map(|r| r.status).collect()
    }
}

impl Did {
    /// The one payment that was asked for.
    pub(super) fn payment(&self) -> PaymentId {
        let mut all = self.effects.iter().filter_map(|e| {
            if let Effect::Charge { payment, .. } = e { Some(*payment) } else { None }
        });
        let one = all.next().expect("a charge");
        assert_eq!(all.next(), None);
        one
    }

    pub(super) fn has(&self, effect: &Effect) -> bool {
        self.effects.contains(effect)
    }
}

pub(super) fn said(intent: Intent, slots: Slots) -> Said {
    Said {
        text: "words".to_owned(),
        understanding: Understanding {
            intent,
            confidence: 0.9,
            language: None,
            sentiment: Sentiment::Neutral,
            slots,
            tripwires: Vec::new(),
        },
        medium: Medium::Text,
        proven_phone: None,
    }
}

fn busy(row: &Appointment) -> Busy {
    Busy { staff: row.staff, resource: row.resource, blocked: row.blocked, appointment: row.id }
}

/// A tripwire beside an intent.
pub(super) fn tripped(tripwire: Tripwire) -> Event {
    let mut said = said(Intent::Other, Slots::default());
    said.understanding.tripwires = vec![tripwire];
    Event::Heard { said }
}

/// A moment, from RFC 3339.
pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Slots that name an exact moment.
pub(super) fn when(start: &str) -> Slots {
    Slots { start: Some(at(start)), ..Slots::default() }
}

/// Slots that name a day.
pub(super) fn day(date: &str) -> Slots {
    let date = date.parse().unwrap();
    Slots { date: Some(DateMention::On { date, or: None }), ..Slots::default() }
}

/// Slots that name a time.
pub(super) fn time(minute: &str) -> Slots {
    let minute = minute.parse().unwrap();
    Slots { time: Some(TimeMention::At { minute, about: false }), ..Slots::default() }
}

/// Slots that name a service.
pub(super) fn service(world: &World, name: &str) -> Slots {
    Slots { services: vec![world.service(name)], ..Slots::default() }
}
