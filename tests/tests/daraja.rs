//! The Daraja adapter against its stand-in, over real HTTP: every fault of the contract, and the payment machine's verdict on it.

mod callbacks;
mod forged;
mod reversal;
mod rig;
mod submit;

/// What every rail promises, of the real one.
mod real {
    use async_trait::async_trait;
    use ratiba_core::domain::payment::Payment;
    use ratiba_core::ports::payment::{CallbackUrls, Merchant, PaymentProvider};
    use ratiba_core::sim::daraja::Ending;
    use ratiba_core::testing::conformance::payment::PaymentStage;

    use super::rig::Rig;

    /// Each payment of the suite is asked of a phone of its own: a phone shows one prompt at a time.
    fn phone(number: u64) -> String {
        format!("2547123456{number:02}")
    }

    #[async_trait]
    impl PaymentStage for Rig {
        fn provider(&self) -> &dyn PaymentProvider {
            &self.rail
        }

        fn merchant(&self) -> Merchant {
            self.merchant.clone()
        }

        fn payment(&self, number: u64) -> Payment {
            self.till_of(&phone(number), 500, number).payment
        }

        fn urls(&self, payment: &Payment) -> CallbackUrls {
            Rig::urls(self, payment)
        }

        async fn pays(&self, payment: &Payment) {
            self.sim.end(payment.payer.as_ref().unwrap().digits(), Ending::Paid);
            self.sim.settle().await;
        }

        async fn fails(&self, payment: &Payment) {
            self.sim.end(payment.payer.as_ref().unwrap().digits(), Ending::WrongPin);
            self.sim.settle().await;
        }
    }

    async fn made() -> Box<Rig> {
        Box::new(Rig::new().await)
    }
    ratiba_core::payment_provider_conformance!(made);
}

/// The same of the scripted one.
mod scripted {
    use async_trait::async_trait;
    use ratiba_core::domain::id::Mint;
    use ratiba_core::domain::payment::{FailureReason, Payment};
    use ratiba_core::domain::tenant::Rail;
    use ratiba_core::payments::report::Outcome;
    use ratiba_core::ports::payment::{CallbackUrls, Merchant, PaymentProvider};
    use ratiba_core::testing::ScriptedPayments;
    use ratiba_core::testing::conformance::payment::PaymentStage;

    use super::rig::{Rig, morning, shillings};

    struct Stage(ScriptedPayments);

    #[async_trait]
    impl PaymentStage for Stage {
        fn provider(&self) -> &dyn PaymentProvider {
            &self.0
        }

        fn merchant(&self) -> Merchant {
            super::rig::merchant("{}")
        }

        fn payment(&self, number: u64) -> Payment {
            let mint = Mint { at: morning(), seed: number };
            Rig::payment_of(None, shillings(500), mint)
        }

        fn urls(&self, _: &Payment) -> CallbackUrls {
            let nowhere = || "https://book.example".to_owned();
            CallbackUrls {
                result: nowhere(),
                page_return: nowhere(),
                refund_result: nowhere(),
                refund_timeout: nowhere(),
            }
        }

        async fn pays(&self, payment: &Payment) {
            let (amount, receipt, payer) = (Some(payment.amount), None, None);
            self.0.happens(payment.id, Outcome::Paid { amount, receipt, payer });
        }

        async fn fails(&self, payment: &Payment) {
            self.0.happens(payment.id, Outcome::Failed { reason: FailureReason::WrongPin });
        }
    }

    async fn made() -> Box<Stage> {
        Box::new(Stage(ScriptedPayments::new(Rail::Mpesa)))
    }
    ratiba_core::payment_provider_conformance!(made);
}
