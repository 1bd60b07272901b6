//! Two tenants with the same ids in all their rows see nothing of each other.

use super::shop::{Shop, at, is_committed, whatsapp};
use crate::conversation::event::TimerName;
use crate::domain::id::{CustomerId, InboxId, ThreadId};
use crate::domain::phone::Phone;
use crate::domain::time::TimeWindow;
use crate::ports::channel::StatusReport;
use crate::ports::fault::FaultKind;
use crate::ports::inbox::{Timer, TimerKey};
use crate::ports::outbox::{Attempt, Settled};
use crate::ports::store::{Store, StoredThread, TurnCommit, Write};

/// A shop in which one of everything is stored. Two shops mint the same ids, so their rows differ in nothing but the tenant.
struct Lived {
    shop: Shop,
    customer: CustomerId,
    thread: ThreadId,
    turn: TurnCommit,
    waiting: InboxId,
}

async fn live(store: &dyn Store, slug: &str) -> Lived {
    let shop = Shop::open_as(store, slug).await;
    let (customer, inbox) = shop.hear(1, at(0)).await;
    let thread = shop.thread(customer, at(0));
    let record = shop.record(&thread, inbox).await;
    let payment = shop.payment(customer, thread.id);
    let timer = Timer {
        id: shop.id(),
        customer,
        key: TimerKey::Thread { thread: thread.id, name: TimerName::HoldExpires },
        due_at: at(10),
    };
    let writes = vec![
        Write::Hold(vec![shop.hold(customer, 60)]),
        Write::NewPayment(payment),
        Write::SetTimer(timer),
        Write::Unanswered { question: "parking?".into() },
    ];
    let turn = TurnCommit {
        record: Some(record),
        outbox: vec![shop.reply(customer, "a", "hi")],
        ..shop.turn(&thread, inbox, at(0), writes)
    };
    let (_, waiting) = shop.hear(1, at(1)).await;
    Lived { shop, customer, thread: thread.id, turn, waiting }
}

/// What one tenant has is absent for the other, by every reading method.
pub async fn tenants_see_nothing_of_each_other(store: &dyn Store) {
    let a = live(store, "demo-barbershop").await;
    let b = live(store, "demo-salon").await;
    assert_eq!((a.customer, a.thread, a.waiting), (b.customer, b.thread, b.waiting));
    assert!(is_committed(&a.shop.store.commit(&a.turn).await.unwrap()));

    let (s, range) = (&b.shop.store, TimeWindow { start: at(-60), end: at(600) });
    assert_eq!(s.lane(b.customer, 9).await.unwrap().unwrap().pending.len(), 2);
    assert!(s.thread(b.thread).await.unwrap().is_none());
    assert!(s.threads(9).await.unwrap().is_empty());
    assert!(s.records(b.thread).await.unwrap().is_empty());
    assert_eq!(s.transcript(b.customer, 9).await.unwrap().len(), 2);
    assert!(s.unanswered(9).await.unwrap().is_empty());
    assert!(s.busy(range, at(0)).await.unwrap().is_empty());
    assert!(s.diary(range).await.unwrap().is_empty());
    assert!(s.appointments_of(b.customer).await.unwrap().is_empty());
    assert!(s.payments_of(b.thread).await.unwrap().is_empty());
    assert!(s.open_payments(at(60), 9).await.unwrap().is_empty());
    assert!(s.ledger(None).await.unwrap().is_empty());
    assert!(s.outbox_of(b.customer).await.unwrap().is_empty());
    assert!(s.outbox(b.turn.outbox[0].id).await.unwrap().is_none());
    let failed = Attempt::Failed { kind: FaultKind::Rejected, code: None };
    a.shop.store.record_attempt(a.turn.outbox[0].id, &failed, None, at(1)).await.unwrap();
    assert_eq!(a.shop.store.failed_messages(false, None, 9).await.unwrap().len(), 1);
    assert!(s.failed_messages(false, None, 9).await.unwrap().is_empty());
    assert!(s.timers(b.customer).await.unwrap().is_empty());

    // The same turn of the other tenant collides with nothing.
    assert!(is_committed(&s.commit(&b.turn).await.unwrap()));
    assert_eq!(a.shop.store.diary(range).await.unwrap().len(), 1);
    assert_eq!(s.diary(range).await.unwrap().len(), 1);
}

