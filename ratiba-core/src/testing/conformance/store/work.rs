//! The outbox and the timers: in order within a lane, leased to one, never lost.

use super::shop::{Shop, at, is_committed, lease_until};
use crate::conversation::event::TimerName;
use crate::domain::id::{CustomerId, OutboxId, ThreadId};
use crate::domain::message::Delivery;
use crate::ports::channel::{FailedDelivery, StatusReport};
use crate::ports::fault::FaultKind;
use crate::ports::inbox::{Cause, Timer, TimerKey};
use crate::ports::outbox::{Attempt, EXPIRED, OutboxItem, OutboxStatus, Outgoing};
use crate::ports::store::{DueWork, LaneKey, NewInbox, Store, TurnCommit, Write};

/// The outbox items that are due in a store, with where they were.
async fn due(store: &dyn Store, minute: i64) -> Vec<(OutboxId, OutboxStatus)> {
    let now = at(minute);
    let work = store.claim_due(now, at(-1), lease_until(now), 100).await.unwrap();
    let outbox = |work| match work {
        DueWork::Outbox { item, status, .. } => Some((item.id, status)),
        DueWork::Lane { .. } | DueWork::Timer { .. } => None,
    };
    work.into_iter().filter_map(outbox).collect()
}

fn done(provider_id: &str) -> Attempt {
    Attempt::Done { provider_id: Some(provider_id.to_owned()), billable: 1 }
}

async fn attempt(shop: &Shop, id: OutboxId, attempt: Attempt) -> Option<FailedDelivery> {
    shop.store.record_attempt(id, &attempt, None, at(0)).await.unwrap()
}

/// What a turn sends is leased to whoever took it; the next in the lane follows when the first is done.
pub async fn a_turn_leases_the_first_of_each_lane(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let customer = shop.customer(1).await;
    let items: Vec<OutboxItem> =
        [("a", "1"), ("a", "2"), ("b", "3")].map(|(l, t)| shop.reply(customer, l, t)).into();
    let ids: Vec<_> = items.iter().map(|item| item.id).collect();
    assert_eq!(shop.send(1, items.clone()).await, [ids[0], ids[2]]);
    assert!(due(store, 0).await.is_empty());
    assert!(shop.store.lease(ids[0], at(0), at(1)).await.unwrap().is_none(), "it is leased");
    assert!(shop.store.lease(ids[1], at(0), at(1)).await.unwrap().is_none(), "it has to wait");
    attempt(&shop, ids[0], done("wamid.1")).await;
    let second = shop.store.lease(ids[1], at(0), at(1)).await.unwrap();
    assert_eq!(second, Some(items[1].clone()));
    assert!(shop.store.lease(ids[1], at(0), at(1)).await.unwrap().is_none(), "one has it");
    let listed = shop.store.outbox_of(customer).await.unwrap();
    assert_eq!(listed.iter().map(|row| row.item.id).collect::<Vec<_>>(), ids);
    let first = shop.store.outbox(ids[0]).await.unwrap().unwrap();
    assert_eq!((first.status, first.billable, first.item.attempts), (OutboxStatus::Done, 1, 1));
    assert_eq!(first.provider_id.as_deref(), Some("wamid.1"));
    assert_eq!(first.delivery, Some(Delivery::Accepted));
}

/// What moves money is not leased by the commit: whoever does it takes the lease right before.
pub async fn what_moves_money_is_leased_on_its_own(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let customer = shop.customer(1).await;
    let what = Outgoing::Submit { payment: shop.id() };
    let submit = OutboxItem { what, ..shop.reply(customer, "pay", "") };
    let (id, reply) = (submit.id, shop.reply(customer, "a", "Angalia simu yako"));
    let said = reply.id;
    assert_eq!(shop.send(1, vec![submit.clone(), reply]).await, [said]);
    assert_eq!(shop.store.lease(id, at(0), at(1)).await.unwrap(), Some(submit));
    assert!(shop.store.lease(id, at(0), at(1)).await.unwrap().is_none(), "one has it");
}

