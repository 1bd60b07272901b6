//! Random walks: whatever customers, payments, timers and people do in whatever order, the promises of the machine hold.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::effect::{Effect, Query};
use super::event::{Answer, Event, Medium, StepCtx, TimerName};
use super::step::step;
use super::thread::Thread;
use super::version;
use super::world::{Did, World, at, day, said, time, when};
use crate::domain::appointment::AppointmentStatus as Status;
use crate::domain::channel::ChannelKind;
use crate::domain::id::{AppointmentId, PaymentId, ServiceId};
use crate::domain::payment::FailureReason;
use crate::domain::phone::Phone;
use crate::domain::proof::Verdict;
use crate::domain::wait::{Wait, WaitStatus};
use crate::language::understanding::{Intent, Ordinal, Sentiment, Slots, Tripwire};
use crate::payments::news::PaymentNews;

/// Something that happens; indices are taken modulo what there is.
#[derive(Debug, Clone)]
enum Move {
    Say(usize, usize),
    Tap(usize),
    Trip(usize),
    Grumble,
    Mumble,
    Send(usize),
    News(usize, usize),
    Fire(usize),
    Wait(i64),
    Engage(usize),
    AdminSays,
    OwnerSays,
    HandBack,
    ToolFails,
    TakeAway(usize),
    Restore,
    Opens(usize, bool),
    OfferEnds,
    Code(usize),
}

fn moves() -> impl Strategy<Value = Move> {
    prop_oneof![
        12 => (0..15_usize, 0..13_usize).prop_map(|(i, s)| Move::Say(i, s)),
        6 => (0..40_usize).prop_map(Move::Tap),
        1 => (0..6_usize).prop_map(Move::Trip),
        1 => Just(Move::Grumble),
        1 => Just(Move::Mumble),
        1 => (0..9_usize).prop_map(Move::Send),
        6 => (0..4_usize, 0..8_usize).prop_map(|(p, n)| Move::News(p, n)),
        3 => (0..5_usize).prop_map(Move::Fire),
        2 => (0..900_i64).prop_map(Move::Wait),
        1 => (0..2_usize).prop_map(Move::Engage),
        1 => Just(Move::AdminSays),
        1 => Just(Move::OwnerSays),
        2 => Just(Move::HandBack),
        1 => Just(Move::ToolFails),
        1 => (0..4_usize).prop_map(Move::TakeAway),
        1 => Just(Move::Restore),
        1 => (0..4_usize, any::<bool>()).prop_map(|(n, quiet)| Move::Opens(n, quiet)),
        1 => Just(Move::OfferEnds),
        1 => (0..3_usize).prop_map(Move::Code),
    ]
}

const INTENTS: [Intent; 15] = [
    Intent::Book,
    Intent::Cancel,
    Intent::Reschedule,
    Intent::MyBookings,
    Intent::Services,
    Intent::Hours,
    Intent::Other,
    Intent::Affirm,
    Intent::Deny,
    Intent::Greet,
    Intent::Thanks,
    Intent::Human,
    Intent::Stop,
    Intent::StartOver,
    Intent::Provide,
];

const STARTS: [&str; 4] = [
    "2026-11-24T15:00:00+03:00",
    "2026-11-25T10:00:00+03:00",
    "2026-11-27T12:30:00+03:00",
    "2026-12-01T09:00:00+03:00",
];

fn slots(w: &World, n: usize) -> Slots {
    let all = &w.business.catalogue.services;
    let service = |n: usize| all[n % all.len()].id;
    match n {
        0 => Slots { services: vec![service(0)], ..when(STARTS[0]) },
        1 => Slots { services: vec![service(4)], ..Slots::default() },
        2 => day("2026-11-25"),
        3 => time("10:00"),
        4 => when(STARTS[2]),
        5 => Slots { services: vec![service(4), service(5)], ..when(STARTS[1]) },
        6 => Slots { phone: Phone::from_provider("254700111222").ok(), ..Slots::default() },
        7 => Slots { ordinal: Some(Ordinal::Nth(1)), ..Slots::default() },
        8 => Slots { wants_more: true, ..Slots::default() },
        10 => Slots { notify: true, ..Slots::default() },
        9 => Slots { service_candidates: vec![service(1), service(3)], ..Slots::default() },
        _ => Slots::default(),
    }
}

/// What has been promised so far, followed from the effects alone.
#[derive(Debug, Default)]
struct Books {
    /// The payment in flight.
    open: Option<PaymentId>,
    /// All payments that were ever asked for, with what for.
    payments: Vec<(PaymentId, Vec<AppointmentId>)>,
    /// Those that were called off: money for them goes back, and is not told of as late.
    called_off: BTreeSet<PaymentId>,
    /// Appointments that the customer has agreed to, by a yes in the turn or before it.
    status: BTreeMap<AppointmentId, Status>,
}

