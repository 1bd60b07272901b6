//! Messages that failed for good: listed while nobody has seen to them, seen to once.

use std::sync::Arc;

use super::shop::{Shop, at};
use crate::domain::id::{CustomerId, OutboxId};
use crate::domain::phone::Phone;
use crate::domain::route::Route;
use crate::ports::channel::{FailedDelivery, StatusReport};
use crate::ports::fault::FaultKind;
use crate::ports::outbox::{Attempt, CodeText, OutboxItem, OutboxStatus, Outgoing, Settled};
use crate::ports::store::Store;

/// Writes a row and lets it fail at a minute, for a reason with this code.
async fn fail(shop: &Shop, item: &OutboxItem, code: &str, minute: i64) {
    shop.store.enqueue(std::slice::from_ref(item)).await.unwrap();
    let (kind, code) = (FaultKind::Rejected, Some(code.to_owned()));
    let attempt = Attempt::Failed { kind, code };
    shop.store.record_attempt(item.id, &attempt, None, at(minute)).await.unwrap();
}

fn admin(shop: &Shop, customer: CustomerId) -> OutboxItem {
    let to = Phone::from_provider("254722000111").unwrap();
    let what = Outgoing::Admin { to, text: "Somebody waits".into(), route: Route::default() };
    OutboxItem { what, ..shop.reply(customer, "admin", "") }
}

async fn open(shop: &Shop) -> Vec<OutboxId> {
    listed(shop, false, None).await
}

async fn listed(shop: &Shop, settled: bool, code: Option<&str>) -> Vec<OutboxId> {
    let rows = shop.store.failed_messages(settled, code, 10).await.unwrap();
    rows.iter().map(|row| row.item.id).collect()
}

fn dismissed(because: &str) -> Settled {
    Settled::Dismissed { because: because.to_owned() }
}

/// Messages of every kind are listed, the newest first and by code; what is no message is not, and what somebody has seen to no more.
pub async fn failed_messages_are_listed_until_somebody_sees_to_them(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let customer = shop.customer(1).await;
    let reply = shop.reply(customer, "a", "Karibu");
    let page = admin(&shop, customer);
    let to = Phone::from_provider("254712345001").unwrap();
    let what = Outgoing::Code { to, text: CodeText("Your code is 123456".into()) };
    let code = OutboxItem { what, ..shop.reply(customer, "code", "") };
    let what = Outgoing::Query { payment: shop.id() };
    let query = OutboxItem { what, ..shop.reply(customer, "pay", "") };
    for (item, why, minute) in
        [(&reply, "131026", 1), (&page, "131047", 2), (&code, "131026", 3), (&query, "500", 4)]
    {
        fail(&shop, item, why, minute).await;
    }
    let sent = shop.reply(customer, "b", "Sent");
    shop.store.enqueue(std::slice::from_ref(&sent)).await.unwrap();
    assert_eq!(open(&shop).await, [code.id, page.id, reply.id]);
    assert_eq!(listed(&shop, false, Some("131026")).await, [code.id, reply.id]);
    assert_eq!(shop.store.failed_messages(false, None, 1).await.unwrap().len(), 1);
    let row = shop.store.outbox(reply.id).await.unwrap().unwrap();
    assert_eq!((row.failed_at, row.settled), (Some(at(1)), None));

    let how = dismissed("told by phone");
    assert!(shop.store.settle_failed(page.id, &how, None, at(8)).await.unwrap());
    let how = dismissed("another code was asked for");
    assert!(shop.store.settle_failed(code.id, &how, None, at(9)).await.unwrap());
    assert_eq!(open(&shop).await, [reply.id]);
    assert_eq!(listed(&shop, true, None).await, [code.id, page.id], "the last first");
    assert_eq!(listed(&shop, true, Some("131047")).await, [page.id]);
    let row = shop.store.outbox(code.id).await.unwrap().unwrap();
    assert_eq!(row.settled, Some((at(9), how)));
    assert_eq!((row.status, row.failed_at), (OutboxStatus::Failed, Some(at(3))));
}

