//! Confirming a booking, adding a second service, and what is said when it stands.

use crate::conversation::line::Line;
use crate::domain::id::ServiceId;
use crate::domain::money::Money;
use crate::domain::tenant::Rail;
use crate::language::speak::context::{Context, Message};
use crate::language::speak::part::Part;
use crate::language::speak::say::name;
use crate::scheduling::slot::Slot;

use super::yes_no;

pub(super) fn put(line: &Line, context: &Context<'_>) -> Part {
    match line {
        Line::ConfirmBooking { slot, price, due, state_date, rail } => {
            let message = context
                .message("confirm-booking")
                .with("what", context.what(slot))
                .with("when", context.when(slot.window.start, *state_date));
            let text = priced(message, *price, *due, *rail, context).sentence();
            asks(text, "yes-book", "no", context)
        }
        Line::SuggestAlongside { next, price } => Part::says(
            context
                .message("suggest-alongside")
                .with("service", context.service_name(*next))
                .with("price", context.money(*price))
                .sentence(),
        ),
        Line::OneThenTheOther { next } => of_service("one-then-the-other", *next, context),
        Line::NoRoomRightAfter { next } => of_service("no-room-right-after", *next, context),
        Line::HoldExpired => asks(context.words("hold-expired"), "yes", "no", context),
        Line::NotBooked => Part::says(context.words("not-booked")),
        Line::OfferCrossSell { slot, price } => {
            let text = context
                .message("offer-cross-sell")
                .with("what", context.what(slot))
                .with("time", context.clock(slot.window.start))
                .with("price", context.money(*price))
                .sentence();
            asks(text, "yes-add", "no-thanks", context)
        }
        Line::ConfirmBundle { first, second, price, due, rail } => {
            let message = context
                .message("confirm-bundle")
                .with("first", context.what(first))
                .with("when", context.when(first.window.start, false))
                .with("second", context.what(second))
                .with("time", context.clock(second.window.start));
            let text = priced(message, *price, *due, *rail, context).sentence();
            asks(text, "yes-both", "no-first", context)
        }
        Line::PaidAndBooked { slots, amount, receipt, remaining } => {
            let message = context
                .message("paid-and-booked")
                .with("bookings", bookings(slots, context))
                .with("amount", context.money(*amount));
            let message = with_receipt(message, receipt.as_deref(), context);
            Part::says(with_remaining(message, *remaining, context).sentence())
        }
        Line::Booked { slots, at_venue } => {
            let message = context.message("booked").with("bookings", bookings(slots, context));
            Part::says(with_remaining(message, *at_venue, context).sentence())
        }
        _ => Part::default(),
    }
}

pub(super) fn asks(
    text: String,
    yes: &'static str,
    no: &'static str,
    context: &Context<'_>,
) -> Part {
    Part::asks(text).offering(yes_no(context, yes, no), context.words("list-options"))
}

fn of_service(id: &'static str, service: ServiceId, context: &Context<'_>) -> Part {
    Part::says(context.message(id).with("service", context.service_name(service)).sentence())
}

/// What it costs, what is due now, and how that is paid.
pub(super) fn priced<'m, 'a>(
    message: Message<'m, 'a>,
    price: Money,
    due: Money,
    chosen: Option<Rail>,
    context: &Context<'_>,
) -> Message<'m, 'a> {
    let pays = if !due.is_positive() {
        "venue"
    } else if due.minor < price.minor {
        "deposit"
    } else {
        "full"
    };
    let usual = context.voice.business.settings.payment.rails.first().copied();
    let rail = match chosen.or(usual) {
        Some(Rail::Mpesa) | None => "M-Pesa",
        Some(Rail::Card | Rail::Cash) => context.rail_card(),
    };
    message
        .pick("pays", pays)
        .pick("rail", rail)
        .with("price", context.money(price))
        .with("due", context.money(due))
}

/// The provider's receipt number, where it is known and can be read.
pub(super) fn with_receipt<'m, 'a>(
    message: Message<'m, 'a>,
    receipt: Option<&str>,
    context: &Context<'_>,
) -> Message<'m, 'a> {
    let shown = receipt.filter(|_| !context.spoken()).map(|number| name::clean(number, 40));
    message
        .pick("receipted", if shown.is_some() { "yes" } else { "no" })
        .with("receipt", shown.unwrap_or_default())
}

/// What is still to be paid at the venue, where anything is.
pub(in crate::language::speak) fn with_remaining<'m, 'a>(
    message: Message<'m, 'a>,
    remaining: Money,
    context: &Context<'_>,
) -> Message<'m, 'a> {
    message
        .pick("remains", if remaining.is_positive() { "yes" } else { "no" })
        .with("remaining", context.money(remaining))
}

/// All of them in one sentence; a day that was said is not said again.
pub(in crate::language::speak) fn bookings(slots: &[Slot], context: &Context<'_>) -> String {
    let day = |slot: &Slot| context.local(slot.window.start).date();
    let Some((first, others)) = slots.split_first() else { return String::new() };
    let said = context.booking(first);
    slots.iter().zip(others).fold(said, |said, (before, slot)| {
        let next = if day(before) == day(slot) {
            let time = context.clock(slot.window.start);
            context.message("what-at").with("what", context.what(slot)).with("time", time).text()
        } else {
            context.booking(slot)
        };
        context.message("then").with("bookings", said).with("next", next).text()
    })
}
