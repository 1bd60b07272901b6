//! One file per command; each resolves what it needs, does its work, and hands an output value to the printer.

mod catalog;
mod chat;
mod converse;
mod costs;
mod dead_letters;
mod doctor;
mod eval;
mod keys;
mod migrate;
mod payments;
mod privacy;
mod reach;
mod replay;
mod slots;
mod staff;
mod suggest;
mod tenant;
mod tuning;
mod understand;
mod why;

use std::process::ExitCode;

use crate::args::Command;
use crate::error::CliError;
use crate::printer::Printer;
use crate::settings::Settings;

/// Runs a command.
pub(crate) async fn run(
    command: Command,
    settings: &Settings,
    printer: &Printer,
) -> Result<ExitCode, CliError> {
    match command {
        Command::Tenant(command) => tenant::run(command, settings, printer).await,
        Command::Catalog(command) => catalog::run(command, settings, printer).await,
        Command::Suggest(command) => suggest::run(command, settings, printer).await,
        Command::Staff(command) => staff::staff(command, settings, printer).await,
        Command::Hours(command) => tuning::hours(command, settings, printer).await,
        Command::Knowledge(command) => tuning::knowledge(command, settings, printer).await,
        Command::Dials(command) => tuning::dials(command, settings, printer).await,
        Command::Chat(args) => chat::run(&args, settings, printer).await,
        Command::Converse(args) => converse::run(&args, printer).await,
        Command::Understand(args) => understand::run(&args, settings, printer).await,
        Command::Eval(args) => eval::run(&args, settings, printer).await,
        Command::Slots(args) => slots::run(&args, settings, printer).await,
        Command::Payments(command) => payments::run(command, settings, printer).await,
        Command::Replay(args) => replay::run(&args, settings, printer).await,
        Command::Why(command) => why::run(command, settings, printer).await,
        Command::Costs(args) => costs::run(&args, settings, printer).await,
        Command::DeadLetters(command) => dead_letters::run(command, settings, printer).await,
        Command::Privacy(command) => privacy::run(command, settings, printer).await,
        Command::Keys(command) => keys::run(&command, settings, printer).await,
        Command::Migrate(args) => migrate::run(&args, settings, printer).await,
        Command::Doctor(args) => doctor::run(&args, settings, printer).await,
    }
}
