//! People: when the machine falls silent, who speaks instead, and how it comes back.

use super::effect::{AdminNote, Effect, Fact, Rejection, Signal};
use super::event::{Medium, Said, TimerName};
use super::flow::Flow;
use super::line::Line;
use super::thread::Driver;
use super::turn::Turn;
use crate::domain::phone::Phone;
use crate::language::understanding::{Intent, Tripwire};

/// The deadlines of a thread that nobody has engaged.
const WAITING: [TimerName; 3] =
    [TimerName::HandoffRemind, TimerName::HandoffApologise, TimerName::HandoffGiveUp];

/// Falls silent and pages the admins. The flow stays where it is.
pub(super) fn suspend(signal: Signal, flow: &Flow, t: &mut Turn<'_>) -> Driver {
    let times = t.business().settings.handoff;
    t.write(Effect::PageAdmins { signal, doing: doing(flow, t) });
    let minutes = [times.remind_min, times.apologise_min, times.give_up_min];
    for (timer, minutes) in WAITING.into_iter().zip(minutes) {
        let at = t.in_minutes(minutes);
        t.write(Effect::Arm { timer, at });
    }
    t.say(Line::HandingOver);
    t.memory.unclear = 0;
    t.memory.negative = 0;
    t.memory.stalled = 0;
    Driver::SuspendedForHuman
}

/// What the customer was doing, for the admins: the service that it was about, where one is known.
fn doing(flow: &Flow, t: &Turn<'_>) -> String {
    let service = flow.draft().service.and_then(|id| t.business().catalogue.service(id));
    service.map_or_else(String::new, |service| {
        service.name.in_language(t.business().tenant.locale).to_owned()
    })
}

/// A message while nobody has come yet: it is in the log for whoever comes; only an emergency is answered.
pub(super) fn waiting_heard(said: &Said, t: &mut Turn<'_>) {
    let trips = &said.understanding.tripwires;
    if trips.contains(&Tripwire::MedicalEmergency) || trips.contains(&Tripwire::SelfHarm) {
        t.say(Line::EmergencyAdvice);
    } else if said.understanding.intent == Intent::Stop {
        t.write(Effect::Remember { fact: Fact::OptedOut });
    } else {
        t.reject(Rejection::NothingToSay);
    }
}

/// A message while a person drives: passed on to the admin. An owner on their own phone has it already.
pub(super) fn driving_heard(admin: Option<&Phone>, said: &Said, t: &mut Turn<'_>) {
    if said.understanding.intent == Intent::Stop {
        t.write(Effect::Remember { fact: Fact::OptedOut });
    }
    match admin {
        Some(_) if said.medium == Medium::Reaction => t.reject(Rejection::NothingToSay),
        Some(admin) => {
            let text = if said.text.is_empty() {
                label(said.medium).to_owned()
            } else {
                said.text.clone()
            };
            t.write(Effect::RelayToAdmin { admin: admin.clone(), text });
            rearm_idle(t);
        }
        None => rearm_idle(t),
    }
}

/// What an admin reads in place of something without words.
fn label(medium: Medium) -> &'static str {
    match medium {
        Medium::Text | Medium::Tap => "[empty message]",
        Medium::Audio => "[voice note]",
        Medium::Image => "[picture]",
        Medium::Attachment => "[file or sticker]",
        Medium::Location => "[location]",
        Medium::Contact => "[contact card]",
        Medium::Reaction => "[reaction]",
        Medium::Unsupported => "[unknown message]",
    }
}

fn rearm_idle(t: &mut Turn<'_>) {
    let at = t.in_minutes(t.business().settings.handoff.idle_min);
    t.write(Effect::Arm { timer: TimerName::HandoffIdle, at });
}

fn disarm_waiting(t: &mut Turn<'_>) {
    for timer in WAITING {
        t.write(Effect::Disarm { timer });
    }
}

/// An admin engages: the first has it.
pub(super) fn engaged(driver: Driver, admin: Phone, t: &mut Turn<'_>) -> Driver {
    match driver {
        Driver::HumanDriving { admin: Some(_) } => {
            t.reject(Rejection::AlreadyEngaged);
            return driver;
        }
        // They had answered from their own phone before: nothing new for the customer.
        Driver::HumanDriving { admin: None } => {}
        Driver::SuspendedForHuman => {
            disarm_waiting(t);
            t.say(Line::PersonJoined);
        }
        Driver::AgentDriving | Driver::ResumedByAgent { .. } => t.say(Line::PersonJoined),
    }
    rearm_idle(t);
    t.write(Effect::TellAdmins { note: AdminNote::EngagedBy { admin: admin.clone() } });
    Driver::HumanDriving { admin: Some(admin) }
}

