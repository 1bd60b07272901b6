//! Callbacks that are early, late, lost, doubled, odd or wrong, and queries that say nothing.

use jiff::SignedDuration;
use ratiba_core::domain::payment::FailureReason;
use ratiba_core::payments::event::PaymentEvent;
use ratiba_core::payments::news::{Alert, PaymentNews};
use ratiba_core::payments::report::Outcome;
use ratiba_core::ports::fault::FaultKind;
use ratiba_core::ports::payment::PaymentProvider;
use ratiba_core::sim::daraja::{CallbackFault, Ending, Pin, PushFault, QueryFault};

use super::rig::{PAYBILL, Rig, Till, WANJIRU};

/// Pays 500 shillings over a callback with this fault.
async fn paid_with(fault: CallbackFault) -> (Rig, Till) {
    let rig = Rig::new().await;
    let mut till = rig.till(500);
    rig.submitted(&mut till).await;
    rig.sim.fail_next_callback(fault);
    assert!(rig.sim.enter_pin(WANJIRU, Pin::Right));
    rig.hear(&mut till).await;
    (rig, till)
}

#[tokio::test]
async fn a_callback_before_the_answer_is_the_same_payment() {
    let rig = Rig::new().await;
    rig.sim.fail_next_push(PushFault::CallbackFirst { ending: Ending::Paid });
    let mut till = rig.till(500);
    let submitted = rig.submit(&till).await.unwrap();
    rig.hear(&mut till).await;
    assert_eq!(till.state(), "paid");
    till.tell(PaymentEvent::Submitted { provider_ref: submitted.provider_ref, pay_url: None });
    assert_eq!((till.good_news(), till.held(), till.alerts.len()), (1, 500, 0));
}

#[tokio::test]
async fn odd_but_true_callbacks_are_understood() {
    for fault in [
        CallbackFault::Twice,
        CallbackFault::FailureAfter,
        CallbackFault::Shuffled,
        CallbackFault::StringCode,
        CallbackFault::StringAmount,
        CallbackFault::OtherText,
        CallbackFault::MaskedPayer,
        CallbackFault::NoReceipt,
    ] {
        let (rig, till) = paid_with(fault).await;
        assert_eq!((till.state(), till.good_news()), ("paid", 1), "{fault:?}");
        assert_eq!(
            (till.held(), till.unapplied()),
            (rig.sim.book().balance(PAYBILL), 0),
            "{fault:?}"
        );
        assert!(till.alerts.is_empty(), "{fault:?}");
    }
}

#[tokio::test]
async fn success_after_failure_wins() {
    let (_, till) = paid_with(CallbackFault::FailureBefore).await;
    assert_eq!((till.state(), till.held()), ("paid", 500));
    let [PaymentNews::Failed { reason }, PaymentNews::PaidLate { .. }] = &till.news[..] else {
        panic!("{:?}", till.news)
    };
    assert_eq!(*reason, FailureReason::Unreachable);
}

#[tokio::test]
async fn what_a_callback_does_not_tell_a_query_does() {
    for fault in [CallbackFault::Lost, CallbackFault::NoMetadata, CallbackFault::UnknownCode] {
        let (rig, mut till) = paid_with(fault).await;
        if fault == CallbackFault::Lost {
            assert_eq!(till.state(), "pending", "nobody has told anything");
            rig.query(&mut till).await;
        }
        assert_eq!((till.state(), till.good_news(), till.held()), ("paid", 1, 500), "{fault:?}");
        assert_eq!(till.payment.receipt(), None, "a query does not tell it");
    }
}

#[tokio::test]
async fn an_unknown_receiver_is_a_failure_of_the_set_up() {
    let (_, till) = paid_with(CallbackFault::SfcCode).await;
    let reason = FailureReason::Misconfigured;
    assert_eq!(till.news[0], PaymentNews::Failed { reason });
    // The stand-in knows that it is paid, and is asked: a failure that is only told is not the end of it.
    assert!(matches!(till.news[1..], [PaymentNews::PaidLate { .. }]));
}

