//! Giving money back: asked for once, approved by a person, and done when the status says so.

use ratiba_core::domain::money::{Currency, Money};
use ratiba_core::payments::event::PaymentEvent;
use ratiba_core::payments::news::{Alert, PaymentNews};
use ratiba_core::ports::payment::{PaymentProvider, RefundReport};
use ratiba_core::sim::pesapal::Means;

use super::rig::{Rig, Till};

async fn paid_by(means: Means) -> (Rig, Till) {
    let rig = Rig::new().await;
    let mut till = rig.till();
    rig.submitted(&mut till).await;
    assert!(rig.sim.pay(till.tracking_id(), means));
    rig.hear(&mut till).await;
    assert_eq!(till.state(), "paid");
    (rig, till)
}

async fn refund(rig: &Rig, till: &Till, units: i64) -> RefundReport {
    let amount = Money::whole(units, Currency::Kes);
    let payment = &till.payment;
    rig.rail.refund(&rig.merchant, payment, amount, &rig.urls_of(payment)).await.unwrap()
}

#[tokio::test]
async fn a_refund_waits_for_a_person_and_is_booked_when_it_is_done() {
    let (rig, mut till) = paid_by(Means::Card).await;
    till.tell(PaymentEvent::RefundWanted { amount: till.payment.amount });
    assert_eq!(till.alerts, [Alert::ApproveRefund]);
    assert_eq!(refund(&rig, &till, 500).await, RefundReport::Undecided);
    assert_eq!((till.state(), till.held()), ("refunding", 500), "nothing is booked before");
    assert!(rig.sim.approve_refund(till.tracking_id()));
    rig.hear(&mut till).await;
    assert_eq!((till.state(), till.held(), rig.sim.balance(&rig.account)), ("refunded", 0, 0));
    assert!(matches!(till.news.last(), Some(PaymentNews::Refunded { .. })));
}

#[tokio::test]
async fn what_pesapal_refuses_is_a_persons_to_do() {
    let (rig, till) = paid_by(Means::Card).await;
    assert_eq!(refund(&rig, &till, 200).await, RefundReport::Undecided);
    let RefundReport::Refused { code } = refund(&rig, &till, 200).await else {
        panic!("a second request is refused")
    };
    assert!(!code.is_empty());
    let (rig, till) = paid_by(Means::Mobile).await;
    assert!(matches!(refund(&rig, &till, 200).await, RefundReport::Refused { .. }), "a part");
    assert_eq!(refund(&rig, &till, 500).await, RefundReport::Undecided);
}
