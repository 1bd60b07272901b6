//! Times: what is free, and what stands in the way.

use jiff::Timestamp;

use crate::conversation::choice::Pick;
use crate::conversation::line::Line;
use crate::domain::hours::DaySpan;
use crate::domain::id::StaffId;
use crate::domain::message::{Choice, Language};
use crate::language::speak::context::Context;
use crate::language::speak::part::{Part, choice, described};
use crate::language::speak::say::date::{self, Exact};
use crate::language::speak::say::{list, time};
use crate::language::understanding::DayPart;
use crate::scheduling::holidays::holiday;
use crate::scheduling::hours::spans_on;
use crate::scheduling::slot::{Blocked, Slot};

use super::asking::clock_of;

/// Offers that one message shows.
const MAX_OFFERS: usize = 9;
/// The longest title of an offer, in characters: with at most three, offers are buttons.
const MAX_TITLE: usize = 20;

pub(super) fn put(line: &Line, context: &Context<'_>) -> Part {
    match line {
        Line::NotFree { wished, why, staff } => {
            Part::says(not_free(*wished, *why, *staff, context))
        }
        Line::OfferSlots { slots, more, part } => offer(slots, *more, *part, context),
        Line::NothingFree => {
            let tell_me = choice(Pick::Notify, &context.words("tell-me"));
            nothing_free(None, context).offering(vec![tell_me], context.words("list-options"))
        }
        Line::SlotGone => Part::says(context.words("slot-gone")),
        _ => Part::default(),
    }
}

fn not_free(
    wished: Timestamp,
    why: Blocked,
    staff: Option<StaffId>,
    context: &Context<'_>,
) -> String {
    let business = context.voice.business;
    let hours = spans_on(business, context.local(wished).date());
    let why = match why {
        Blocked::Past => "past",
        Blocked::TooSoon => "too-soon",
        Blocked::TooFar => "too-far",
        Blocked::ClosedThatDay => "closed-that-day",
        Blocked::Closed if hours.is_empty() => "closed-that-day",
        Blocked::Closed => "closed",
        Blocked::NotQualified => "not-qualified",
        Blocked::StaffOff => "staff-off",
        Blocked::StaffTaken => "staff-taken",
        Blocked::ResourceTaken => "resource-taken",
        Blocked::OffGrid => "off-grid",
    };
    let staff = staff.and_then(|id| context.staff_name(id));
    // Without a name the sentence about qualification has no subject.
    let why = if staff.is_none() && why == "not-qualified" { "staff-off" } else { why };
    context
        .message("not-free")
        .pick("why", why)
        .pick("staffed", if staff.is_some() { "yes" } else { "no" })
        .with("staff", staff.unwrap_or_default())
        .with("day", day_with_holiday(wished, context))
        .with("moment", context.moment(wished, Exact::Near))
        .with("hours", hours_of(&hours, context))
        .with("notice", context.duration(business.settings.lead_min))
        .with("horizon", context.number(business.settings.horizon_days))
        .with("grid", context.number(business.settings.grid_min))
        .sentence()
}

/// "on Saturday (Jamhuri Day)": nobody has to wonder why.
pub(super) fn day_with_holiday(at: Timestamp, context: &Context<'_>) -> String {
    let day = context.day(at, Exact::Near);
    let date = context.local(at).date();
    match holiday(context.voice.business.tenant.country, date) {
        Some(holiday) => {
            let name = match context.language() {
                Language::En => holiday.en,
                Language::Sw => holiday.sw,
            };
            context.message("holiday").with("day", day).with("holiday", name.to_owned()).text()
        }
        None => day,
    }
}

/// "8:00 am to 1:00 pm and 2:00 pm to 5:00 pm".
pub(super) fn hours_of(spans: &[DaySpan], context: &Context<'_>) -> String {
    let said: Vec<String> = spans
        .iter()
        .map(|span| {
            context
                .message("span")
                .with("from", time::clock(clock_of(span.from), context.manner))
                .with("to", time::clock(clock_of(span.to), context.manner))
                .text()
        })
        .collect();
    list::all(&said, context.language())
}

fn offer(slots: &[Slot], more: bool, part: Option<DayPart>, context: &Context<'_>) -> Part {
    let Some(first) = slots.first() else { return nothing_free(part, context) };
    let slots = &slots[..slots.len().min(MAX_OFFERS)];
    let same_staff = slots.iter().all(|slot| slot.staff == first.staff);
    let service = if same_staff && context.names_staff() {
        context.what(first)
    } else {
        context.service_name(first.service)
    };
    let mut choices: Vec<Choice> = slots.iter().map(|slot| slot_choice(slot, context)).collect();
    // Two people free at the same moment: the titles must tell them apart.
    let titles: Vec<String> = choices.iter().map(|choice| choice.title.clone()).collect();
    for ((offered, title), slot) in choices.iter_mut().zip(&titles).zip(slots) {
        if titles.iter().filter(|other| *other == title).count() > 1 {
            let start = context.local(slot.window.start);
            let clock = time::short(start.time(), context.language());
            let staff = context.staff_name(slot.staff).unwrap_or_default();
            offered.title = list::cut(&format!("{clock} {staff}"), MAX_TITLE);
        }
    }
    if more {
        choices.push(choice(Pick::More, &context.words("more-times")));
    }
    let text = context
        .message("offer-slots")
        .with("service", service)
        .with("times", times_of(slots, same_staff, context))
        .count("count", slots.len())
        .sentence();
    Part::asks(text).offering(choices, context.words("list-slots"))
}

fn slot_choice(slot: &Slot, context: &Context<'_>) -> Choice {
    let title = date::title(context.local(slot.window.start), context.today, context.language());
    let staff = context.staff_name(slot.staff).filter(|_| context.names_staff());
    described(Pick::slot(slot), &title, &staff.unwrap_or_default())
}

/// "tomorrow at 3:00 pm, 4:00 pm or 5:00 pm": a day is said once, a name only when there are several.
fn times_of(slots: &[Slot], same_staff: bool, context: &Context<'_>) -> String {
    let mut day_before = None;
    let said: Vec<String> = slots
        .iter()
        .map(|slot| {
            let day = context.local(slot.window.start).date();
            let same_day = day_before.replace(day) == Some(day);
            let time = if same_day {
                context.clock(slot.window.start)
            } else {
                context.moment(slot.window.start, Exact::Near)
            };
            match context.staff_name(slot.staff).filter(|_| !same_staff) {
                Some(staff) => context
                    .message("what")
                    .with("service", time)
                    .pick("staffed", "yes")
                    .with("staff", staff)
                    .text(),
                None => time,
            }
        })
        .collect();
    list::either(&said, context.language())
}

fn nothing_free(part: Option<DayPart>, context: &Context<'_>) -> Part {
    let words = part.map(|part| match part {
        DayPart::Morning => "part-morning",
        DayPart::Midday => "part-midday",
        DayPart::Afternoon => "part-afternoon",
        DayPart::Evening => "part-evening",
        DayPart::Night => "part-night",
    });
    let message = context.message("nothing-free");
    let message = match words {
        Some(words) => message.with("part", context.words(words)),
        None => message.pick("part", "none"),
    };
    Part::asks(message.sentence())
}
