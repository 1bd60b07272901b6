//! The command line: which program to run, and how failures end it.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{Program, Settings, Source};
use crate::http::error::Chain;
use crate::run::{self, Failure};

/// Appointments by conversation, over HTTP.
///
/// Settings come from the environment and from `ratiba.toml`; the environment wins. Exit codes: 0 stopped as asked, 1 failed, 2 wrong
/// arguments, 78 settings are missing or wrong.
#[derive(Debug, Parser)]
#[command(name = "ratiba-server", version)]
pub struct Cli {
    /// Settings file; `ratiba.toml` in the working directory is read without being named.
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Clone, Copy, Subcommand)]
enum Command {
    /// Serve HTTP and run the worker; what happens without a subcommand too.
    Serve {
        /// Only serve HTTP: turns, deliveries and timers are left to `ratiba-server worker` processes on the same stores.
        #[arg(long)]
        no_worker: bool,
    },
    /// Show it all with nothing installed: three businesses, stand-ins of WhatsApp and M-Pesa, a page at /demo.
    Demo,
    /// Run the worker alone: deliveries, timers, reminders.
    Worker {
        /// Show there how it does: /healthz, /readyz and /metrics. Default: `RATIBA_WORKER_ADDR`, else nowhere.
        #[arg(long, value_name = "ADDR")]
        addr: Option<SocketAddr>,
    },
    /// Bring the database's schema up to date and stop.
    Migrate,
    /// Print the description of the REST API (`OpenAPI`, JSON) and stop.
    Openapi,
}

/// Exit code of wrong settings (`EX_CONFIG` of sysexits.h).
const EXIT_CONFIG: u8 = 78;

/// Runs the program that the arguments name.
pub fn main(cli: &Cli) -> ExitCode {
    let mut worker_addr = None;
    let program = match cli.command.unwrap_or(Command::Serve { no_worker: false }) {
        Command::Openapi => return print(&crate::api::description()),
        Command::Serve { no_worker: false } => Program::Serve,
        Command::Serve { no_worker: true } => Program::ServeOnly,
        Command::Demo => Program::Demo,
        Command::Worker { addr } => {
            worker_addr = addr;
            Program::Worker
        }
        Command::Migrate => Program::Migrate,
    };
    let mut settings = match Settings::check(program, &Source::from_process(cli.config.as_deref()))
    {
        Ok(settings) => settings,
        Err(error) => {
            complain(&error.to_string());
            return ExitCode::from(EXIT_CONFIG);
        }
    };
    settings.worker_addr = worker_addr.or(settings.worker_addr);
    settings.log.install();
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::Runtime)
        .and_then(|runtime| runtime.block_on(run::run(program, settings)));
    #[cfg(feature = "otel")]
    crate::otel::finish();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            complain(&Chain(&failure).to_string());
            ExitCode::FAILURE
        }
    }
}

/// Runs the program with the arguments of a command line, its name first.
pub fn run_with(arguments: impl IntoIterator<Item = String>) -> ExitCode {
    match Cli::try_parse_from(arguments) {
        Ok(cli) => main(&cli),
        Err(error) => error.exit(),
    }
}

/// Prints what was asked for.
fn print(text: &str) -> ExitCode {
    match writeln!(std::io::stdout(), "{text}") {
        Ok(()) => ExitCode::SUCCESS,
        Err(_closed) => ExitCode::FAILURE,
    }
}

/// Tells the person at the terminal; a closed stderr is no reason to fail differently.
fn complain(text: &str) {
    let _closed = writeln!(std::io::stderr(), "ratiba-server: {text}");
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_arguments_are_well_formed() {
        Cli::command().debug_assert();
        assert!(Cli::parse_from(["ratiba-server"]).command.is_none());
        let demo = Cli::parse_from(["ratiba-server", "demo", "--config", "a.toml"]);
        assert!(matches!(demo.command, Some(Command::Demo)));
        let worker = Cli::parse_from(["ratiba-server", "worker", "--addr", "127.0.0.1:0"]);
        assert!(matches!(worker.command, Some(Command::Worker { addr: Some(_) })));
        let alone = Cli::parse_from(["ratiba-server", "serve", "--no-worker"]);
        assert!(matches!(alone.command, Some(Command::Serve { no_worker: true })));
    }

    /// What documents and deployment files run.
    fn commands() -> Vec<String> {
        let mut found = Vec::new();
        for document in [include_str!("../OPERATIONS.md"), include_str!("../../README.md")] {
            let quoted = document.split('`').map(str::trim);
            found.extend(
                quoted
                    .filter(|t| t.starts_with("ratiba-server ") && !t.contains('\n'))
                    .map(str::to_owned),
            );
        }
        for line in include_str!("../deploy/compose.yaml").lines() {
            if let Some(arguments) =
                line.trim().strip_prefix("command: ").filter(|a| !a.starts_with('['))
            {
                found.push(format!("ratiba-server {arguments}"));
            }
        }
        for line in include_str!("../deploy/ratiba-server.service").lines() {
            if let Some((_, command)) = line.split_once("=/usr/local/bin/") {
                found.push(command.to_owned());
            }
        }
        found
    }

    #[test]
    fn documents_and_deployment_files_run_only_what_exists() {
        let commands = commands();
        assert!(commands.len() >= 8, "{commands:?}");
        for command in commands {
            let parsed = Cli::try_parse_from(command.split_whitespace());
            assert!(parsed.is_ok(), "`{command}`: {}", parsed.unwrap_err());
        }
    }
}
