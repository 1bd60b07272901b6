//! What every [`LiveFeed`] promises.

use jiff::Timestamp;

use crate::domain::id::Mint;
use crate::ports::live::{LiveEvent, LiveFeed, LiveKind};

/// Names the suite's tests for a maker: an `async fn` that gives a box of one (or anything else that derefs to it); with `if_there` before it
/// an option of one.
#[macro_export]
macro_rules! live_feed_conformance {
    ($($make:tt)+) => {
        $crate::conformance_tests! { live, (), $($make)+,
            everybody_who_listens_is_told_in_order,
            nobody_listening_is_no_failure,
            a_listener_hears_its_own_process_once,
        }
    };
}

fn event(n: u32) -> LiveEvent {
    let mint = Mint { at: Timestamp::UNIX_EPOCH, seed: 13 };
    LiveEvent { tenant: mint.id(0), customer: mint.id(n), thread: None, kind: LiveKind::Turn }
}

/// Each of two listeners hears all of it.
pub async fn everybody_who_listens_is_told_in_order(feed: &dyn LiveFeed) {
    let (mut one, mut two) = (feed.subscribe(), feed.subscribe());
    for n in 0..10 {
        feed.publish(event(n));
    }
    for n in 0..10 {
        assert_eq!(one.recv().await.unwrap(), event(n));
        assert_eq!(two.recv().await.unwrap(), event(n));
    }
}

/// News without listeners are dropped; who comes later hears what comes later.
pub async fn nobody_listening_is_no_failure(feed: &dyn LiveFeed) {
    feed.publish(event(1));
    let mut late = feed.subscribe();
    feed.publish(event(2));
    assert_eq!(late.recv().await.unwrap(), event(2));
}

/// What a process tells does not come back to it from outside.
pub async fn a_listener_hears_its_own_process_once(feed: &dyn LiveFeed) {
    let mut listener = feed.subscribe();
    feed.publish(event(1));
    assert_eq!(listener.recv().await.unwrap(), event(1));
    let again = tokio::time::timeout(std::time::Duration::from_millis(100), listener.recv()).await;
    assert!(again.is_err(), "{again:?}");
}
