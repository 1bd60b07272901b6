//! Hot state, wake-ups and news over Redis 7 or Valkey, for any number of processes.
//!
//! Everything here only saves work: leases so that two processes do not take one turn twice, holds that make a race polite, ids of messages
//! that were stored lately, counters of rate limits, and news. Losing all of it costs time, never facts; the revision and the unique keys in
//! the store decide. So no call waits long: a server that is dead, slow or being restarted costs one time-out, after which every call fails at
//! once until a task beside has reached it again (`link`).
//!
//! There is no hot copy of conversations, on purpose: a turn reads its pending items from the store in any case, and the checkpoint comes with
//! them in the same statement, so a copy here would save no round trip.
//!
//! Keys carry the tenant first and a hash tag (`key`), and every script touches keys of one tag only, so a cluster serves them unchanged.

mod hold;
mod hot;
mod key;
mod lease;
mod link;
mod listen;
mod look;
mod news;
mod offers;
mod open;
mod script;

pub use look::{RedisSeen, look};
pub use open::{RedisHot, RedisSettings};
