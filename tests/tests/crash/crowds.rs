//! The same message many times, two devices at once, twenty customers for one slot, messages out of order.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use ratiba_core::Ratiba;
use ratiba_core::conversation::event::Event;
use ratiba_core::domain::appointment::AppointmentStatus;
use ratiba_core::domain::message::InboundMessage;
use ratiba_core::domain::payment::PaymentState;
use tokio::task::JoinSet;

use super::world::{BOOK, CUSTOMER, World};

/// Customers who want the same slot.
const RACERS: usize = 20;

/// Delivers messages from a task each, every one of which then works; gives back how many were new.
async fn all_at_once(deliveries: Vec<(Ratiba, InboundMessage)>) -> usize {
    let mut tasks = JoinSet::new();
    for (process, message) in deliveries {
        tasks.spawn(async move {
            let accepted = process.receive(message).await.unwrap();
            process.work_until_idle().await.unwrap();
            accepted.fresh
        });
    }
    tasks.join_all().await.into_iter().filter(|fresh| *fresh).count()
}

/// What the customer was heard to say, in the order of the turns.
async fn heard(world: &World, process: &Ratiba) -> Vec<String> {
    let store = world.of(process);
    let mut heard = Vec::new();
    for thread in store.threads(10).await.unwrap().iter().rev() {
        for record in store.records(thread.id).await.unwrap() {
            heard.extend(record.steps.into_iter().filter_map(|step| match step.event {
                Event::Heard { said } => Some(said.text),
                _ => None,
            }));
        }
    }
    heard
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_message_that_is_delivered_five_times_at_once_gives_one_turn() {
    let world = World::new().await;
    let process = world.process(1).await;
    let message = world.message(CUSTOMER, "m1", BOOK);
    let deliveries = (0..5).map(|_| (process.clone(), message.clone())).collect();
    assert_eq!(all_at_once(deliveries).await, 1);
    assert_eq!(heard(&world, &process).await, [BOOK]);
    assert_eq!(world.phones.got_by(CUSTOMER).len(), 1);
    assert_eq!(world.diary(&process).await.len(), 1);
}

/// Both devices say yes at once, each to a process.
async fn two_devices_say_yes(world: &World, first: &Ratiba, second: &Ratiba) {
    world.say(first, "m1", BOOK).await;
    let yes = |id: &str| world.message(CUSTOMER, id, "yes");
    let deliveries = vec![(first.clone(), yes("m2")), (second.clone(), yes("m3"))];
    assert_eq!(all_at_once(deliveries).await, 2);
    // One of them may have left its item to the other, which was about to end.
    first.work_until_idle().await.unwrap();

    assert_eq!(heard(world, first).await.len(), 3);
    assert_eq!(world.till.asked().len(), 1);
    let payments = world.payments(first).await;
    assert_eq!(payments.len(), 1);
    assert_eq!(payments[0].state, PaymentState::Pending);
    world.till.asked()[0].pay(first).await;
    first.work_until_idle().await.unwrap();
    let diary = world.diary(first).await;
    assert_eq!(diary.len(), 1);
    assert_eq!(diary[0].status, AppointmentStatus::Confirmed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_devices_never_make_two_bookings_or_two_prompts() {
    let world = World::new().await;
    let process = world.process(1).await;
    two_devices_say_yes(&world, &process, &process).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nor_do_they_when_two_processes_serve_them_without_a_common_lease() {
    let world = World::new().await;
    let (first, second) = (world.process(1).await, world.process(2).await);
    two_devices_say_yes(&world, &first, &second).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_customers_race_for_a_slot_and_one_holds_it() {
    let world = World::new().await;
    let process = world.process(1).await;
    let peers: Vec<String> = (0..RACERS).map(|n| format!("2547123456{n:02}")).collect();
    let text = "Hi I want to book a haircut with Brian tomorrow at 3pm";
    let deliveries = peers
        .iter()
        .map(|peer| (process.clone(), world.message(peer, &format!("m-{peer}"), text)))
        .collect();
    assert_eq!(all_at_once(deliveries).await, RACERS);

    let start = "2026-11-24T15:00:00+03:00".parse().unwrap();
    let brian = world.staff("Brian");
    let diary = world.diary(&process).await;
    let holders: Vec<_> = diary
        .iter()
        .filter(|a| a.staff == brian && a.window.start == start && a.status.is_active())
        .collect();
    assert_eq!(holders.len(), 1);
    let mut offered = 0;
    for peer in &peers {
        let got = world.phones.got_by(peer);
        assert_eq!(got.len(), 1, "everybody is answered once");
        let customer = world.customer(&process, peer).await;
        let lane = world.of(&process).lane(customer.id, 1).await.unwrap().unwrap();
        let thread = lane.current.unwrap();
        assert_eq!(thread.driver_name, "AGENT_DRIVING", "nobody is left to a person");
        if customer.id == holders[0].customer {
            assert_eq!(thread.state_name, "CONFIRM");
        } else {
            assert!(!got[0].reply.choices.is_empty(), "{}: {:?}", thread.state_name, got[0].reply);
            offered += 1;
        }
    }
    assert_eq!(offered, RACERS - 1);
    let mut blocked = BTreeSet::new();
    for appointment in diary.iter().filter(|a| a.status.is_active()) {
        assert!(blocked.insert((appointment.staff, appointment.window.start)));
    }
}

#[tokio::test]
async fn messages_that_wait_together_are_taken_in_the_order_in_which_they_were_sent() {
    let world = World::new().await;
    let process = world.process(1).await;
    let mut sent = Vec::new();
    for (id, text) in [("m1", BOOK), ("m2", "yes"), ("m3", "asante")] {
        sent.push(world.message(CUSTOMER, id, text));
        world.clock.advance(SignedDuration::from_secs(10));
    }
    for n in [2, 1, 0] {
        process.receive(sent[n].clone()).await.unwrap();
    }
    process.work_until_idle().await.unwrap();
    assert_eq!(heard(&world, &process).await, [BOOK, "yes", "asante"]);
    assert_eq!(world.state(&process).await, "AWAITING_PAYMENT");
}

#[tokio::test]
async fn a_phone_whose_clock_is_fast_does_not_push_its_message_behind_later_ones() {
    let world = World::new().await;
    let process = world.process(1).await;
    let mut first = world.message(CUSTOMER, "m1", BOOK);
    first.sent_at += SignedDuration::from_hours(1);
    process.receive(first).await.unwrap();
    world.clock.advance(SignedDuration::from_secs(10));
    world.say(&process, "m2", "yes").await;
    assert_eq!(heard(&world, &process).await, [BOOK, "yes"]);
    assert_eq!(world.state(&process).await, "AWAITING_PAYMENT");
}
