//! Notifications that are early, late, lost, many or about another order: each is a hint, and money counts once.

use ratiba_core::domain::money::Currency;
use ratiba_core::payments::event::PaymentEvent;
use ratiba_core::ports::payment::PaymentProvider;
use ratiba_core::sim::pesapal::{NoticeFault, OrderFault};

use super::rig::Rig;

#[tokio::test]
async fn a_notification_is_asked_about_and_the_answer_settles() {
    let rig = Rig::new().await;
    let mut till = rig.till();
    rig.submitted(&mut till).await;
    rig.pay(&till);
    rig.hear(&mut till).await;
    assert_eq!((till.state(), till.held(), till.good_news()), ("paid", 500, 1));
    assert!(till.payment.receipt().is_some_and(|receipt| receipt.starts_with("6513")));
    let answer = rig.sim.notified().pop().unwrap().answer.unwrap();
    assert_eq!(answer["status"], 200);
    assert_eq!(answer["orderMerchantReference"], till.payment.merchant_reference.as_str());
}

#[tokio::test]
async fn a_notification_before_the_answer_is_the_same_payment() {
    let rig = Rig::new().await;
    rig.sim.fail_next_order(OrderFault::PaidFirst);
    let mut till = rig.till();
    let submitted = rig.submit(&till).await.unwrap();
    rig.hear(&mut till).await;
    assert_eq!(till.state(), "paid");
    let (provider_ref, pay_url) = (submitted.provider_ref, submitted.pay_url);
    till.tell(PaymentEvent::Submitted { provider_ref, pay_url });
    assert_eq!((till.state(), till.held(), till.good_news()), ("paid", 500, 1));
}

#[tokio::test]
async fn five_notifications_are_one_credit_and_none_is_found_by_asking() {
    let rig = Rig::new().await;
    rig.sim.fail_next_notice(NoticeFault::Times(5));
    let mut till = rig.till();
    rig.submitted(&mut till).await;
    rig.pay(&till);
    rig.hear(&mut till).await;
    assert_eq!((till.held(), till.good_news(), rig.kept().len()), (500, 1, 5));

    let rig = Rig::new().await;
    rig.sim.fail_next_notice(NoticeFault::Lost);
    let mut till = rig.till();
    rig.submitted(&mut till).await;
    rig.pay(&till);
    rig.hear(&mut till).await;
    assert_eq!(till.state(), "pending");
    till.tell(PaymentEvent::QueryDue);
    assert!(till.asks);
    rig.query(&mut till).await;
    assert_eq!((till.state(), till.held()), ("paid", 500));
}

#[tokio::test]
async fn a_notification_with_anothers_tracking_id_credits_nobody() {
    let rig = Rig::new().await;
    let (mut first, mut second) = (rig.till_of(500, 1), rig.till_of(500, 2));
    rig.submitted(&mut first).await;
    rig.submitted(&mut second).await;
    rig.sim.fail_next_notice(NoticeFault::ForeignOrder);
    rig.pay(&first);
    rig.sim.settle().await;
    let (_, raw) = rig.kept().pop().unwrap();
    let report = rig.rail.decode_callback(&raw, Currency::Kes).unwrap();
    first.tell(PaymentEvent::Reported(report));
    assert!(!first.asks, "it names another order");
    assert_eq!((first.state(), first.held()), ("pending", 0));
}

#[tokio::test]
async fn a_notification_that_comes_again_after_the_credit_changes_nothing() {
    let rig = Rig::new().await;
    let mut till = rig.till();
    rig.submitted(&mut till).await;
    rig.pay(&till);
    rig.hear(&mut till).await;
    let before = till.payment.clone();
    rig.sim.notify_again(till.tracking_id());
    rig.hear(&mut till).await;
    assert_eq!((till.payment == before, till.held(), till.good_news()), (true, 500, 1));
}