/// An admin writes to the customer through us.
pub(super) fn admin_said(driver: &Driver, text: String, t: &mut Turn<'_>) {
    match driver {
        Driver::HumanDriving { .. } => {
            t.write(Effect::RelayToCustomer { text });
            rearm_idle(t);
        }
        Driver::AgentDriving | Driver::SuspendedForHuman | Driver::ResumedByAgent { .. } => {
            t.reject(Rejection::NotEngaged);
        }
    }
}

/// The owner answered from their own phone: from here on the machine is silent.
pub(super) fn owner_spoke(driver: Driver, t: &mut Turn<'_>) -> Driver {
    rearm_idle(t);
    match driver {
        Driver::HumanDriving { admin } => Driver::HumanDriving { admin },
        Driver::SuspendedForHuman => {
            disarm_waiting(t);
            Driver::HumanDriving { admin: None }
        }
        Driver::AgentDriving | Driver::ResumedByAgent { .. } => {
            Driver::HumanDriving { admin: None }
        }
    }
}

/// Given back to the machine, which speaks again at the customer's next message.
pub(super) fn handed_back(driver: Driver, t: &mut Turn<'_>) -> Driver {
    match driver {
        Driver::SuspendedForHuman => disarm_waiting(t),
        Driver::HumanDriving { .. } => t.write(Effect::Disarm { timer: TimerName::HandoffIdle }),
        Driver::AgentDriving | Driver::ResumedByAgent { .. } => {
            t.reject(Rejection::NotEngaged);
            return driver;
        }
    }
    t.write(Effect::TellAdmins { note: AdminNote::HandedBack });
    Driver::ResumedByAgent { told: false }
}

