//! Time and chance, which are passed in everywhere else.

use jiff::Timestamp;

/// Tells the time.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Now, in whole microseconds: that is what stores keep, so a moment reads back as it was written.
    fn now(&self) -> Timestamp;
}

/// Draws chance.
pub trait Entropy: Send + Sync + std::fmt::Debug {
    /// 64 bits for ids, seeds and jitter.
    fn draw(&self) -> u64;

    /// 32 unguessable bytes for tokens and keys; from the operating system in production.
    fn secret(&self) -> [u8; 32];
}
