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

/// What the customer was doing, for the admins: the state, and the service where one is known.
fn doing(flow: &Flow, t: &Turn<'_>) -> String {
    let service = flow.draft().service.and_then(|id| t.business().catalogue.service(id));
    match service {
        Some(service) => format!("{}, {}", flow.state_name(), service.name.en),
        None => flow.state_name().to_owned(),
    }
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
