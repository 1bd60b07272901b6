//! Two processes over one Redis: what one tells the other hears.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use ratiba_core::adapters::redis::RedisHot;
use ratiba_core::adapters::system::OsEntropy;
use ratiba_core::domain::id::Mint;
use ratiba_core::ports::hot::{HotState as _, Lane, Topic, WakeUp as _};
use ratiba_core::ports::live::{LiveEvent, LiveFeed as _, LiveKind};

use super::redis::{Private, corner, url};

const LONG: SignedDuration = SignedDuration::from_mins(10);
/// A test that waits longer has failed.
const STUCK: Duration = Duration::from_secs(30);

async fn two() -> Option<(RedisHot, RedisHot)> {
    let settings = corner(&url()?);
    let open = || async { RedisHot::open(&settings, &OsEntropy).await.unwrap() };
    Some((open().await, open().await))
}

fn lane() -> Lane {
    let mint = Mint { at: Timestamp::UNIX_EPOCH, seed: 5 };
    Lane { tenant: mint.id(0), customer: mint.id(1) }
}

async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(STUCK, future).await.expect("it happens at all")
}

#[tokio::test]
async fn a_lane_given_back_by_one_process_goes_to_the_other_that_waits() {
    let Some((one, two)) = two().await else { return };
    let lease = one.acquire(lane(), LONG, SignedDuration::ZERO).await.unwrap().unwrap();
    assert!(two.acquire(lane(), LONG, SignedDuration::ZERO).await.unwrap().is_none());
    let (next, ()) = soon(async {
        tokio::join!(two.acquire(lane(), LONG, LONG), async {
            tokio::task::yield_now().await;
            one.release(lane(), lease).await.unwrap();
        })
    })
    .await;
    assert!(next.unwrap().unwrap().fence > lease.fence);
}

#[tokio::test]
async fn a_wake_up_reaches_the_sleepers_of_every_process() {
    let Some((one, two)) = two().await else { return };
    // Until the other listens, which it does beside; then one wake-up is enough.
    soon(async {
        let woken = two.wait(Topic::Inbox, LONG);
        tokio::pin!(woken);
        loop {
            one.wake(Topic::Inbox).await;
            if tokio::time::timeout(Duration::from_millis(50), &mut woken).await.is_ok() {
                return;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn news_reach_the_dashboards_of_every_process() {
    let Some((one, two)) = two().await else { return };
    let mut dashboard = two.subscribe();
    let event = LiveEvent {
        tenant: lane().tenant,
        customer: lane().customer,
        thread: None,
        kind: LiveKind::Turn,
    };
    let heard = soon(async {
        loop {
            one.publish(event.clone());
            let heard = tokio::time::timeout(Duration::from_millis(50), dashboard.recv()).await;
            if let Ok(heard) = heard {
                return heard.unwrap();
            }
        }
    });
    assert_eq!(heard.await, event);
}

#[tokio::test]
async fn fences_grow_also_after_everything_was_forgotten() {
    let Some(server) = Private::start(&[]).await else { return };
    let hot = RedisHot::open(&corner(&server.url()), &OsEntropy).await.unwrap();
    let before = hot.acquire(lane(), LONG, SignedDuration::ZERO).await.unwrap().unwrap();
    assert_eq!(server.command("FLUSHALL").await, "+OK");
    let after = hot.acquire(lane(), LONG, SignedDuration::ZERO).await.unwrap().unwrap();
    assert!(after.fence > before.fence);
    // The one from before the flush gives nothing away.
    hot.release(lane(), before).await.unwrap();
    assert!(hot.acquire(lane(), LONG, SignedDuration::ZERO).await.unwrap().is_none());
}
