//! The PesaPal adapter against its stand-in, over real HTTP: every fault of the contract, and the payment machine's verdict on it.

mod forged;
mod notices;
mod orders;
mod refunds;
mod rig;
mod statuses;

/// What every rail promises, of this one.
mod real {
    use async_trait::async_trait;
    use ratiba_core::domain::payment::Payment;
    use ratiba_core::ports::payment::{CallbackUrls, Merchant, PaymentProvider};
    use ratiba_core::sim::pesapal::Means;
    use ratiba_core::testing::conformance::payment::PaymentStage;

    use super::rig::Rig;

    #[async_trait]
    impl PaymentStage for Rig {
        fn provider(&self) -> &dyn PaymentProvider {
            &self.rail
        }

        fn merchant(&self) -> Merchant {
            self.merchant.clone()
        }

        fn payment(&self, number: u64) -> Payment {
            self.till_of(500, number).payment
        }

        fn urls(&self, payment: &Payment) -> CallbackUrls {
            self.urls_of(payment)
        }

        async fn pays(&self, payment: &Payment) {
            assert!(self.sim.pay(payment.provider_ref.as_deref().unwrap(), Means::Card));
            self.sim.settle().await;
        }

        async fn fails(&self, payment: &Payment) {
            assert!(self.sim.decline(payment.provider_ref.as_deref().unwrap(), "Declined"));
            self.sim.settle().await;
        }
    }

    async fn made() -> Box<Rig> {
        Box::new(Rig::new().await)
    }
    ratiba_core::payment_provider_conformance!(made);
}
