//! What every [`PaymentProvider`] promises: what it reads, and how a payment goes from asked to paid over whatever network it has.

use async_trait::async_trait;

use crate::domain::money::Currency;
use crate::domain::payment::{Payment, PaymentState};
use crate::payments::report::Outcome;
use crate::ports::payment::{
    CallbackUrls, Merchant, PaymentProvider, RefundReport, Submitted, Withdrawn,
};

/// A rail, and the world around it in which somebody pays.
#[async_trait]
pub trait PaymentStage: Send + Sync {
    /// The rail.
    fn provider(&self) -> &dyn PaymentProvider;

    /// An account that the rail knows.
    fn merchant(&self) -> Merchant;

    /// A payment that is written down and not submitted; another for each number.
    fn payment(&self, number: u64) -> Payment;

    /// Where the rail may report to.
    fn urls(&self, payment: &Payment) -> CallbackUrls;

    /// The customer pays what was submitted.
    async fn pays(&self, payment: &Payment);

    /// The customer tries and fails.
    async fn fails(&self, payment: &Payment);
}

/// Names the suite's tests for a maker: an `async fn` that gives a box of a [`PaymentStage`] (or anything else that derefs to one).
#[macro_export]
macro_rules! payment_provider_conformance {
    ($make:path) => {
        $crate::conformance_tests! { payment, (), $make,
            what_is_no_report_is_refused,
            what_is_no_refund_report_is_refused,
            what_is_asked_for_is_open_until_it_is_paid,
            a_try_that_fails_is_told_as_failed,
            what_was_never_submitted_is_never_paid,
            what_nobody_knows_is_never_paid,
            one_payment_is_not_mistaken_for_another,
            money_goes_back_or_it_is_said_who_must_do_it,
            withdrawing_is_harmless_whenever_it_comes,
        }
    };
}

/// Bodies that anybody may post to a callback's address, none of which is a report.
const JUNK: &[&[u8]] = &[
    b"",
    b" ",
    b"null",
    b"0",
    b"[]",
    b"{}",
    b"\"paid\"",
    b"<html><body>ok</body></html>",
    b"{\"Body\":",
    b"{\"Body\":null,\"Result\":null}",
    b"\xff\xfe\x00\x01",
    b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
];

/// A body that tells nothing is an error, never a payment and never a panic.
pub async fn what_is_no_report_is_refused(stage: &dyn PaymentStage) {
    for raw in JUNK {
        assert!(stage.provider().decode_callback(raw, Currency::Kes).is_err(), "{raw:?}");
    }
    // Nothing to wait for; the suite's tests are all of one shape.
    std::future::ready(()).await;
}

/// The same for money that goes back.
pub async fn what_is_no_refund_report_is_refused(stage: &dyn PaymentStage) {
    for raw in JUNK {
        assert!(stage.provider().decode_refund_callback(raw).is_err(), "{raw:?}");
    }
    std::future::ready(()).await;
}

async fn submitted(stage: &dyn PaymentStage, number: u64) -> Payment {
    let payment = stage.payment(number);
    let urls = stage.urls(&payment);
    let asked = stage.provider().submit(&stage.merchant(), &payment, &urls).await;
    let Submitted { provider_ref, pay_url } = asked.expect("a payment that is in order is taken");
    Payment { provider_ref: Some(provider_ref), pay_url, ..payment }
}

async fn outcome(stage: &dyn PaymentStage, payment: &Payment) -> Outcome {
    let report = stage.provider().query(&stage.merchant(), payment).await;
    let report = report.expect("the rail answers");
    let named = report.provider_ref.as_ref();
    assert!(named.is_none() || named == payment.provider_ref.as_ref(), "it is about this payment");
    report.outcome
}

/// Nothing is paid before somebody pays, and then it is that much.
pub async fn what_is_asked_for_is_open_until_it_is_paid(stage: &dyn PaymentStage) {
    let payment = submitted(stage, 1).await;
    assert_eq!(outcome(stage, &payment).await, Outcome::Undecided);
    stage.pays(&payment).await;
    for _ in 0..2 {
        let Outcome::Paid { amount, .. } = outcome(stage, &payment).await else {
            panic!("it is paid, however often it is asked")
        };
        assert!(amount.is_none_or(|amount| amount == payment.amount), "{amount:?}");
    }
}

/// A failure is told as one.
pub async fn a_try_that_fails_is_told_as_failed(stage: &dyn PaymentStage) {
    let payment = submitted(stage, 1).await;
    stage.fails(&payment).await;
    assert!(matches!(outcome(stage, &payment).await, Outcome::Failed { .. }));
}

/// A payment without the rail's id can't be asked about, and is not called paid.
pub async fn what_was_never_submitted_is_never_paid(stage: &dyn PaymentStage) {
    let payment = stage.payment(1);
    if let Ok(report) = stage.provider().query(&stage.merchant(), &payment).await {
        assert!(!matches!(report.outcome, Outcome::Paid { .. }));
    }
}

/// An id that the rail never gave is not paid, and no reason to call a payment failed.
pub async fn what_nobody_knows_is_never_paid(stage: &dyn PaymentStage) {
    let payment = Payment { provider_ref: Some("nobody".to_owned()), ..stage.payment(1) };
    if let Ok(report) = stage.provider().query(&stage.merchant(), &payment).await {
        assert_eq!(report.outcome, Outcome::Undecided);
    }
}

/// Money for one payment says nothing of another.
pub async fn one_payment_is_not_mistaken_for_another(stage: &dyn PaymentStage) {
    let (first, second) = (submitted(stage, 1).await, submitted(stage, 2).await);
    assert_ne!(first.provider_ref, second.provider_ref);
    stage.pays(&second).await;
    assert_eq!(outcome(stage, &first).await, Outcome::Undecided);
    assert!(matches!(outcome(stage, &second).await, Outcome::Paid { .. }));
}

/// A refund is done, on its way, or somebody's to do; never an unexplained failure.
pub async fn money_goes_back_or_it_is_said_who_must_do_it(stage: &dyn PaymentStage) {
    let payment = submitted(stage, 1).await;
    stage.pays(&payment).await;
    let receipt = match outcome(stage, &payment).await {
        Outcome::Paid { receipt, .. } => receipt,
        other => panic!("{other:?}"),
    };
    let paid_at = PaymentState::Paid { at: payment.created_at };
    let paid = Payment { state: paid_at, receipts: receipt.into_iter().collect(), ..payment };
    let urls = stage.urls(&paid);
    let told = stage.provider().refund(&stage.merchant(), &paid, paid.amount, &urls).await;
    match told.expect("the rail answers") {
        RefundReport::Done | RefundReport::Undecided => {}
        RefundReport::Refused { code } => assert!(!code.is_empty(), "a person needs to know why"),
    }
}

/// Giving up is answered before and after somebody has paid, and undoes no payment.
pub async fn withdrawing_is_harmless_whenever_it_comes(stage: &dyn PaymentStage) {
    let payment = submitted(stage, 1).await;
    stage.pays(&payment).await;
    let withdrawn = stage.provider().withdraw(&stage.merchant(), &payment).await;
    assert!(matches!(withdrawn, Ok(Withdrawn::Closed | Withdrawn::LeftOpen)));
    assert!(matches!(outcome(stage, &payment).await, Outcome::Paid { .. }));
    let open = submitted(stage, 2).await;
    for _ in 0..2 {
        assert!(stage.provider().withdraw(&stage.merchant(), &open).await.is_ok());
    }
    assert!(!matches!(outcome(stage, &open).await, Outcome::Paid { .. }));
}
