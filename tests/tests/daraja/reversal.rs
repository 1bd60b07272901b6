//! Giving money back: unknown is not failed, and done before is done.

use ratiba_core::payments::event::PaymentEvent;
use ratiba_core::payments::news::{Alert, PaymentNews};
use ratiba_core::ports::fault::FaultKind;
use ratiba_core::ports::inbox::PaymentFact;
use ratiba_core::ports::payment::{PaymentProvider, RefundReport};
use ratiba_core::sim::daraja::{Ending, Pin, ReversalFault, SimMerchant};

use super::rig::{PAYBILL, Rig, Till, WANJIRU, merchant, shillings};

/// 500 shillings that were paid and are to go back.
async fn to_go_back() -> (Rig, Till) {
    paid_at(Rig::new().await).await
}

async fn paid_at(rig: Rig) -> (Rig, Till) {
    let mut till = rig.till(500);
    rig.submitted(&mut till).await;
    assert!(rig.sim.enter_pin(WANJIRU, Pin::Right));
    rig.hear(&mut till).await;
    till.tell(PaymentEvent::RefundWanted { amount: till.payment.amount });
    assert_eq!(till.state(), "refunding");
    (rig, till)
}

async fn refund(rig: &Rig, till: &Till) -> Result<RefundReport, FaultKind> {
    let payment = &till.payment;
    let asked = rig.rail.refund(&rig.merchant, payment, payment.amount, &rig.urls(payment)).await;
    asked.map_err(|fault| fault.kind)
}

/// Tells the machine the last result that came.
async fn hear(rig: &Rig, till: &mut Till) {
    rig.sim.settle().await;
    if let Some(raw) = rig.desk.bodies("/refund").pop() {
        let report = rig.rail.decode_refund_callback(&raw).unwrap();
        till.tell(PaymentFact::Refund { report }.into_event());
    }
}

#[tokio::test]
async fn money_goes_back_and_the_books_agree() {
    for fault in [None, Some(ReversalFault::Collapsed)] {
        let (rig, mut till) = to_go_back().await;
        if let Some(fault) = fault {
            rig.sim.fail_next_reversal(fault);
        }
        assert_eq!(refund(&rig, &till).await, Ok(RefundReport::Undecided));
        assert_eq!(till.held(), 500, "nothing is booked before the result");
        hear(&rig, &mut till).await;
        assert_eq!((till.state(), till.held()), ("refunded", 0));
        assert_eq!(rig.sim.book().balance(PAYBILL), 0);
    }
}

#[tokio::test]
async fn a_second_reversal_moves_nothing_and_counts_as_done() {
    let (rig, mut till) = to_go_back().await;
    refund(&rig, &till).await.unwrap();
    refund(&rig, &till).await.unwrap();
    hear(&rig, &mut till).await;
    assert_eq!(rig.desk.bodies("/refund").len(), 2);
    assert_eq!((till.state(), rig.sim.book().balance(PAYBILL)), ("refunded", 0));
}

#[tokio::test]
async fn a_result_that_does_not_come_leaves_it_open() {
    for fault in
        [ReversalFault::NoResult, ReversalFault::QueueTimeout, ReversalFault::DoneButQueueTimeout]
    {
        let (rig, mut till) = to_go_back().await;
        rig.sim.fail_next_reversal(fault);
        assert_eq!(refund(&rig, &till).await, Ok(RefundReport::Undecided));
        hear(&rig, &mut till).await;
        let timeouts = usize::from(fault != ReversalFault::NoResult);
        assert_eq!(rig.desk.bodies("/timeout").len(), timeouts, "{fault:?}");
        assert_eq!(till.state(), "refunding", "{fault:?}");
    }
}

#[tokio::test]
async fn a_request_without_an_answer_is_unknown() {
    let (rig, mut till) = paid_at(Rig::hasty().await).await;
    rig.sim.fail_next_reversal(ReversalFault::NoAnswer);
    assert_eq!(refund(&rig, &till).await, Err(FaultKind::Unknown));
    till.tell(PaymentEvent::RefundUndecided);
    hear(&rig, &mut till).await;
    assert_eq!((till.state(), till.held()), ("refunded", 0));
}

#[tokio::test]
async fn a_refusal_becomes_a_persons_work() {
    let (rig, mut till) = to_go_back().await;
    rig.sim.fail_next_reversal(ReversalFault::Refused("21"));
    assert_eq!(refund(&rig, &till).await, Ok(RefundReport::Undecided));
    hear(&rig, &mut till).await;
    assert_eq!(till.alerts, [Alert::RefundByHand { code: Some("21".to_owned()) }]);
    assert_eq!((till.state(), till.held()), ("refund_by_hand", rig.sim.book().balance(PAYBILL)));
}

#[tokio::test]
async fn what_daraja_can_not_do_is_not_asked() {
    let (rig, till) = to_go_back().await;
    let payment = &till.payment;
    let urls = rig.urls(payment);
    let refused = |code: &str| Ok(RefundReport::Refused { code: code.to_owned() });
    let code = |asked: Result<RefundReport, _>| {
        asked.map_err(|fault: ratiba_core::ports::fault::Fault| fault.kind)
    };
    let partly = rig.rail.refund(&rig.merchant, payment, shillings(200), &urls).await;
    assert_eq!(code(partly), refused("partial_refund"));
    let mut nameless = payment.clone();
    nameless.receipts.clear();
    let unreceipted = rig.rail.refund(&rig.merchant, &nameless, payment.amount, &urls).await;
    assert_eq!(code(unreceipted), refused("no_receipt"));
    let document = SimMerchant::paybill(PAYBILL).credentials().replace("\"initiator\"", "\"till\"");
    let document = document.replace("\"ratiba\"", "\"1\"");
    let without = rig.rail.refund(&merchant(&document), payment, payment.amount, &urls).await;
    assert_eq!(code(without), refused("no_initiator"));
    assert_eq!(rig.sim.book().balance(PAYBILL), 500);
}

#[tokio::test]
async fn what_was_called_off_in_the_chat_goes_back() {
    let rig = Rig::new().await;
    let mut till = rig.till(500);
    rig.submitted(&mut till).await;
    till.tell(PaymentEvent::Abandoned);
    assert!(rig.sim.end(WANJIRU, Ending::Paid));
    rig.hear(&mut till).await;
    assert_eq!(till.news, [PaymentNews::ReturnedAfterCancel]);
    assert_eq!(refund(&rig, &till).await, Ok(RefundReport::Undecided));
    hear(&rig, &mut till).await;
    assert_eq!((till.state(), till.held(), rig.sim.book().balance(PAYBILL)), ("refunded", 0, 0));
}
