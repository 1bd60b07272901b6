//! Looking at bookings, cancelling them, moving them.

use crate::conversation::choice::Pick;
use crate::conversation::line::Line;
use crate::domain::id::AppointmentId;
use crate::domain::message::Choice;
use crate::domain::money::Money;
use crate::language::speak::context::Context;
use crate::language::speak::part::{Part, described};
use crate::language::speak::say::date::{self, Exact};
use crate::language::speak::say::list;
use crate::scheduling::slot::Slot;

use super::booking::bookings;
use super::yes_no;

/// Bookings that one message shows (WhatsApp: 10 rows).
const MAX_BOOKINGS: usize = 10;

pub(super) fn put(line: &Line, context: &Context<'_>) -> Part {
    match line {
        Line::MyBookings { slots } => my_bookings(slots, context),
        Line::NoBookings => Part::says(context.words("no-bookings")),
        Line::AskWhichBooking { bookings, to_move } => ask_which(bookings, *to_move, context),
        Line::ConfirmCancel { slot, refund, kept, free_until_hours } => {
            confirm_cancel(slot, *refund, *kept, *free_until_hours, context)
        }
        Line::Cancelled { slot, refund } => {
            let text = of_slot("cancelled", slot, context)
                .pick("refunded", if refund.is_positive() { "yes" } else { "no" })
                .with("refund", context.money(*refund));
            Part::says(text.sentence())
        }
        Line::KeptBooking { slot } => Part::says(of_slot("kept-booking", slot, context).sentence()),
        Line::AskNewTime { slot } => Part::asks(of_slot("ask-new-time", slot, context).sentence()),
        Line::ConfirmMove { old, new, state_date } => {
            let exact = if context.spoken() && !state_date { Exact::Near } else { Exact::Bare };
            let text = context
                .message("confirm-move")
                .with("what", context.what(new))
                .with("old", context.moment(old.window.start, exact))
                .with("new", context.moment(new.window.start, exact));
            asks(text.sentence(), "yes-move", "no", context)
        }
        Line::Moved { old: _, new } => {
            let text = context
                .message("moved")
                .with("what", context.what(new))
                .with("new", context.when(new.window.start, false));
            Part::says(text.sentence())
        }
        Line::AskDropDraft { service } => {
            let name = service.map(|id| context.service_name(id)).filter(|name| !name.is_empty());
            let text = context
                .message("ask-drop-draft")
                .pick("served", if name.is_some() { "yes" } else { "no" })
                .with("service", name.unwrap_or_default());
            asks(text.sentence(), "yes-drop", "no-go-on", context)
        }
        _ => Part::default(),
    }
}

fn asks(text: String, yes: &'static str, no: &'static str, context: &Context<'_>) -> Part {
    Part::asks(text).offering(yes_no(context, yes, no), context.words("list-options"))
}

fn of_slot<'m, 'a>(
    id: &'static str,
    slot: &Slot,
    context: &'m Context<'a>,
) -> crate::language::speak::context::Message<'m, 'a> {
    context
        .message(id)
        .with("what", context.what(slot))
        .with("when", context.when(slot.window.start, false))
}

fn my_bookings(slots: &[Slot], context: &Context<'_>) -> Part {
    if slots.is_empty() {
        return Part::says(context.words("no-bookings"));
    }
    let slots = &slots[..slots.len().min(MAX_BOOKINGS)];
    let said = if slots.len() == 1 || context.spoken() {
        bookings(&slots[..slots.len().min(if context.spoken() { 2 } else { 1 })], context)
    } else {
        list::bullets(&slots.iter().map(|slot| context.booking(slot)).collect::<Vec<_>>())
    };
    let text = context.message("my-bookings").with("bookings", said).count("count", slots.len());
    Part::says(text.sentence())
}

fn ask_which(bookings: &[(AppointmentId, Slot)], to_move: bool, context: &Context<'_>) -> Part {
    let bookings = &bookings[..bookings.len().min(MAX_BOOKINGS)];
    let near = |slot: &Slot| {
        format!("{} {}", context.what(slot), context.moment(slot.window.start, Exact::Near))
    };
    let options: Vec<String> = bookings.iter().map(|(_, slot)| near(slot)).collect();
    let choices: Vec<Choice> = bookings
        .iter()
        .map(|(id, slot)| {
            let start = context.local(slot.window.start);
            let title = date::title(start, context.today, context.language());
            described(Pick::Booking(*id), &title, &context.what(slot))
        })
        .collect();
    let text = context
        .message("ask-which-booking")
        .pick("moving", if to_move { "yes" } else { "no" })
        .with("options", list::either(&options, context.language()));
    let question = Part::asks(text.sentence());
    Part { spoken_choices: options, ..question.offering(choices, context.words("list-bookings")) }
}

/// What it means for the money comes before the question.
fn confirm_cancel(
    slot: &Slot,
    refund: Money,
    kept: Money,
    free_until_hours: u32,
    context: &Context<'_>,
) -> Part {
    let money = match (refund.is_positive(), kept.is_positive()) {
        (true, false) => "all-back",
        (true, true) if free_until_hours == 0 => "part-back-always",
        (true, true) => "part-back",
        (false, true) if free_until_hours == 0 => "kept-always",
        (false, true) => "kept",
        (false, false) => "nothing",
    };
    let text = of_slot("confirm-cancel", slot, context)
        .pick("money", money)
        .with("refund", context.money(refund))
        .with("kept", context.money(kept))
        .with("notice", context.duration(u64::from(free_until_hours) * 60))
        .count("hours", free_until_hours);
    asks(text.sentence(), "yes-cancel", "no-keep", context)
}