struct Walk {
    w: World,
    books: Books,
}

impl Walk {
    fn act(&mut self, action: &Move) {
        let agreed = self.may_confirm(action);
        let before = self.w.thread.clone();
        let did = match action {
            Move::Say(intent, n) => {
                let slots = slots(&self.w, *n);
                self.w.says(INTENTS[*intent], slots)
            }
            Move::Tap(n) => {
                let id = self.tappable(*n);
                self.w.tap(&id)
            }
            Move::Trip(n) => {
                let trips = [
                    Tripwire::NationalId,
                    Tripwire::CardNumber,
                    Tripwire::MedicalEmergency,
                    Tripwire::Threat,
                    Tripwire::SelfHarm,
                    Tripwire::Abuse,
                ];
                self.w.turn(super::world::tripped(trips[*n]))
            }
            Move::Grumble | Move::Mumble => {
                let mut said = said(Intent::Other, Slots::default());
                if matches!(action, Move::Grumble) {
                    said.understanding.sentiment = Sentiment::Negative;
                } else {
                    said.understanding.confidence = 0.1;
                }
                self.w.turn(Event::Heard { said })
            }
            Move::Send(n) => {
                let media = [
                    Medium::Text,
                    Medium::Tap,
                    Medium::Audio,
                    Medium::Image,
                    Medium::Attachment,
                    Medium::Location,
                    Medium::Contact,
                    Medium::Reaction,
                    Medium::Unsupported,
                ];
                let mut said = said(Intent::Other, Slots::default());
                (said.text, said.medium) = (String::new(), media[*n]);
                self.w.turn(Event::Heard { said })
            }
            Move::News(p, n) => {
                let Some((payment, appointments)) =
                    self.books.payments.iter().rev().nth(*p).cloned()
                else {
                    return;
                };
                let news = self.possible(payment, *n, appointments);
                let Some(news) = news else { return };
                self.w.news(payment, news)
            }
            Move::Fire(n) => {
                let timers = [
                    TimerName::HoldExpires,
                    TimerName::HandoffRemind,
                    TimerName::HandoffApologise,
                    TimerName::HandoffGiveUp,
                    TimerName::HandoffIdle,
                ];
                self.w.turn(Event::TimerFired { timer: timers[*n] })
            }
            Move::Wait(minutes) => {
                self.w.wait(*minutes);
                return;
            }
            Move::Engage(n) => {
                let admin = Phone::from_provider(["254700000001", "254700000009"][*n]).unwrap();
                self.w.turn(Event::Engaged { admin })
            }
            Move::AdminSays => self.w.turn(Event::AdminSaid { text: "hi".into() }),
            Move::OwnerSays => self.w.turn(Event::OwnerSpoke { text: "hi".into() }),
            Move::HandBack => self.w.turn(Event::HandedBack),
            Move::ToolFails => self.w.turn(Event::ToolFailed),
            Move::Opens(n, quiet) => self.opens(*n, *quiet),
            Move::OfferEnds => {
                let wait = self.wait(self.w.business.catalogue.services[0].id).id;
                self.w.turn(Event::WaitLapsed { wait })
            }
            Move::Code(n) => self.types_a_code(*n),
            Move::TakeAway(n) => {
                self.w.taken.push(at(STARTS[*n]));
                return;
            }
            Move::Restore => {
                self.w.taken.clear();
                return;
            }
        };
        self.check(&before, &did, agreed, action);
    }

    /// What a payment machine could still tell of a payment.
    fn possible(
        &mut self,
        payment: PaymentId,
        n: usize,
        appointments: Vec<AppointmentId>,
    ) -> Option<PaymentNews> {
        let amount = self.w.business.catalogue.services[0].price;
        let open = self.books.open == Some(payment);
        match n {
            0 | 1 if open => {
                self.books.open = None;
                Some(PaymentNews::Paid { receipt: None, amount })
            }
            2 | 3 if open => {
                self.books.open = None;
                Some(PaymentNews::Failed { reason: FailureReason::WrongPin })
            }
            4 if open => {
                self.books.open = None;
                Some(PaymentNews::TimedOut)
            }
            5 => Some(PaymentNews::UnderReview),
            6 if !open && !self.books.called_off.contains(&payment) => {
                // Money comes once: a payment that has been told of is not told of again.
                self.books.payments.retain(|(p, _)| *p != payment);
                Some(PaymentNews::PaidLate { receipt: None, amount, appointments })
            }
            7 if !open => Some(PaymentNews::ReturnedAfterCancel),
            _ => None,
        }
    }

