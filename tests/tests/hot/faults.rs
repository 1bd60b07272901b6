//! A Redis that is dead, hangs or comes back: calls fail at once, and succeed again by themselves.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use ratiba_core::adapters::redis::RedisHot;
use ratiba_core::adapters::system::OsEntropy;
use ratiba_core::ports::fault::FaultKind;
use ratiba_core::ports::hot::HotState;
use tokio::net::{TcpListener, TcpStream};

use super::redis::{Private, corner, free_port};

const STUCK: Duration = Duration::from_mins(1);
/// Calls that are made while nothing answers.
const CALLS: u32 = 2_000;
/// What one of them may cost on average: far less than a turn.
const CHEAP: Duration = Duration::from_millis(2);

async fn open(url: &str) -> RedisHot {
    let mut settings = corner(url);
    settings.budget = Duration::from_millis(250);
    RedisHot::open(&settings, &OsEntropy).await.unwrap()
}

/// Many calls fail as passing ones, and cheaply; the first may use up its budget.
async fn fails_cheaply(hot: &RedisHot) {
    let begun = Instant::now();
    for _ in 0..CALLS {
        let fault = hot.allow("key", 1, SignedDuration::from_secs(1)).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Transient);
    }
    let each = begun.elapsed() / CALLS;
    assert!(each < CHEAP, "{each:?}");
}

async fn comes_back(hot: &RedisHot) {
    let back = async {
        while hot.ping().await.is_err() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(STUCK, back).await.expect("it is reached again");
}

#[tokio::test]
async fn one_that_is_killed_costs_nearly_nothing_and_is_found_again() {
    let Some(mut server) = Private::start(&[]).await else { return };
    let hot = open(&server.url()).await;
    hot.ping().await.unwrap();
    server.kill().await;
    fails_cheaply(&hot).await;
    server.restart().await;
    comes_back(&hot).await;
    assert!(hot.allow("key", 1, SignedDuration::from_secs(1)).await.unwrap());
}

#[tokio::test]
async fn one_that_is_not_there_yet_is_found_when_it_is() {
    let port = free_port();
    let hot = open(&format!("redis://127.0.0.1:{port}")).await;
    fails_cheaply(&hot).await;
}

#[tokio::test]
async fn one_that_hangs_costs_one_time_out() {
    let Some(server) = Private::start(&[]).await else { return };
    let wire = Wire::to(server.port).await;
    let hot = open(&wire.url()).await;
    hot.ping().await.unwrap();
    wire.hang(true);
    fails_cheaply(&hot).await;
    wire.hang(false);
    comes_back(&hot).await;
}

#[tokio::test]
async fn an_address_that_is_none_is_told() {
    let fault = RedisHot::open(&corner("mysql://db"), &OsEntropy).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Misconfigured);
}

/// A wire to a server that can be made to carry nothing, while it stays connected.
pub(crate) struct Wire {
    port: u16,
    hangs: Arc<AtomicBool>,
    task: tokio::task::JoinHandle<()>,
}

impl Wire {
    pub(crate) async fn to(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let hangs = Arc::new(AtomicBool::new(false));
        let hanging = Arc::clone(&hangs);
        let task = tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let hanging = Arc::clone(&hanging);
                tokio::spawn(async move {
                    let Ok(far) = TcpStream::connect(("127.0.0.1", server)).await else { return };
                    let ((near_in, near_out), (far_in, far_out)) =
                        (near.into_split(), far.into_split());
                    tokio::join!(
                        carry(near_in, far_out, &hanging),
                        carry(far_in, near_out, &hanging)
                    );
                });
            }
        });
        Self { port, hangs, task }
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    pub(crate) fn hang(&self, hangs: bool) {
        self.hangs.store(hangs, Ordering::SeqCst);
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Carries bytes one way; what comes while the wire hangs is lost for ever, as on a cut cable.
async fn carry(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    hangs: &AtomicBool,
) {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut buffer = [0_u8; 4_096];
    loop {
        match from.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(_) if hangs.load(Ordering::SeqCst) => {}
            Ok(read) => {
                if to.write_all(&buffer[..read]).await.is_err() {
                    return;
                }
            }
        }
    }
}
