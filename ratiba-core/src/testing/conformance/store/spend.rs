//! What models may cost is never passed, and what they have cost is never forgotten.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::shop::{Shop, at};
use crate::domain::id::{ModelCallId, ThreadId};
use crate::domain::time::TimeWindow;
use crate::models::cost::{MicroUsd, Usage};
use crate::models::role::Role;
use crate::ports::spend::{CallEnd, SpendBy, SpendVerdict, SpendWish};
use crate::ports::store::Store;

const CEILING: MicroUsd = MicroUsd(1_000);

fn wish(shop: &Shop, thread: ThreadId, worst: u64) -> SpendWish {
    SpendWish {
        id: shop.id(),
        thread: Some(thread),
        day: "2026-11-23".parse().unwrap(),
        role: Role::Classify,
        provider: "someone".to_owned(),
        model: "m-1".to_owned(),
        prompt: "classify.v1".to_owned(),
        prompt_hash: "00ff".to_owned(),
        prices: "2026-11-23".parse().unwrap(),
        worst: MicroUsd(worst),
        booking_ceiling: CEILING,
        day_ceiling: MicroUsd(1_000_000),
        at: at(0),
        expires_at: at(0) + SignedDuration::from_secs(60),
    }
}

fn end(cost: u64) -> CallEnd {
    CallEnd {
        usage: Usage {
            input: 10,
            cache_read: 20,
            cache_write: 30,
            cache_write_long: 0,
            output: 40,
        },
        cost: MicroUsd(cost),
        estimated: false,
        outcome: "ok".to_owned(),
        answered_by: Some("m-1-2026".to_owned()),
        request_id: Some("req".to_owned()),
        latency_ms: 350,
    }
}

/// What was reserved makes room for what it really cost.
pub async fn a_call_is_reserved_settled_and_kept(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let s = &shop.store;
    let thread = shop.id();
    let first = wish(&shop, thread, 900);
    assert_eq!(s.reserve_spend(&first).await.unwrap(), SpendVerdict::Granted);
    let second = wish(&shop, thread, 200);
    assert_eq!(s.reserve_spend(&second).await.unwrap(), SpendVerdict::BookingCeiling);
    s.settle_spend(first.id, &end(700), at(1)).await.unwrap();
    assert_eq!(s.reserve_spend(&second).await.unwrap(), SpendVerdict::Granted);
    s.settle_spend(first.id, &end(5), at(2)).await.unwrap();
    assert_eq!(s.spent_on(thread).await.unwrap(), MicroUsd(700), "settled once");
    let calls = s.model_calls(at(0), 10).await.unwrap();
    let kept = calls.iter().find(|call| call.id == first.id).unwrap();
    assert_eq!((kept.reserved, kept.cost), (MicroUsd(900), MicroUsd(700)));
    assert_eq!((kept.usage, kept.latency_ms), (end(0).usage, 350));
    assert_eq!((kept.thread, kept.outcome.as_str()), (Some(thread), "ok"));
    assert_eq!(calls.iter().filter(|call| call.outcome == "open").count(), 1);
    s.settle_spend(shop.id::<crate::domain::id::ModelCallKind>(), &end(9), at(2)).await.unwrap();
    assert_eq!(s.spent_on(thread).await.unwrap(), MicroUsd(700), "nobody knows that call");
}

/// Whoever asks at the same time.
pub async fn parallel_reservations_never_pass_a_ceiling(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let thread = shop.id();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..64 {
        let (own, wish) = (Arc::clone(&shop.store), wish(&shop, thread, 90));
        tasks.spawn(async move {
            let verdict = own.reserve_spend(&wish).await.unwrap();
            if verdict == SpendVerdict::Granted {
                own.settle_spend(wish.id, &end(90), at(1)).await.unwrap();
            }
            verdict
        });
    }
    let verdicts = tasks.join_all().await;
    let granted = verdicts.iter().filter(|v| **v == SpendVerdict::Granted).count();
    assert_eq!(granted, 11, "{verdicts:?}");
    assert_eq!(shop.store.spent_on(thread).await.unwrap(), MicroUsd(990));
}