/// What goes out in place of a failed message is stored with the note of it, due at once, and not again when somebody repeats that.
pub async fn what_goes_out_instead_is_stored_once(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let customer = shop.customer(1).await;
    let item = shop.reply(customer, "a", "Karibu");
    fail(&shop, &item, "131026", 1).await;
    let instead = OutboxItem { created_at: at(5), ..shop.reply(customer, "a", "Karibu") };
    let other = OutboxItem { created_at: at(6), ..shop.reply(customer, "a", "Karibu") };
    let how = Settled::SentAgain { by: instead.id };
    assert!(shop.store.settle_failed(item.id, &how, Some(&instead), at(5)).await.unwrap());
    let late = Settled::Replaced { by: other.id };
    assert!(!shop.store.settle_failed(item.id, &late, Some(&other), at(6)).await.unwrap());
    assert!(shop.store.outbox(other.id).await.unwrap().is_none());
    let rows = shop.store.outbox_of(customer).await.unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0].settled, Some((at(5), how)));
    assert_eq!((&rows[1].item, rows[1].status), (&instead, OutboxStatus::Pending));
    let leased = shop.store.lease(instead.id, at(5), at(6)).await.unwrap();
    assert_eq!(leased, Some(instead), "it is due, and nothing is before it");
    assert!(open(&shop).await.is_empty());
}

/// Of operators who see to one message at the same time, one does.
pub async fn of_many_who_settle_one_does(store: &dyn Store) {
    let shop = Arc::new(Shop::open(store).await);
    let customer = shop.customer(1).await;
    let item = shop.reply(customer, "a", "Karibu");
    fail(&shop, &item, "131026", 1).await;
    let instead = shop.reply(customer, "a", "Karibu");
    let settle = |n: i64| {
        let (store, id, instead) = (Arc::clone(&shop.store), item.id, instead.clone());
        tokio::spawn(async move {
            let how = Settled::SentAgain { by: instead.id };
            store.settle_failed(id, &how, Some(&instead), at(n)).await.unwrap()
        })
    };
    let all: Vec<_> = (2..10).map(settle).collect();
    let mut done = 0;
    for one in all {
        done += usize::from(one.await.unwrap());
    }
    assert_eq!(done, 1);
    assert_eq!(shop.store.outbox_of(customer).await.unwrap().len(), 2);
}

/// What waits, was sent or is not there can't be settled; what a provider reports as failed can, since the moment of its report.
pub async fn only_what_failed_is_settled(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let customer = shop.customer(1).await;
    let item = shop.reply(customer, "a", "Karibu");
    shop.store.enqueue(std::slice::from_ref(&item)).await.unwrap();
    let how = dismissed("no");
    let settle = async |id| shop.store.settle_failed(id, &how, None, at(9)).await.unwrap();
    assert!(!settle(item.id).await, "it waits");
    let done = Attempt::Done { provider_id: Some("w1".into()), billable: 1 };
    shop.store.record_attempt(item.id, &done, None, at(1)).await.unwrap();
    assert!(!settle(item.id).await, "it was sent");
    assert!(!settle(shop.id()).await, "it is not there");
    let row = shop.store.outbox(item.id).await.unwrap().unwrap();
    assert_eq!((row.failed_at, row.settled), (None, None));
    let failed = FailedDelivery { kind: FaultKind::Rejected, code: "131026".into() };
    let report = StatusReport {
        account: "wa-demo-barbershop".into(),
        provider_id: "w1".into(),
        outbox: None,
        outcome: Err(failed),
        at: at(4),
    };
    shop.store.record_status(&report).await.unwrap();
    let row = shop.store.outbox(item.id).await.unwrap().unwrap();
    assert_eq!(row.failed_at, Some(at(4)));
    assert!(settle(item.id).await);
}
