//! Finding a time, for a new booking and for a move alike: what is known becomes a question to the calendar, and its answer a hold or offers.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::asking::{Goal, Hunt, Then};
use super::cross_sell;
use super::effect::{Effect, Query};
use super::event::TimerName;
use super::flow::{Asked, Flow, Held, Search, Wish};
use super::heard::Heard;
use super::line::Line;
use super::pending::confirm_line;
use super::reschedule;
use super::turn::Turn;
use super::upsell;
use super::waitlist;
use crate::domain::appointment::{Appointment, AppointmentStatus};
use crate::domain::channel::Tier;
use crate::domain::money::Money;
use crate::domain::time::MinuteOfDay;
use crate::domain::wait::WaitStatus;
use crate::language::understanding::{DateMention, DayPart, Slots, TimeMention};
use crate::scheduling::slot::{Found, Slot, SlotQuery, Wish as When};

/// How many days are looked at when a time of day was named without a day, or any day will do.
const DAYS_AHEAD: i64 = 6;
/// How many days somebody waits who named none.
const DAYS_WAITED: i64 = 13;

/// What is known, as something to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Next {
    AskWhen,
    AskDay(MinuteOfDay),
    AskWhichTime(Vec<MinuteOfDay>),
    Look(When),
}

/// Goes on with a search: asks what is missing, or looks.
pub(super) fn hunt(mut hunt: Hunt, t: &mut Turn<'_>) -> Flow {
    let asked = match next(&hunt.wish, t) {
        Next::AskWhen => Asked::When {},
        Next::AskDay(minute) => Asked::Day { minute },
        Next::AskWhichTime(readings) => Asked::WhichTime { readings },
        Next::Look(when) => {
            let query = SlotQuery {
                service: hunt.goal.service(),
                staff: hunt.with.or_else(|| hunt.wish.named_staff()),
                wish: when,
                ignoring: match &hunt.goal {
                    Goal::Book(_) => None,
                    Goal::Move(old) => Some(old.id),
                },
                skip: hunt.skip,
            };
            return t.ask(Query::Slots { query }, Then::Find(hunt));
        }
    };
    if matches!(asked, Asked::When {} | Asked::Day { .. }) {
        upsell::suggest(&hunt.goal, &mut hunt.wish, t);
    }
    collect(hunt.goal, hunt.wish, asked, t)
}

/// The calendar has answered.
pub(super) fn found(mut hunt: Hunt, found: Found, t: &mut Turn<'_>) -> Flow {
    match found {
        Found::Free { slot } => take(hunt, slot, t),
        Found::NotFree { why, nearest } => {
            if hunt.picked || hunt.agreed.is_some() {
                t.say(Line::SlotGone);
                waitlist::lost(&hunt, t);
            } else if let Some(wished) = exact(&hunt.wish, &t.business().tenant.zone) {
                let staff = hunt.wish.named_staff();
                t.say(Line::NotFree { wished, why, staff });
            }
            offer(hunt, nearest, false, t)
        }
        Found::Offers { slots, more } => {
            if !slots.is_empty() && !hunt.notify {
                upsell::suggest(&hunt.goal, &mut hunt.wish, t);
            }
            offer(hunt, slots, more, t)
        }
    }
}

/// "More": others than those shown. After a time that was not free, others of its day.
pub(super) fn more(goal: Goal, search: Search, t: &mut Turn<'_>) -> Flow {
    let Search { mut wish, asked, .. } = search;
    let skip = match &asked {
        Asked::Offers { slots, more: true, skip, .. } => {
            skip.saturating_add(u16::try_from(slots.len()).unwrap_or(u16::MAX))
        }
        Asked::Offers { more: false, .. }
        | Asked::When {}
        | Asked::Day { .. }
        | Asked::WhichTime { .. }
        | Asked::Lapsed { .. }
        | Asked::Freed { .. } => {
            wish.date = wish.date.or(Some(DateMention::Any));
            wish.time = None;
            0
        }
    };
    hunt(Hunt { skip, ..Hunt::new(goal, wish) }, t)
}

