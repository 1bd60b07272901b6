//! Reading a stored thread, whatever its age: one upgrade per version, in order, then the strict shape of today.

use serde_json::{Map, Value, json};

use super::thread::Thread;

/// The shape that is written today.
pub const CURRENT: u32 = 4;

/// One version to the next. The n-th entry reads version n.
const UPGRADES: [fn(&mut Map<String, Value>); CURRENT as usize] = [from_0, from_1, from_2, from_3];

/// The pilot's shape had no second dimension and remembered nothing beside the language.
fn from_0(thread: &mut Map<String, Value>) {
    let language = thread.remove("language").unwrap_or(Value::Null);
    thread.insert("driver".to_owned(), json!("AGENT_DRIVING"));
    thread.insert(
        "memory".to_owned(),
        json!({
            "language": language, "introduced": true, "greeted": true, "about": null, "phone": null,
            "unclear": 0, "negative": 0, "stalled": 0, "cross_sell_done": false,
        }),
    );
}

/// Version 2 brought what a search had missed, times offered to who waits for them, and the proof of a number. None of it was under way
/// in a thread of version 1, and what is not under way is not written: only the number is new.
fn from_1(_: &mut Map<String, Value>) {}

/// Version 3 brought what is suggested while a time is looked for, which no thread of version 2 waits to be answered.
fn from_2(_: &mut Map<String, Value>) {}

/// Version 4 marks a payment that a person looks at. One that a thread of version 3 waits for is not marked, and reads as one that is waited for.
fn from_3(_: &mut Map<String, Value>) {}

/// A stored thread can't be read.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// Not JSON, or not the shape of its version.
    #[error("the stored thread has not the shape of version {version}")]
    Shape {
        /// The version that it claims, or the current one where it claims none.
        version: u64,
        /// What is wrong.
        source: serde_json::Error,
    },
    /// No `graph_version`.
    #[error("the stored thread does not say its version")]
    NoVersion,
    /// Written by a newer release.
    #[error("the stored thread has version {found}, newer than {CURRENT}: run the newer release")]
    Newer {
        /// Its version.
        found: u64,
    },
}

impl Thread {
    /// Reads a stored thread of any released version.
    pub fn load(json: &str) -> Result<Self, LoadError> {
        let current = u64::from(CURRENT);
        let mut value: Map<String, Value> = serde_json::from_str(json)
            .map_err(|source| LoadError::Shape { version: current, source })?;
        let version =
            value.get("graph_version").and_then(Value::as_u64).ok_or(LoadError::NoVersion)?;
        if version > current {
            return Err(LoadError::Newer { found: version });
        }
        let done = usize::try_from(version).unwrap_or(UPGRADES.len());
        for (upgrade, becomes) in UPGRADES.iter().zip(1_u32..).skip(done) {
            upgrade(&mut value);
            value.insert("graph_version".to_owned(), json!(becomes));
        }
        serde_json::from_value(Value::Object(value))
            .map_err(|source| LoadError::Shape { version, source })
    }
}

#[cfg(test)]
mod tests {
    use super::super::event::Event;
    use super::super::world::{World, at, day, said, when};
    use super::*;
    use crate::domain::channel::ChannelKind;
    use crate::domain::dials::Upsell;
    use crate::domain::payment::FailureReason;
    use crate::domain::phone::Phone;
    use crate::language::understanding::{Intent, Slots};
    use crate::payments::news::PaymentNews;

    const TOMORROW_3PM: &str = "2026-11-24T15:00:00+03:00";
    const FRIDAY: &str = "2026-11-27T10:00:00+03:00";

    /// One stored thread a line, as version 4 writes them: every state and every driver.
    ///
    /// A line that changes means that threads stored yesterday are read differently: raise [`CURRENT`], write the upgrade, and add
    /// a file for the new version beside this one. Never edit a released one.
    const VERSION_4: &str = include_str!("snapshots/v4.jsonl");
    /// The same of version 3.
    const VERSION_3: &str = include_str!("snapshots/v3.jsonl");
    /// The same of version 2.
    const VERSION_2: &str = include_str!("snapshots/v2.jsonl");
    /// The same of version 1.
    const VERSION_1: &str = include_str!("snapshots/v1.jsonl");

    fn booked(mut w: World) -> World {
        w.book("Haircut", TOMORROW_3PM);
        w
    }

    fn paying() -> (World, crate::domain::id::PaymentId) {
        let mut w = World::barber();
        let (payment, _) = w.pay("Haircut", TOMORROW_3PM);
        (w, payment)
    }

    fn given() -> World {
        let mut w = World::barber();
        w.given("Haircut", TOMORROW_3PM, 500);
        w
    }

