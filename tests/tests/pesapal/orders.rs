//! Tokens, the notified address, and orders: what is sent once more, what never is, and which page a customer is sent to.

use std::sync::Arc;

use jiff::SignedDuration;
use ratiba_core::adapters::pesapal::PesaPal;
use ratiba_core::domain::payment::Payment;
use ratiba_core::payments::event::PaymentEvent;
use ratiba_core::payments::news::PaymentNews;
use ratiba_core::ports::fault::FaultKind;
use ratiba_core::ports::payment::{INVALID_PAYER, OVER_LIMIT, PaymentProvider};
use ratiba_core::sim::pesapal::{OrderFault, RegisterFault, SimAccount, TokenFault};
use ratiba_core::testing::ManualClock;

use super::rig::{Rig, merchant};

#[tokio::test]
async fn an_order_gives_a_page_and_one_address_is_registered_for_all() {
    let rig = Rig::new().await;
    for seed in 1..4 {
        let mut till = rig.till_of(500, seed);
        rig.submitted(&mut till).await;
        assert!(matches!(till.news[..], [PaymentNews::PageReady { .. }]));
    }
    assert_eq!((rig.sim.addresses().len(), rig.sim.token_requests()), (1, 1));
    // Another process finds the entry that is there.
    let other = PesaPal::new(&rig.settings, Arc::<ManualClock>::clone(&rig.clock)).unwrap();
    let payment = rig.till_of(500, 9).payment;
    other.submit(&rig.merchant, &payment, &rig.urls_of(&payment)).await.unwrap();
    assert_eq!(rig.sim.addresses().len(), 1);
    let order = rig.sim.orders().pop().unwrap();
    assert_eq!((order.minor, order.currency.as_str()), (50_000, "KES"));
}

#[tokio::test]
async fn a_token_is_renewed_before_its_end_and_once_more_when_it_is_refused() {
    let rig = Rig::new().await;
    let mut till = rig.till();
    rig.submitted(&mut till).await;
    rig.clock.advance(SignedDuration::from_secs(241));
    rig.query(&mut till).await;
    assert_eq!(rig.sim.token_requests(), 2);
    rig.sim.revoke_tokens();
    rig.query(&mut till).await;
    assert_eq!((rig.sim.token_requests(), rig.sim.status_requests()), (3, 2));
    // A token that is never good ends in an error, not in a loop.
    rig.sim.revoke_tokens();
    rig.sim.fail_next_token(TokenFault::Stillborn);
    let fault = rig.rail.query(&rig.merchant, &till.payment).await.unwrap_err();
    assert_eq!((fault.kind, rig.sim.token_requests()), (FaultKind::Unauthorised, 4));
}

#[tokio::test]
async fn many_orders_at_once_ask_for_one_token_and_one_address() {
    let rig = Rig::new().await;
    let tills: Vec<_> = (1..9).map(|seed| rig.till_of(500, seed)).collect();
    let taken = futures_util::future::join_all(tills.iter().map(|till| rig.submit(till))).await;
    assert!(taken.iter().all(Result::is_ok));
    assert_eq!((rig.sim.token_requests(), rig.sim.addresses().len()), (1, 1));
}

#[tokio::test]
async fn wrong_keys_are_an_alarm_and_are_not_tried_over_and_over() {
    let rig = Rig::new().await;
    let stranger = merchant(&SimAccount::named("stranger").credentials());
    let payment = rig.till().payment;
    for _ in 0..5 {
        let fault = rig.rail.submit(&stranger, &payment, &rig.urls_of(&payment)).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Unauthorised);
    }
    assert_eq!(rig.sim.token_requests(), 1);
    let odd = merchant("hunter2");
    let fault = rig.rail.submit(&odd, &payment, &rig.urls_of(&payment)).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Misconfigured);
    assert!(!format!("{fault:?}").contains("hunter2"));
}

#[tokio::test]
async fn an_address_that_pesapal_has_forgotten_is_registered_again() {
    let rig = Rig::new().await;
    rig.submitted(&mut rig.till_of(500, 1)).await;
    rig.sim.forget_addresses();
    rig.submitted(&mut rig.till_of(500, 2)).await;
    assert_eq!((rig.sim.addresses().len(), rig.sim.orders().len()), (1, 2));
}

#[tokio::test]
async fn an_order_whose_answer_is_lost_is_never_sent_again_and_still_found_by_its_notification() {
    for fault in [OrderFault::NoAnswer { taken: true }, OrderFault::Reset { taken: true }] {
        let rig = Rig::hasty().await;
        rig.sim.fail_next_order(fault);
        let mut till = rig.till();
        assert_eq!(rig.submit(&till).await.unwrap_err().kind, FaultKind::Unknown, "{fault:?}");
        assert_eq!(rig.sim.order_requests(), 1);
        till.tell(PaymentEvent::SubmitUnknown);
        let order = rig.sim.orders().pop().unwrap();
        assert!(rig.sim.pay(&order.tracking_id, ratiba_core::sim::pesapal::Means::Card));
        rig.hear(&mut till).await;
        assert_eq!((till.state(), till.held(), till.good_news()), ("paid", 500, 1));
    }
}

#[tokio::test]
async fn refusals_are_told_apart() {
    for (code, kind, told) in [
        ("amount_exceeds_default_limit", FaultKind::Rejected, OVER_LIMIT),
        ("maximum_amount_limit_exceeded", FaultKind::Rejected, OVER_LIMIT),
        ("IPNConfigurationError", FaultKind::Misconfigured, "IPNConfigurationError"),
        ("something_new", FaultKind::Rejected, "something_new"),
    ] {
        let rig = Rig::new().await;
        for _ in 0..2 {
            rig.sim.fail_next_order(OrderFault::Refused { code, message: "no" });
        }
        let fault = rig.submit(&rig.till()).await.unwrap_err();
        assert_eq!((fault.kind, fault.code.as_deref()), (kind, Some(told)));
        assert_eq!(rig.sim.orders().len(), 0);
    }
    let rig = Rig::new().await;
    let payment = Payment { contact: None, ..rig.till().payment };
    let fault = rig.rail.submit(&rig.merchant, &payment, &rig.urls_of(&payment)).await.unwrap_err();
    assert_eq!(fault.code.as_deref(), Some(INVALID_PAYER));
    // The same reference again: an order exists, so nobody may say that nothing was asked for.
    rig.submit(&rig.till()).await.unwrap();
    assert_eq!(rig.submit(&rig.till()).await.unwrap_err().kind, FaultKind::Unknown);
}

#[tokio::test]
async fn a_customer_is_sent_to_no_page_but_pesapals() {
    for page in ["https://pay.evil.example/1", "http://pay.pesapal.com/1"] {
        let rig = Rig::new().await;
        rig.sim.fail_next_order(OrderFault::ForeignPage(page));
        let fault = rig.submit(&rig.till()).await.unwrap_err();
        assert_eq!(fault.code.as_deref(), Some("foreign_page"), "{page}");
    }
}

#[tokio::test]
async fn an_address_registered_for_the_other_method_is_heard_all_the_same() {
    let rig = Rig::new().await;
    rig.sim.fail_next_register(RegisterFault::OtherType);
    let mut till = rig.till();
    rig.submitted(&mut till).await;
    rig.pay(&till);
    rig.hear(&mut till).await;
    assert_eq!(till.state(), "paid");
    assert_eq!(rig.kept()[0].0, poem::http::Method::GET);
}
