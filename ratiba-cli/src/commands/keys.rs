//! `ratiba keys`: the key that stored secrets are sealed with.

use std::process::ExitCode;

use crate::args::Keys;
use crate::error::CliError;
use crate::exit;
use crate::open;
use crate::printer::Printer;
use crate::settings::Settings;

pub(crate) async fn run(
    command: &Keys,
    settings: &Settings,
    printer: &Printer,
) -> Result<ExitCode, CliError> {
    let Keys::Rotate { dry_run } = command;
    let done = open::store(settings, printer).await?.reseal(*dry_run).await?;
    printer.data(&done, || {
        let verb = if *dry_run { "to be sealed again" } else { "sealed again" };
        let mut text = format!(
            "{} {verb}, {} with the current key already",
            done.resealed, done.current
        );
        if done.unreadable > 0 {
            text.push_str(&format!(
                "\n{} can't be opened: add the key that sealed them to RATIBA_SECRET_KEY_PREVIOUS, or enter them again",
                done.unreadable
            ));
        }
        text
    })?;
    Ok(if done.unreadable > 0 { ExitCode::from(exit::DIFFERS) } else { ExitCode::SUCCESS })
}
