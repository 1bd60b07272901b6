//! Hot state and wake-ups for one process.