/// The day's ceiling holds over all bookings.
pub async fn a_days_ceiling_holds_over_all_bookings(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let day = |worst| SpendWish { day_ceiling: MicroUsd(1_500), ..wish(&shop, shop.id(), worst) };
    assert_eq!(shop.store.reserve_spend(&day(800)).await.unwrap(), SpendVerdict::Granted);
    assert_eq!(shop.store.reserve_spend(&day(800)).await.unwrap(), SpendVerdict::DayCeiling);
    let none = SpendWish { thread: None, ..day(700) };
    assert_eq!(shop.store.reserve_spend(&none).await.unwrap(), SpendVerdict::Granted);
    let other = SpendWish { day: "2026-11-24".parse().unwrap(), ..day(800) };
    assert_eq!(shop.store.reserve_spend(&other).await.unwrap(), SpendVerdict::Granted);
}

/// A process that dies with money in hand gives it back in time; should it not be dead after all, what it spent is charged.
pub async fn a_reservation_that_runs_out_makes_room(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let s = &shop.store;
    let thread = shop.id();
    let dead = wish(&shop, thread, 900);
    assert_eq!(s.reserve_spend(&dead).await.unwrap(), SpendVerdict::Granted);
    let early = SpendWish { at: at(0) + SignedDuration::from_secs(59), ..wish(&shop, thread, 900) };
    assert_eq!(s.reserve_spend(&early).await.unwrap(), SpendVerdict::BookingCeiling);
    let late = SpendWish { at: at(0) + SignedDuration::from_secs(60), ..wish(&shop, thread, 900) };
    assert_eq!(s.reserve_spend(&late).await.unwrap(), SpendVerdict::Granted);
    s.settle_spend(dead.id, &end(300), at(3)).await.unwrap();
    s.settle_spend(late.id, &end(100), at(3)).await.unwrap();
    assert_eq!(s.spent_on(thread).await.unwrap(), MicroUsd(400));
    let left = wish(&shop, thread, 600);
    assert_eq!(s.reserve_spend(&left).await.unwrap(), SpendVerdict::Granted);
    assert_eq!(
        s.reserve_spend(&wish(&shop, thread, 1)).await.unwrap(),
        SpendVerdict::BookingCeiling
    );
}

/// By role, booking and day; another tenant's is not among it.
pub async fn what_models_cost_is_summed_up(store: &dyn Store) {
    let (shop, other) = (Shop::open(store).await, Shop::open_as(store, "demo-salon").await);
    let (a, b) = (shop.id(), shop.id());
    for (thread, role, cost) in
        [(a, Role::Classify, 10), (a, Role::ShapeAnswer, 100), (b, Role::Classify, 30)]
    {
        let wish = SpendWish { role, ..wish(&shop, thread, 200) };
        shop.store.reserve_spend(&wish).await.unwrap();
        shop.store.settle_spend(wish.id, &end(cost), at(1)).await.unwrap();
    }
    let from = |minute| TimeWindow { start: at(minute), end: Timestamp::MAX };
    let report = async |by| {
        let lines = shop.store.spend_report(from(0), by, 10_800).await.unwrap();
        lines.into_iter().map(|l| (l.key, l.calls, l.cost.0)).collect::<Vec<_>>()
    };
    let by_role = report(SpendBy::Role).await;
    assert_eq!(by_role, [("shape_answer".to_owned(), 1, 100), ("classify".to_owned(), 2, 40)]);
    let by_booking = report(SpendBy::Booking).await;
    assert_eq!(by_booking, [(a.to_string(), 2, 110), (b.to_string(), 1, 30)]);
    assert_eq!(report(SpendBy::Day).await, [("2026-11-23".to_owned(), 3, 140)]);
    assert!(shop.store.spend_report(from(5), SpendBy::Day, 0).await.unwrap().is_empty());
    for by in [SpendBy::Role, SpendBy::Booking, SpendBy::Day] {
        let before = TimeWindow { start: Timestamp::UNIX_EPOCH, end: at(0) };
        assert!(shop.store.spend_report(before, by, 0).await.unwrap().is_empty(), "{by:?}");
    }
    assert!(other.store.spend_report(from(0), SpendBy::Role, 0).await.unwrap().is_empty());
    assert_eq!(other.store.spent_on(a).await.unwrap(), MicroUsd::ZERO);
    let _: ModelCallId = shop.id();
}
