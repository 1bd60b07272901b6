//! Time that is set by hand, and chance that repeats itself.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use jiff::{SignedDuration, Timestamp};

use crate::ports::clock::{Clock, Entropy};

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct ManualClock {
    micros: AtomicI64,
}

impl ManualClock {
    /// A clock that shows this moment, cut to whole microseconds.
    pub fn at(now: Timestamp) -> Self {
        Self { micros: AtomicI64::new(now.as_microsecond()) }
    }

    /// Moves it by so much; back, when negative.
    pub fn advance(&self, by: SignedDuration) {
        let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        self.micros.fetch_add(by, Ordering::SeqCst);
    }

    /// Sets it to a moment.
    pub fn set(&self, now: Timestamp) {
        self.micros.store(now.as_microsecond(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.micros.load(Ordering::SeqCst)).unwrap_or(Timestamp::MAX)
    }
}

/// Chance that is the same for the same seed. Everybody can guess it.
#[derive(Debug)]
pub struct SeededEntropy {
    state: AtomicU64,
}

/// The step of Sebastiano Vigna's splitmix64: odd, so that the state visits every number.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

impl SeededEntropy {
    /// Chance that starts from a seed.
    pub const fn new(seed: u64) -> Self {
        Self { state: AtomicU64::new(seed) }
    }
}

impl Entropy for SeededEntropy {
    fn draw(&self) -> u64 {
        let mut z = self.state.fetch_add(STEP, Ordering::SeqCst).wrapping_add(STEP);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn secret(&self) -> [u8; 32] {
        let mut bytes = [0_u8; 32];
        for chunk in bytes.chunks_exact_mut(8) {
            chunk.copy_from_slice(&self.draw().to_le_bytes());
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_moves_only_by_hand() {
        let clock = ManualClock::at(Timestamp::UNIX_EPOCH);
        assert_eq!(clock.now(), Timestamp::UNIX_EPOCH);
        clock.advance(SignedDuration::from_mins(1));
        assert_eq!(clock.now().as_second(), 60);
        clock.set(Timestamp::UNIX_EPOCH);
        assert_eq!(clock.now(), Timestamp::UNIX_EPOCH);
    }

    #[test]
    fn the_same_seed_draws_the_same() {
        let (a, b) = (SeededEntropy::new(7), SeededEntropy::new(7));
        assert_eq!((a.draw(), a.secret()), (b.draw(), b.secret()));
        assert_ne!(a.draw(), a.draw());
        assert_ne!(SeededEntropy::new(8).draw(), SeededEntropy::new(7).draw());
    }
}
