//! `ratiba-server serve | demo | worker | migrate`.

use std::process::ExitCode;

fn main() -> ExitCode {
    ratiba_server::cli::run_with(std::env::args())
}
