//! `ratiba dead-letters`: what came in and could not be handled, and messages of a tenant's that did not arrive.

use std::process::ExitCode;

use ratiba_core::domain::id::{InboxId, OutboxId, TenantId};
use ratiba_core::engine::{Dismissed, LONGEST_REASON, Replayed, Undelivered};
use ratiba_core::ports::store::DeadLetter;
use serde_json::{Value, json};

use crate::args::DeadLetters;
use crate::error::CliError;
use crate::exit;
use crate::open;
use crate::printer::Printer;
use crate::settings::Settings;

/// Letters listed at once.
const MOST: u32 = 1_000;

pub(crate) async fn run(
    command: DeadLetters,
    settings: &Settings,
    printer: &Printer,
) -> Result<ExitCode, CliError> {
    match command {
        DeadLetters::List { settled, tenant, code } => {
            list(settled, tenant.as_deref(), code.as_deref(), settings, printer).await
        }
        DeadLetters::Show { id, tenant } => {
            show(Named::of(&id, tenant.as_deref())?, &id, settings, printer).await
        }
        DeadLetters::Replay { id, tenant } => {
            replay(Named::of(&id, tenant.as_deref())?, &id, settings, printer).await
        }
        DeadLetters::Dismiss { id, reason, tenant } => {
            let named = Named::of(&id, tenant.as_deref())?;
            let opened = Opened::new(named, settings, printer).await?;
            let done = match opened.what {
                What::Letter(id) => opened.ratiba.dismiss_dead_letter(id, &reason).await?,
                What::Message(tenant, id) => {
                    opened.ratiba.dismiss_delivery(tenant, id, &reason).await?
                }
            };
            let done = match done {
                None => return Err(missing(&id)),
                Some(Dismissed::NoReason) => {
                    let problem = format!(
                        "a letter is dismissed for a reason of at most {LONGEST_REASON} characters"
                    );
                    return Err(CliError::usage(problem));
                }
                Some(Dismissed::Done) => true,
                Some(Dismissed::SettledBefore) => false,
            };
            printer.data(&json!({"id": id, "dismissed": done}), || {
                let told = if done { "dismissed" } else { "it was settled before" };
                told.to_owned()
            })?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// What an id names, as its beginning tells.
enum Named<'a> {
    Letter(InboxId),
    /// A message, and whose.
    Message(&'a str, OutboxId),
}

impl<'a> Named<'a> {
    fn of(id: &str, tenant: Option<&'a str>) -> Result<Self, CliError> {
        let wrong = |error: &dyn std::fmt::Display| CliError::usage(format!("{error}"));
        if !id.starts_with("out_") {
            return id.parse().map(Self::Letter).map_err(|error| wrong(&error));
        }
        let id = id.parse().map_err(|error| wrong(&error))?;
        let tenant = tenant.ok_or_else(|| {
            CliError::usage("a message that did not arrive is looked for at its tenant")
                .hint("add --tenant SLUG")
        })?;
        Ok(Self::Message(tenant, id))
    }
}

/// What an id names, with the engine to act on it.
struct Opened {
    ratiba: ratiba_core::Ratiba,
    what: What,
}

enum What {
    Letter(InboxId),
    Message(TenantId, OutboxId),
}

impl Opened {
    async fn new(
        named: Named<'_>,
        settings: &Settings,
        printer: &Printer,
    ) -> Result<Self, CliError> {
        let (store, what) = match named {
            Named::Letter(id) => (open::store(settings, printer).await?, What::Letter(id)),
            Named::Message(slug, id) => {
                let opened = open::tenant(slug, settings, printer).await?;
                (opened.store, What::Message(opened.tenant.id, id))
            }
        };
        Ok(Self { ratiba: open::decoding_engine(store)?, what })
    }
}

fn missing(id: &str) -> CliError {
    CliError::not_found(format!("there is no {id} that failed"))
}

async fn list(
    settled: bool,
    tenant: Option<&str>,
    code: Option<&str>,
    settings: &Settings,
    printer: &Printer,
) -> Result<ExitCode, CliError> {
    let opened = match tenant {
        Some(slug) => Some(open::tenant(slug, settings, printer).await?),
        None => None,
    };
    let store = match &opened {
        Some(opened) => opened.store.clone(),
        None => open::store(settings, printer).await?,
    };
    let letters = match (code, settled) {
        (Some(_), _) => Vec::new(),
        (None, true) => store.settled_dead_letters(MOST).await?,
        (None, false) => store.dead_letters(None, MOST).await?,
    };
    let messages = match opened {
        Some(opened) => {
            let ratiba = open::decoding_engine(store)?;
            ratiba.failed_deliveries(opened.tenant.id, settled, code, MOST).await?
        }
        None => Vec::new(),
    };
    let mut rows: Vec<Value> = letters.iter().map(row_of).collect();
    for message in &messages {
        rows.push(serde_json::to_value(message).map_err(|error| CliError::failed(&error))?);
    }
    printer.data(&rows, || {
        if rows.is_empty() {
            let nothing = if settled { "nothing was settled" } else { "nothing is left over" };
            return nothing.to_owned();
        }
        let letters = letters.iter().map(line_of);
        letters.chain(messages.iter().map(line_of_message)).collect::<Vec<_>>().join("\n")
    })?;
    Ok(ExitCode::SUCCESS)
}

fn row_of(l: &DeadLetter) -> Value {
    json!({
        "id": l.id, "kind": l.kind, "source": l.source, "reason": l.reason, "received_at": l.received_at,
        "settled_at": l.settled_at, "dismissed_because": l.dismissed_because,
    })
}

fn line_of(letter: &DeadLetter) -> String {
    let (id, at, source, reason) = (letter.id, letter.received_at, &letter.source, &letter.reason);
    let end = end_of(letter).map(|end| format!("  ({end})")).unwrap_or_default();
    format!("{id}  {at}  {source}: {reason}{end}")
}

fn line_of_message(one: &Undelivered) -> String {
    let Undelivered { id, source, to, reason, written_at, .. } = one;
    let at = one.failed_at.unwrap_or(*written_at);
    let end = match (one.end(), one.not_again) {
        (Some(end), _) => format!("  ({end})"),
        (None, Some(why)) => format!("  (not to be sent again: {why})"),
        (None, None) => String::new(),
    };
    format!("{id}  {at}  {source} to {to}: {reason}{end}")
}

async fn show(
    named: Named<'_>,
    id: &str,
    settings: &Settings,
    printer: &Printer,
) -> Result<ExitCode, CliError> {
    let opened = Opened::new(named, settings, printer).await?;
    match opened.what {
        What::Letter(letter) => {
            let letter = opened.ratiba.store().dead_letter(letter).await?;
            let letter = letter.ok_or_else(|| missing(id))?;
            printer.data(&letter, || {
                let end = end_of(&letter).map(|end| format!("\n{end}")).unwrap_or_default();
                format!("{}: {}{end}\n\n{}", letter.source, letter.reason, letter.raw)
            })?;
        }
        What::Message(tenant, message) => {
            let found = opened.ratiba.failed_delivery(tenant, message).await?;
            let (one, words) = found.ok_or_else(|| missing(id))?;
            let mut document =
                serde_json::to_value(&one).map_err(|error| CliError::failed(&error))?;
            document["text"] = json!(words);
            printer.data(&document, || {
                let until = one.useful_until.map(|until| format!(", of use until {until}"));
                format!(
                    "{}\nwritten {}{}, tried {} times\n\n{}",
                    line_of_message(&one),
                    one.written_at,
                    until.unwrap_or_default(),
                    one.attempts,
                    words.as_deref().unwrap_or("(a code, which is not shown)")
                )
            })?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn replay(
    named: Named<'_>,
    id: &str,
    settings: &Settings,
    printer: &Printer,
) -> Result<ExitCode, CliError> {
    let opened = Opened::new(named, settings, printer).await?;
    let (outcome, is_message) = match opened.what {
        What::Letter(letter) => (opened.ratiba.replay_dead_letter(letter).await?, false),
        What::Message(tenant, message) => {
            (opened.ratiba.replay_delivery(tenant, message).await?, true)
        }
    };
    let (outcome, text, taken) = match outcome {
        None => return Err(missing(id)),
        Some(Replayed::Taken) => ("taken", "taken; the worker does the rest".into(), true),
        Some(Replayed::SettledBefore) => {
            ("settled_before", "it was settled before; nothing was done".into(), true)
        }
        Some(Replayed::StillDead(reason)) if is_message => {
            ("still_dead", format!("it is not sent again: {reason}"), false)
        }
        Some(Replayed::StillDead(reason)) => {
            ("still_dead", format!("it still can't be handled: {reason}"), false)
        }
    };
    printer.data(&json!({"id": id, "outcome": outcome, "detail": text}), || text.clone())?;
    Ok(if taken { ExitCode::SUCCESS } else { ExitCode::from(exit::DIFFERS) })
}

/// How a letter was settled, in words; `None` while it is open.
fn end_of(letter: &DeadLetter) -> Option<String> {
    let at = letter.settled_at?;
    Some(match &letter.dismissed_because {
        Some(reason) => format!("dismissed {at}: {reason}"),
        None => format!("replayed {at}"),
    })
}
