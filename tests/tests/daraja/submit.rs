//! Tokens and prompts: what is asked once is asked once.

use futures_util::future::join_all;
use jiff::SignedDuration;
use ratiba_core::domain::payment::{FailureReason, PaymentState};
use ratiba_core::payments::event::PaymentEvent;
use ratiba_core::payments::news::PaymentNews;
use ratiba_core::ports::fault::FaultKind;
use ratiba_core::ports::inbox::PaymentFact;
use ratiba_core::ports::payment::{INVALID_PAYER, PAYER_BUSY, PaymentProvider};
use ratiba_core::sim::daraja::{Ending, Pin, PushFault, SimMerchant, TokenFault};

use super::rig::{PAYBILL, Rig, WANJIRU, merchant};

#[tokio::test]
async fn a_prompt_shows_what_is_asked_and_a_pin_pays_it() {
    let rig = Rig::new().await;
    let mut till = rig.till(500);
    rig.submitted(&mut till).await;
    let prompt = rig.sim.wait_for_prompt(WANJIRU).await;
    assert_eq!((prompt.amount, prompt.business.as_str()), (500, PAYBILL));
    assert_eq!(prompt.reference, till.payment.merchant_reference);
    assert!(rig.sim.enter_pin(WANJIRU, Pin::Right));
    rig.hear(&mut till).await;
    assert_eq!((till.state(), till.good_news()), ("paid", 1));
    let book = rig.sim.book();
    assert_eq!(till.payment.receipt(), Some(book.lines[0].receipt.as_str()));
    assert_eq!((till.held(), till.unapplied()), (book.balance(PAYBILL), 0));
}

#[tokio::test]
async fn each_way_to_fail_has_its_reason() {
    let rig = Rig::new().await;
    for (seed, (ending, reason)) in (1_u64..).zip([
        (Ending::WrongPin, FailureReason::WrongPin),
        (Ending::Cancelled, FailureReason::CancelledOnPhone),
        (Ending::Ignored, FailureReason::Unreachable),
        (Ending::InsufficientFunds, FailureReason::InsufficientFunds),
        (Ending::Code("17"), FailureReason::Busy),
        (Ending::Code("1019"), FailureReason::Unreachable),
        (Ending::Code("1025"), FailureReason::Unreachable),
    ]) {
        let phone = format!("2547000000{seed:02}");
        let mut told = rig.till_of(&phone, 500, seed);
        rig.submitted(&mut told).await;
        let mut asked = rig.till_of(&phone, 500, seed);
        asked.payment = told.payment.clone();
        assert!(rig.sim.end(&phone, ending));
        rig.sim.settle().await;
        let raw = rig.desk.bodies("/result").pop().unwrap();
        let report = rig.rail.decode_callback(&raw, told.payment.amount.currency).unwrap();
        told.tell(PaymentEvent::Reported(report));
        rig.query(&mut asked).await;
        for till in [told, asked] {
            assert_eq!(till.payment.state, PaymentState::Failed { reason }, "{ending:?}");
            assert_eq!(till.held(), 0);
        }
    }
    assert!(rig.sim.book().lines.is_empty());
}

#[tokio::test]
async fn a_token_is_shared_and_renewed_before_its_end() {
    let rig = Rig::new().await;
    for (seed, minutes) in [(1, 0), (2, 30), (3, 49)] {
        rig.clock.set(super::rig::morning() + SignedDuration::from_mins(minutes));
        rig.submit(&rig.till_of(&format!("25470000000{seed}"), 10, seed)).await.unwrap();
    }
    assert_eq!(rig.sim.token_requests(), 1);
    rig.clock.advance(SignedDuration::from_mins(1));
    rig.submit(&rig.till_of("254700000009", 10, 9)).await.unwrap();
    assert_eq!(rig.sim.token_requests(), 2);
}

#[tokio::test]
async fn a_token_that_dies_early_is_replaced_once_and_the_prompt_is_sent_once() {
    let rig = Rig::new().await;
    rig.sim.fail_next_token(TokenFault::NumericExpiry);
    rig.submit(&rig.till_of("254700000001", 10, 1)).await.unwrap();
    rig.sim.revoke_tokens();
    rig.submit(&rig.till_of("254700000002", 10, 2)).await.unwrap();
    assert_eq!((rig.sim.token_requests(), rig.sim.prompts().len()), (2, 2));
}

