//! Jobs run once a day whoever is alive, and the reaper keeps what is needed.

use jiff::SignedDuration;
use ratiba_core::Ratiba;
use ratiba_core::engine::Job;
use ratiba_core::ports::archive::Reap;
use ratiba_core::ports::clock::Clock as _;

use super::gate::{Death, Gate};
use super::world::{BOOK, CUSTOMER, World};

const DAY: SignedDuration = SignedDuration::from_hours(24);
/// Longer than the lease of any job.
const PAST_LEASES: SignedDuration = SignedDuration::from_mins(31);

/// A haircut is booked, paid for and over, and nobody has written for so many days.
async fn rested(days: i32) -> World {
    let world = World::new().await;
    let process = world.process(1).await;
    world.say(&process, "m1", BOOK).await;
    world.say(&process, "m2", "yes").await;
    world.till.asked()[0].pay(&process).await;
    process.work_until_idle().await.unwrap();
    assert_eq!(world.state(&process).await, "PAYMENT_CONFIRMED");
    world.wait(&process, DAY * 2).await;
    world.clock.advance(DAY * days);
    world
}

/// The jobs whose time it is.
fn due(world: &World) -> u64 {
    let (now, tenant) = (world.clock.now(), world.record());
    Job::ALL.iter().filter(|job| job.due(now, &tenant).is_some()).count() as u64
}

async fn threads(world: &World, process: &Ratiba) -> usize {
    world.of(process).threads(9).await.unwrap().len()
}

#[tokio::test]
async fn of_several_workers_one_does_the_days_run() {
    let world = rested(1).await;
    let workers = [world.process(2).await, world.process(3).await, world.process(4).await];
    for _day in 0..2 {
        let [a, b, c] = &workers;
        let (a, b, c) = tokio::join!(a.run_due_jobs(), b.run_due_jobs(), c.run_due_jobs());
        assert_eq!(a.unwrap() + b.unwrap() + c.unwrap(), due(&world));
        for worker in &workers {
            assert_eq!(worker.run_due_jobs().await.unwrap(), 0, "the day's run is done");
        }
        world.clock.advance(DAY);
    }
}

#[tokio::test]
async fn a_conversation_rests_ninety_days_and_ninety_more() {
    let world = rested(80).await;
    let process = world.process(2).await;
    process.run_due_jobs().await.unwrap();
    assert_eq!(threads(&world, &process).await, 1, "not ninety days old");
    world.clock.advance(DAY * 20);
    process.run_due_jobs().await.unwrap();
    assert_eq!(threads(&world, &process).await, 0);
    let customer = world.customer(&process, CUSTOMER).await;
    let store = world.of(&process);
    assert!(!store.transcript(customer.id, 99).await.unwrap().is_empty(), "what was said stays");
    assert_eq!(store.appointments_of(customer.id).await.unwrap().len(), 1);
    assert!(!store.ledger(None).await.unwrap().is_empty());

    world.clock.advance(DAY * 95);
    process.run_due_jobs().await.unwrap();
    let now = world.clock.now();
    assert_eq!(store.reap(Reap::Archived, now, now, 9).await.unwrap(), 0, "the archive is empty");
    assert!(store.transcript(customer.id, 99).await.unwrap().is_empty());
    assert_eq!(store.appointments_of(customer.id).await.unwrap().len(), 1, "numbers are kept");
    // The customer comes back and is known.
    world.say(&process, "m9", BOOK).await;
    assert_eq!(world.customer(&process, CUSTOMER).await.id, customer.id);
    assert_eq!(world.state(&process).await, "CONFIRM");
}

#[tokio::test]
async fn a_worker_that_dies_at_any_call_of_the_reaper_is_replaced() {
    let mut at = 1;
    let mut deaths = 0;
    loop {
        let world = rested(100).await;
        let gate = Gate::dying(at, if at % 2 == 0 { Death::Before } else { Death::After });
        let mortal = world.process_behind(&gate, 2).await;
        let died = tokio::select! {
            biased;
            () = gate.death() => true,
            done = mortal.run_due_jobs() => { assert_eq!(done.unwrap(), due(&world)); false }
        };
        drop(mortal);
        let next = world.process(3).await;
        world.clock.advance(PAST_LEASES);
        next.run_due_jobs().await.unwrap();
        assert_eq!(threads(&world, &next).await, 0, "call {at}");
        let customer = world.customer(&next, CUSTOMER).await;
        assert_eq!(world.of(&next).appointments_of(customer.id).await.unwrap().len(), 1);
        assert_eq!(next.run_due_jobs().await.unwrap(), 0, "call {at}: the run is finished");
        if !died {
            break;
        }
        deaths += 1;
        at += 1;
    }
    assert!(deaths >= 8, "the reaper makes several calls");
}