    /// A thread in every state and with every driver.
    fn gallery() -> Vec<Thread> {
        let act = |mut w: World, act: &dyn Fn(&mut World)| {
            act(&mut w);
            w.thread
        };
        let after = |news: PaymentNews| {
            let (mut w, payment) = paying();
            w.news(payment, news);
            w.thread
        };
        let bundle = |yes: usize| {
            let mut w = World::salon();
            let offer = w.slot(w.service("Pedicure"), None, at("2026-11-24T15:45:00+03:00"));
            w.cross_sell = Some(offer);
            w.book("Manicure", TOMORROW_3PM);
            (0..yes).for_each(|_| drop(w.bare(Intent::Affirm)));
            w.thread
        };
        let two = || {
            let mut w = given();
            w.given("Beard Trim", FRIDAY, 0);
            w
        };
        let admin = || Phone::from_provider("254700000001").unwrap();
        let amount = crate::domain::money::Money::whole(500, crate::domain::money::Currency::Kes);
        vec![
            Thread::fresh(),
            act(World::barber(), &|w| drop(w.says(Intent::Book, day("2026-11-24")))),
            act(World::barber(), &|w| {
                w.business.settings.asks_staff = true;
                w.book("Haircut", TOMORROW_3PM);
            }),
            act(World::barber(), &|w| {
                let services = vec![w.service("Haircut")];
                w.says(Intent::Book, Slots { services, ..day("2026-11-24") });
            }),
            act(booked(World::barber()), &|w| {
                w.wait(10);
                w.turn(Event::TimerFired { timer: super::super::event::TimerName::HoldExpires });
            }),
            act(World::barber(), &|w| {
                (w.channel, w.customer.phone) = (ChannelKind::Web, None);
                w.book("Haircut", TOMORROW_3PM);
            }),
            booked(World::barber()).thread,
            bundle(1),
            bundle(2),
            paying().0.thread,
            after(PaymentNews::Paid { receipt: None, amount }),
            after(PaymentNews::Failed { reason: FailureReason::InsufficientFunds }),
            after(PaymentNews::TimedOut),
            act(paying().0, &|w| drop(w.bare(Intent::Cancel))),
            act(World::dental(), &|w| {
                w.book("Cleaning", TOMORROW_3PM);
                w.bare(Intent::Affirm);
            }),
            act(two(), &|w| drop(w.bare(Intent::Cancel))),
            act(given(), &|w| drop(w.bare(Intent::Cancel))),
            act(given(), &|w| {
                w.bare(Intent::Cancel);
                w.bare(Intent::Affirm);
            }),
            act(two(), &|w| drop(w.says(Intent::Reschedule, when("2026-11-28T10:00:00+03:00")))),
            act(given(), &|w| drop(w.bare(Intent::Reschedule))),
            act(given(), &|w| drop(w.says(Intent::Reschedule, when(FRIDAY)))),
            act(given(), &|w| {
                w.says(Intent::Reschedule, when(FRIDAY));
                w.bare(Intent::Affirm);
            }),
            act(booked(World::barber()), &|w| drop(w.says(Intent::Cancel, day("2026-11-27")))),
            act(booked(World::barber()), &|w| drop(w.bare(Intent::Human))),
            act(World::barber(), &|w| drop(w.turn(Event::Engaged { admin: admin() }))),
            act(World::barber(), &|w| drop(w.turn(Event::OwnerSpoke { text: "hi".into() }))),
            act(World::barber(), &|w| {
                w.turn(Event::Engaged { admin: admin() });
                w.turn(Event::HandedBack);
            }),
        ]
        .into_iter()
        .chain(since_version_2())
        .chain([since_version_3(), since_version_4()])
        .collect()
    }

    /// What version 2 brought.
    fn since_version_2() -> [Thread; 3] {
        let act = |mut w: World, act: &dyn Fn(&mut World)| {
            act(&mut w);
            w.thread
        };
        [
            act(World::dental(), &|w| {
                w.real_calendar = true;
                let services = vec![w.service("Cleaning")];
                w.says(Intent::Book, Slots { services, ..day("2026-11-29") });
            }),
            act(World::barber(), &|w| {
                w.taken.push(at(TOMORROW_3PM));
                let slots = Slots {
                    services: vec![w.service("Haircut")],
                    notify: true,
                    ..when(TOMORROW_3PM)
                };
                let did = w.says(Intent::Book, slots);
                let wait = did.effects.iter().find_map(|effect| {
                    if let super::super::effect::Effect::Wait { wait } = effect {
                        Some(*wait)
                    } else {
                        None
                    }
                });
                let (wait, slot) =
                    (wait.unwrap(), w.slot(w.service("Haircut"), None, at(TOMORROW_3PM)));
                w.turn(Event::SlotOpened { wait, slot, quiet: false });
            }),
            act(World::barber(), &|w| {
                (w.channel, w.customer.phone) = (ChannelKind::Instagram, None);
                (w.phone_taken, w.can_prove) = (true, true);
                w.book("Haircut", TOMORROW_3PM);
                let phone = Phone::from_provider("254700111222").ok();
                w.says(Intent::Provide, Slots { phone, ..Slots::default() });
            }),
        ]
    }