#[tokio::test]
async fn tokens_that_are_never_good_end_in_a_clear_fault() {
    let rig = Rig::new().await;
    rig.sim.fail_next_token(TokenFault::Stillborn);
    rig.sim.fail_next_token(TokenFault::Stillborn);
    let fault = rig.submit(&rig.till(10)).await.unwrap_err();
    assert_eq!((fault.kind, fault.code.as_deref()), (FaultKind::Unauthorised, Some("404.001.03")));
    assert_eq!((rig.sim.token_requests(), rig.sim.pushes()), (2, 0));
}

#[tokio::test]
async fn a_token_endpoint_that_fails_is_told_apart_from_a_wrong_secret() {
    let rig = Rig::new().await;
    rig.sim.fail_next_token(TokenFault::Html503);
    assert_eq!(rig.submit(&rig.till(10)).await.unwrap_err().kind, FaultKind::Transient);
    rig.sim.fail_next_token(TokenFault::Empty400);
    assert_eq!(rig.submit(&rig.till(10)).await.unwrap_err().kind, FaultKind::Unauthorised);
    rig.submit(&rig.till(10)).await.unwrap();
}

#[tokio::test]
async fn a_herd_fetches_one_token() {
    let rig = Rig::new().await;
    rig.sim.hold_tokens(true);
    let tills: Vec<_> = (10..18).map(|n| rig.till_of(&format!("2547000000{n}"), 10, n)).collect();
    let herd = join_all(tills.iter().map(|till| rig.submit(till)));
    let gate = async {
        let mut changes = rig.sim.changes();
        while rig.sim.token_requests() == 0 {
            changes.changed().await.unwrap();
        }
        rig.sim.hold_tokens(false);
    };
    let (answers, ()) = tokio::join!(herd, gate);
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!((rig.sim.token_requests(), rig.sim.prompts().len()), (1, 8));
}

#[tokio::test]
async fn silence_after_acceptance_is_unknown_and_the_callback_still_counts() {
    for fault in [
        PushFault::NoAnswer { prompted: true },
        PushFault::Reset { prompted: true },
        PushFault::Truncated { prompted: true },
        PushFault::Empty200 { prompted: true },
        PushFault::Html503 { prompted: true },
    ] {
        let rig = Rig::hasty().await;
        rig.sim.fail_next_push(fault.clone());
        let mut till = rig.till(500);
        assert_eq!(rig.submit(&till).await.unwrap_err().kind, FaultKind::Unknown, "{fault:?}");
        till.tell(PaymentEvent::SubmitUnknown);
        assert!(rig.sim.enter_pin(WANJIRU, Pin::Right), "{fault:?}");
        rig.hear(&mut till).await;
        assert_eq!((till.state(), till.good_news(), till.held()), ("paid", 1, 500), "{fault:?}");
        assert_eq!(rig.sim.pushes(), 1, "nothing is sent twice: {fault:?}");
    }
}

#[tokio::test]
async fn silence_before_acceptance_times_out() {
    for fault in [PushFault::NoAnswer { prompted: false }, PushFault::Reset { prompted: false }] {
        let rig = Rig::hasty().await;
        rig.sim.fail_next_push(fault);
        let mut till = rig.till(500);
        assert_eq!(rig.submit(&till).await.unwrap_err().kind, FaultKind::Unknown);
        till.tell(PaymentEvent::SubmitUnknown);
        rig.clock.advance(SignedDuration::from_mins(5));
        till.tell(PaymentFact::WindowEnded.into_event());
        assert_eq!(till.news, [PaymentNews::MayHaveBeenAsked, PaymentNews::TimedOut]);
        assert!(rig.sim.prompts().is_empty() && rig.sim.pushes() == 1);
    }
}

