//! `ratiba why`: what decides a time or a reply.

use std::process::ExitCode;

use jiff::SignedDuration;
use ratiba_core::domain::id::ThreadId;
use ratiba_core::domain::route::Sink;
use ratiba_core::domain::time::TimeWindow;
use ratiba_core::engine::Undelivered;
use ratiba_core::ports::outbox::{EXPIRED, OutboxStatus, Outgoing};
use ratiba_core::ports::store::{StoredOutbox, TurnRecord};
use ratiba_core::scheduling::why::explain;
use serde_json::json;

use crate::args::Why;
use crate::error::CliError;
use crate::open;
use crate::printer::Printer;
use crate::settings::Settings;

pub(crate) async fn run(
    command: Why,
    settings: &Settings,
    printer: &Printer,
) -> Result<ExitCode, CliError> {
    match command {
        Why::Slot { tenant, service, at, staff, now } => {
            let (business, opened) = open::business(&tenant.tenant, settings, printer).await?;
            let service = open::service(&business, &service)?.id;
            let staff = staff
                .as_deref()
                .map(|name| open::member(&business, name))
                .transpose()?
                .map(|staff| staff.id);
            let now = now.unwrap_or_else(open::now);
            let day = SignedDuration::from_hours(36);
            let busy = match &opened {
                Some(opened) => {
                    opened.data.busy(TimeWindow { start: at - day, end: at + day }, now).await?
                }
                None => Vec::new(),
            };
            let why = explain(&business, &busy, now, service, staff, at);
            let free = why.slot.is_some();
            printer.data(&why, || {
                let mut text = if free { "free".to_owned() } else { "not free".to_owned() };
                for finding in &why.findings {
                    let mark = if finding.blocks { '✗' } else { '·' };
                    text.push_str(&format!("\n{mark} {}", finding.text));
                }
                text
            })?;
            Ok(ExitCode::SUCCESS)
        }
        Why::Reply { tenant, thread, turn } => {
            let thread: ThreadId =
                thread.parse().map_err(|error| CliError::usage(format!("{error}")))?;
            let opened = open::tenant(&tenant.tenant, settings, printer).await?;
            let mut records = opened.data.records(thread).await?;
            records.retain(|record| turn.is_none_or(|turn| record.revision == turn));
            if records.is_empty() {
                return Err(CliError::not_found(format!("nothing is recorded of {thread}")));
            }
            let mut sent = opened.data.outbox_of(records[0].customer.id).await?;
            sent.retain(|row| row.item.thread == Some(thread) && row.item.what.is_message());
            let of = |record: &TurnRecord| {
                let of = sent.iter().filter(|row| row.item.created_at == record.now);
                of.map(|row| (row.item.id, delivery(row))).collect::<Vec<_>>()
            };
            let turns: Vec<_> = records
                .iter()
                .map(|record| {
                    json!({
                        "turn": record.revision,
                        "at": record.now,
                        "steps": record.steps,
                        "said": record.said.iter().map(|reply| &reply.text).collect::<Vec<_>>(),
                        "sent": of(record).iter().map(|(id, how)| json!({ "id": id, "how": how })).collect::<Vec<_>>(),
                    })
                })
                .collect();
            printer.data(&turns, || {
                let mut text = String::new();
                for record in &records {
                    text.push_str(&format!("turn {} at {}\n", record.revision, record.now));
                    for step in &record.steps {
                        text.push_str(&format!("  event   {}\n", compact(&step.event)));
                        for effect in &step.effects {
                            text.push_str(&format!("  effect  {}\n", compact(effect)));
                        }
                    }
                    for (id, how) in of(record) {
                        text.push_str(&format!("  sent    {id}  {how}\n"));
                    }
                }
                text
            })?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// By which way a message went, and what became of it.
fn delivery(row: &StoredOutbox) -> String {
    let way = match &row.item.what {
        Outgoing::Reply { route, .. } => route.sink.as_str(),
        Outgoing::Admin { route, .. } if route.is_usual() => "to an owner",
        Outgoing::Admin { route, .. } => match &route.sink {
            Sink::Sms { .. } => "to an owner by sms",
            Sink::Session | Sink::Template { .. } => "to an owner by template",
        },
        _ => "a code",
    };
    let end = match row.status {
        OutboxStatus::Pending => "waits",
        OutboxStatus::Unknown => "may have been sent",
        OutboxStatus::Done => "sent",
        OutboxStatus::Failed => "not sent",
    };
    let code = row.fault_code.as_deref().map(|code| match code {
        EXPIRED => "expired: it was of no use any more".to_owned(),
        code => format!("the provider's code {code}"),
    });
    let settled = Undelivered::of(row, open::now()).and_then(|seen| seen.end());
    let until = row.item.useful_until.map(|until| format!(", of use until {until}"));
    format!(
        "{way}: {end}{}{}{}",
        code.map(|c| format!(" ({c})")).unwrap_or_default(),
        settled.map(|how| format!(", {how}")).unwrap_or_default(),
        until.unwrap_or_default()
    )
}

fn compact<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use ratiba_core::domain::id::Mint;
    use ratiba_core::domain::phone::Phone;
    use ratiba_core::domain::route::Route;
    use ratiba_core::ports::outbox::{OutboxItem, Settled};

    use super::*;

    #[test]
    fn a_message_that_failed_tells_what_went_out_in_its_place() {
        let at = "2026-11-23T06:00:00Z".parse().unwrap();
        let mint = Mint { at, seed: 1 };
        let to = Phone::from_provider("254722000111").unwrap();
        let row = StoredOutbox {
            item: OutboxItem {
                id: mint.id(1),
                customer: mint.id(2),
                thread: None,
                lane: String::new(),
                what: Outgoing::Admin { to, text: "x".into(), route: Route::default() },
                attempts: 1,
                created_at: at,
                useful_until: None,
            },
            status: OutboxStatus::Failed,
            delivery: None,
            provider_id: None,
            billable: 0,
            fault: None,
            fault_code: Some("131047".into()),
            failed_at: Some(at),
            settled: None,
        };
        let failed = "to an owner: not sent (the provider's code 131047)";
        assert_eq!(delivery(&row), failed);
        let by = mint.id(3);
        let row = StoredOutbox { settled: Some((at, Settled::Replaced { by })), ..row };
        assert_eq!(delivery(&row), format!("{failed}, went another way {at} as {by}"));
    }
}
