//! Hot state, wake-ups and live feeds keep the promises of their ports, in process and over Redis.

mod cluster;
pub(crate) mod faults;
pub(crate) mod redis;
mod shared;

mod in_process {
    use ratiba_core::adapters::memory::{MemoryHotState, MemoryLiveFeed, MemoryWakeUp};

    mod leases {
        use super::*;

        async fn make() -> Box<MemoryHotState> {
            Box::new(MemoryHotState::new())
        }

        ratiba_core::hot_state_conformance!(make);
    }

    mod wake_ups {
        use super::*;

        async fn make() -> Box<MemoryWakeUp> {
            Box::new(MemoryWakeUp::new())
        }

        ratiba_core::wake_up_conformance!(make);
    }

    mod news {
        use super::*;

        async fn make() -> Box<MemoryLiveFeed> {
            Box::new(MemoryLiveFeed::default())
        }

        ratiba_core::live_feed_conformance!(make);
    }
}

mod over_redis {
    use super::redis::opened;

    mod leases {
        use super::opened;

        ratiba_core::hot_state_conformance!(if_there opened);
    }

    mod wake_ups {
        use super::opened;

        ratiba_core::wake_up_conformance!(if_there opened);
    }

    mod news {
        use super::opened;

        ratiba_core::live_feed_conformance!(if_there opened);
    }
}