/// Adds what a message says to what is known; what it says again replaces.
pub(super) fn merged(mut wish: Wish, slots: &Slots, zone: &TimeZone) -> Wish {
    if let Some(start) = slots.start {
        let or = match slots.date {
            Some(DateMention::On { or, .. }) => or,
            Some(DateMention::Within { .. } | DateMention::Any) | None => None,
        };
        set_exact(&mut wish, start, or, zone);
    } else {
        wish.date = slots.date.or(wish.date);
        wish.time = slots.time.clone().or(wish.time);
    }
    wish.staff = slots.staff.or(wish.staff);
    if let [_, also @ ..] = slots.services.as_slice() {
        wish.also = also.to_vec();
    }
    wish.phone = slots.phone.clone().or(wish.phone);
    wish.rail = slots.rail.or(wish.rail);
    wish
}

/// A hunt for what a message asks: a picked time is that very time, whatever was known.
pub(super) fn hunt_for(goal: Goal, wish: Wish, heard: &Heard, t: &Turn<'_>) -> Hunt {
    let zone = &t.business().tenant.zone;
    let mut hunt = Hunt::new(goal, merged(wish, &heard.slots, zone));
    hunt.notify = heard.slots.notify;
    if let Some((service, staff, start)) = heard.picked_slot() {
        set_exact(&mut hunt.wish, start, None, zone);
        hunt.with = Some(staff);
        hunt.picked = true;
        hunt.goal = match goal {
            Goal::Book(_) => Goal::Book(service),
            Goal::Move(old) => Goal::Move(old),
        };
    }
    hunt
}

/// The exact moment that is wished, when day and time are known.
pub(super) fn exact(wish: &Wish, zone: &TimeZone) -> Option<Timestamp> {
    match (wish.day()?, wish.time.as_ref()?) {
        (day, TimeMention::At { minute, .. }) => Some(minute.on(day, zone)),
        (
            _,
            TimeMention::Unclear { .. }
            | TimeMention::Part { .. }
            | TimeMention::Between { .. }
            | TimeMention::Any,
        ) => None,
    }
}

/// The days and minutes of a wish that could not be had, as somebody waits for them: those that were said, else two weeks at any time.
pub(super) fn span(wish: &Wish, t: &Turn<'_>) -> (Date, Date, MinuteOfDay, MinuteOfDay) {
    let zone = &t.business().tenant.zone;
    let today = t.ctx.now.to_zoned(zone.clone()).date();
    let (from, to) = (today, today.saturating_add(DAYS_WAITED.days()));
    match next(wish, t) {
        Next::Look(When::At { start }) => {
            let local = start.to_zoned(zone.clone());
            let minute = MinuteOfDay::of(local.time());
            (local.date(), local.date(), minute, just_after(minute))
        }
        Next::Look(When::Between { from, to, after, before }) => (from, to, after, before),
        Next::AskDay(minute) => (from, to, minute, just_after(minute)),
        Next::Look(When::Soonest) | Next::AskWhen | Next::AskWhichTime(_) => {
            (from, to, MinuteOfDay::START, MinuteOfDay::END)
        }
    }
}

/// What the wish comes to.
fn next(wish: &Wish, t: &Turn<'_>) -> Next {
    let zone = &t.business().tenant.zone;
    let today = t.ctx.now.to_zoned(zone.clone()).date();
    let ahead = today.saturating_add(DAYS_AHEAD.days());
    if let Some(TimeMention::Unclear { readings }) = &wish.time {
        return Next::AskWhichTime(readings.clone());
    }
    let (from, to) = match wish.date {
        Some(DateMention::On { date, .. }) => (date, date),
        Some(DateMention::Within { from, to }) => (from, to),
        Some(DateMention::Any) => (today, ahead),
        None => match &wish.time {
            None | Some(TimeMention::Unclear { .. }) => return Next::AskWhen,
            Some(TimeMention::At { minute, .. }) => return Next::AskDay(*minute),
            Some(TimeMention::Any) => return Next::Look(When::Soonest),
            Some(TimeMention::Part { .. } | TimeMention::Between { .. }) => (today, ahead),
        },
    };
    let (after, before) = match &wish.time {
        Some(TimeMention::Any) if wish.date == Some(DateMention::Any) => {
            return Next::Look(When::Soonest);
        }
        None | Some(TimeMention::Unclear { .. } | TimeMention::Any) => {
            (MinuteOfDay::START, MinuteOfDay::END)
        }
        Some(TimeMention::At { minute, .. }) => {
            if from == to {
                return Next::Look(When::At { start: minute.on(from, zone) });
            }
            (*minute, just_after(*minute))
        }
        Some(TimeMention::Part { part }) => hours_of(*part),
        Some(TimeMention::Between { from, to }) => (*from, *to),
    };
    Next::Look(When::Between { from, to, after, before })
}

