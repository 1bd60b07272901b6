//! Turns that can never succeed: given up after some tries, kept for the operator, and the customer is answered all the same.

use jiff::SignedDuration;
use ratiba_core::Ratiba;
use ratiba_core::ports::clock::Clock as _;
use ratiba_core::ports::notify::Notice;
use ratiba_core::ports::outbox::{OutboxItem, Outgoing};
use ratiba_core::ports::store::{CommitOutcome, DeadLetterKind, TurnCommit};

use super::world::{BOOK, CUSTOMER, World};

/// Longer than the longest wait between tries.
const LATER: SignedDuration = SignedDuration::from_mins(2);

/// Replaces the state of the customer's conversation by one that nobody can read.
async fn damage(world: &World, process: &Ratiba, state: &str) {
    process.receive(world.message(CUSTOMER, "damaging", "hi")).await.unwrap();
    let store = world.of(process);
    let customer = world.customer(process, CUSTOMER).await;
    let lane = store.lane(customer.id, 10).await.unwrap().unwrap();
    let mut thread = lane.current.unwrap();
    state.clone_into(&mut thread.state);
    let commit = TurnCommit {
        thread,
        inbox: lane.pending[0].id,
        record: None,
        writes: Vec::new(),
        outbox: Vec::<OutboxItem>::new(),
        lease_until: world.clock.now(),
        now: world.clock.now(),
    };
    assert!(matches!(store.commit(&commit).await.unwrap(), CommitOutcome::Committed { .. }));
}

/// Works again and again, as a worker does after a failure.
async fn insist(world: &World, process: &Ratiba, times: u32) {
    for _ in 0..times {
        let _failed = process.work_until_idle().await;
        world.clock.advance(LATER);
    }
}

#[tokio::test]
async fn a_customer_whose_conversation_cannot_be_read_goes_on_in_a_new_one() {
    let world = World::new().await;
    let process = world.process(1).await;
    world.say(&process, "m1", "asante").await;
    damage(&world, &process, "{\"not\":\"a thread\"}").await;
    let answers = world.phones.got_by(CUSTOMER).len();

    process.receive(world.message(CUSTOMER, "m2", BOOK)).await.unwrap();
    let failure = process.work_until_idle().await.unwrap_err();
    assert!(failure.to_string().contains("can't be read"), "{failure}");
    insist(&world, &process, 6).await;

    let told = world.phones.got_by(CUSTOMER);
    assert_eq!(told.len(), answers + 1, "the message was answered, once");
    let letters = process.store().dead_letters(Some(DeadLetterKind::Turn), 10).await.unwrap();
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].raw, "{\"not\":\"a thread\"}");
    assert_eq!(world.operators.told(), [Notice::TurnGivenUp { letter: letters[0].id }]);
    let paged = world
        .outbox(&process)
        .await
        .iter()
        .filter(|row| matches!(row.item.what, Outgoing::Admin { .. }))
        .count();
    assert_eq!(paged, 1, "the owner knows");
    // And it goes on from there.
    world.say(&process, "m3", "hello again").await;
    assert_eq!(world.phones.got_by(CUSTOMER).len(), answers + 2);
}

#[tokio::test]
async fn a_conversation_of_a_newer_release_waits_for_it() {
    let world = World::new().await;
    let process = world.process(1).await;
    world.say(&process, "m1", "asante").await;
    damage(&world, &process, "{\"graph_version\":999}").await;
    process.receive(world.message(CUSTOMER, "m2", BOOK)).await.unwrap();
    insist(&world, &process, 6).await;
    assert!(process.store().dead_letters(None, 10).await.unwrap().is_empty());
    let customer = world.customer(&process, CUSTOMER).await;
    let lane = world.of(&process).lane(customer.id, 10).await.unwrap().unwrap();
    assert_eq!(lane.pending.len(), 1, "the message waits");
}