/// A deadline of the hand-over.
pub(super) fn timer_fired(
    driver: Driver,
    flow: Flow,
    timer: TimerName,
    t: &mut Turn<'_>,
) -> (Driver, Flow) {
    match (driver, timer) {
        (Driver::SuspendedForHuman, TimerName::HandoffRemind) => {
            t.write(Effect::TellAdmins { note: AdminNote::StillWaiting });
            (Driver::SuspendedForHuman, flow)
        }
        (Driver::SuspendedForHuman, TimerName::HandoffApologise) => {
            t.say(Line::HandoffApology);
            (Driver::SuspendedForHuman, flow)
        }
        (Driver::SuspendedForHuman, TimerName::HandoffGiveUp) => {
            t.write(Effect::TellAdmins { note: AdminNote::GaveUp });
            t.say(Line::HandoffGaveUp);
            (Driver::ResumedByAgent { told: true }, flow.repeat(t))
        }
        (Driver::HumanDriving { .. }, TimerName::HandoffIdle) => {
            t.write(Effect::TellAdmins { note: AdminNote::GaveUp });
            (Driver::ResumedByAgent { told: false }, flow)
        }
        (
            same @ (Driver::AgentDriving
            | Driver::SuspendedForHuman
            | Driver::HumanDriving { .. }
            | Driver::ResumedByAgent { .. }),
            TimerName::HoldExpires
            | TimerName::HandoffRemind
            | TimerName::HandoffApologise
            | TimerName::HandoffGiveUp
            | TimerName::HandoffIdle,
        ) => {
            t.reject(Rejection::StaleTimer);
            (same, flow)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::event::Event;
    use super::super::world::{World, said};
    use super::*;
    use crate::domain::money::{Currency, Money};
    use crate::language::understanding::Slots;
    use crate::payments::news::PaymentNews;

    const TOMORROW_3PM: &str = "2026-11-24T15:00:00+03:00";

    fn admin() -> Phone {
        Phone::from_provider("254700000001").unwrap()
    }

    fn words(text: &str) -> Event {
        let mut said = said(Intent::Other, Slots::default());
        text.clone_into(&mut said.text);
        Event::Heard { said }
    }

    fn driven() -> World {
        let mut w = World::barber();
        w.book("Haircut", TOMORROW_3PM);
        w.bare(Intent::Human);
        w.turn(Event::Engaged { admin: admin() });
        w
    }

    #[test]
    fn a_suspended_thread_is_silent_until_somebody_comes_or_time_runs_out() {
        let mut w = World::barber();
        w.bare(Intent::Human);
        assert!(w.bare(Intent::Book).lines.is_empty());
        let fire = |w: &mut World, timer| w.turn(Event::TimerFired { timer });
        let did = fire(&mut w, TimerName::HandoffRemind);
        assert_eq!(did.effects, [Effect::TellAdmins { note: AdminNote::StillWaiting }]);
        assert_eq!(fire(&mut w, TimerName::HandoffApologise).lines, [Line::HandoffApology]);
        assert_eq!(fire(&mut w, TimerName::HandoffGiveUp).lines, [Line::HandoffGaveUp]);
        assert_eq!(w.thread.driver_name(), "RESUMED_BY_AGENT");
        let did = w.bare(Intent::Hours);
        assert_eq!(did.lines, [Line::OpeningHours { day: None }], "told already");
        assert_eq!(w.thread.driver_name(), "AGENT_DRIVING");
    }

    #[test]
    fn the_first_to_engage_has_it() {
        let mut w = World::barber();
        w.bare(Intent::Human);
        let did = w.turn(Event::Engaged { admin: admin() });
        assert_eq!(
            (w.thread.driver_name(), &did.lines),
            ("HUMAN_DRIVING", &vec![Line::PersonJoined])
        );
        assert!(did.has(&Effect::Disarm { timer: TimerName::HandoffGiveUp }));
        let other = Phone::from_provider("254700000009").unwrap();
        let did = w.turn(Event::Engaged { admin: other });
        assert_eq!(did.effects, [Effect::Rejected { why: Rejection::AlreadyEngaged }]);
    }

    #[test]
    fn words_pass_both_ways_verbatim_and_the_agent_is_silent() {
        let mut w = driven();
        let did = w.turn(words("mko wapi?"));
        assert!(did.has(&Effect::RelayToAdmin { admin: admin(), text: "mko wapi?".into() }));
        assert!(did.lines.is_empty());
        assert!(
            did.effects
                .iter()
                .any(|e| matches!(e, Effect::Arm { timer: TimerName::HandoffIdle, .. }))
        );
        let did = w.turn(Event::AdminSaid { text: "Tuko Kilimani".into() });
        assert!(did.has(&Effect::RelayToCustomer { text: "Tuko Kilimani".into() }));
    }

    #[test]
    fn an_admin_who_has_not_engaged_can_not_speak_through_us() {
        let mut w = World::barber();
        let did = w.turn(Event::AdminSaid { text: "hi".into() });
        assert_eq!(did.effects, [Effect::Rejected { why: Rejection::NotEngaged }]);
    }

    #[test]
    fn handed_back_the_agent_says_so_once_and_goes_on_where_it_was() {
        let mut w = driven();
        let did = w.turn(Event::HandedBack);
        assert!(did.lines.is_empty());
        assert_eq!((w.state(), w.thread.driver_name()), ("CONFIRM", "RESUMED_BY_AGENT"));
        let did = w.bare(Intent::Thanks);
        assert!(matches!(
            did.lines.as_slice(),
            [Line::AgentResumed, Line::YoureWelcome, Line::BackToIt, Line::ConfirmBooking { .. }]
        ));
        assert_eq!(w.thread.driver_name(), "AGENT_DRIVING");
        let did = w.turn(Event::HandedBack);
        assert_eq!(did.effects, [Effect::Rejected { why: Rejection::NotEngaged }]);
    }

    #[test]
    fn an_owner_on_their_own_phone_takes_over_without_a_word() {
        let mut w = World::barber();
        let did = w.turn(Event::OwnerSpoke { text: "Sawa, karibu".into() });
        assert_eq!((w.thread.driver_name(), did.lines.len()), ("HUMAN_DRIVING", 0));
        let did = w.turn(words("asante"));
        assert!(did.lines.is_empty());
        assert!(!did.effects.iter().any(|e| matches!(e, Effect::RelayToAdmin { .. })));
        let did = w.turn(Event::TimerFired { timer: TimerName::HandoffIdle });
        assert!(did.has(&Effect::TellAdmins { note: AdminNote::GaveUp }));
        assert_eq!(w.thread.driver_name(), "RESUMED_BY_AGENT");
    }

    #[test]
    fn a_payment_settles_while_a_person_drives_and_the_agent_stays_silent() {
        let mut w = World::barber();
        let (payment, _) = w.pay("Haircut", TOMORROW_3PM);
        w.turn(Event::OwnerSpoke { text: "hi".into() });
        let amount = Money::whole(500, Currency::Kes);
        let did = w.news(payment, PaymentNews::Paid { receipt: None, amount });
        assert_eq!((w.state(), did.lines.len()), ("PAYMENT_CONFIRMED", 0));
        assert!(did.effects.iter().any(|e| matches!(e, Effect::Confirm { .. })));
    }

    #[test]
    fn a_payment_is_told_while_nobody_has_come_yet() {
        let mut w = World::barber();
        let (payment, _) = w.pay("Haircut", TOMORROW_3PM);
        w.bare(Intent::Human);
        let amount = Money::whole(500, Currency::Kes);
        let did = w.news(payment, PaymentNews::Paid { receipt: None, amount });
        assert!(matches!(did.lines.as_slice(), [Line::PaidAndBooked { .. }]));
    }

    #[test]
    fn deadlines_of_a_hand_over_that_is_over_are_stale() {
        let mut w = World::barber();
        for timer in [TimerName::HandoffRemind, TimerName::HandoffGiveUp, TimerName::HandoffIdle] {
            let before = w.thread.clone();
            let did = w.turn(Event::TimerFired { timer });
            assert_eq!(did.effects, [Effect::Rejected { why: Rejection::StaleTimer }]);
            assert_eq!(w.thread, before);
        }
    }
}
