//! The router over scripted providers: who is asked, how often, and when nobody is.

use jiff::{SignedDuration, Timestamp};
use ratiba_core::engine::models::NoAnswer;
use ratiba_core::models::cost::MicroUsd;
use ratiba_core::ports::llm::LlmFaultKind as Kind;
use ratiba_core::testing::ModelTrouble::{Babbles, Cut, Fails, Hangs, Refuses};

use super::rig::{World, number};

async fn both() -> World {
    let world = World::new().await;
    world.first.rule(number(1));
    world.second.rule(number(2));
    world
}

async fn calls(world: &World) -> Vec<(String, String)> {
    let calls = world.store.model_calls(Timestamp::UNIX_EPOCH, 1_000).await.unwrap();
    calls.into_iter().map(|call| (call.provider, call.outcome)).collect()
}

#[tokio::test]
async fn the_first_of_the_chain_answers_and_the_call_is_in_the_ledger() {
    let world = both().await;
    assert_eq!(world.ask().await, Ok(1));
    let calls = world.store.model_calls(Timestamp::UNIX_EPOCH, 10).await.unwrap();
    let [call] = calls.as_slice() else { panic!("{calls:?}") };
    assert_eq!((call.provider.as_str(), call.outcome.as_str()), ("anthropic", "ok"));
    assert_eq!((call.thread, call.prompt.as_str()), (Some(world.thread()), "classify.v1"));
    assert!(call.cost > MicroUsd::ZERO && call.cost <= call.reserved && call.usage.output > 0);
    assert_eq!(world.store.spent_on(world.thread()).await.unwrap(), call.cost);
}

#[tokio::test]
async fn a_passing_failure_is_tried_once_more_and_then_the_next_is_asked() {
    let world = both().await;
    world.first.trouble_next(Fails(Kind::Overloaded));
    assert_eq!(world.ask().await, Ok(1), "the retry");
    world.first.trouble_next(Fails(Kind::Overloaded));
    world.first.trouble_next(Fails(Kind::Overloaded));
    assert_eq!(world.ask().await, Ok(2), "the next");
    assert_eq!(world.first.asked().len(), 4);
}

#[tokio::test]
async fn what_a_retry_can_not_mend_goes_to_the_next_at_once() {
    for trouble in [
        Fails(Kind::RateLimited),
        Fails(Kind::TooLarge),
        Fails(Kind::NoSuchModel),
        Refuses,
        Cut,
        Babbles,
    ] {
        let world = both().await;
        world.first.trouble_next(trouble);
        assert_eq!(world.ask().await, Ok(2), "{trouble:?}");
        assert_eq!(world.first.asked().len(), 1, "{trouble:?}");
    }
}

#[tokio::test]
async fn an_answer_that_is_not_believed_goes_to_the_next() {
    let world = World::new().await;
    world.second.rule(number(2));
    assert_eq!(world.ask().await, Ok(2));
    let outcomes = calls(&world).await;
    let disbelieved = ("anthropic".to_owned(), "disbelieved".to_owned());
    assert!(outcomes.contains(&disbelieved), "{outcomes:?}");
}

#[tokio::test]
async fn with_everybody_failing_there_is_no_answer() {
    for trouble in [Fails(Kind::Overloaded), Refuses, Babbles] {
        let world = both().await;
        world.first.trouble_always(Some(trouble));
        world.second.trouble_always(Some(trouble));
        assert_eq!(world.ask().await, Err(NoAnswer::Failed), "{trouble:?}");
    }
}

#[tokio::test]
async fn a_stopped_provider_is_not_asked_again_until_its_pause_is_over() {
    for stop in [Fails(Kind::SpendCapped), Fails(Kind::Unauthorised)] {
        let world = both().await;
        world.first.trouble_next(stop);
        assert_eq!(world.ask().await, Ok(2));
        assert_eq!(world.ask().await, Ok(2));
        assert_eq!(world.first.asked().len(), 1, "{stop:?}");
        assert_eq!(world.router.resting(), ["anthropic"]);
        world.clock.advance(SignedDuration::from_mins(16));
        assert_eq!(world.ask().await, Ok(1));
    }
}

#[tokio::test]
async fn a_model_that_is_gone_takes_its_provider_nothing() {
    let world = both().await;
    world.first.trouble_next(Fails(Kind::NoSuchModel));
    assert_eq!(world.ask().await, Ok(2));
    assert_eq!(world.router.resting().len(), 1);
    assert!(world.router.resting()[0].starts_with("anthropic/"));
}

#[tokio::test]
async fn failures_running_open_the_breaker() {
    let world = both().await;
    world.first.trouble_always(Some(Fails(Kind::Overloaded)));
    for _ in 0..6 {
        assert_eq!(world.ask().await, Ok(2));
    }
    assert_eq!(world.first.asked().len(), 5);
    world.first.trouble_always(None);
    world.clock.advance(SignedDuration::from_secs(16));
    assert_eq!(world.ask().await, Ok(1), "one call found out");
}

#[tokio::test(start_paused = true)]
async fn a_silent_provider_costs_its_time_and_no_more() {
    let world = both().await;
    world.first.trouble_always(Some(Hangs));
    assert_eq!(world.ask().await, Ok(2));
    world.second.trouble_always(Some(Hangs));
    assert_eq!(world.ask_within(SignedDuration::from_secs(1)).await, Err(NoAnswer::TooLate));
    let calls = world.store.model_calls(Timestamp::UNIX_EPOCH, 10).await.unwrap();
    let silent: Vec<_> = calls.iter().filter(|call| call.outcome == "timed_out").collect();
    assert!(silent.len() >= 2, "{calls:?}");
    assert!(silent.iter().all(|c| c.estimated && c.cost == c.reserved), "may have been charged");
}

#[tokio::test]
async fn past_the_soft_ceiling_only_the_cheapest_is_asked_and_at_the_hard_one_nobody() {
    let mut world = both().await;
    let dear = "claude-sonnet-5-5".to_owned();
    let cheap = "claude-haiku-5-5".to_owned();
    world.policy.chains.insert("classify".to_owned(), vec![dear.clone(), cheap.clone()]);
    world.policy.booking_soft = 1;
    assert_eq!(world.ask().await, Ok(1));
    assert_eq!(world.ask().await, Ok(1));
    let asked: Vec<String> =
        world.first.asked().iter().map(|asked| asked.model.name.clone()).collect();
    assert_eq!(asked, [dear, cheap]);
    world.policy.booking_hard = world.store.spent_on(world.thread()).await.unwrap().0;
    assert_eq!(world.ask().await, Err(NoAnswer::BookingCeiling));
    world.policy.booking_hard = 1_000_000;
    world.policy.day_hard = 1;
    assert_eq!(world.ask().await, Err(NoAnswer::DayCeiling));
    assert_eq!(world.first.asked().len(), 2);
}

#[tokio::test]
async fn a_tenant_may_do_without() {
    let mut world = both().await;
    world.policy.enabled = false;
    assert_eq!(world.ask().await, Err(NoAnswer::NoModel));
    assert!(calls(&world).await.is_empty());
}

#[tokio::test]
async fn a_failure_that_charges_nothing_costs_nothing() {
    let world = both().await;
    world.first.trouble_always(Some(Fails(Kind::Overloaded)));
    world.second.trouble_always(Some(Fails(Kind::Overloaded)));
    assert_eq!(world.ask().await, Err(NoAnswer::Failed));
    assert_eq!(world.store.spent_on(world.thread()).await.unwrap(), MicroUsd::ZERO);
}
