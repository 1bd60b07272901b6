//! `ratiba replay`: a recorded conversation, taken again offline.

use std::process::ExitCode;
use std::sync::Arc;

use ratiba_core::Ratiba;
use ratiba_core::domain::channel::ChannelKind;
use ratiba_core::domain::id::ThreadId;
use ratiba_core::testing::channel::RecordingChannel;
use serde_json::json;

use crate::args::Replay;
use crate::error::CliError;
use crate::exit;
use crate::open;
use crate::printer::Printer;
use crate::settings::Settings;

pub(crate) async fn run(
    args: &Replay,
    settings: &Settings,
    printer: &Printer,
) -> Result<ExitCode, CliError> {
    let thread: ThreadId =
        args.thread.parse().map_err(|error| CliError::usage(format!("{error}")))?;
    let opened = open::tenant(&args.tenant.tenant, settings, printer).await?;
    // Replaying sends nothing; the engine only wants to know that there is somewhere to send to.
    let ratiba = Ratiba::builder()
        .store(opened.store.clone())
        .channel(Arc::new(RecordingChannel::new(ChannelKind::Whatsapp)))
        .build()
        .map_err(|error| CliError::config(error.to_string()))?;
    let report = ratiba.replay(opened.tenant.id, thread).await?;
    if report.turns == 0 {
        return Err(CliError::not_found(format!("nothing is recorded of {thread}")));
    }
    let differences: Vec<_> = report
        .differences
        .iter()
        .map(|d| json!({"turn": d.revision, "step": d.step, "recorded": d.recorded, "replayed": d.replayed}))
        .collect();
    let same = differences.is_empty();
    printer.data(
        &json!({"turns": report.turns, "same": same, "differences": differences}),
        || {
            if same {
                return format!("{} turns, all the same", report.turns);
            }
            let line = |d: &ratiba_core::engine::Difference| {
                format!(
                    "turn {}:\n  recorded {}\n  replayed {}",
                    d.revision, d.recorded, d.replayed
                )
            };
            report.differences.iter().map(line).collect::<Vec<_>>().join("\n")
        },
    )?;
    Ok(if same { ExitCode::SUCCESS } else { ExitCode::from(exit::DIFFERS) })
}
