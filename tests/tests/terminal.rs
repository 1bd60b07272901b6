//! The terminal program against databases, Redis and stand-ins: run as a person runs it, in a process and an environment of its own, which is
//! this very test program started again with another purpose.

pub(crate) mod doctor;
mod eval;
mod letters;
mod pooler;
mod price_lists;
mod suggest;

use std::process::Stdio;

use ratiba_core::adapters::seal::SecretKey;
use ratiba_core::adapters::sqlite::SqliteStore;
use serde_json::Value;
use tokio::process::Command;

use crate::store::TempDir;

/// Set for a process that is to be the terminal: its arguments, one a line.
const ARGUMENTS: &str = "RATIBA_TEST_TERMINAL";
/// The test that a process is started as.
const NAME: &str = "terminal::the_terminal_runs_in_a_process_of_its_own";

/// Settings of a process.
pub(crate) type Env = Vec<(&'static str, String)>;

/// Runs a command with `--json`: its exit code, and what it wrote.
pub(crate) async fn ratiba(arguments: &[&str], env: &Env) -> (i32, Value) {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", NAME, "--nocapture"])
        .env_clear()
        .envs(env.iter().map(|(name, value)| (*name, value.as_str())))
        .env(ARGUMENTS, arguments.join("\n"))
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    // The harness writes a line of its own first.
    let document = text.lines().find(|line| line.starts_with(['[', '{']));
    let document = document.map_or(Value::Null, |line| serde_json::from_str(line).unwrap());
    let code = output.status.code().unwrap();
    assert!(
        document != Value::Null || code != 0,
        "{text}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    (code, document)
}

#[test]
fn the_terminal_runs_in_a_process_of_its_own() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let Ok(arguments) = std::env::var(ARGUMENTS) else {
        let wrong = runtime.block_on(ratiba(&["no-such-command"], &Vec::new()));
        assert_eq!(wrong, (2, Value::Null));
        return;
    };
    let words = ["ratiba", "--json"].into_iter().chain(arguments.lines()).map(Into::into);
    let code = runtime.block_on(ratiba_cli::run(words));
    let number = (0..=u8::MAX).find(|n| std::process::ExitCode::from(*n) == code);
    // The harness would otherwise report on a test that never was.
    std::process::exit(i32::from(number.unwrap()));
}

/// A store in a file, and the settings that name it.
async fn in_a_file() -> (SqliteStore, Env, TempDir) {
    let dir = TempDir::new();
    let store = SqliteStore::open(&dir.file(), &SecretKey::for_tests()).await.unwrap();
    let env = vec![
        ("DATABASE_URL", format!("sqlite://{}", dir.file().display())),
        ("RATIBA_DATA_DIR", dir.0.display().to_string()),
        ("RATIBA_SECRET_KEY", hex::encode("ratiba: known to all, tests only")),
        ("RATIBA_PUBLIC_URL", "https://book.example.co.ke".to_owned()),
    ];
    (store, env, dir)
}