    /// A time that was waited for opens up.
    fn opens(&mut self, n: usize, quiet: bool) -> Did {
        let service = self.w.business.catalogue.services[0].id;
        let slot = self.w.slot(service, None, at(STARTS[n]));
        let wait = self.wait(service);
        self.w.turn(Event::SlotOpened { wait, slot, quiet })
    }

    /// Six digits, which may be the code.
    fn types_a_code(&mut self, n: usize) -> Did {
        let verdicts = [Verdict::Right, Verdict::Wrong { left: 1 }, Verdict::Expired];
        self.w.verdict = verdicts[n];
        let mut said = said(Intent::Provide, Slots::default());
        said.text = "482913".to_owned();
        self.w.turn(Event::Heard { said })
    }

    /// A wish to be told, always the same one.
    fn wait(&self, service: ServiceId) -> Wait {
        let days = crate::domain::time::MinuteOfDay::START..crate::domain::time::MinuteOfDay::END;
        Wait {
            id: crate::domain::id::Mint { at: at(super::world::NOW), seed: 4_711 }.id(0),
            customer: self.w.customer.id,
            service,
            staff: None,
            from: jiff::civil::date(2026, 11, 23),
            to: jiff::civil::date(2026, 12, 31),
            after: days.start,
            before: days.end,
            status: WaitStatus::Waiting,
            created_at: at(super::world::NOW),
        }
    }

    fn tappable(&self, n: usize) -> String {
        let offered = self.w.thread.offered();
        let fixed = ["yes", "no", "more", "retry", "number", "card", "venue", "stf:any", "junk"];
        let catalogue = &self.w.business.catalogue;
        let service = catalogue.services[n % catalogue.services.len()].id;
        let staff = catalogue.staff[n % catalogue.staff.len()].id;
        match n {
            0..9 => fixed[n].to_owned(),
            9..14 => format!("slot:{service}:{staff}:{}", STARTS[n % 4]),
            14..16 => format!("svc:{service}"),
            16 => "menu:book".to_owned(),
            17 => "menu:human".to_owned(),
            _ if offered.is_empty() => "yes".to_owned(),
            _ => offered[n % offered.len()].clone(),
        }
    }

    /// Whether the customer could be said to have agreed: a yes, a no to a second service, a way to pay, or money.
    fn may_confirm(&self, action: &Move) -> bool {
        let asked = !matches!(
            self.w.state(),
            "GREET" | "COLLECT_SERVICE" | "COLLECT_STAFF" | "COLLECT_PHONE" | "BOOKED"
        );
        asked && matches!(action, Move::Say(..) | Move::Tap(_) | Move::News(..))
    }

