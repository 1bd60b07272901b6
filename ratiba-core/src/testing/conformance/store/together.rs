//! Calls that come together may be made together; each ends in its own way.

use futures_util::future::join_all;

use super::shop::{Shop, at, is_committed};
use crate::conversation::event::TimerName;
use crate::domain::appointment::Appointment;
use crate::domain::customer::Customer;
use crate::domain::id::{CustomerId, InboxId, ThreadId};
use crate::ports::inbox::{Timer, TimerKey};
use crate::ports::store::{CommitOutcome, Store, StoredThread, TurnCommit, Write};

/// Of each kind of turn below.
const OF_EACH: u32 = 12;

/// What a turn is like, and how it has to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A free slot, a timer, a record and three replies, two of them in one lane.
    Usual,
    /// The slot that all of its kind want.
    Wanted,
    /// Its item has been skipped meanwhile.
    Done,
    /// Its conversation has moved on meanwhile.
    Behind,
    /// One of its replies is stored already.
    Repeated,
    /// It learns a name and clears a timer.
    Learning,
    /// It writes what few turns write.
    Rare,
}

impl Kind {
    const ALL: [Self; 7] = [
        Self::Usual,
        Self::Wanted,
        Self::Done,
        Self::Behind,
        Self::Repeated,
        Self::Learning,
        Self::Rare,
    ];
}

struct Case {
    kind: Kind,
    customer: CustomerId,
    inbox: InboxId,
    thread: StoredThread,
    turn: TurnCommit,
}

fn timer(shop: &Shop, customer: CustomerId, thread: ThreadId) -> Timer {
    let key = TimerKey::Thread { thread, name: TimerName::HoldExpires };
    Timer { id: shop.id(), customer, key, due_at: at(500) }
}

async fn case(shop: &Shop, kind: Kind, peer: u32) -> Case {
    let minute = i64::from(peer);
    let (customer, thread) = shop.talker(peer).await;
    let (_, inbox) = shop.hear(peer, at(minute)).await;
    let pending = shop.store.lane(customer, 9).await.unwrap().unwrap().pending;
    // What `talker` left behind is of no interest here.
    for item in pending.iter().filter(|item| item.id != inbox) {
        shop.store.skip(item.id, at(minute)).await.unwrap();
    }
    let mut thread = shop.store.thread(thread).await.unwrap().unwrap();
    let lane = format!("wa/{peer}");
    let mut outbox = vec![shop.reply(customer, &lane, "one"), shop.reply(customer, &lane, "two")];
    let mut writes = Vec::new();
    match kind {
        Kind::Usual => {
            outbox.push(shop.reply(customer, &format!("sms/{peer}"), "three"));
            writes.push(Write::Hold(vec![shop.hold(customer, 1_000 + minute * 30)]));
            writes.push(Write::SetTimer(timer(shop, customer, thread.id)));
        }
        Kind::Wanted => {
            let hold = shop.hold(customer, 100);
            let lasting = Appointment { hold_expires_at: Some(at(600)), ..hold };
            writes.push(Write::Hold(vec![lasting]));
        }
        Kind::Done => assert!(shop.store.skip(inbox, at(minute)).await.is_ok()),
        Kind::Behind => thread.revision -= 1,
        Kind::Repeated => {
            let sent = outbox[0].clone();
            assert_eq!(shop.send(peer, vec![sent]).await.len(), 1);
        }
        Kind::Learning => {
            let set = Write::SetTimer(timer(shop, customer, thread.id));
            shop.changed(peer, at(minute), vec![set]).await;
            thread.revision += 1;
            let known = shop.store.customer(customer).await.unwrap().unwrap();
            writes.push(Write::Customer(Customer { name: Some(lane.clone()), ..known }));
            writes.push(Write::ClearTimer(timer(shop, customer, thread.id).key));
        }
        Kind::Rare => writes.push(Write::Unanswered { question: lane.clone() }),
    }
    let record = shop.record(&thread, inbox).await;
    let turn = TurnCommit {
        record: Some(record),
        outbox,
        ..shop.turn(&thread, inbox, at(minute), writes)
    };
    Case { kind, customer, inbox, thread, turn }
}

