//! Hot state and wake-ups for one process. Both forget everything when it ends, which costs time and never facts.

mod hot;
mod wake;

pub use hot::MemoryHotState;
pub use wake::MemoryWakeUp;
