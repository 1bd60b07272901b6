//! The one entrance: dispatches an event to the driver and the phase that it concerns, and closes the step.

use super::asking::{Asking, Mark, Then};
use super::effect::{Effect, Rejection, Signal};
use super::event::{Answer, Event, Said, StepCtx, TimerName};
use super::flow::{Flow, Upcoming};
use super::line::Line;
use super::thread::{Driver, Memory, Thread};
use super::turn::Turn;
use super::{
    agent, cancel, cross_sell, errand, find, handoff, inquiry, lapse, payment_news, phone, proof,
    reschedule, thinking, waitlist,
};
use crate::domain::appointment::Appointment;

/// More turns than this without progress, and a person is called (signal D6).
const STALLED_TURNS: u16 = 25;

/// Takes one step. Total and deterministic: it can't fail, wait, read a clock or draw chance, and a refusal is an effect.
///
/// A step that asks has the question as its last effect; the engine answers with [`Event::Answered`] in the same turn and
/// commits the effects of all its steps together when a step asks no more. Only that last step says something, once.
#[must_use]
pub fn step(thread: Thread, event: Event, ctx: &StepCtx<'_>) -> (Thread, Vec<Effect>) {
    let Thread { graph_version, driver, flow, memory } = thread;
    let began = flow.mark();
    if let Flow::Asking(asking) = flow {
        return resume(graph_version, driver, *asking, memory, event, ctx);
    }
    let mut t = Turn::new(ctx, memory);
    t.silent = is_human(&driver);
    let (driver, flow) = match event {
        Event::Heard { said } => {
            thinking::overtaken(&mut t);
            heard(driver, flow, &said, &mut t)
        }
        Event::Answered { .. } => {
            t.reject(Rejection::StaleAnswer);
            (driver, flow)
        }
        Event::Payment { payment, news } => {
            (driver, payment_news::news(flow, payment, news, &mut t))
        }
        Event::TimerFired { timer: TimerName::HoldExpires } => {
            t.silent = !is_agent(&driver);
            (driver, lapse::hold_expired(flow, &mut t))
        }
        Event::TimerFired { timer } => handoff::timer_fired(driver, flow, timer, &mut t),
        Event::SlotOpened { wait, slot, quiet } => {
            let may_ask = is_agent(&driver) && waitlist::gives_way(&flow, quiet);
            (driver, waitlist::opened(flow, may_ask, wait, slot, &mut t))
        }
        Event::WaitLapsed { wait } => (driver, waitlist::lapsed(flow, wait, &mut t)),
        Event::Engaged { admin } => (handoff::engaged(driver, admin, &mut t), flow),
        Event::AdminSaid { text } => {
            handoff::admin_said(&driver, text, &mut t);
            (driver, flow)
        }
        Event::OwnerSpoke { .. } => (handoff::owner_spoke(driver, &mut t), flow),
        Event::HandedBack => (handoff::handed_back(driver, &mut t), flow),
        Event::ToolFailed => call_person(driver, flow, Signal::ToolFailing, &mut t),
        Event::CostCeiling => call_person(driver, flow, Signal::TooCostly, &mut t),
        Event::Pondering { turn, said } => thinking::pondering(driver, flow, turn, &said, &mut t),
        Event::Thought { turn, thought } => thinking::thought(driver, flow, turn, thought, &mut t),
    };
    close(driver, flow, began, t)
}

/// Takes a turn up again that waits for an answer. Nothing else can come in between.
fn resume(
    graph_version: u32,
    driver: Driver,
    asking: Asking,
    memory: Memory,
    event: Event,
    ctx: &StepCtx<'_>,
) -> (Thread, Vec<Effect>) {
    let answer = match event {
        Event::Answered { answer } => answer,
        Event::Heard { .. }
        | Event::Payment { .. }
        | Event::TimerFired { .. }
        | Event::SlotOpened { .. }
        | Event::WaitLapsed { .. }
        | Event::Engaged { .. }
        | Event::AdminSaid { .. }
        | Event::OwnerSpoke { .. }
        | Event::HandedBack
        | Event::ToolFailed
        | Event::Pondering { .. }
        | Event::Thought { .. }
        | Event::CostCeiling => {
            let flow = Flow::Asking(Box::new(asking));
            let same = Thread { graph_version, driver, flow, memory };
            return (same, vec![Effect::Rejected { why: Rejection::Busy }]);
        }
    };
    let Asking { query, then, lines, began } = asking;
    let mut t = Turn::resume(ctx, memory, lines);
    t.silent = is_human(&driver);
    if let Answer::Slots { no_shows, .. } = &answer {
        t.no_shows = *no_shows;
    }
    match answered(then, answer, &mut t) {
        Ok(flow) => close(driver, flow, began, t),
        Err(then) => {
            let (flow, memory) = t.park(query, *then, began);
            let same = Thread { graph_version, driver, flow, memory };
            (same, vec![Effect::Rejected { why: Rejection::StaleAnswer }])
        }
    }
}

/// Closes a step; a turn that was one too many without progress calls a person.
fn close(driver: Driver, flow: Flow, began: Mark, mut t: Turn<'_>) -> (Thread, Vec<Effect>) {
    let asks = matches!(flow, Flow::Asking(_));
    let stands_still = !asks && flow.mark() == began && t.memory.stalled > STALLED_TURNS;
    let driver = if stands_still && is_agent(&driver) {
        handoff::suspend(Signal::NoProgress, &flow, &mut t)
    } else {
        driver
    };
    t.finish(driver, flow, began)
}

