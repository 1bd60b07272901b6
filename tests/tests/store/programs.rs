//! Random programs of bookings give the same answers as a plain model, and never an overlap.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use ratiba_core::adapters::seal::SecretKey;
use ratiba_core::adapters::sqlite::SqliteStore;
use ratiba_core::testing::conformance::store::{Place, Step, run_program};

use super::postgres;

fn place() -> impl Strategy<Value = Place> {
    // Few times, so that most of them collide.
    (0..2_u8, 0..3_u8, 0..12_u8, 1..6_u8).prop_map(|(staff, chair, start, length)| Place {
        staff,
        chair,
        start,
        length,
    })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (place(), 0..20_u8).prop_map(|(place, ttl)| Step::Hold(place, ttl)),
        1 => place().prop_map(Step::Enter),
        3 => any::<u8>().prop_map(Step::Confirm),
        1 => (any::<u8>(), 0..20_u8).prop_map(|(n, ttl)| Step::Extend(n, ttl)),
        1 => any::<u8>().prop_map(Step::Release),
        2 => any::<u8>().prop_map(Step::Cancel),
        2 => (any::<u8>(), place()).prop_map(|(n, place)| Step::Move(n, place)),
        2 => (0..15_u8).prop_map(Step::Wait),
    ]
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

#[test]
fn programs_of_bookings_agree_with_the_model() {
    let runtime = runtime();
    agree(48, |program| {
        runtime.block_on(async {
            let store = SqliteStore::in_memory(&SecretKey::for_tests()).await.unwrap();
            run_program(&store, program).await;
        });
    });
}

#[test]
fn programs_of_bookings_agree_with_the_model_on_postgres() {
    if postgres::server().is_none() {
        return;
    }
    let runtime = runtime();
    agree(16, |program| {
        runtime.block_on(async {
            let fresh = postgres::Fresh::migrated().await.unwrap();
            run_program(&*fresh, program).await;
        });
    });
}

/// Runs programs, the same ones each time.
fn agree(cases: u32, run: impl Fn(&[Step])) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(
        config,
        proptest::test_runner::TestRng::deterministic_rng(Config::default().rng_algorithm),
    );
    let programs = proptest::collection::vec(step(), 1..40);
    runner
        .run(&programs, |program| {
            run(&program);
            Ok(())
        })
        .unwrap();
}