    /// What version 3 brought.
    fn since_version_3() -> Thread {
        let mut w = World::salon();
        w.business.dials.upsell = Some(Upsell::SuggestDuringSlotCollection);
        let services = vec![w.service("Manicure")];
        w.says(Intent::Book, Slots { services, ..Slots::default() });
        w.thread
    }

    /// What version 4 brought.
    fn since_version_4() -> Thread {
        let (mut w, payment) = paying();
        w.news(payment, PaymentNews::UnderReview);
        w.thread
    }

    #[test]
    fn a_thread_of_versions_1_to_3_is_the_same_in_version_4() {
        for (version, stored) in [(1, VERSION_1), (2, VERSION_2), (3, VERSION_3)] {
            assert!(stored.lines().count() > 20);
            for stored in stored.lines() {
                let thread = Thread::load(stored).unwrap();
                let again = serde_json::to_string(&thread).unwrap();
                let was = format!("\"graph_version\":{version}");
                assert_eq!(again, stored.replacen(&was, "\"graph_version\":4", 1));
            }
        }
    }

    #[test]
    fn every_state_is_stored_as_version_4_wrote_it_and_reads_back() {
        let threads = gallery();
        let written: Vec<String> =
            threads.iter().map(|thread| serde_json::to_string(thread).unwrap()).collect();
        for (n, (line, stored)) in written.iter().zip(VERSION_4.lines()).enumerate() {
            assert_eq!(line, stored, "line {}", n + 1);
            assert_eq!(Thread::load(stored).unwrap(), threads[n]);
        }
        let unwritten = written.get(VERSION_4.lines().count()..);
        assert_eq!(unwritten, Some(&[][..]), "every thread has its line");
        let states: std::collections::BTreeSet<_> =
            threads.iter().map(Thread::state_name).collect();
        assert_eq!(states.len(), 21, "every named state is in the gallery");
        let drivers: std::collections::BTreeSet<_> =
            threads.iter().map(Thread::driver_name).collect();
        assert_eq!(drivers.len(), 4);
    }

    #[test]
    fn a_thread_of_the_pilot_is_brought_up_to_date() {
        let thread =
            Thread::load(r#"{"graph_version":0,"flow":{"state":"GREET"},"language":"sw"}"#)
                .unwrap();
        assert_eq!((thread.graph_version, thread.state_name()), (CURRENT, "GREET"));
        assert_eq!(thread.memory.language, Some(crate::domain::message::Language::Sw));
    }

    #[test]
    fn what_is_unknown_or_newer_is_refused_and_says_why() {
        let newer = Thread::load(r#"{"graph_version":99}"#).unwrap_err();
        assert!(newer.to_string().contains("99"), "{newer}");
        assert!(matches!(Thread::load("{}"), Err(LoadError::NoVersion)));
        assert!(matches!(Thread::load("not json"), Err(LoadError::Shape { .. })));
        let stored = serde_json::to_value(Thread::fresh()).unwrap();
        for place in ["", "/flow", "/memory"] {
            let mut changed = stored.clone();
            let object = changed.pointer_mut(place).and_then(Value::as_object_mut).unwrap();
            object.insert("surprise".into(), json!(1));
            let read = Thread::load(&changed.to_string());
            assert!(matches!(read, Err(LoadError::Shape { .. })), "{place}: {read:?}");
        }
    }

    #[test]
    fn a_driver_with_more_than_its_facts_is_refused() {
        for driver in [json!({ "AGENT_DRIVING": { "since": 1 } }), json!("NOBODY")] {
            let mut stored = serde_json::to_value(Thread::fresh()).unwrap();
            stored["driver"] = driver;
            assert!(Thread::load(&stored.to_string()).is_err());
        }
    }

    #[test]
    fn a_thread_between_two_steps_can_not_be_stored() {
        let w = World::barber();
        let ctx = super::super::event::StepCtx {
            now: w.now,
            mint: crate::domain::id::Mint { at: w.now, seed: 1 },
            business: &w.business,
            customer: &w.customer,
            capabilities: w.channel.capabilities(),
        };
        let event = Event::Heard { said: said(Intent::Cancel, Slots::default()) };
        let (thread, _) = super::super::step::step(w.thread.clone(), event, &ctx);
        assert!(serde_json::to_string(&thread).is_err());
    }
}