fn is_human(driver: &Driver) -> bool {
    match driver {
        Driver::HumanDriving { .. } => true,
        Driver::AgentDriving | Driver::SuspendedForHuman | Driver::ResumedByAgent { .. } => false,
    }
}

pub(super) fn is_agent(driver: &Driver) -> bool {
    match driver {
        Driver::AgentDriving | Driver::ResumedByAgent { .. } => true,
        Driver::SuspendedForHuman | Driver::HumanDriving { .. } => false,
    }
}

pub(super) fn heard(driver: Driver, flow: Flow, said: &Said, t: &mut Turn<'_>) -> (Driver, Flow) {
    match driver {
        Driver::AgentDriving => agent::heard(flow, said, t),
        Driver::ResumedByAgent { told } => {
            if !told {
                t.say(Line::AgentResumed);
            }
            agent::heard(flow, said, t)
        }
        Driver::SuspendedForHuman => {
            handoff::waiting_heard(said, t);
            (Driver::SuspendedForHuman, flow)
        }
        Driver::HumanDriving { admin } => {
            handoff::driving_heard(admin.as_ref(), said, t);
            (Driver::HumanDriving { admin }, flow)
        }
    }
}

/// Something that no message says calls a person.
fn call_person(driver: Driver, flow: Flow, signal: Signal, t: &mut Turn<'_>) -> (Driver, Flow) {
    if is_agent(&driver) {
        (handoff::suspend(signal, &flow, t), flow)
    } else {
        t.reject(Rejection::AlreadyEngaged);
        (driver, flow)
    }
}

/// Goes on where the turn had stopped to ask; an answer to another question gives the matter back.
fn answered(then: Then, answer: Answer, t: &mut Turn<'_>) -> Result<Flow, Box<Then>> {
    let flow = match (then, answer) {
        (Then::Find(hunt), Answer::Slots { found, .. }) => find::found(hunt, found, t),
        (Then::OfferNamedSecond { first, service, wish, until }, Answer::Slots { found, .. }) => {
            cross_sell::named_second_found(first, service, found, wish, until, t)
        }
        (Then::TakeSecond { first, service, wish, until }, Answer::Slots { found, .. }) => {
            cross_sell::take_second(first, service, &found, wish, until, t)
        }
        (Then::Phone { phone, hunt }, Answer::PhoneOwner { taken, can_prove }) => {
            phone::answered(phone, taken, can_prove, hunt, t)
        }
        (Then::Prove { phone, back }, Answer::PhoneOwner { taken, can_prove }) => {
            proof::owner_known(phone, taken, can_prove, back, t)
        }
        (Then::Code { phone, back }, Answer::CodeChecked { verdict }) => {
            proof::checked(phone, verdict, back, t)
        }
        (Then::OfferSecond { first, wish, until }, Answer::CrossSell { offer }) => {
            cross_sell::second_found(first, offer, wish, until, t)
        }
        (Then::Errand(errand), Answer::MyAppointments { upcoming }) => {
            errand::resolve(errand, list(&upcoming), t)
        }
        (Then::Correct { slots }, Answer::MyAppointments { upcoming }) => {
            errand::corrected(slots, list(&upcoming), t)
        }
        (Then::Cancel { booking, refund }, Answer::MyAppointments { upcoming }) => {
            cancel::confirmed(booking, refund, &list(&upcoming), t)
        }
        (Then::Move { old, new }, Answer::MyAppointments { upcoming }) => {
            reschedule::confirmed(old, new, &list(&upcoming), t)
        }
        (Then::ShowBookings { back }, Answer::MyAppointments { upcoming }) => {
            inquiry::show_bookings(back, &list(&upcoming), t)
        }
        (Then::AnswerQuestion { back, question }, Answer::Knowledge { snippets, shape }) => {
            inquiry::answer_question(back, question, &snippets, shape, t)
        }
        (
            Then::LateMoney { back, payment, receipt, amount, appointments },
            Answer::StillFree { free, unpaid },
        ) => {
            let standing = payment_news::Standing::of(free, unpaid);
            payment_news::late_money(back, payment, (receipt, amount), appointments, standing, t)
        }
        (
            other @ (Then::Find(_)
            | Then::OfferNamedSecond { .. }
            | Then::TakeSecond { .. }
            | Then::Phone { .. }
            | Then::Prove { .. }
            | Then::Code { .. }
            | Then::OfferSecond { .. }
            | Then::Errand(_)
            | Then::Correct { .. }
            | Then::Cancel { .. }
            | Then::Move { .. }
            | Then::ShowBookings { .. }
            | Then::AnswerQuestion { .. }
            | Then::LateMoney { .. }),
            Answer::Slots { .. }
            | Answer::PhoneOwner { .. }
            | Answer::CodeChecked { .. }
            | Answer::CrossSell { .. }
            | Answer::MyAppointments { .. }
            | Answer::Knowledge { .. }
            | Answer::StillFree { .. },
        ) => return Err(Box::new(other)),
    };
    Ok(flow)
}

fn list(upcoming: &[Appointment]) -> Vec<Upcoming> {
    upcoming.iter().map(Upcoming::from).collect()
}