/// What a later turn sends waits behind what an earlier one has not got rid of.
pub async fn lanes_keep_their_order_across_turns(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let customer = shop.customer(1).await;
    let (first, second) = (shop.reply(customer, "a", "1"), shop.reply(customer, "a", "2"));
    let ids = [first.id, second.id];
    assert_eq!(shop.send(1, vec![first]).await, [ids[0]]);
    assert!(shop.send(1, vec![second]).await.is_empty());
    let (kind, code) = (FaultKind::Transient, Some("500".to_owned()));
    attempt(&shop, ids[0], Attempt::Retry { at: at(5), kind, code: code.clone() }).await;
    assert!(due(store, 4).await.is_empty());
    assert_eq!(store.next_due().await.unwrap(), Some(at(5)));
    assert_eq!(due(store, 5).await, [(ids[0], OutboxStatus::Pending)]);
    attempt(&shop, ids[0], Attempt::Failed { kind: FaultKind::Rejected, code }).await;
    assert_eq!(due(store, 5).await, [(ids[1], OutboxStatus::Pending)]);
    let failed = shop.store.outbox(ids[0]).await.unwrap().unwrap();
    assert_eq!((failed.status, failed.item.attempts), (OutboxStatus::Failed, 2));
}

/// An item keeps until when it is of use, however it is stored, and a row tells why it failed.
pub async fn an_item_keeps_its_end_and_tells_why_it_failed(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let customer = shop.customer(1).await;
    let ends = |lane: &str, until| OutboxItem {
        useful_until: until,
        ..shop.reply(customer, lane, "Karibu")
    };
    let by_turn = vec![ends("a", Some(at(7))), ends("b", None)];
    let beside = [ends("c", Some(at(9)))];
    shop.send(1, by_turn.clone()).await;
    shop.store.enqueue(&beside).await.unwrap();
    let stored = shop.store.outbox_of(customer).await.unwrap();
    let items: Vec<_> = stored.iter().map(|row| row.item.clone()).collect();
    assert_eq!(items, [&by_turn[..], &beside[..]].concat());
    assert!(!items[0].is_too_late(at(6)) && items[0].is_too_late(at(7)));
    assert!(!items[1].is_too_late(at(1_000_000)));
    attempt(&shop, items[0].id, Attempt::expired()).await;
    let row = shop.store.outbox(items[0].id).await.unwrap().unwrap();
    let why = (row.status, row.fault, row.fault_code.as_deref());
    assert_eq!(why, (OutboxStatus::Failed, Some(FaultKind::Rejected), Some(EXPIRED)));
    assert_eq!((stored[0].fault, stored[0].fault_code.clone()), (None, None));
}

/// The same item twice is one: a repeated turn sends nothing again.
pub async fn an_item_is_stored_once(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let customer = shop.customer(1).await;
    let item = shop.reply(customer, "a", "1");
    shop.store.enqueue(&[item.clone(), item.clone()]).await.unwrap();
    shop.store.enqueue(std::slice::from_ref(&item)).await.unwrap();
    assert_eq!(shop.store.outbox_of(customer).await.unwrap().len(), 1);
    assert_eq!(due(store, 0).await, [(item.id, OutboxStatus::Pending)]);
}

/// An attempt whose end nobody recorded may have been made: it is to be resolved, not repeated.
pub async fn a_lease_that_ran_out_leaves_an_unknown_item(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let customer = shop.customer(1).await;
    let items = vec![shop.reply(customer, "a", "1"), shop.reply(customer, "a", "2")];
    let ids = [items[0].id, items[1].id];
    shop.send(1, items).await;
    assert_eq!(due(store, 1).await, [(ids[0], OutboxStatus::Unknown)]);
    assert!(due(store, 1).await.is_empty(), "it is leased again");
    assert_eq!(due(store, 2).await, [(ids[0], OutboxStatus::Unknown)]);
    let again = Attempt::Retry { at: at(3), kind: FaultKind::Transient, code: None };
    attempt(&shop, ids[0], again).await;
    assert_eq!(due(store, 3).await, [(ids[0], OutboxStatus::Pending)]);
}

/// An item that may have been sent holds its lane until somebody decides, at the latest when it is due.
pub async fn an_unknown_item_blocks_its_lane_until_resolved(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let customer = shop.customer(1).await;
    let items = vec![shop.reply(customer, "a", "1"), shop.reply(customer, "a", "2")];
    let ids = [items[0].id, items[1].id];
    shop.send(1, items).await;
    attempt(&shop, ids[0], Attempt::Unknown { resolve_at: at(2) }).await;
    assert!(due(store, 1).await.is_empty());
    assert!(shop.store.lease(ids[0], at(2), at(3)).await.unwrap().is_none());
    assert_eq!(due(store, 2).await, [(ids[0], OutboxStatus::Unknown)]);
    attempt(&shop, ids[0], done("wamid.1")).await;
    assert_eq!(due(store, 2).await, [(ids[1], OutboxStatus::Pending)]);
}

