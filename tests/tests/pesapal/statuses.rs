//! What the status says, in all its shapes, and what it never says.

use ratiba_core::domain::payment::FailureReason;
use ratiba_core::payments::event::PaymentEvent;
use ratiba_core::payments::news::{Alert, PaymentNews};
use ratiba_core::payments::report::Outcome;
use ratiba_core::ports::fault::FaultKind;
use ratiba_core::ports::payment::{PaymentProvider, Withdrawn};
use ratiba_core::sim::pesapal::{CancelFault, Means, NoticeFault, Standing, StatusFault};

use super::rig::{Rig, Till};

/// An order that is paid and of which nobody has been told.
async fn paid_silently() -> (Rig, Till) {
    let rig = Rig::new().await;
    let mut till = rig.till();
    rig.submitted(&mut till).await;
    rig.sim.fail_next_notice(NoticeFault::Lost);
    rig.pay(&till);
    (rig, till)
}

#[tokio::test]
async fn invalid_means_pending_until_it_is_paid() {
    let (rig, mut till) = paid_silently().await;
    for _ in 0..3 {
        rig.sim.fail_next_status(StatusFault::Pending);
        rig.query(&mut till).await;
        assert_eq!(till.state(), "pending");
    }
    rig.query(&mut till).await;
    assert_eq!((till.state(), till.held()), ("paid", 500));
}

#[tokio::test]
async fn a_declined_card_may_be_tried_again_on_the_same_page() {
    let rig = Rig::new().await;
    let mut till = rig.till();
    rig.submitted(&mut till).await;
    assert!(rig.sim.decline(till.tracking_id(), "The card was declined by its bank"));
    rig.hear(&mut till).await;
    let reason = FailureReason::Declined;
    assert!(matches!(till.news[1..], [PaymentNews::Failed { reason: told }] if told == reason));
    rig.pay(&till);
    rig.hear(&mut till).await;
    assert_eq!((till.state(), till.held(), till.good_news()), ("paid", 500, 1));
}

#[tokio::test]
async fn a_wrong_amount_or_currency_is_for_a_person_and_anothers_order_is_an_alarm() {
    for fault in [StatusFault::WrongAmount(49_900), StatusFault::WrongCurrency("USD")] {
        let (rig, mut till) = paid_silently().await;
        rig.sim.fail_next_status(fault);
        rig.query(&mut till).await;
        assert_eq!((till.state(), till.good_news()), ("review", 0), "{fault:?}");
        assert_eq!(till.alerts, [Alert::WrongMoney], "{fault:?}");
    }
    let (rig, mut till) = paid_silently().await;
    rig.sim.fail_next_status(StatusFault::WrongReference);
    rig.query(&mut till).await;
    assert_eq!((till.state(), till.held()), ("pending", 0));
    assert_eq!(till.alerts, [Alert::ForeignReference]);
}

#[tokio::test]
async fn an_answer_that_says_nothing_changes_nothing() {
    for fault in [
        StatusFault::StringError,
        StatusFault::Html,
        StatusFault::Truncated,
        StatusFault::Throttled,
        StatusFault::BadGateway,
    ] {
        let (rig, mut till) = paid_silently().await;
        rig.sim.fail_next_status(fault);
        match rig.rail.query(&rig.merchant, &till.payment).await {
            Ok(report) => assert_eq!(report.outcome, Outcome::Undecided, "{fault:?}"),
            Err(error) => assert!(
                matches!(
                    error.kind,
                    FaultKind::Transient | FaultKind::RateLimited | FaultKind::Rejected
                ),
                "{fault:?}: {:?}",
                error.kind
            ),
        }
        rig.query(&mut till).await;
        assert_eq!((till.state(), till.held()), ("paid", 500), "{fault:?}");
    }
    let (rig, mut till) = paid_silently().await;
    rig.sim.fail_next_status(StatusFault::Denied);
    rig.query(&mut till).await;
    assert_eq!(till.state(), "paid", "a refused token is fetched again");
}

#[tokio::test]
async fn a_bank_that_takes_money_back_is_heard_weeks_later() {
    let (rig, mut till) = paid_silently().await;
    rig.query(&mut till).await;
    assert!(rig.sim.charge_back(till.tracking_id()));
    rig.hear(&mut till).await;
    assert_eq!((till.state(), till.held()), ("refunded", 0));
    assert_eq!(till.alerts, [Alert::TakenBack { amount: till.payment.amount }]);
    rig.sim.notify_again(till.tracking_id());
    rig.hear(&mut till).await;
    assert_eq!((till.held(), till.alerts.len()), (0, 1));
}

#[tokio::test]
async fn a_page_that_is_given_up_can_not_be_paid_on_and_a_payment_that_wins_the_race_goes_back() {
    let rig = Rig::new().await;
    let mut till = rig.till();
    rig.submitted(&mut till).await;
    till.tell(PaymentEvent::Abandoned);
    let withdrawn = rig.rail.withdraw(&rig.merchant, &till.payment).await.unwrap();
    assert_eq!(withdrawn, Withdrawn::Closed);
    assert!(!rig.sim.pay(till.tracking_id(), Means::Card));

    let rig = Rig::new().await;
    let mut till = rig.till();
    rig.submitted(&mut till).await;
    till.tell(PaymentEvent::Abandoned);
    rig.sim.fail_next_cancel(CancelFault::PaidMeanwhile);
    let withdrawn = rig.rail.withdraw(&rig.merchant, &till.payment).await.unwrap();
    assert_eq!(withdrawn, Withdrawn::LeftOpen);
    rig.hear(&mut till).await;
    assert_eq!((till.state(), till.held()), ("refunding", 500));
    assert!(matches!(rig.sim.orders()[0].standing, Standing::Completed { .. }));
}
