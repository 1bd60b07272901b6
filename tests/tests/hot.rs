//! The in-process hot state and wake-ups keep the promises of their ports.

mod leases {
    use ratiba_core::adapters::memory::MemoryHotState;

    async fn make() -> Box<MemoryHotState> {
        Box::new(MemoryHotState::new())
    }

    ratiba_core::hot_state_conformance!(make);
}

mod wake_ups {
    use ratiba_core::adapters::memory::MemoryWakeUp;

    async fn make() -> Box<MemoryWakeUp> {
        Box::new(MemoryWakeUp::new())
    }

    ratiba_core::wake_up_conformance!(make);
}