/// What an attempt brings is stored with it, for the lane that it belongs to.
pub async fn an_attempt_may_bring_something_in(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let customer = shop.customer(1).await;
    let item = shop.reply(customer, "a", "1");
    shop.store.enqueue(std::slice::from_ref(&item)).await.unwrap();
    let new = NewInbox {
        id: shop.id(),
        lane: LaneKey::Customer(customer),
        dedupe_key: format!("failed:{}", item.id),
        cause: Cause::ToolFailed { thread: shop.id() },
        received_at: at(1),
    };
    let failed = Attempt::Failed { kind: FaultKind::Rejected, code: None };
    for _ in 0..2 {
        shop.store.record_attempt(item.id, &failed, Some(&new), at(1)).await.unwrap();
    }
    let pending = shop.store.lane(customer, 10).await.unwrap().unwrap().pending;
    assert_eq!(pending.iter().filter(|p| p.cause == new.cause).count(), 1);
}

fn report(
    provider_id: &str,
    outbox: Option<OutboxId>,
    outcome: Result<Delivery, FailedDelivery>,
) -> StatusReport {
    let (account, provider_id) = ("wa-demo-barbershop".to_owned(), provider_id.to_owned());
    StatusReport { account, provider_id, outbox, outcome, at: at(1) }
}

fn undeliverable() -> FailedDelivery {
    FailedDelivery { kind: FaultKind::Rejected, code: "131026".to_owned() }
}

async fn sent(shop: &Shop, provider_id: &str) -> OutboxId {
    let customer = shop.customer(1).await;
    let item = shop.reply(customer, provider_id, "1");
    shop.store.enqueue(std::slice::from_ref(&item)).await.unwrap();
    attempt(shop, item.id, done(provider_id)).await;
    item.id
}

/// Reports come in any order; a message never goes back.
pub async fn delivery_never_moves_down(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let id = sent(&shop, "w1").await;
    for (told, known) in [
        (Delivery::Delivered, Delivery::Delivered),
        (Delivery::Sent, Delivery::Delivered),
        (Delivery::Read, Delivery::Read),
        (Delivery::Delivered, Delivery::Read),
        (Delivery::Played, Delivery::Played),
    ] {
        let report = report("w1", None, Ok(told));
        assert!(shop.store.record_status(&report).await.unwrap().is_none());
        let row = shop.store.outbox(id).await.unwrap().unwrap();
        assert_eq!((row.delivery, row.status), (Some(known), OutboxStatus::Done));
    }
    assert!(shop.store.is_ours("w1").await.unwrap());
    assert!(!shop.store.is_ours("w2").await.unwrap());
}

/// The first report of a failure is news, the second is none.
pub async fn a_failed_delivery_is_told_once(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let id = sent(&shop, "w1").await;
    let failed = report("w1", None, Err(undeliverable()));
    let item = shop.store.record_status(&failed).await.unwrap();
    assert_eq!(item.map(|item| item.id), Some(id));
    assert!(shop.store.record_status(&failed).await.unwrap().is_none());
    let row = shop.store.outbox(id).await.unwrap().unwrap();
    assert_eq!(row.status, OutboxStatus::Failed);
}

/// What reached the phone did not fail.
pub async fn a_delivered_message_does_not_fail(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let id = sent(&shop, "w1").await;
    shop.store.record_status(&report("w1", None, Ok(Delivery::Delivered))).await.unwrap();
    let late = report("w1", None, Err(undeliverable()));
    assert!(shop.store.record_status(&late).await.unwrap().is_none());
    let row = shop.store.outbox(id).await.unwrap().unwrap();
    assert_eq!((row.status, row.delivery), (OutboxStatus::Done, Some(Delivery::Delivered)));
}

/// A report that overtakes the answer to the sending is not lost.
pub async fn early_reports_wait_for_their_message(store: &dyn Store) {
    let shop = Shop::open(store).await;
    for told in [Delivery::Read, Delivery::Sent] {
        let early = report("w1", None, Ok(told));
        assert!(shop.store.record_status(&early).await.unwrap().is_none());
    }
    let id = sent(&shop, "w1").await;
    let row = shop.store.outbox(id).await.unwrap().unwrap();
    assert_eq!((row.delivery, row.status), (Some(Delivery::Read), OutboxStatus::Done));

    let early = report("w2", None, Err(undeliverable()));
    assert!(shop.store.record_status(&early).await.unwrap().is_none());
    let customer = shop.customer(1).await;
    let item = shop.reply(customer, "b", "1");
    shop.store.enqueue(std::slice::from_ref(&item)).await.unwrap();
    assert_eq!(attempt(&shop, item.id, done("w2")).await, Some(undeliverable()));
    let row = shop.store.outbox(item.id).await.unwrap().unwrap();
    assert_eq!(row.status, OutboxStatus::Failed);
    assert!(shop.store.record_status(&early).await.unwrap().is_none(), "it has been told");
}

