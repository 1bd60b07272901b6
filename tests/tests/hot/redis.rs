//! Where the tests' Redis is: the one that `RATIBA_TEST_REDIS_URL` names, or private ones that a test starts, stops and mistreats.

use std::net::TcpListener;
use std::process::Stdio;
use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ratiba_core::adapters::redis::{RedisHot, RedisSettings};
use ratiba_core::adapters::system::OsEntropy;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::store::TempDir;

/// Names the server that suites share.
pub(crate) const URL: &str = "RATIBA_TEST_REDIS_URL";

/// The shared server, or `None` after saying once what is left out.
pub(crate) fn url() -> Option<String> {
    static TOLD: Once = Once::new();
    let url = std::env::var(URL).ok();
    if url.is_none() {
        TOLD.call_once(|| {
            left_out(&format!("what needs Redis: {URL} is not set (tests/run sets it)"));
        });
    }
    url
}

/// Says past the test harness, which would swallow it, what was not tested.
#[expect(clippy::print_stderr, reason = "whoever runs the tests must see what they do not cover")]
pub(crate) fn left_out(what: &str) {
    use std::io::Write as _;
    let line = format!("\nleft out: {what}\n");
    // The harness captures `eprintln!` but not the handle.
    if std::io::stderr().write_all(line.as_bytes()).is_err() {
        eprintln!("{line}");
    }
}

/// Settings for a corner of a server that no other test uses.
pub(crate) fn corner(url: &str) -> RedisSettings {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let mut settings = RedisSettings::at(url);
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    settings.prefix = format!("test-{}-{n}", std::process::id());
    // A machine that builds and tests at once may be slow; what is tested with faults has budgets of its own.
    settings.budget = Duration::from_secs(5);
    settings
}

/// A fresh corner of the shared server.
pub(crate) async fn opened() -> Option<Box<RedisHot>> {
    let settings = corner(&url()?);
    Some(Box::new(RedisHot::open(&settings, &OsEntropy).await.unwrap()))
}

/// A server of one test's own.
pub(crate) struct Private {
    pub(crate) port: u16,
    dir: TempDir,
    child: Child,
    more: Vec<String>,
}

impl Private {
    /// Starts one; `None` after saying so where the program is not installed.
    pub(crate) async fn start(more: &[&str]) -> Option<Self> {
        static TOLD: Once = Once::new();
        let more: Vec<String> = more.iter().map(|&word| word.to_owned()).collect();
        let dir = TempDir::new();
        let port = free_port_for_redis();
        let Some(child) = spawn(port, &dir, &more) else {
            TOLD.call_once(|| {
                left_out("what stops and breaks Redis: redis-server is not installed");
            });
            return None;
        };
        let server = Self { port, dir, child, more };
        server.ready().await;
        Some(server)
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// As the power going.
    pub(crate) async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// Starts it again at the same place, empty.
    pub(crate) async fn restart(&mut self) {
        self.child = spawn(self.port, &self.dir, &self.more).unwrap();
        self.ready().await;
    }

    /// One command in the protocol's inline form; gives the first line of the answer.
    pub(crate) async fn command(&self, line: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        stream.write_all(format!("{line}\r\n").as_bytes()).await.unwrap();
        let mut answer = [0_u8; 512];
        let read = stream.read(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer[..read]).trim_end().to_owned()
    }

    async fn ready(&self) {
        let answers = async {
            while TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            while self.command("PING").await != "+PONG" {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), answers).await.expect("redis-server starts");
    }
}

fn spawn(port: u16, dir: &TempDir, more: &[String]) -> Option<Child> {
    Command::new("redis-server")
        .args([
            "--port",
            &port.to_string(),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
        ])
        .arg("--dir")
        .arg(&dir.0)
        .args(more)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .ok()
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The highest at which Redis in cluster mode starts: its nodes speak to each other ten thousand ports higher.
const HIGHEST_OF_A_CLUSTER: u16 = u16::MAX - 10_000;

/// A port that was free a moment ago, where a server may stand whether it is of a cluster or not.
fn free_port_for_redis() -> u16 {
    loop {
        let port = free_port();
        if port <= HIGHEST_OF_A_CLUSTER {
            return port;
        }
    }
}