/// Turns of many customers end at once: those that may be are committed whole, whatever is wrong with the others, and those leave nothing.
pub async fn turns_that_come_together_end_each_in_its_own_way(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let mut cases = Vec::new();
    for peer in 0..OF_EACH * 7 {
        cases.push(case(&shop, Kind::ALL[peer as usize % 7], 1 + peer).await);
    }
    let turns = cases.iter().map(|case| (shop.store.clone(), case.turn.clone()));
    let ending = turns.map(|(store, turn)| {
        tokio::spawn(async move { (store.commit(&turn).await.unwrap(), turn.thread.customer) })
    });
    let mut taken = 0;
    for (ended, case) in join_all(ending).await.into_iter().zip(&cases) {
        let (outcome, whose) = ended.unwrap();
        assert_eq!(whose, case.customer);
        match (case.kind, &outcome) {
            (Kind::Done | Kind::Behind, outcome) => assert_eq!(outcome, &CommitOutcome::Stale),
            (Kind::Wanted, CommitOutcome::SlotTaken) => taken += 1,
            (Kind::Repeated, CommitOutcome::Committed { leased }) => assert!(leased.is_empty()),
            (Kind::Usual, CommitOutcome::Committed { leased }) => {
                assert_eq!(*leased, [case.turn.outbox[0].id, case.turn.outbox[2].id]);
            }
            (_, CommitOutcome::Committed { leased }) => {
                assert_eq!(*leased, [case.turn.outbox[0].id]);
            }
            other => panic!("{other:?}"),
        }
        left(&shop, case, is_committed(&outcome)).await;
    }
    assert_eq!(taken, OF_EACH - 1);
}

/// All of a turn is there, or nothing of it.
async fn left(shop: &Shop, case: &Case, committed: bool) {
    let stored = shop.store.thread(case.thread.id).await.unwrap().unwrap();
    let records = shop.store.records(case.thread.id).await.unwrap();
    let recorded = records.iter().any(|record| record.cause == case.inbox);
    let outbox = shop.store.outbox_of(case.customer).await.unwrap();
    let said = case.turn.outbox.iter().filter(|item| outbox.iter().any(|o| o.item.id == item.id));
    let pending = shop.store.lane(case.customer, 9).await.unwrap().unwrap().pending;
    let waits = pending.iter().any(|item| item.id == case.inbox);
    let (held, timers) = (
        shop.store.appointments_of(case.customer).await.unwrap().len(),
        shop.store.timers(case.customer).await.unwrap().len(),
    );
    let name = shop.store.customer(case.customer).await.unwrap().unwrap().name;
    let behind = u64::from(case.kind == Kind::Behind);
    assert_eq!(stored.revision, case.thread.revision + behind + u64::from(committed));
    assert_eq!((recorded, waits), (committed, !committed && case.kind != Kind::Done));
    assert_eq!(said.count(), if committed { case.turn.outbox.len() } else { 0 });
    let holds = matches!(case.kind, Kind::Usual | Kind::Wanted);
    assert_eq!(held, usize::from(committed && holds));
    assert_eq!(timers, usize::from(case.kind == Kind::Usual));
    assert_eq!(name.is_some(), case.kind == Kind::Learning);
}

/// Messages of many customers come at once and their lanes are read at once: each gets its own, and nobody is nobody.
pub async fn lanes_that_are_read_together_are_each_their_own(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let mut readings = Vec::new();
    for peer in 1..=40 {
        let (customer, _) = shop.talker(peer).await;
        for n in 0..peer % 3 {
            shop.hear(peer, at(i64::from(n))).await;
        }
        // What `talker` left, and what came since.
        readings.push((customer, Some(1 + peer as usize % 3)));
    }
    readings.insert(20, (shop.id(), None));
    let lanes = readings.iter().map(|(customer, _)| {
        let (store, customer) = (shop.store.clone(), *customer);
        tokio::spawn(async move { store.lane(customer, 2).await.unwrap() })
    });
    for (lane, (customer, pending)) in join_all(lanes).await.into_iter().zip(readings) {
        let lane = lane.unwrap();
        assert_eq!(lane.as_ref().map(|lane| lane.customer.id), pending.map(|_| customer));
        if let (Some(lane), Some(pending)) = (lane, pending) {
            assert_eq!(lane.current.unwrap().customer, customer);
            assert_eq!(lane.pending.len(), pending.min(2));
            assert!(lane.pending.iter().all(|item| item.customer == customer));
        }
    }
}
