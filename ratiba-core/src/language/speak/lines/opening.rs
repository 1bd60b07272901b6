//! First words, courtesies and polite bounds.

use crate::conversation::choice::Pick;
use crate::conversation::line::Line;
use crate::domain::dials::Greeting;
use crate::language::speak::context::Context;
use crate::language::speak::emoji;
use crate::language::speak::part::{Part, choice};
use crate::language::speak::say::date;
use crate::language::understanding::NoSuchDay;

pub(super) fn put(line: &Line, context: &Context<'_>) -> Part {
    match line {
        Line::Greeting => Part::says(greeting(context)),
        Line::HowCanIHelp => how_can_i_help(context),
        Line::DidNotUnderstand { times } => Part::says(did_not_understand(*times, context)),
        Line::Introduction => says("introduction", context),
        Line::GreetingAgain => says("greeting-again", context),
        Line::YoureWelcome => says("youre-welcome", context),
        Line::NoRush => says("no-rush", context),
        Line::OneAtATime => says("one-at-a-time", context),
        Line::NoSuchDay { day } => Part::says(no_such_day(*day, context)),
        Line::LateNoted => says("late-noted", context),
        Line::OptedOut => says("opted-out", context),
        Line::StartedOver => says("started-over", context),
        Line::AbuseBound => says("abuse-bound", context),
        Line::OffTopic => says("off-topic", context),
        Line::PleaseType => says("please-type", context),
        Line::GotAttachment => says("got-attachment", context),
        Line::SensitiveNumber => says("sensitive-number", context),
        _ => Part::default(),
    }
}

fn no_such_day(day: NoSuchDay, context: &Context<'_>) -> String {
    let date = date::of_month(day.day, day.month, context.manner);
    context.message("no-such-day").with("date", date).sentence()
}

fn says(id: &'static str, context: &Context<'_>) -> Part {
    Part::says(context.message(id).sentence())
}

/// The owner's own words stay as they are, emoji and all: the dial is for ours.
fn greeting(context: &Context<'_>) -> String {
    match &context.dials.greeting {
        Greeting::DefaultBilingual => context.message("greeting").sentence(),
        Greeting::Own(text) => emoji::without_marks(text.clone()),
    }
}

/// Three choices, so that channels with buttons need no list; the rest of the menu can be typed.
fn how_can_i_help(context: &Context<'_>) -> Part {
    let choices = vec![
        choice(Pick::MenuBook, &context.words("menu-book")),
        choice(Pick::MenuBookings, &context.words("menu-bookings")),
        choice(Pick::MenuServices, &context.words("menu-services")),
    ];
    Part::asks(context.words("how-can-i-help")).offering(choices, context.words("list-menu"))
}

/// From the second time on with an example from the tenant's own catalogue, then with a way out.
fn did_not_understand(times: u8, context: &Context<'_>) -> String {
    let example = context.voice.business.catalogue.bookable().next();
    let example = example.map(|service| context.name_of(service)).unwrap_or_default();
    // Without a service there is no example to give: go straight to the way out.
    let times = if example.is_empty() && times == 2 { 3 } else { times };
    context
        .message("did-not-understand")
        .count("times", times.max(1))
        .with("example", example)
        .sentence()
}
