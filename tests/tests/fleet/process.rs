//! A `ratiba-server` in a process of its own: this very test program, started again with another purpose.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// Set for a process that is to be a server: its arguments.
const ARGUMENTS: &str = "RATIBA_TEST_FLEET";
/// The test that a process is started as.
const NAME: &str = "fleet::process::programs_are_started_and_stopped";
/// Longer than a slow machine takes to start or stop one.
const PATIENCE: Duration = Duration::from_mins(1);

/// One running program.
pub(super) struct Process {
    /// Where it answers: everything, or only how it does.
    pub(super) port: u16,
    child: Child,
}

impl Process {
    /// Starts a program with these arguments and settings, and waits until it says that it is ready. One that listens takes a port that
    /// nobody has: whoever chose it beforehand could lose it to another test.
    pub(super) async fn start(arguments: &str, settings: &[(&'static str, String)]) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", NAME, "--nocapture"])
            .env_clear()
            .envs(settings.iter().map(|(name, value)| (*name, value.as_str())))
            .env("RATIBA_ADDR", "127.0.0.1:0")
            .env("RATIBA_WORKER_ADDR", "127.0.0.1:0")
            .env(ARGUMENTS, arguments)
            .env("RATIBA_LOG", "json,warn,ratiba_server=info")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let said = async {
            let mut before = Vec::new();
            while let Some(line) = lines.next_line().await.unwrap() {
                if let Some(port) = readiness(&line) {
                    return port;
                }
                before.push(line);
            }
            panic!("the program ended while it started: {before:#?}");
        };
        let port = tokio::time::timeout(PATIENCE, said).await.expect("it starts");
        // What it says later is read too, so that it never waits for a reader.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { port, child }
    }

    /// As `kill -9`.
    pub(super) async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// SIGTERM, and the wait until it has ended well.
    pub(super) async fn stop(mut self) {
        let pid = self.child.id().expect("it runs").to_string();
        let told = Command::new("kill").args(["-TERM", &pid]).status().await.unwrap();
        assert!(told.success());
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await.expect("it stops");
        assert!(ended.unwrap().success(), "it stops without complaint");
    }
}

/// Whether a line of the log says that the program is ready, and the port that it listens at.
fn readiness(line: &str) -> Option<u16> {
    let line: serde_json::Value = serde_json::from_str(line).ok()?;
    match line["message"].as_str()? {
        "listening" | "working" => line["url"].as_str()?.rsplit(':').next()?.parse().ok(),
        _ => None,
    }
}

/// Becomes the server, in a process that was started for it.
fn serve(arguments: &str) -> ! {
    let words = std::iter::once("ratiba-server").chain(arguments.split_whitespace());
    let code = ratiba_server::cli::run_with(words.map(str::to_owned));
    // The harness would otherwise report on a test that never was.
    std::process::exit(i32::from(code != std::process::ExitCode::SUCCESS));
}

#[test]
fn programs_are_started_and_stopped() {
    if let Ok(arguments) = std::env::var(ARGUMENTS) {
        serve(&arguments);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let Some(town) = super::town::Town::open(1).await else { return };
        let mut server = Process::start("serve", &town.settings()).await;
        let worker = Process::start("worker", &town.settings()).await;
        assert!(server.child.try_wait().unwrap().is_none());
        server.stop().await;
        worker.stop().await;
    });
}
