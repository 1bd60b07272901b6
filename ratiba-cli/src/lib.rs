//! Ratiba in a terminal: arguments become settings, settings and a command become an output value, and one printer writes it.

mod args;
mod commands;
mod error;
mod exit;
mod files;
mod models;
mod open;
mod printer;
mod settings;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;

use args::Cli;
use printer::Printer;
use settings::Settings;

/// Runs the program with arguments, the first of which is its name. Data goes to stdout, everything else to stderr.
pub async fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are printed to stdout by clap itself, errors of use to stderr.
            let _ = error.print();
            return if error.use_stderr() {
                ExitCode::from(exit::USAGE)
            } else {
                ExitCode::SUCCESS
            };
        }
    };
    let printer = Printer::new(cli.json, cli.quiet);
    let outcome = match Settings::read(&cli) {
        Ok(settings) => commands::run(cli.command, &settings, &printer).await,
        Err(error) => Err(error),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            printer.error(&error);
            error.exit_code()
        }
    }
}
