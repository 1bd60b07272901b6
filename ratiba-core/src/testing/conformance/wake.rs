//! What every [`WakeUp`] promises.

use jiff::SignedDuration;

use crate::ports::hot::{Topic, WakeUp};

/// Far longer than any test takes; a clock that is paused skips it.
const LONG: SignedDuration = SignedDuration::from_secs(3_600);

/// How long a sleeper is left alone where nobody should wake it.
const SHORT: SignedDuration = SignedDuration::from_millis(150);

/// Names the suite's tests for a maker: an `async fn` that gives a box of one (or anything else that derefs to it).
/// They run on tokio's paused clock, where waiting costs no time; with `if_there` before a maker that gives an
/// option, they run on the real one.
#[macro_export]
macro_rules! wake_up_conformance {
    ($make:path) => {
        $crate::wake_up_conformance! { @ (start_paused = true), $make }
    };
    (if_there $make:path) => {
        $crate::wake_up_conformance! { @ (), if_there $make }
    };
    (@ $runtime:tt, $($make:tt)+) => {
        $crate::conformance_tests! { wake, $runtime, $($make)+,
            a_wake_up_before_the_wait_is_kept,
            a_sleeper_wakes,
            topics_do_not_wake_each_other,
            patience_ends,
        }
    };
}

/// Elapsed time on the test's clock.
async fn elapsed(work: impl Future<Output = ()>) -> SignedDuration {
    let start = tokio::time::Instant::now();
    work.await;
    SignedDuration::try_from(start.elapsed()).unwrap_or(SignedDuration::MAX)
}

/// Whoever waits after the wake-up does not sleep.
pub async fn a_wake_up_before_the_wait_is_kept(wake: &dyn WakeUp) {
    wake.wake(Topic::Inbox).await;
    wake.wake(Topic::Inbox).await;
    assert!(elapsed(wake.wait(Topic::Inbox, LONG)).await < LONG);
}

/// Whoever waits already is woken.
pub async fn a_sleeper_wakes(wake: &dyn WakeUp) {
    let both = async {
        tokio::join!(wake.wait(Topic::Outbox, LONG), wake.wake(Topic::Outbox));
    };
    assert!(elapsed(both).await < LONG);
}

/// A wake-up of one topic is none of another.
pub async fn topics_do_not_wake_each_other(wake: &dyn WakeUp) {
    wake.wake(Topic::Inbox).await;
    wake.wake(Topic::Outbox).await;
    assert!(elapsed(wake.wait(Topic::Timers, SHORT)).await >= SHORT);
}

/// Nobody sleeps longer than they said.
pub async fn patience_ends(wake: &dyn WakeUp) {
    let patience = SignedDuration::from_millis(20);
    let slept = elapsed(wake.wait(Topic::Inbox, patience)).await;
    assert!(slept >= patience && slept < LONG);
    wake.wait(Topic::Inbox, SignedDuration::ZERO).await;
}