/// What one tenant writes changes no row of the other, by any writing method.
pub async fn tenants_change_nothing_of_each_other(store: &dyn Store) {
    let a = live(store, "demo-barbershop").await;
    let b = live(store, "demo-salon").await;
    for lived in [&a, &b] {
        let outcome = lived.shop.store.commit(&lived.turn).await.unwrap();
        assert!(is_committed(&outcome));
    }
    let seen = async || {
        let s = &b.shop.store;
        let lane = s.lane(b.customer, 9).await.unwrap().unwrap();
        (
            (lane.customer, lane.current, lane.pending),
            s.appointments_of(b.customer).await.unwrap(),
            s.payments_of(b.thread).await.unwrap(),
            s.outbox_of(b.customer).await.unwrap(),
            s.timers(b.customer).await.unwrap(),
            s.snippets().await.unwrap(),
            s.business().await.unwrap().map(|v| v.version),
            s.transcript(b.customer, 9).await.unwrap(),
        )
    };
    let before = seen().await;

    let s = &a.shop.store;
    let lane = s.lane(a.customer, 9).await.unwrap().unwrap();
    let held = s.appointments_of(a.customer).await.unwrap().remove(0);
    let payment = s.payments_of(a.thread).await.unwrap().remove(0);
    let item = a.turn.outbox[0].id;
    let mut customer = lane.customer;
    customer.opted_out = true;
    let writes = vec![
        Write::Confirm(vec![held.id]),
        Write::Paid { appointment: held.id, amount: held.price },
        Write::Cancel(held.id),
        Write::UpdatePayment(crate::domain::payment::Payment {
            state: crate::domain::payment::PaymentState::TimedOut,
            ..payment
        }),
        Write::Customer(customer),
    ];
    let thread = StoredThread { state: "{}".into(), ..lane.current.unwrap() };
    let turn = a.shop.turn(&thread, a.waiting, at(2), writes);
    assert!(is_committed(&s.commit(&turn).await.unwrap()));
    let done = Attempt::Done { provider_id: Some("w1".into()), billable: 3 };
    s.record_attempt(item, &done, None, at(2)).await.unwrap();
    let report = StatusReport {
        account: "x".into(),
        provider_id: "w1".into(),
        outbox: Some(item),
        outcome: Ok(crate::domain::message::Delivery::Read),
        at: at(2),
    };
    s.record_status(&report).await.unwrap();
    let timer = s.timers(a.customer).await.unwrap().remove(0);
    assert!(s.promote(&timer, a.shop.id(), at(10)).await.unwrap().is_some());
    let snippet = s.snippets().await.unwrap().remove(0);
    assert!(s.delete_snippet(snippet.id).await.unwrap());
    assert!(s.save_business(1, &a.shop.business, at(3)).await.unwrap());
    s.skip(a.waiting, at(3)).await.unwrap();
    assert!(!b.shop.store.is_ours("w1").await.unwrap());
    assert_eq!(seen().await, before);

    // A message that failed for both.
    let second = a.shop.reply(a.customer, "b", "hi");
    let failed = Attempt::Failed { kind: FaultKind::Rejected, code: None };
    for lived in [&a, &b] {
        lived.shop.store.enqueue(std::slice::from_ref(&second)).await.unwrap();
        lived.shop.store.record_attempt(second.id, &failed, None, at(3)).await.unwrap();
    }
    let before = seen().await;
    let how = Settled::Dismissed { because: "seen to".into() };
    assert!(s.settle_failed(second.id, &how, None, at(4)).await.unwrap());

    assert_eq!(seen().await, before);
}

/// One person who writes to two businesses is two customers.
pub async fn one_person_at_two_businesses_is_two_customers(store: &dyn Store) {
    let a = Shop::open(store).await;
    let b = Shop::open_as(store, "demo-salon").await;
    b.id::<()>();
    let (at_a, at_b) = (a.customer(7).await, b.customer(7).await);
    assert_ne!(at_a, at_b);
    let phone = Phone::from_provider("254712345007").unwrap();
    let digits = whatsapp("254712345007");
    for (shop, id) in [(&a, at_a), (&b, at_b)] {
        let by_phone = shop.store.customer_by_phone(&phone).await.unwrap();
        assert_eq!(by_phone.map(|c| c.id), Some(id));
        let by_identity = shop.store.customer_by_identity(&digits).await.unwrap();
        assert_eq!(by_identity.map(|c| c.id), Some(id));
    }
    assert!(a.store.customer(at_b).await.unwrap().is_none());
}
