//! The usual turn as the store sees it, for every bench that measures one.

use std::time::{Duration, Instant};

use ratiba_core::conversation::event::TimerName;
use ratiba_core::ports::inbox::{Timer, TimerKey};
use ratiba_core::ports::store::{TurnCommit, TurnRecord, Write};
use ratiba_core::testing::conformance::store::{Shop, at};

/// Customers that write by turns.
pub(crate) const PEERS: i64 = 500;

/// Takes one turn; gives back the time that accepting, reading the lane and committing took.
pub(crate) async fn one_turn(shop: &Shop, n: i64) -> [Duration; 3] {
    let peer = u32::try_from(n % PEERS).unwrap_or(0);
    let new = shop.message(peer, "nataka kunyoa kesho saa tisa", &format!("wamid.{n}"), at(n));
    let start = Instant::now();
    let customer = shop.store.accept(&new).await.unwrap().customer;
    let accept = start.elapsed();

    let start = Instant::now();
    let lane = shop.store.lane(customer, 8).await.unwrap().unwrap();
    let read = start.elapsed();

    let thread = lane.current.unwrap_or_else(|| shop.thread(customer, at(n)));
    let state = "x".repeat(1_500);
    let record = Shop::record_for(lane.customer, &thread, new.id);
    let record = TurnRecord { before: state.clone(), after: state, ..record };
    let timer = Timer {
        id: shop.id(),
        customer,
        key: TimerKey::Thread { thread: thread.id, name: TimerName::HoldExpires },
        due_at: at(n + 10),
    };
    let writes = vec![Write::Hold(vec![shop.hold(customer, n * 30)]), Write::SetTimer(timer)];
    let turn = TurnCommit {
        record: Some(record),
        outbox: vec![shop.reply(customer, &format!("wa/{customer}"), "Kesho saa tisa, sawa?")],
        ..shop.turn(&thread, new.id, at(n), writes)
    };
    let start = Instant::now();
    shop.store.commit(&turn).await.unwrap();
    [accept, read, start.elapsed()]
}
