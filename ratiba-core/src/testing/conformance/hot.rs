//! What every [`HotState`] promises.

use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};

use crate::domain::appointment::Busy;
use crate::domain::id::{Mint, TenantId, ThreadId};
use crate::domain::time::TimeWindow;
use crate::ports::hot::{HotState, Lane, Lease};

const TTL: SignedDuration = SignedDuration::from_millis(400);
const LONG: SignedDuration = SignedDuration::from_secs(3_600);
const NOW: SignedDuration = SignedDuration::ZERO;

/// Names the suite's tests for a maker: an `async fn` that gives a box of one (or anything else that derefs to it).
/// They run on tokio's paused clock, where waiting costs no time; with `if_there` before a maker that gives an
/// option, they run on the real one.
#[macro_export]
macro_rules! hot_state_conformance {
    ($make:path) => {
        $crate::hot_state_conformance! { @ (start_paused = true), $make }
    };
    (if_there $make:path) => {
        $crate::hot_state_conformance! { @ (), if_there $make }
    };
    (@ $runtime:tt, $($make:tt)+) => {
        $crate::conformance_tests! { hot, $runtime, $($make)+,
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
            it_answers,
            a_slot_has_one_holder,
            slots_that_only_touch_do_not_meet,
            a_pair_is_held_whole_or_not_at_all,
            a_resource_is_held_like_a_member_of_staff,
            only_its_holder_gives_a_slot_back,
            a_hold_lapses,
            holds_of_two_tenants_never_meet,
            an_offered_lane_is_taken_once,
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

/// A ping is answered.
pub async fn it_answers(hot: &dyn HotState) {
    hot.ping().await.unwrap();
}

const MINT: Mint = Mint { at: Timestamp::UNIX_EPOCH, seed: 12 };

fn tenant() -> TenantId {
    MINT.id(0)
}

fn holder(n: u32) -> ThreadId {
    MINT.id(n)
}

/// A claim on a member of staff from one minute of the day to another.
fn claim(staff: u32, from: i64, to: i64) -> Busy {
    let at = |minute: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute);
    Busy {
        staff: MINT.id(100 + staff),
        resource: None,
        blocked: TimeWindow { start: at(from), end: at(to) },
        appointment: MINT.id(200),
    }
}

async fn hold(hot: &dyn HotState, who: u32, claims: &[Busy]) -> bool {
    hot.hold(tenant(), holder(who), claims, LONG).await.unwrap()
}

/// What overlaps somebody else's is refused; one's own is held again.
pub async fn a_slot_has_one_holder(hot: &dyn HotState) {
    assert!(hold(hot, 1, &[claim(1, 60, 90)]).await);
    assert!(!hold(hot, 2, &[claim(1, 75, 105)]).await);
    assert!(hold(hot, 2, &[claim(2, 75, 105)]).await, "another member of staff");
    assert!(hold(hot, 1, &[claim(1, 60, 90)]).await, "one's own");
}

/// The end of one is the start of the next.
pub async fn slots_that_only_touch_do_not_meet(hot: &dyn HotState) {
    assert!(hold(hot, 1, &[claim(1, 60, 90)]).await);
    assert!(hold(hot, 2, &[claim(1, 90, 120)]).await);
    assert!(hold(hot, 3, &[claim(1, 30, 60)]).await);
}

/// Of a pair of which one is taken the other stays free.
pub async fn a_pair_is_held_whole_or_not_at_all(hot: &dyn HotState) {
    assert!(hold(hot, 1, &[claim(2, 90, 120)]).await);
    assert!(!hold(hot, 2, &[claim(1, 60, 90), claim(2, 100, 130)]).await);
    assert!(hold(hot, 3, &[claim(1, 60, 90), claim(3, 90, 120)]).await);
    assert!(!hold(hot, 4, &[claim(3, 100, 110)]).await);
}

/// Two members of staff can't have one chair.
pub async fn a_resource_is_held_like_a_member_of_staff(hot: &dyn HotState) {
    let chair = Some(MINT.id(300));
    assert!(hold(hot, 1, &[Busy { resource: chair, ..claim(1, 60, 90) }]).await);
    assert!(!hold(hot, 2, &[Busy { resource: chair, ..claim(2, 60, 90) }]).await);
    assert!(hold(hot, 2, &[claim(2, 60, 90)]).await);
}

/// Whoever gives back late must not give away what somebody else holds.
pub async fn only_its_holder_gives_a_slot_back(hot: &dyn HotState) {
    assert!(hold(hot, 1, &[claim(1, 60, 90)]).await);
    hot.unhold(tenant(), holder(2), &[claim(1, 60, 90)]).await.unwrap();
    assert!(!hold(hot, 2, &[claim(1, 60, 90)]).await);
    hot.unhold(tenant(), holder(1), &[claim(1, 60, 90)]).await.unwrap();
    assert!(hold(hot, 2, &[claim(1, 60, 90)]).await);
}

/// A holder that died keeps nobody out for longer than its hold.
pub async fn a_hold_lapses(hot: &dyn HotState) {
    assert!(hot.hold(tenant(), holder(1), &[claim(1, 60, 90)], TTL).await.unwrap());
    assert!(!hold(hot, 2, &[claim(1, 60, 90)]).await);
    a_lease_runs_out(hot).await;
    assert!(hold(hot, 2, &[claim(1, 60, 90)]).await);
}

/// One tenant's time is none of another's.
pub async fn holds_of_two_tenants_never_meet(hot: &dyn HotState) {
    assert!(hold(hot, 1, &[claim(1, 60, 90)]).await);
    let other: TenantId = MINT.id(1);
    assert!(hot.hold(other, holder(2), &[claim(1, 60, 90)], LONG).await.unwrap());
}

/// Each lane in the bag goes to one taker, however often it was offered.
pub async fn an_offered_lane_is_taken_once(hot: &dyn HotState) {
    for customer in [1, 2, 1, 3, 2] {
        hot.offer(lane(customer)).await.unwrap();
    }
    let mut taken = hot.take_offers(2).await.unwrap();
    assert_eq!(taken.len(), 2);
    taken.extend(hot.take_offers(9).await.unwrap());
    taken.sort_by_key(|lane| lane.customer);
    let mut all = [lane(1), lane(2), lane(3)];
    all.sort_by_key(|lane| lane.customer);
    assert_eq!(taken, all);
    assert!(hot.take_offers(9).await.unwrap().is_empty());
}
