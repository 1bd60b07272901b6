//! The operating system's clock and chance.

use jiff::Timestamp;
use rand::rngs::SysRng;
use rand::{Rng, TryRng};

use crate::ports::clock::{Clock, Entropy};

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the adapter that everybody else asks")]
    fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }
}

/// The operating system's chance.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    fn draw(&self) -> u64 {
        rand::rng().next_u64()
    }

    fn secret(&self) -> [u8; 32] {
        let mut bytes = [0_u8; 32];
        if SysRng.try_fill_bytes(&mut bytes).is_err() {
            // The thread's generator was seeded by the same system and is cryptographically strong.
            rand::rng().fill_bytes(&mut bytes);
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use jiff::Unit;

    use super::*;

    #[test]
    fn moments_are_whole_microseconds() {
        let now = SystemClock.now();
        assert_eq!(now.round(Unit::Microsecond).unwrap(), now);
    }

    #[test]
    fn secrets_differ() {
        assert_ne!(OsEntropy.secret(), OsEntropy.secret());
        assert_ne!(OsEntropy.draw(), OsEntropy.draw());
    }
}
