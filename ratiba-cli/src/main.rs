//! `ratiba`: a thin program around the library of the same package.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    ratiba_cli::run(std::env::args_os()).await
}
