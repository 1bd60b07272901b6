//! Hot state, wake-ups and news for one process. All forget everything when it ends, which costs time and never facts.

mod holds;
mod hot;
mod live;
mod offers;
mod sweep;
mod wake;

pub use hot::MemoryHotState;
pub use live::MemoryLiveFeed;
pub use wake::MemoryWakeUp;
