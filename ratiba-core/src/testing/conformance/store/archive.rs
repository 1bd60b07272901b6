//! What grows old leaves, what is needed stays.

use super::shop::{Shop, at, is_committed, lease_until};
use crate::domain::id::{CustomerId, ThreadId};
use crate::domain::message::Delivery;
use crate::domain::payment::{FailureReason, Payment, PaymentState};
use crate::ports::archive::Reap;
use crate::ports::channel::StatusReport;
use crate::ports::outbox::Attempt;
use crate::ports::store::{Store, TurnCommit, Write};

/// A conversation with one recorded turn that also wrote these.
async fn talk(shop: &Shop, peer: u32, writes: Vec<Write>) -> (CustomerId, ThreadId) {
    let (customer, inbox) = shop.hear(peer, at(0)).await;
    let thread = shop.thread(customer, at(0));
    let record = shop.record(&thread, inbox).await;
    let turn = TurnCommit { record: Some(record), ..shop.turn(&thread, inbox, at(0), writes) };
    assert!(is_committed(&shop.store.commit(&turn).await.unwrap()));
    (customer, thread.id)
}

/// A conversation that has rested goes with its records, each of the two moves once, and the customer begins anew.
pub async fn old_conversations_go_to_the_archive_and_then_for_good(store: &dyn Store) {
    let (shop, other) = (Shop::open(store).await, Shop::open_as(store, "demo-salon").await);
    let mut threads = Vec::new();
    for peer in 1..=3 {
        threads.push(talk(&shop, peer, Vec::new()).await);
    }
    let (_, stays) = talk(&other, 1, Vec::new()).await;
    let s = &shop.store;
    assert_eq!(s.reap(Reap::Conversations, at(0), at(60), 9).await.unwrap(), 0, "not older");
    assert_eq!(s.reap(Reap::Conversations, at(1), at(60), 2).await.unwrap(), 2);
    assert_eq!(s.reap(Reap::Conversations, at(1), at(60), 2).await.unwrap(), 1);
    for (customer, thread) in &threads {
        assert!(s.thread(*thread).await.unwrap().is_none());
        assert!(s.records(*thread).await.unwrap().is_empty());
        let lane = s.lane(*customer, 1).await.unwrap().unwrap();
        assert!(lane.current.is_none(), "the customer is known and begins anew");
    }
    assert!(other.store.thread(stays).await.unwrap().is_some());
    // Three conversations and three records; whoever came to the archive stays there for its own time.
    assert_eq!(s.reap(Reap::Archived, at(60), at(90), 4).await.unwrap(), 0);
    assert_eq!(s.reap(Reap::Archived, at(61), at(90), 4).await.unwrap(), 4);
    assert_eq!(s.reap(Reap::Archived, at(61), at(90), 4).await.unwrap(), 2);
    assert_eq!(other.store.reap(Reap::Archived, at(61), at(90), 4).await.unwrap(), 0);
}

/// A conversation with an appointment to come, an open payment or somebody waiting for an answer stays, however old it is.
pub async fn what_is_still_needed_is_not_archived(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let s = &shop.store;
    let (customer, booked) = talk(&shop, 1, Vec::new()).await;
    let appointment = crate::domain::appointment::Appointment {
        thread: Some(booked),
        ..shop.booking(customer, 300)
    };
    assert!(s.enter(&appointment).await.unwrap());
    let (customer, paying) = talk(&shop, 2, Vec::new()).await;
    shop.changed(2, at(0), vec![Write::NewPayment(shop.payment(customer, paying))]).await;
    let (_, waiting) = talk(&shop, 3, Vec::new()).await;
    shop.hear(3, at(1)).await;
    assert_eq!(s.reap(Reap::Conversations, at(200), at(200), 9).await.unwrap(), 0);
    for thread in [booked, paying, waiting] {
        assert!(s.thread(thread).await.unwrap().is_some());
        assert_eq!(s.records(thread).await.unwrap().len(), 1);
    }
    // The appointment is over: nothing holds the first any more.
    assert_eq!(s.reap(Reap::Conversations, at(331), at(331), 9).await.unwrap(), 1);
    assert!(s.thread(booked).await.unwrap().is_none());
    assert_eq!(s.appointments(&[appointment.id]).await.unwrap(), [appointment]);
}

