//! What every [`HotState`] promises.

use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};

use crate::domain::id::Mint;
use crate::ports::hot::{HotState, Lane, Lease};

const TTL: SignedDuration = SignedDuration::from_millis(400);
const LONG: SignedDuration = SignedDuration::from_secs(3_600);
const NOW: SignedDuration = SignedDuration::ZERO;

/// Names the suite's tests for a maker: an `async fn` that gives a box of one (or anything else that derefs to it).
/// They run on tokio's paused clock, where waiting costs no time.
#[macro_export]
macro_rules! hot_state_conformance {
    ($make:path) => {
        $crate::conformance_tests! { hot, (start_paused = true), $make,
            a_lane_has_one_holder,
            a_lane_given_back_can_be_had,
            whoever_waits_gets_the_lane_when_it_is_given_back,
            a_lease_runs_out,
            an_old_lease_gives_nothing_back,
            fences_grow,
            lanes_of_two_customers_are_two,
            only_one_of_many_works_at_a_time,
            a_cancelled_waiter_leaves_the_lane_to_the_others,
            uses_above_the_limit_are_refused,
            a_new_window_counts_afresh,
            keys_are_counted_apart,
        }
    };
}

fn lane(customer: u32) -> Lane {
    let mint = Mint { at: Timestamp::UNIX_EPOCH, seed: 11 };
    Lane { tenant: mint.id(1_000), customer: mint.id(customer) }
}

async fn take(hot: &dyn HotState, customer: u32) -> Lease {
    hot.acquire(lane(customer), TTL, NOW).await.unwrap().expect("the lane is free")
}

async fn is_free(hot: &dyn HotState, customer: u32) -> bool {
    hot.acquire(lane(customer), TTL, NOW).await.unwrap().is_some()
}

/// Two never hold one lane.
pub async fn a_lane_has_one_holder(hot: &dyn HotState) {
    take(hot, 1).await;
    assert!(!is_free(hot, 1).await);
}

/// A lane given back is free at once.
pub async fn a_lane_given_back_can_be_had(hot: &dyn HotState) {
    let lease = take(hot, 1).await;
    hot.release(lane(1), lease).await.unwrap();
    assert!(is_free(hot, 1).await);
}

/// Patience is rewarded.
pub async fn whoever_waits_gets_the_lane_when_it_is_given_back(hot: &dyn HotState) {
    let lease = hot.acquire(lane(1), LONG, NOW).await.unwrap().expect("the lane is free");
    let (next, ()) = tokio::join!(hot.acquire(lane(1), TTL, LONG), async {
        tokio::task::yield_now().await;
        hot.release(lane(1), lease).await.unwrap();
    });
    assert!(next.unwrap().is_some());
}

/// A holder that died keeps nobody out for longer than its lease.
pub async fn a_lease_runs_out(hot: &dyn HotState) {
    take(hot, 1).await;
    assert!(hot.acquire(lane(1), TTL, LONG).await.unwrap().is_some());
}

/// Whoever comes back late must not give away what somebody else holds now.
pub async fn an_old_lease_gives_nothing_back(hot: &dyn HotState) {
    let old = take(hot, 1).await;
    hot.acquire(lane(1), LONG, LONG).await.unwrap().expect("the first lease runs out");
    hot.release(lane(1), old).await.unwrap();
    assert!(!is_free(hot, 1).await);
}

/// A later lease of a lane has a larger fence, also after it was free.
pub async fn fences_grow(hot: &dyn HotState) {
    let mut last = 0;
    for _ in 0..5 {
        let lease = take(hot, 1).await;
        assert!(lease.fence > last);
        last = lease.fence;
        hot.release(lane(1), lease).await.unwrap();
    }
}

/// Nobody waits for somebody else's lane.
pub async fn lanes_of_two_customers_are_two(hot: &dyn HotState) {
    take(hot, 1).await;
    take(hot, 2).await;
}

/// Many want one lane: all get it, one after another.
pub async fn only_one_of_many_works_at_a_time(hot: &dyn HotState) {
    let working = AtomicU32::new(0);
    let turns = join_all((0..32).map(|_| async {
        let lease = hot.acquire(lane(1), LONG, LONG).await.unwrap().expect("patience is long");
        assert_eq!(working.fetch_add(1, Ordering::SeqCst), 0, "two work at a time");
        tokio::task::yield_now().await;
        working.fetch_sub(1, Ordering::SeqCst);
        hot.release(lane(1), lease).await.unwrap();
    }));
    assert_eq!(turns.await.len(), 32);
}

/// A waiter that is dropped does not take the lane with it.
pub async fn a_cancelled_waiter_leaves_the_lane_to_the_others(hot: &dyn HotState) {
    let lease = hot.acquire(lane(1), LONG, NOW).await.unwrap().expect("the lane is free");
    {
        let waiter = hot.acquire(lane(1), LONG, LONG);
        let soon = tokio::time::timeout(std::time::Duration::from_millis(1), waiter).await;
        assert!(soon.is_err(), "the lane is held");
    }
    hot.release(lane(1), lease).await.unwrap();
    assert!(is_free(hot, 1).await);
}

/// The use above the limit is refused, and so is every further one.
pub async fn uses_above_the_limit_are_refused(hot: &dyn HotState) {
    for n in 1..=5 {
        assert_eq!(hot.allow("ip", 3, LONG).await.unwrap(), n <= 3, "use {n}");
    }
}

/// When the window is over, uses are allowed again.
pub async fn a_new_window_counts_afresh(hot: &dyn HotState) {
    assert!(hot.allow("ip", 1, TTL).await.unwrap());
    assert!(!hot.allow("ip", 1, TTL).await.unwrap());
    // Waiting for a lease that runs out takes as long as the window, on whatever clock the adapter has.
    a_lease_runs_out(hot).await;
    assert!(hot.allow("ip", 1, TTL).await.unwrap());
}

/// One key's uses are none of another's.
pub async fn keys_are_counted_apart(hot: &dyn HotState) {
    assert!(hot.allow("a", 1, LONG).await.unwrap());
    assert!(hot.allow("b", 1, LONG).await.unwrap());
    assert!(!hot.allow("a", 1, LONG).await.unwrap());
}