/// A report that names our own id resolves an item that may have been sent.
pub async fn a_report_resolves_an_unknown_item(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let customer = shop.customer(1).await;
    let items = vec![shop.reply(customer, "a", "1"), shop.reply(customer, "a", "2")];
    let ids = [items[0].id, items[1].id];
    shop.send(1, items).await;
    attempt(&shop, ids[0], Attempt::Unknown { resolve_at: at(9) }).await;
    let told = report("w1", Some(ids[0]), Ok(Delivery::Sent));
    assert!(shop.store.record_status(&told).await.unwrap().is_none());
    let row = shop.store.outbox(ids[0]).await.unwrap().unwrap();
    assert_eq!((row.status, row.delivery), (OutboxStatus::Done, Some(Delivery::Sent)));
    assert!(shop.store.is_ours("w1").await.unwrap());
    assert_eq!(due(store, 1).await, [(ids[1], OutboxStatus::Pending)]);
    attempt(&shop, ids[0], Attempt::Unknown { resolve_at: at(9) }).await;
    let row = shop.store.outbox(ids[0]).await.unwrap().unwrap();
    assert_eq!(row.status, OutboxStatus::Done, "what is settled stays settled");
}

fn timer(shop: &Shop, customer: CustomerId, thread: ThreadId, minute: i64) -> Timer {
    let key = TimerKey::Thread { thread, name: TimerName::HoldExpires };
    Timer { id: shop.id(), customer, key, due_at: at(minute) }
}

/// A timer of the same key takes the place of the one before.
pub async fn setting_a_timer_again_replaces_it(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let (customer, thread) = shop.talker(1).await;
    let (first, second) = (timer(&shop, customer, thread, 5), timer(&shop, customer, thread, 9));
    let other = Timer {
        id: shop.id(),
        key: TimerKey::Reminder { appointment: shop.id(), hours_before: 24 },
        ..first.clone()
    };
    shop.changed(1, at(0), vec![Write::SetTimer(first.clone())]).await;
    let writes = vec![Write::SetTimer(other.clone()), Write::SetTimer(second.clone())];
    shop.changed(1, at(1), writes).await;
    let set = shop.store.timers(customer).await.unwrap();
    assert_eq!(set, [other.clone(), second.clone()]);
    assert_eq!(shop.store.promote(&first, shop.id(), at(9)).await.unwrap(), None);
    shop.changed(1, at(2), vec![Write::ClearTimer(second.key)]).await;
    assert_eq!(shop.store.timers(customer).await.unwrap(), [other]);
}

/// A due timer becomes an inbox item once, whoever tries.
pub async fn a_timer_fires_once(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let (customer, thread) = shop.talker(1).await;
    let set = timer(&shop, customer, thread, 5);
    shop.changed(1, at(0), vec![Write::SetTimer(set.clone())]).await;
    assert_eq!(store.next_due().await.unwrap(), Some(at(5)));
    let claim = async |minute| store.claim_due(at(minute), at(-1), at(60), 10).await.unwrap();
    assert!(claim(4).await.is_empty());
    let expected = DueWork::Timer { tenant: shop.tenant, timer: set.clone() };
    assert_eq!(claim(5).await, [expected]);
    let inbox = shop.id();
    assert_eq!(shop.store.promote(&set, inbox, at(5)).await.unwrap(), Some(customer));
    assert_eq!(shop.store.promote(&set, shop.id(), at(5)).await.unwrap(), None);
    assert!(claim(5).await.is_empty());
    let lane = shop.store.lane(customer, 10).await.unwrap().unwrap();
    let fired = lane.pending.last().unwrap();
    assert_eq!((fired.id, &fired.cause), (inbox, &set.key.cause()));
    assert_eq!(store.next_due().await.unwrap(), None);
}

/// Lanes that wait for long are found, those that have just begun to wait are not.
pub async fn waiting_lanes_are_found(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let (customer, inbox) = shop.hear(1, at(0)).await;
    shop.hear(1, at(1)).await;
    let claim = async |stale| store.claim_due(at(9), stale, at(60), 10).await.unwrap();
    assert!(claim(at(0)).await.is_empty());
    let lane = DueWork::Lane { tenant: shop.tenant, customer };
    assert_eq!(claim(at(5)).await, std::slice::from_ref(&lane));
    let turn = shop.turn(&shop.thread(customer, at(0)), inbox, at(2), Vec::new());
    assert!(is_committed(&shop.store.commit(&TurnCommit { ..turn }).await.unwrap()));
    assert_eq!(claim(at(5)).await, [lane]);
    assert!(claim(at(1)).await.is_empty());
}
