//! Waiting for a time that opens up, and proving a number.

use crate::conversation::choice::Pick;
use crate::conversation::line::Line;
use crate::language::speak::context::Context;
use crate::language::speak::part::{Part, choice};
use crate::language::speak::say::date::Exact;

use super::booking::{asks, priced};

pub(super) fn put(line: &Line, context: &Context<'_>) -> Part {
    match line {
        Line::OnWaitlist { service, day } => {
            let text = context
                .message("on-waitlist")
                .with("service", context.service_name(*service))
                .pick("dated", if day.is_some() { "yes" } else { "no" })
                .with("day", day.map(|day| context.day(day, Exact::Near)).unwrap_or_default())
                .sentence();
            let leave = choice(Pick::Unwait, &context.words("leave-waitlist"));
            let mut part = Part::says(text).offering(vec![leave], context.words("list-options"));
            // The words ask nothing, but the button belongs to them.
            part.asks = true;
            part
        }
        Line::OfferFreed { slot, price, due, until } => {
            let message = context
                .message("offer-freed")
                .with("what", context.what(slot))
                .with("when", context.when(slot.window.start, false))
                .with("until", context.clock(*until));
            asks(
                priced(message, *price, *due, None, context).sentence(),
                "yes-take",
                "no-thanks",
                context,
            )
        }
        Line::StillOnWaitlist => says("still-on-waitlist", context),
        Line::OffWaitlist => says("off-waitlist", context),
        Line::NoShowDeposit => says("no-show-deposit", context),
        Line::CodeSent { phone } => {
            // Only the end of it: whoever typed it may not be its owner.
            let end = phone.masked().trim_start_matches('…').to_owned();
            Part::says(context.message("code-sent").with("phone", end).sentence())
        }
        Line::CodeWrong { left } => {
            Part::says(context.message("code-wrong").count("left", *left).sentence())
        }
        Line::CodeExpired => says("code-expired", context),
        Line::PhoneJoined => says("phone-joined", context),
        Line::AskPhoneToSee => {
            Part { asks_phone: true, ..Part::says(context.words("ask-phone-to-see")) }
        }
        _ => Part::default(),
    }
}

fn says(id: &'static str, context: &Context<'_>) -> Part {
    Part::says(context.message(id).sentence())
}
