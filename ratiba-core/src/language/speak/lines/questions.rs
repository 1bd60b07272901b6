//! Answers to questions: services and prices, opening hours, the team, the owner's snippets.

use jiff::Timestamp;
use jiff::civil::Weekday;

use crate::conversation::line::Line;
use crate::domain::catalogue::Service;
use crate::domain::id::ServiceId;
use crate::language::speak::context::Context;
use crate::language::speak::emoji;
use crate::language::speak::part::Part;
use crate::language::speak::say::{date, list};
use crate::scheduling::hours::spans_on;

use super::slots::{day_with_holiday, hours_of};

/// Room for a list of services, in characters, so that a question still fits below.
const MAX_LIST: usize = 650;
/// So many prices can be remembered when they are heard.
const MAX_SPOKEN_SERVICES: usize = 4;

pub(super) fn put(line: &Line, context: &Context<'_>) -> Part {
    match line {
        Line::Services { services } => Part::says(services_of(services, context)),
        Line::OpeningHours { day } => Part::says(opening_hours(*day, context)),
        Line::Team => Part::says(team(context)),
        // The owner's words stay as they are, emoji and all.
        Line::Snippet { body } => Part::says(emoji::without_marks(body.trim().to_owned())),
        Line::WillAskTeam => Part::says(context.words("will-ask-team")),
        Line::OneMoment => Part::says(context.words("one-moment")),
        Line::BackToIt => Part { opens: true, ..Part::says(context.words("back-to-it")) },
        _ => Part::default(),
    }
}

fn services_of(ids: &[ServiceId], context: &Context<'_>) -> String {
    let services: Vec<&Service> = ids.iter().filter_map(|&id| context.service(id)).collect();
    let priced = |id: &'static str, service: &Service| {
        context
            .message(id)
            .with("service", context.name_of(service))
            .with("price", context.money(service.price))
            .with("duration", context.duration(service.duration_min))
    };
    if let [only] = services.as_slice() {
        return priced("services-one", only).sentence();
    }
    let (rows, complete) = if context.spoken() {
        let shown = services.len().min(MAX_SPOKEN_SERVICES);
        let said: Vec<String> =
            services[..shown].iter().map(|s| priced("price-spoken", s).text()).collect();
        (list::all(&said, context.language()), shown == services.len())
    } else {
        let mut rows = String::new();
        let mut complete = true;
        for service in &services {
            let row = priced("price-row", service).text();
            if rows.chars().count() + row.chars().count() > MAX_LIST {
                complete = false;
                break;
            }
            rows.push_str("\n• ");
            rows.push_str(&row);
        }
        (rows, complete)
    };
    let said = context.message("services").with("services", rows).sentence();
    match (complete, context.spoken()) {
        (true, _) => said,
        (false, true) => format!("{said} {}", context.words("services-more")),
        (false, false) => format!("{said}\n{}", context.words("services-more")),
    }
}

/// One day, or today and then the week.
fn opening_hours(day: Option<Timestamp>, context: &Context<'_>) -> String {
    let asked = day.unwrap_or(context.voice.now);
    let spans = spans_on(context.voice.business, context.local(asked).date());
    let that_day = context
        .message(if spans.is_empty() { "closed-on" } else { "open-on" })
        .with("day", day_with_holiday(asked, context))
        .with("hours", hours_of(&spans, context))
        .sentence();
    if day.is_some() {
        return that_day;
    }
    let rows = week(context);
    let week =
        if context.spoken() { list::all(&rows, context.language()) } else { list::bullets(&rows) };
    let week = context.message("open-week").with("week", week).sentence();
    if context.spoken() { format!("{that_day} {week}") } else { format!("{that_day}\n{week}") }
}

/// "Monday to Saturday: 8:00 am to 8:00 pm": neighbouring days with the same hours share a row.
fn week(context: &Context<'_>) -> Vec<String> {
    let hours = &context.voice.business.opening.week;
    let language = context.language();
    let days: Vec<Weekday> = Weekday::Monday.cycle_forward().take(7).collect();
    days.chunk_by(|a, b| hours.on(*a) == hours.on(*b))
        .filter_map(|run| {
            let (first, last) = (*run.first()?, *run.last()?);
            let name = date::weekday(first, language).to_owned();
            let days = if run.len() == 1 {
                name
            } else {
                let last = date::weekday(last, language).to_owned();
                context.message("days").with("from", name).with("to", last).text()
            };
            let spans = hours.on(first);
            let open =
                if spans.is_empty() { context.words("closed") } else { hours_of(spans, context) };
            let colon = if context.spoken() { "" } else { ":" };
            Some(format!("{days}{colon} {open}"))
        })
        .collect()
}

/// Who works here; what each does is said only where they differ.
fn team(context: &Context<'_>) -> String {
    let catalogue = &context.voice.business.catalogue;
    let services: Vec<&Service> = catalogue.bookable().collect();
    let members: Vec<(String, Vec<String>)> = catalogue
        .staff
        .iter()
        .filter(|member| member.active)
        .filter_map(|member| {
            let does = services.iter().filter(|service| service.staff.contains(&member.id));
            let does = does.map(|service| context.name_of(service)).collect();
            Some((context.staff_name(member.id)?, does))
        })
        .collect();
    let names: Vec<String> = members.iter().map(|(name, _)| name.clone()).collect();
    let names = list::all(&names, context.language());
    let alike = members.windows(2).all(|pair| pair[0].1 == pair[1].1);
    match (alike, context.spoken()) {
        (true, false) if members.len() > 1 => {
            context.message("team-same").with("team", names).sentence()
        }
        (true, _) | (_, true) => {
            let colon = if context.spoken() { "" } else { " " };
            context.message("team").with("team", format!("{colon}{names}")).sentence()
        }
        (false, false) => {
            let rows: Vec<String> = members
                .into_iter()
                .map(|(name, does)| {
                    let row = context.message("team-row").with("staff", name);
                    row.with("services", does.join(", ")).text()
                })
                .collect();
            context
                .message("team")
                .with("team", list::cut(&list::bullets(&rows), MAX_LIST))
                .sentence()
        }
    }
}
