//! Questions for what is still missing.

use crate::conversation::choice::Pick;
use crate::conversation::line::Line;
use crate::domain::catalogue::DepositRule;
use crate::domain::id::{ServiceId, StaffId};
use crate::domain::message::Choice;
use crate::domain::phone::Country;
use crate::domain::time::MinuteOfDay;
use crate::language::speak::context::Context;
use crate::language::speak::part::{Part, choice, described};
use crate::language::speak::say::date::{self, Exact};
use crate::language::speak::say::{list, time};

/// Rows that a list shows on every channel (WhatsApp: 10 in all sections together).
const MAX_ROWS: usize = 10;
/// Room for the names of services that no row is left for, in characters.
const MAX_OTHERS: usize = 500;

pub(super) fn put(line: &Line, context: &Context<'_>) -> Part {
    match line {
        Line::AskService { services } => ask_service(services, context),
        Line::AskWhichService { services } => ask_which_service(services, context),
        Line::NoSuchService => Part::says(context.words("no-such-service")),
        Line::AskStaff { service, staff } => ask_staff(*service, staff, context),
        Line::StaffNotQualified { staff, service } => not_qualified(*staff, *service, context),
        Line::AskWhen { service } => {
            let service = context.service_name(*service);
            Part::asks(context.message("ask-when").with("service", service).sentence())
        }
        Line::AskTime { day } => {
            let day = context.day(*day, Exact::Near);
            Part::asks(context.message("ask-time").with("day", day).sentence())
        }
        Line::AskDay { minute } => {
            let time = time::clock(clock_of(*minute), context.manner);
            Part::asks(context.message("ask-day").with("time", time).sentence())
        }
        Line::AskWhichTime { day, readings } => ask_which_time(*day, readings, context),
        Line::AskPhone => {
            let pays = if pays_by_phone(context) { "yes" } else { "no" };
            let text = context.message("ask-phone").pick("pays", pays).sentence();
            Part { asks_phone: true, ..Part::asks(text) }
        }
        Line::BadPhone => {
            let example = example_number(context.voice.business.tenant.country).to_owned();
            Part::asks(context.message("bad-phone").with("example", example).sentence())
        }
        Line::PhoneTaken { phone } => {
            // Only the end of it: whoever typed it may not be its owner.
            let end = phone.masked().trim_start_matches('…').to_owned();
            Part::says(context.message("phone-taken").with("phone", end).sentence())
        }
        _ => Part::default(),
    }
}

/// Price and length as the second line of a row.
fn service_choice(id: ServiceId, context: &Context<'_>) -> Option<Choice> {
    let service = context.service(id)?;
    let details = context
        .message("price-and-length")
        .with("price", context.money(service.price))
        .with("duration", context.duration(service.duration_min))
        .text();
    Some(described(Pick::Service(id), &context.name_of(service), &details))
}

/// Up to ten services as choices; the names of more stand in the question, and any of them can be typed.
fn ask_service(services: &[ServiceId], context: &Context<'_>) -> Part {
    let (shown, others) = services.split_at(services.len().min(MAX_ROWS));
    let choices = shown.iter().filter_map(|&id| service_choice(id, context)).collect();
    let others: Vec<String> = others.iter().map(|&id| context.service_name(id)).collect();
    let text = if others.is_empty() {
        context.words("ask-service")
    } else {
        let others = list::cut(&list::all(&others, context.language()), MAX_OTHERS);
        context.message("ask-service-long").with("others", others).sentence()
    };
    Part::asks(text).offering(choices, context.words("list-services")).naming_choices()
}

fn ask_which_service(services: &[ServiceId], context: &Context<'_>) -> Part {
    let services = &services[..services.len().min(MAX_ROWS)];
    let names: Vec<String> = services.iter().map(|&id| context.service_name(id)).collect();
    let choices = services.iter().filter_map(|&id| service_choice(id, context)).collect();
    let text = context
        .message("ask-which-service")
        .with("options", list::either(&names, context.language()))
        .sentence();
    Part::asks(text).offering(choices, context.words("list-services")).naming_choices()
}

fn ask_staff(service: ServiceId, staff: &[StaffId], context: &Context<'_>) -> Part {
    let staff = &staff[..staff.len().min(MAX_ROWS - 1)];
    let members: Vec<(StaffId, String)> =
        staff.iter().filter_map(|&id| Some((id, context.staff_name(id)?))).collect();
    let names: Vec<String> = members.iter().map(|(_, name)| name.clone()).collect();
    let mut choices: Vec<Choice> =
        members.iter().map(|(id, name)| choice(Pick::Staff(*id), name)).collect();
    choices.push(choice(Pick::AnyStaff, &context.words("anyone")));
    let text = context
        .message("ask-staff")
        .with("service", context.service_name(service))
        .with("options", names.join(", "))
        .sentence();
    Part::asks(text).offering(choices, context.words("list-staff")).naming_choices()
}

/// Says who can do it instead.
fn not_qualified(staff: StaffId, service: ServiceId, context: &Context<'_>) -> Part {
    let qualified = context.service(service).map(|service| service.staff.as_slice());
    let others: Vec<String> = qualified
        .unwrap_or_default()
        .iter()
        .filter(|&&id| id != staff)
        .filter_map(|&id| context.staff_name(id))
        .take(3)
        .collect();
    let message = context
        .message("staff-not-qualified")
        .with("staff", context.staff_name(staff).unwrap_or_default())
        .with("service", context.service_name(service));
    let message = if others.is_empty() {
        message.pick("others", "none")
    } else {
        message.with("others", list::either(&others, context.language()))
    };
    Part::says(message.sentence())
}

fn ask_which_time(
    day: Option<jiff::Timestamp>,
    readings: &[MinuteOfDay],
    context: &Context<'_>,
) -> Part {
    let clocks: Vec<_> = readings.iter().map(|&minute| (minute, clock_of(minute))).collect();
    let spoken: Vec<String> =
        clocks.iter().map(|&(_, clock)| time::clock(clock, context.manner)).collect();
    let choices = clocks
        .iter()
        .take(MAX_ROWS)
        .map(|&(minute, clock)| choice(Pick::Time(minute), &time::short(clock, context.language())))
        .collect();
    let options = list::either(&spoken, context.language());
    let text = match day {
        Some(day) => {
            let day =
                date::day(context.local(day).date(), context.today, Exact::Near, context.manner);
            context.message("ask-which-time-on").with("options", options).with("day", day)
        }
        None => context.message("ask-which-time").with("options", options),
    };
    Part::asks(text.sentence()).offering(choices, context.words("list-slots"))
}

/// A minute of a day as a clock shows it; the midnight that ends the day as that which begins one.
pub(super) fn clock_of(minute: MinuteOfDay) -> jiff::civil::Time {
    let minutes = minute.minutes() % 1440;
    let hour = i8::try_from(minutes / 60).unwrap_or(0);
    let minute = i8::try_from(minutes % 60).unwrap_or(0);
    jiff::civil::Time::new(hour, minute, 0, 0).unwrap_or_default()
}

/// Whether the tenant takes any money when booking.
fn pays_by_phone(context: &Context<'_>) -> bool {
    let business = context.voice.business;
    business.catalogue.bookable().any(|s| business.deposit_rule(s) != DepositRule::None)
}

/// A number as people of the country write theirs; none of these is in use.
const fn example_number(country: Country) -> &'static str {
    match country {
        Country::Ke => "0712 345 678",
        Country::Ug => "0772 123 456",
        Country::Tz => "0754 123 456",
        Country::Rw => "0788 123 456",
    }
}
