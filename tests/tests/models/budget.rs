//! Ceilings: no number of parallel calls, over any number of engines on one store, passes them.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use ratiba_core::adapters::seal::SecretKey;
use ratiba_core::adapters::sqlite::SqliteStore;
use ratiba_core::engine::models::NoAnswer;
use ratiba_core::models::cost::MicroUsd;
use ratiba_core::ports::store::Store as _;
use ratiba_core::testing::ModelTrouble;

use super::rig::{World, make_tenant, number};
use crate::store::TempDir;

/// Calls at the same time over engines that share nothing but the file.
const CALLS: usize = 200;
const ENGINES: i64 = 4;

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_parallel_calls_over_four_engines_never_pass_the_ceiling() {
    let folder = TempDir::new();
    let path = folder.file();
    let mut worlds = Vec::new();
    let mut tenant = None;
    for n in 0..ENGINES {
        let store = SqliteStore::open(&path, &SecretKey::for_tests()).await.unwrap();
        let tenant = match tenant {
            Some(tenant) => tenant,
            None => *tenant.insert(make_tenant(&store).await),
        };
        let mut world = World::over(store.of(tenant), tenant);
        world.policy.booking_hard = 3_000;
        // Chance of its own, so that no two engines mint the same id.
        world.clock.advance(SignedDuration::from_secs(n));
        world.first.rule(number(1));
        worlds.push(Arc::new(world));
    }
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..CALLS {
        let world = Arc::clone(&worlds[n % worlds.len()]);
        tasks.spawn(async move { world.ask().await });
    }
    let outcomes = tasks.join_all().await;
    let world = &worlds[0];
    let spent = world.store.spent_on(world.thread()).await.unwrap();
    let calls = world.store.model_calls(Timestamp::UNIX_EPOCH, 1_000).await.unwrap();
    let answered = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    let refused =
        outcomes.iter().filter(|outcome| **outcome == Err(NoAnswer::BookingCeiling)).count();
    assert!(spent <= MicroUsd(3_000), "{spent}");
    assert_eq!(calls.iter().map(|call| call.cost).sum::<MicroUsd>(), spent);
    assert_eq!(answered + refused, CALLS, "{outcomes:?}");
    assert_eq!(calls.len(), answered);
    assert!(answered > 0 && refused > 0, "{answered} answered, {refused} refused");
}

#[tokio::test]
async fn what_a_dead_process_had_reserved_runs_out() {
    let mut world = World::new().await;
    world.first.rule(number(1));
    assert_eq!(world.ask().await, Ok(1));
    let call = world.store.model_calls(Timestamp::UNIX_EPOCH, 1).await.unwrap().remove(0);
    // Room for one call and no more.
    world.policy.booking_hard = call.cost.0 + call.reserved.0;
    world.first.trouble_always(Some(ModelTrouble::Hangs));
    let (router, store, policy) =
        (Arc::clone(&world.router), Arc::clone(&world.store), world.policy.clone());
    let (tenant, thread) = (world.tenant, world.thread());
    let dying = tokio::spawn(async move {
        let purse = ratiba_core::engine::models::Purse {
            store: store.as_ref(),
            tenant,
            policy: &policy,
            today: "2026-11-23".parse().unwrap(),
            thread: Some(thread),
        };
        let question = ratiba_core::engine::models::Question {
            role: ratiba_core::models::role::Role::Classify,
            parts: vec![ratiba_core::ports::llm::LlmPart::Text("which number?".to_owned())],
            within: SignedDuration::from_secs(20),
        };
        router.ask(purse, &question, &|value| value["n"].as_u64()).await
    });
    while world.first.asked().len() < 2 {
        tokio::task::yield_now().await;
    }
    dying.abort();
    assert!(dying.await.unwrap_err().is_cancelled());
    world.first.trouble_always(None);
    assert_eq!(world.ask().await, Err(NoAnswer::BookingCeiling), "still reserved");
    world.clock.advance(SignedDuration::from_mins(5));
    assert_eq!(world.ask().await, Ok(1), "run out");
    let mut outcomes: Vec<String> = world
        .store
        .model_calls(Timestamp::UNIX_EPOCH, 10)
        .await
        .unwrap()
        .into_iter()
        .map(|call| call.outcome)
        .collect();
    outcomes.sort();
    assert_eq!(outcomes, ["lost", "ok", "ok"]);
}
