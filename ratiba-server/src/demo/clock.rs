//! The demo's clock: the machine's, moved.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};
use ratiba_core::adapters::system::SystemClock;
use ratiba_core::ports::clock::Clock;

/// Runs as fast as the machine's clock, from wherever it was set to; it never goes back.
#[derive(Debug, Default)]
pub struct DemoClock {
    system: SystemClock,
    ahead_us: AtomicI64,
}

impl DemoClock {
    /// Shows `start` now, or the machine's time.
    pub fn starting_at(start: Option<Timestamp>) -> Self {
        let clock = Self::default();
        if let Some(start) = start {
            let ahead = start.as_microsecond() - clock.system.now().as_microsecond();
            clock.ahead_us.store(ahead, Ordering::Relaxed);
        }
        clock
    }

    /// Moves it forward.
    pub fn advance(&self, by: SignedDuration) {
        let by = i64::try_from(by.as_micros()).unwrap_or(0).max(0);
        self.ahead_us.fetch_add(by, Ordering::Relaxed);
    }
}

impl Clock for DemoClock {
    fn now(&self) -> Timestamp {
        let now = self.system.now();
        let moved = now.as_microsecond().saturating_add(self.ahead_us.load(Ordering::Relaxed));
        Timestamp::from_microsecond(moved).unwrap_or(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_starts_where_it_is_told_and_only_moves_forward() {
        let start: Timestamp = "2026-11-23T09:00:00+03:00".parse().unwrap();
        let clock = DemoClock::starting_at(Some(start));
        assert!(clock.now() >= start);
        clock.advance(SignedDuration::from_hours(25));
        clock.advance(SignedDuration::from_hours(-9));
        assert!(clock.now() >= start + SignedDuration::from_hours(25));
    }
}