/// The minute after, or midnight.
fn just_after(minute: MinuteOfDay) -> MinuteOfDay {
    MinuteOfDay::new(minute.minutes() + 1).unwrap_or(MinuteOfDay::END)
}

/// When a part of the day begins, and when it is too late to start in it. Opening hours narrow it further.
fn hours_of(part: DayPart) -> (MinuteOfDay, MinuteOfDay) {
    let (from, to) = match part {
        DayPart::Morning => (5, 12),
        DayPart::Midday => (11, 15),
        DayPart::Afternoon => (12, 17),
        DayPart::Evening => (16, 20),
        DayPart::Night => (19, 24),
    };
    let hour = |h| MinuteOfDay::hm(h, 0).unwrap_or(MinuteOfDay::END);
    (hour(from), hour(to))
}

/// The part of day that is wished, for the words of an offer.
fn part_of(wish: &Wish) -> Option<DayPart> {
    match wish.time.as_ref()? {
        TimeMention::Part { part } => Some(*part),
        TimeMention::At { .. }
        | TimeMention::Unclear { .. }
        | TimeMention::Between { .. }
        | TimeMention::Any => None,
    }
}

/// Makes the wish the exact moment.
pub(super) fn set_exact(wish: &mut Wish, start: Timestamp, or: Option<Date>, zone: &TimeZone) {
    let local = start.to_zoned(zone.clone());
    wish.date = Some(DateMention::On { date: local.date(), or });
    wish.time = Some(TimeMention::At { minute: MinuteOfDay::of(local.time()), about: false });
}

/// Asks something about the time, and waits for it.
pub(super) fn collect(goal: Goal, wish: Wish, asked: Asked, t: &mut Turn<'_>) -> Flow {
    ask(goal, Search { wish, asked, missed: None }, t)
}

fn ask(goal: Goal, search: Search, t: &mut Turn<'_>) -> Flow {
    let flow = match goal {
        Goal::Book(service) => Flow::CollectSlot { service, search },
        Goal::Move(old) => Flow::RescheduleSlot { old, search },
    };
    flow.repeat_plainly(t)
}

/// Offers times; where there are none, asks for another.
fn offer(hunt: Hunt, slots: Vec<Slot>, more: bool, t: &mut Turn<'_>) -> Flow {
    let Hunt { goal, mut wish, skip, notify, .. } = hunt;
    if let (true, Goal::Book(service)) = (notify, goal) {
        return waitlist::join(service, &wish, t);
    }
    let mut missed = None;
    let asked = if slots.is_empty() {
        t.say(match goal {
            Goal::Book(_) => Line::NothingFree,
            // A move is not waited for: the booking stands meanwhile.
            Goal::Move(_) => Line::OfferSlots { slots: Vec::new(), more: false, part: None },
        });
        missed = Some(wish.clone());
        // What led nowhere is forgotten, so that the next answer is not read together with it.
        wish.date = None;
        wish.time = None;
        Asked::When {}
    } else {
        let part = part_of(&wish);
        Asked::Offers { slots, more, skip, part }
    };
    ask(goal, Search { wish, asked, missed }, t)
}

