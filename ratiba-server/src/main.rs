//! `ratiba-server serve | demo | worker | migrate`.

use std::process::ExitCode;

use clap::Parser as _;
use ratiba_server::cli::Cli;

fn main() -> ExitCode {
    ratiba_server::cli::main(&Cli::parse())
}
