//! The Daraja adapter against its stand-in, over real HTTP: every fault of the contract, and the payment machine's verdict on it.

mod callbacks;
mod forged;
mod reversal;
mod rig;
mod submit;

/// What every rail promises, of the real one.
mod real {
    use std::sync::Arc;

    use ratiba_core::adapters::daraja::{Daraja, DarajaSettings};
    use ratiba_core::testing::ManualClock;

    async fn made() -> Box<Daraja> {
        let clock = Arc::new(ManualClock::at(super::rig::morning()));
        // Nothing is asked of it over the network here.
        Box::new(Daraja::new(&DarajaSettings::at("http://127.0.0.1:9"), clock).unwrap())
    }
    ratiba_core::payment_provider_conformance!(made);
}

/// The same of the scripted one.
mod scripted {
    use ratiba_core::domain::tenant::Rail;
    use ratiba_core::testing::ScriptedPayments;

    async fn made() -> Box<ScriptedPayments> {
        Box::new(ScriptedPayments::new(Rail::Mpesa))
    }
    ratiba_core::payment_provider_conformance!(made);
}
