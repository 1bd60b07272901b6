//! `ratiba dead-letters`: what came in and could not be handled.

use std::process::ExitCode;

use ratiba_core::domain::id::InboxId;
use ratiba_core::engine::{Dismissed, LONGEST_REASON, Replayed};
use ratiba_core::ports::store::DeadLetter;
use serde_json::json;

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
    let store = open::store(settings, printer).await?;
    let parse =
        |id: &str| id.parse::<InboxId>().map_err(|error| CliError::usage(format!("{error}")));
    match command {
        DeadLetters::List { settled } => {
            let letters = if settled {
                store.settled_dead_letters(MOST).await?
            } else {
                store.dead_letters(None, MOST).await?
            };
            let rows: Vec<_> = letters
                .iter()
                .map(|l| json!({"id": l.id, "kind": l.kind, "source": l.source, "reason": l.reason, "received_at": l.received_at, "settled_at": l.settled_at, "dismissed_because": l.dismissed_because}))
                .collect();
            printer.data(&rows, || {
                if letters.is_empty() {
                    let nothing =
                        if settled { "nothing was settled" } else { "nothing is left over" };
                    return nothing.to_owned();
                }
                letters
                    .iter()
                    .map(|l| {
                        let (id, at, source, reason) = (l.id, l.received_at, &l.source, &l.reason);
                        let end = end_of(l).map(|end| format!("  ({end})")).unwrap_or_default();
                        format!("{id}  {at}  {source}: {reason}{end}")
                    })
                    .collect::<Vec<_>>()
                    .join("\n")
            })?;
        }
        DeadLetters::Show { id } => {
            let letter = store
                .dead_letter(parse(&id)?)
                .await?
                .ok_or_else(|| CliError::not_found(format!("there is no {id}")))?;
            printer.data(&letter, || {
                let end = end_of(&letter).map(|end| format!("\n{end}")).unwrap_or_default();
                format!("{}: {}{end}\n\n{}", letter.source, letter.reason, letter.raw)
            })?;
        }
        DeadLetters::Replay { id } => {
            let ratiba = open::decoding_engine(store)?;
            let outcome = ratiba.replay_dead_letter(parse(&id)?).await?;
            let (outcome, text, taken) = match outcome {
                None => return Err(CliError::not_found(format!("there is no {id}"))),
                Some(Replayed::Taken) => ("taken", "taken; the worker does the rest".into(), true),
                Some(Replayed::SettledBefore) => {
                    ("settled_before", "it was settled before; nothing was done".into(), true)
                }
                Some(Replayed::StillDead(reason)) => {
                    ("still_dead", format!("it still can't be handled: {reason}"), false)
                }
            };
            printer
                .data(&json!({"id": id, "outcome": outcome, "detail": text}), || text.clone())?;
            if !taken {
                return Ok(ExitCode::from(exit::DIFFERS));
            }
        }
        DeadLetters::Dismiss { id, reason } => {
            let ratiba = open::decoding_engine(store)?;
            let done = match ratiba.dismiss_dead_letter(parse(&id)?, &reason).await? {
                None => return Err(CliError::not_found(format!("there is no {id}"))),
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
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// How a letter was settled, in words; `None` while it is open.
fn end_of(letter: &DeadLetter) -> Option<String> {
    let at = letter.settled_at?;
    Some(match &letter.dismissed_because {
        Some(reason) => format!("dismissed {at}: {reason}"),
        None => format!("replayed {at}"),
    })
}