#[tokio::test]
async fn a_wrong_amount_or_payer_is_never_a_payment() {
    for (fault, told) in [
        (CallbackFault::WrongAmount(1), 1),
        (CallbackFault::WrongAmount(50_000), 50_000),
        (CallbackFault::WrongPayer, 500),
    ] {
        let (_, till) = paid_with(fault).await;
        assert_eq!(till.news, [PaymentNews::UnderReview], "{fault:?}");
        assert_eq!(till.alerts, [Alert::WrongMoney], "{fault:?}");
        assert_eq!((till.state(), till.unapplied()), ("review", told), "{fault:?}");
    }
}

#[tokio::test]
async fn a_callback_about_another_request_is_an_alarm() {
    let (_, till) = paid_with(CallbackFault::WrongReference).await;
    assert_eq!((till.state(), till.held()), ("pending", 0));
    assert_eq!(till.alerts, [Alert::ForeignReference]);
}

#[tokio::test]
async fn money_that_comes_after_the_window_is_kept() {
    let rig = Rig::new().await;
    let mut till = rig.till(500);
    rig.submitted(&mut till).await;
    rig.sim.hold_callbacks();
    assert!(rig.sim.enter_pin(WANJIRU, Pin::Right));
    rig.clock.advance(SignedDuration::from_hours(20));
    till.tell(PaymentEvent::WindowEnded);
    rig.sim.release_callbacks();
    rig.hear(&mut till).await;
    assert!(matches!(till.news[..], [PaymentNews::TimedOut, PaymentNews::PaidLate { .. }]));
    assert_eq!(till.held(), rig.sim.book().balance(PAYBILL));
}

#[tokio::test]
async fn a_prompt_that_nobody_answers_ends_on_its_own() {
    let rig = Rig::new().await;
    let mut till = rig.till(500);
    rig.submitted(&mut till).await;
    rig.clock.advance(SignedDuration::from_secs(60));
    rig.query(&mut till).await;
    assert_eq!(till.state(), "pending", "still processing");
    rig.clock.advance(SignedDuration::from_secs(30));
    rig.query(&mut till).await;
    let reason = FailureReason::Unreachable;
    assert_eq!(till.news, [PaymentNews::Failed { reason }]);
}

#[tokio::test]
async fn a_query_that_says_nothing_decides_nothing() {
    let rig = Rig::new().await;
    let mut till = rig.till(500);
    rig.submitted(&mut till).await;
    rig.sim.hold_callbacks();
    assert!(rig.sim.enter_pin(WANJIRU, Pin::Right));
    for fault in [
        QueryFault::StillProcessing,
        QueryFault::Spurious,
        QueryFault::BeingProcessed,
        QueryFault::InvalidId,
    ] {
        rig.sim.fail_next_query(fault);
        let report = rig.rail.query(&rig.merchant, &till.payment).await.unwrap();
        assert_eq!(report.outcome, Outcome::Undecided, "{fault:?}");
    }
    for fault in [QueryFault::Html503, QueryFault::Reset] {
        rig.sim.fail_next_query(fault);
        let fault = rig.rail.query(&rig.merchant, &till.payment).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Transient);
    }
    rig.query(&mut till).await;
    assert_eq!(till.state(), "paid");
}

#[tokio::test]
async fn an_unknown_request_is_undecided_and_an_unnamed_one_is_not_asked_about() {
    let rig = Rig::new().await;
    let mut payment = rig.till(500).payment;
    let fault = rig.rail.query(&rig.merchant, &payment).await.unwrap_err();
    assert_eq!((fault.kind, rig.sim.queries()), (FaultKind::Rejected, 0));
    payment.provider_ref = Some("ws_CO_nobody".to_owned());
    let report = rig.rail.query(&rig.merchant, &payment).await.unwrap();
    assert_eq!(report.outcome, Outcome::Undecided);
}