#[tokio::test]
async fn clear_refusals_are_told_apart() {
    let rig = Rig::new().await;
    let refused = |status, code, message| PushFault::Refused { status, code, message };
    for (fault, kind) in [
        (refused(500, "500.003.02", "System is busy"), FaultKind::Transient),
        (refused(500, "500.003.03", "Quota Violation"), FaultKind::RateLimited),
        (refused(400, "400.002.02", "Bad Request - Invalid CallBackURL"), FaultKind::Misconfigured),
        (refused(404, "404.001.01", "Resource not found"), FaultKind::Misconfigured),
        (refused(500, "500.003.1001", "Internal Server Error"), FaultKind::Unknown),
        (PushFault::Plain { status: 429, body: "slow down" }, FaultKind::RateLimited),
        (PushFault::Plain { status: 502, body: "" }, FaultKind::Unknown),
    ] {
        rig.sim.fail_next_push(fault.clone());
        assert_eq!(rig.submit(&rig.till(10)).await.unwrap_err().kind, kind, "{fault:?}");
    }
    assert!(rig.sim.prompts().is_empty());
}

#[tokio::test]
async fn what_can_not_be_reached_was_not_asked() {
    let rig = Rig::new().await;
    rig.sim.stop().await;
    assert_eq!(rig.submit(&rig.till(10)).await.unwrap_err().kind, FaultKind::Transient);
}

#[tokio::test]
async fn a_second_prompt_to_one_phone_waits() {
    let rig = Rig::new().await;
    rig.submit(&rig.till(500)).await.unwrap();
    let second = rig.till_of(WANJIRU, 300, 8);
    let fault = rig.submit(&second).await.unwrap_err();
    assert_eq!((fault.kind, fault.code.as_deref()), (FaultKind::Rejected, Some(PAYER_BUSY)));
    assert!(rig.sim.cancel(WANJIRU));
    rig.submit(&second).await.unwrap();
}

#[tokio::test]
async fn a_refused_number_has_a_reason_that_can_be_said() {
    let rig = Rig::new().await;
    let mut till = rig.till_of("256772123456", 500, 1);
    let fault = rig.submit(&till).await.unwrap_err();
    assert_eq!(fault.code.as_deref(), Some(INVALID_PAYER));
    till.tell(PaymentFact::SubmitRefused { kind: fault.kind, code: fault.code }.into_event());
    let reason = FailureReason::InvalidNumber;
    assert_eq!(till.news, [PaymentNews::Failed { reason }]);
    assert_eq!(rig.sim.token_requests(), 0, "nobody was asked");
}

#[tokio::test]
async fn a_wrong_set_up_is_the_operators_matter() {
    let rig = Rig::new().await;
    let mut wrong = SimMerchant::paybill(PAYBILL);
    wrong.passkey = "another".to_owned();
    let payment = rig.till(10).payment;
    let urls = rig.urls(&payment);
    let with = merchant(&wrong.credentials());
    let fault = rig.rail.submit(&with, &payment, &urls).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Misconfigured);

    // A till that is not the shop's: accepted, and told by 2028 that the product does not fit.
    let shop = SimMerchant::buy_goods("600100", "555001");
    let mistaken = SimMerchant { till: Some("555002".to_owned()), ..shop.clone() };
    rig.sim.add_merchant(shop);
    let with = merchant(&mistaken.credentials());
    rig.rail.submit(&with, &payment, &urls).await.unwrap();
    let mut till = rig.till(10);
    rig.hear(&mut till).await;
    let reason = FailureReason::Misconfigured;
    assert_eq!(till.payment.state, PaymentState::Failed { reason });
    assert_eq!(till.alerts.len(), 1);
}

#[tokio::test]
async fn buy_goods_pays_the_till() {
    let rig = Rig::new().await;
    let shop = SimMerchant::buy_goods("600100", "555001");
    let with = merchant(&shop.credentials());
    rig.sim.add_merchant(shop);
    rig.sim.script(WANJIRU, [Ending::Paid]);
    let payment = rig.till(250).payment;
    rig.rail.submit(&with, &payment, &rig.urls(&payment)).await.unwrap();
    assert_eq!(rig.sim.book().balance("555001"), 250);
}
