//! `ratiba dead-letters`: what came in and could not be handled.

use std::process::ExitCode;

use ratiba_core::domain::id::InboxId;
use ratiba_core::engine::Replayed;
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
        DeadLetters::List => {
            let letters = store.dead_letters(None, MOST).await?;
            let rows: Vec<_> = letters
                .iter()
                .map(|l| json!({"id": l.id, "kind": l.kind, "source": l.source, "reason": l.reason, "received_at": l.received_at}))
                .collect();
            printer.data(&rows, || {
                if letters.is_empty() {
                    return "nothing is left over".to_owned();
                }
                letters
                    .iter()
                    .map(|l| format!("{}  {}  {}: {}", l.id, l.received_at, l.source, l.reason))
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
                format!("{}: {}\n\n{}", letter.source, letter.reason, letter.raw)
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
        DeadLetters::Dismiss { id } => {
            let done = store.settle_dead_letter(parse(&id)?, open::now()).await?;
            printer.data(&json!({"id": id, "dismissed": done}), || {
                if done {
                    "dismissed".to_owned()
                } else {
                    "it was settled before, or there is none".to_owned()
                }
            })?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