/// The route of a payment that can still tell something stays; the others go as many at a time as asked.
pub async fn routes_of_settled_payments_go_in_small_batches(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let failed = PaymentState::Failed { reason: FailureReason::WrongPin };
    let mut payments = Vec::new();
    for (peer, state) in [(1, failed.clone()), (2, failed), (3, PaymentState::Pending)] {
        let (customer, thread) = talk(&shop, peer, Vec::new()).await;
        let payment = Payment { state, ..shop.payment(customer, thread) };
        shop.changed(peer, at(0), vec![Write::NewPayment(payment.clone())]).await;
        payments.push(payment);
    }
    let s = &shop.store;
    assert_eq!(s.reap(Reap::PaymentRoutes, at(0), at(9), 9).await.unwrap(), 0, "not older");
    assert_eq!(s.reap(Reap::PaymentRoutes, at(1), at(9), 1).await.unwrap(), 1);
    assert_eq!(s.reap(Reap::PaymentRoutes, at(1), at(9), 9).await.unwrap(), 1);
    for (payment, stays) in payments.iter().zip([false, false, true]) {
        let route = store.payment_route(&payment.callback_token).await.unwrap();
        assert_eq!(route.is_some(), stays);
        assert!(s.payment(payment.id).await.unwrap().is_some(), "payments are kept");
    }
}

/// What is done and was said to nobody goes first, the transcript later, and what still waits never.
pub async fn done_work_goes_and_what_waits_stays(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let s = &shop.store;
    let (customer, _) = talk(&shop, 1, Vec::new()).await;
    let (said, waits) = (shop.reply(customer, "a", "said"), shop.reply(customer, "b", "waits"));
    s.enqueue(&[said.clone(), waits.clone()]).await.unwrap();
    s.lease(said.id, at(0), lease_until(at(0))).await.unwrap().unwrap();
    let done = Attempt::Done { provider_id: None, billable: 1 };
    s.record_attempt(said.id, &done, None, at(0)).await.unwrap();
    let (_, pending) = shop.hear(1, at(0)).await;
    let before = s.transcript(customer, 9).await.unwrap().len();
    assert_eq!(s.reap(Reap::Work, at(1), at(9), 9).await.unwrap(), 0, "all of it was said");
    assert_eq!(s.transcript(customer, 9).await.unwrap().len(), before);
    assert_eq!(s.reap(Reap::Transcripts, at(-1), at(9), 9).await.unwrap(), 0, "not older");
    assert_eq!(s.reap(Reap::Transcripts, at(1), at(9), 9).await.unwrap(), 1);
    assert!(s.outbox(said.id).await.unwrap().is_none());
    assert!(s.outbox(waits.id).await.unwrap().is_some());
    let lane = s.lane(customer, 9).await.unwrap().unwrap();
    assert_eq!(lane.pending.iter().map(|item| item.id).collect::<Vec<_>>(), [pending]);
}

/// A report whose message never became known is forgotten.
pub async fn reports_without_a_message_go_after_their_time(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let report = StatusReport {
        account: "wa-demo-barbershop".into(),
        provider_id: "w1".into(),
        outbox: None,
        outcome: Ok(Delivery::Read),
        at: at(0),
    };
    assert!(shop.store.record_status(&report).await.unwrap().is_none());
    assert_eq!(shop.store.reap(Reap::EarlyStatuses, at(0), at(9), 9).await.unwrap(), 0);
    assert_eq!(shop.store.reap(Reap::EarlyStatuses, at(1), at(9), 9).await.unwrap(), 1);
    assert_eq!(shop.store.reap(Reap::EarlyStatuses, at(1), at(9), 9).await.unwrap(), 0);
}