    fn check(&mut self, before: &Thread, did: &Did, agreed: bool, action: &Move) {
        let context = || format!("{action:?} at {}: {did:?}", before.state_name());
        for effect in &did.effects {
            match effect {
                Effect::Hold { appointments } => {
                    for row in appointments {
                        assert!(
                            row.hold_expires_at.is_some_and(|u| u > self.w.now),
                            "{}",
                            context()
                        );
                        self.books.status.insert(row.id, Status::Held);
                    }
                }
                Effect::Confirm { appointments } => {
                    assert!(agreed, "confirmed without a yes: {}", context());
                    for id in appointments {
                        self.books.status.insert(*id, Status::Confirmed);
                    }
                }
                Effect::Release { appointments } => {
                    for id in appointments {
                        let was = self.books.status.insert(*id, Status::Expired);
                        assert_eq!(
                            was,
                            Some(Status::Held),
                            "released what was not held: {}",
                            context()
                        );
                    }
                }
                Effect::Extend { appointments, .. } => {
                    for id in appointments {
                        assert_eq!(self.books.status[id], Status::Held, "{}", context());
                    }
                }
                Effect::Charge { payment, appointments, expires_at, .. } => {
                    assert_eq!(self.books.open, None, "charged twice: {}", context());
                    assert!(agreed, "charged without a yes: {}", context());
                    assert!(*expires_at > self.w.now);
                    for id in appointments {
                        assert_eq!(self.books.status[id], Status::Held, "{}", context());
                    }
                    self.books.open = Some(*payment);
                    self.books.payments.push((*payment, appointments.clone()));
                }
                Effect::AbandonPayment { payment } => {
                    assert_eq!(self.books.open.take(), Some(*payment), "{}", context());
                }
                Effect::CallOffPayments => {
                    self.books.open = None;
                    let all = self.books.payments.iter().map(|(payment, _)| *payment);
                    self.books.called_off.extend(all);
                }
                Effect::Replace { old, new } => {
                    assert_eq!(
                        self.books.status.insert(*new, Status::Confirmed),
                        Some(Status::Held)
                    );
                    self.books.status.insert(*old, Status::Cancelled);
                }
                Effect::Cancel { appointment } => {
                    self.books.status.insert(*appointment, Status::Cancelled);
                }
                Effect::Ask { .. }
                | Effect::Say { .. }
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
        }
        self.check_whole(before, did, action);
    }

    /// What holds after every move, whatever it did.
    fn check_whole(&self, before: &Thread, did: &Did, action: &Move) {
        let context = || format!("{action:?} at {}: {did:?}", before.state_name());
        let driver = before.driver_name();
        if driver == "HUMAN_DRIVING" && self.w.thread.driver_name() == "HUMAN_DRIVING" {
            assert!(did.lines.is_empty(), "the agent spoke while a person drives: {}", context());
        }
        // A held appointment is one that the thread knows of: it can still be confirmed, released or left to expire.
        let held: Vec<_> = self
            .books
            .status
            .iter()
            .filter(|(_, s)| **s == Status::Held)
            .map(|(id, _)| *id)
            .collect();
        let mut known = self.w.thread.flow.holds();
        known.sort();
        assert_eq!(held, known, "a hold was forgotten: {}", context());
        let waits = self.w.state() == "AWAITING_PAYMENT";
        assert_eq!(self.books.open.is_some(), waits, "payment and state disagree: {}", context());
        let stored = serde_json::to_string(&self.w.thread).unwrap();
        assert_eq!(Thread::load(&stored).unwrap(), self.w.thread);
        assert_eq!(self.w.thread.graph_version, version::CURRENT);
    }
}

fn walk(slug: &str, channel: ChannelKind, actions: &[Move]) -> World {
    let mut w = World::new(slug);
    w.channel = channel;
    if channel != ChannelKind::Whatsapp {
        w.customer.phone = None;
    }
    let offer = w.business.catalogue.services.len() - 1;
    let offer = w.business.catalogue.services[offer].id;
    (w.phone_taken, w.can_prove) = (channel != ChannelKind::Whatsapp, true);
    w.cross_sell = Some(w.slot(offer, None, at("2026-11-24T16:00:00+03:00")));
    if slug == "demo-salon" {
        w.given("Pedicure", "2026-11-26T10:00:00+03:00", 600);
        w.given("Braids", "2026-11-30T10:00:00+03:00", 1_250);
    }
    let mut walk = Walk { w, books: Books::default() };
    for action in actions {
        walk.act(action);
    }
    walk.w
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 250, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_promises_hold(
        salon in any::<bool>(),
        web in any::<bool>(),
        actions in proptest::collection::vec(moves(), 1..60),
    ) {
        let slug = if salon { "demo-salon" } else { "demo-barbershop" };
        let channel = if web { ChannelKind::Web } else { ChannelKind::Whatsapp };
        let first = walk(slug, channel, &actions);
        let again = walk(slug, channel, &actions);
        prop_assert_eq!(first.thread, again.thread, "the same events, the same thread");
        prop_assert_eq!(first.rows, again.rows);
    }
}

#[test]
fn an_answer_that_nobody_waits_for_changes_nothing_and_nothing_comes_in_between() {
    let w = World::barber();
    let ctx = StepCtx {
        now: w.now,
        mint: crate::domain::id::Mint { at: w.now, seed: 5 },
        business: &w.business,
        customer: &w.customer,
        capabilities: w.channel.capabilities(),
    };
    let stray = Event::Answered { answer: Answer::PhoneOwner { taken: true, can_prove: false } };
    let rejected = |why| vec![Effect::Rejected { why }];
    let (same, effects) = step(w.thread.clone(), stray.clone(), &ctx);
    assert_eq!((&same, effects), (&w.thread, rejected(super::effect::Rejection::StaleAnswer)));

    let wish = Event::Heard { said: said(Intent::Cancel, Slots::default()) };
    let (asking, effects) = step(w.thread.clone(), wish.clone(), &ctx);
    assert_eq!(effects, [Effect::Ask { query: Query::MyAppointments }]);
    let (same, effects) = step(asking.clone(), stray, &ctx);
    assert_eq!((&same, effects), (&asking, rejected(super::effect::Rejection::StaleAnswer)));
    let (same, effects) = step(asking.clone(), wish, &ctx);
    assert_eq!((&same, effects), (&asking, rejected(super::effect::Rejection::Busy)));
}
