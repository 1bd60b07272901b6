//! The end of a turn: all or nothing, against the revision that it started from.

use futures_util::future::join_all;

use super::shop::{Shop, at, is_committed};
use crate::domain::message::{Choice, Reply};
use crate::ports::store::{CommitOutcome, Speaker, Store, StoredThread, TurnCommit, Write};

/// What a turn wrote is what the next one reads.
pub async fn a_turn_is_stored_as_it_was_committed(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let (customer, inbox) = shop.hear(1, at(0)).await;
    let choice =
        Choice { id: "slot:1".into(), title: "3 PM".into(), description: Some("Brian".into()) };
    let thread = StoredThread { offered: vec![choice], ..shop.thread(customer, at(0)) };
    let turn = shop.turn(&thread, inbox, at(1), Vec::new());
    assert!(is_committed(&shop.store.commit(&turn).await.unwrap()));
    let lane = shop.store.lane(customer, 10).await.unwrap().unwrap();
    assert!(lane.pending.is_empty());
    let stored = StoredThread { revision: 1, ..turn.thread.clone() };
    assert_eq!(lane.current.as_ref(), Some(&stored));
    assert_eq!(shop.store.thread(thread.id).await.unwrap(), Some(stored.clone()));

    let (_, inbox) = shop.hear(1, at(2)).await;
    let next = StoredThread { state: r#"{"v":2}"#.into(), last_inbound_at: None, ..stored };
    let turn = shop.turn(&next, inbox, at(2), Vec::new());
    assert!(is_committed(&shop.store.commit(&turn).await.unwrap()));
    let stored = shop.store.thread(thread.id).await.unwrap().unwrap();
    assert_eq!(stored, StoredThread { revision: 2, updated_at: at(2), ..next });
}

/// A turn that started from another revision than the stored one is refused.
pub async fn a_stale_writer_loses(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let (customer, first) = shop.hear(1, at(0)).await;
    let (_, second) = shop.hear(1, at(0)).await;
    let thread = shop.thread(customer, at(0));
    let commit = async |thread: &StoredThread, inbox| {
        shop.store.commit(&shop.turn(thread, inbox, at(1), Vec::new())).await.unwrap()
    };
    assert!(is_committed(&commit(&thread, first).await));
    assert_eq!(commit(&thread, second).await, CommitOutcome::Stale);
    let ahead = StoredThread { revision: 5, ..thread.clone() };
    assert_eq!(commit(&ahead, second).await, CommitOutcome::Stale);
    let unknown = StoredThread { revision: 1, ..shop.thread(customer, at(0)) };
    assert_eq!(commit(&unknown, second).await, CommitOutcome::Stale);
    let current = StoredThread { revision: 1, ..thread };
    assert!(is_committed(&commit(&current, second).await));
}

/// An item that is done, or was never stored, is no reason for a turn.
pub async fn an_item_is_taken_a_turn_on_once(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let (customer, inbox) = shop.hear(1, at(0)).await;
    let thread = shop.thread(customer, at(0));
    let turn = shop.turn(&thread, inbox, at(0), Vec::new());
    assert!(is_committed(&shop.store.commit(&turn).await.unwrap()));
    let next = StoredThread { revision: 1, ..thread };
    let again = shop.turn(&next, inbox, at(1), Vec::new());
    assert_eq!(shop.store.commit(&again).await.unwrap(), CommitOutcome::Stale);
    let never = shop.turn(&next, shop.id(), at(1), Vec::new());
    assert_eq!(shop.store.commit(&never).await.unwrap(), CommitOutcome::Stale);
}

/// Many workers take the same turn: one is stored.
pub async fn of_many_racing_turns_one_wins(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let (customer, inbox) = shop.hear(1, at(0)).await;
    let thread = shop.thread(customer, at(0));
    let turns = (0..16).map(|_| {
        let (store, turn) = (shop.store.clone(), shop.turn(&thread, inbox, at(0), Vec::new()));
        tokio::spawn(async move { store.commit(&turn).await.unwrap() })
    });
    let outcomes = join_all(turns).await;
    let won = outcomes.iter().filter(|o| is_committed(o.as_ref().unwrap())).count();
    assert_eq!(won, 1);
    assert_eq!(shop.store.thread(thread.id).await.unwrap().unwrap().revision, 1);
}

/// A new conversation takes the place of an old one.
pub async fn the_newest_conversation_is_current(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let mut last = None;
    for minute in 0..3 {
        let (customer, inbox) = shop.hear(1, at(minute)).await;
        let mint = crate::domain::id::Mint { at: at(minute), seed: 5 };
        let thread = StoredThread { id: mint.id(0), ..shop.thread(customer, at(minute)) };
        let turn = shop.turn(&thread, inbox, at(minute), Vec::new());
        assert!(is_committed(&shop.store.commit(&turn).await.unwrap()));
        let current = shop.store.lane(customer, 1).await.unwrap().unwrap().current.unwrap();
        assert_eq!(current.id, thread.id);
        assert_ne!(last.replace(thread.id), Some(thread.id));
    }
}

/// The records of a conversation can be replayed in order.
pub async fn records_come_in_order(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let mut thread = None;
    let mut written = Vec::new();
    for _ in 0..12 {
        let (customer, inbox) = shop.hear(1, at(0)).await;
        let current = thread.take().unwrap_or_else(|| shop.thread(customer, at(0)));
        let record = shop.record(&current, inbox).await;
        written.push(record.clone());
        let turn =
            TurnCommit { record: Some(record), ..shop.turn(&current, inbox, at(0), Vec::new()) };
        assert!(is_committed(&shop.store.commit(&turn).await.unwrap()));
        thread = Some(StoredThread { revision: current.revision + 1, ..current });
    }
    let read = shop.store.records(thread.unwrap().id).await.unwrap();
    assert_eq!(read, written);
}

/// A commit that fails in its last write has not done its first one.
pub async fn a_refused_commit_changes_nothing(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let owner = shop.customer(2).await;
    assert!(shop.store.enter(&shop.booking(owner, 60)).await.unwrap());
    let (customer, inbox) = shop.hear(1, at(0)).await;
    let thread = shop.thread(customer, at(0));
    let record = shop.record(&thread, inbox).await;
    let writes = vec![
        Write::Unanswered { question: "parking?".into() },
        Write::Hold(vec![shop.hold(customer, 120)]),
        Write::Hold(vec![shop.hold(customer, 75)]),
    ];
    let turn = TurnCommit {
        record: Some(record),
        outbox: vec![shop.reply(customer, "a", "held")],
        ..shop.turn(&thread, inbox, at(0), writes)
    };
    assert_eq!(shop.store.commit(&turn).await.unwrap(), CommitOutcome::SlotTaken);
    let lane = shop.store.lane(customer, 10).await.unwrap().unwrap();
    assert!(lane.current.is_none());
    assert_eq!(lane.pending.len(), 1);
    assert!(shop.store.appointments_of(customer).await.unwrap().is_empty());
    assert!(shop.store.outbox_of(customer).await.unwrap().is_empty());
    assert!(shop.store.records(thread.id).await.unwrap().is_empty());
    assert!(shop.store.unanswered(5).await.unwrap().is_empty());
    let retaken = TurnCommit { writes: Vec::new(), ..turn };
    assert!(is_committed(&shop.store.commit(&retaken).await.unwrap()));
}

/// A history reads as it was spoken, also when everything happened at one moment.
pub async fn the_transcript_shows_both_sides_in_order(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let mut customer = None;
    for n in 0..3 {
        let new = shop.message(1, &format!("question {n}"), &format!("k{n}"), at(0));
        let who = shop.store.accept(&new).await.unwrap().customer;
        let reply = shop.reply(who, "a", &format!("answer {n}"));
        let turn = TurnCommit {
            outbox: vec![reply],
            ..shop.turn(&shop.thread(who, at(0)), new.id, at(0), Vec::new())
        };
        assert!(is_committed(&shop.store.commit(&turn).await.unwrap()));
        customer = Some(who);
    }
    let lines = shop.store.transcript(customer.unwrap(), 5).await.unwrap();
    let said: Vec<_> = lines.iter().map(|line| (line.by, line.reply.text.as_str())).collect();
    assert_eq!(
        said,
        [
            (Speaker::Business, "answer 0"),
            (Speaker::Customer, "question 1"),
            (Speaker::Business, "answer 1"),
            (Speaker::Customer, "question 2"),
            (Speaker::Business, "answer 2"),
        ]
    );
    assert_eq!(lines[4].reply, Reply::text("answer 2"));
    assert_eq!(lines[4].at, at(0));
    assert_eq!(lines[4].delivery, None);
}

/// The list of conversations opens with the last one that moved.
pub async fn conversations_are_listed_newest_first(store: &dyn Store) {
    let shop = Shop::open(store).await;
    for peer in 1..=3 {
        shop.changed(peer, at(i64::from(peer)), Vec::new()).await;
    }
    shop.changed(1, at(9), Vec::new()).await;
    let threads = shop.store.threads(2).await.unwrap();
    assert_eq!(threads.iter().map(|t| t.updated_at).collect::<Vec<_>>(), [at(9), at(3)]);
}