/// The moment is free: take it, unless a phone number is needed first.
fn take(hunt: Hunt, slot: Slot, t: &mut Turn<'_>) -> Flow {
    let Hunt { goal, mut wish, agreed, wait, .. } = hunt;
    wish.suggested = None;
    let or = match wish.date {
        Some(DateMention::On { or, .. }) => or,
        Some(DateMention::Within { .. } | DateMention::Any) | None => None,
    };
    set_exact(&mut wish, slot.window.start, or, &t.business().tenant.zone);
    match goal {
        Goal::Book(id) => {
            let Some(service) = t.bookable(id) else {
                return super::booking::no_such_service(wish, t);
            };
            let due = t.due_for(service);
            if needs_phone(due, t) {
                let Some(phone) = wish.phone.clone() else {
                    t.say(Line::AskPhone);
                    return Flow::CollectPhone { slot, wish };
                };
                let hunt = Hunt { with: Some(slot.staff), agreed, ..Hunt::new(goal, wish) };
                return t
                    .ask(Query::PhoneOwner { phone: phone.clone() }, Then::Phone { phone, hunt });
            }
            let (held, until) = hold(slot, service.price, due, t);
            if let Some(wait) = wait {
                t.write(Effect::SettleWait { wait, slot, status: WaitStatus::Taken });
            }
            if agreed.is_some_and(|(was, price)| same_visit(&was, &slot) && price == service.price)
            {
                return cross_sell::agree(held, wish, until, t);
            }
            if let Some(&next) = wish.also.first() {
                t.say(Line::OneThenTheOther { next });
            }
            if t.due_is_raised(service) {
                t.say(Line::NoShowDeposit);
            }
            t.say(confirm_line(&held, &wish, t.business()));
            Flow::Confirm { held, wish, until }
        }
        Goal::Move(old) => {
            if same_visit(&old.slot, &slot) {
                t.say(Line::KeptBooking { slot: old.slot });
                return Flow::Greet {};
            }
            let due = Money::zero(old.price.currency);
            let (new, until) = if reschedule::share_time(&old.slot, &slot) {
                let until = hold_until(t);
                (Held { id: t.mint(), slot, price: old.price, due }, until)
            } else {
                hold(slot, old.price, due, t)
            };
            if agreed.is_some_and(|(was, _)| same_visit(&was, &slot)) {
                return reschedule::agree(old, new, t);
            }
            Flow::RescheduleConfirm { old, new, wish, until }.repeat_plainly(t)
        }
    }
}

/// The same as far as the customer can tell; the chair may be another.
fn same_visit(a: &Slot, b: &Slot) -> bool {
    (a.service, a.staff, a.window) == (b.service, b.staff, b.window)
}

/// Whether the customer's number has to be asked for before anything is held for them.
///
/// Where money is due it is needed to be charged; else only channels that never bring one ask, and only if the tenant wants it.
fn needs_phone(due: Money, t: &Turn<'_>) -> bool {
    let wanted = due.is_positive()
        || (t.ctx.capabilities.tier == Tier::Two && t.business().settings.asks_phone);
    wanted && t.known_phone().is_none()
}

/// Holds a slot for the time that the customer has to answer.
fn hold(slot: Slot, price: Money, due: Money, t: &mut Turn<'_>) -> (Held, Timestamp) {
    let held = Held { id: t.mint(), slot, price, due };
    let until = t.in_minutes(t.business().settings.hold_min);
    let appointment = appointment(&held, until, t);
    t.write(Effect::Hold { appointments: vec![appointment] });
    t.write(Effect::Arm { timer: TimerName::HoldExpires, at: until });
    (held, until)
}

/// The same time to answer where nothing can be held.
fn hold_until(t: &mut Turn<'_>) -> Timestamp {
    let until = t.in_minutes(t.business().settings.hold_min);
    t.write(Effect::Arm { timer: TimerName::HoldExpires, at: until });
    until
}

/// The row of a held visit. The engine fills in the thread.
pub(super) fn appointment(held: &Held, until: Timestamp, t: &Turn<'_>) -> Appointment {
    Appointment {
        id: held.id,
        customer: t.ctx.customer.id,
        thread: None,
        service: held.slot.service,
        staff: held.slot.staff,
        resource: held.slot.resource,
        window: held.slot.window,
        blocked: held.slot.blocked,
        status: AppointmentStatus::Held,
        hold_expires_at: Some(until),
        price: held.price,
        paid: Money::zero(held.price.currency),
        created_at: t.ctx.now,
    }
}
