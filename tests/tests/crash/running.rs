//! A worker that runs: it answers without being polled, and a shutdown loses nothing that was under way.

use std::sync::Arc;
use std::time::Duration;

use ratiba_core::Ratiba;
use ratiba_core::ports::outbox::OutboxStatus;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::gate::Gate;
use super::world::{BOOK, CUSTOMER, World};

/// A test that waits longer has failed; nothing is measured by it.
const STUCK: Duration = Duration::from_mins(2);

/// A worker and the way to stop it.
struct Worker {
    task: JoinHandle<()>,
    stop: oneshot::Sender<()>,
    stopping: oneshot::Receiver<()>,
}

impl Worker {
    fn start(process: &Ratiba) -> Self {
        let (stop, stopped) = oneshot::channel();
        let (seen, stopping) = oneshot::channel();
        let process = process.clone();
        let task = tokio::spawn(async move {
            let shutdown = async {
                let _ = stopped.await;
                let _ = seen.send(());
            };
            process.run(shutdown).await;
        });
        Self { task, stop, stopping }
    }

    /// Tells it to stop and waits until it has heard so.
    async fn stop(self) -> JoinHandle<()> {
        self.stop.send(()).unwrap();
        soon(self.stopping).await.unwrap();
        self.task
    }
}

async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(STUCK, future).await.expect("it happens at all")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conversation_runs_without_polling() {
    let world = World::new().await;
    let process = world.process(1).await;
    let worker = Worker::start(&process);
    // The clock stands still, so nothing ever falls due and only what is set off at once happens at all.
    for (id, text) in [("m1", BOOK), ("m2", "yes")] {
        process.receive(world.message(CUSTOMER, id, text)).await.unwrap();
        soon(world.phones.rang()).await;
    }
    soon(async {
        while world.till.asked().is_empty() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    world.till.asked()[0].pay(&process).await;
    soon(world.phones.rang()).await;
    soon(worker.stop().await).await.unwrap();
    assert_eq!(world.state(&process).await, "PAYMENT_CONFIRMED");
}

#[tokio::test]
async fn a_message_that_is_being_sent_at_shutdown_is_recorded_as_sent() {
    let world = World::new().await;
    let gate = Gate::holding("send");
    let process = world.process_behind(&gate, 1).await;
    answered_across_shutdown(&world, &gate, &process).await;
}

#[tokio::test]
async fn the_answer_of_a_turn_that_is_being_committed_at_shutdown_is_sent() {
    let world = World::new().await;
    let gate = Gate::holding("commit");
    let process = world.process_behind(&gate, 1).await;
    answered_across_shutdown(&world, &gate, &process).await;
}

/// The worker is stopped while the gate holds up a call, which is let go only then.
async fn answered_across_shutdown(world: &World, gate: &Arc<Gate>, process: &Ratiba) {
    let worker = Worker::start(process);
    process.receive(world.message(CUSTOMER, "m1", BOOK)).await.unwrap();
    soon(gate.held()).await;
    let ended = worker.stop().await;
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(!ended.is_finished(), "it waits for what is under way");
    gate.let_go();
    soon(ended).await.unwrap();
    assert_eq!(world.phones.got_by(CUSTOMER).len(), 1);
    let rows = world.outbox(process).await;
    assert_eq!(rows.iter().map(|row| row.status).collect::<Vec<_>>(), [OutboxStatus::Done]);
}

#[tokio::test]
async fn what_a_stopping_worker_has_claimed_is_delivered() {
    let world = World::new().await;
    let first = world.process(1).await;
    first.receive(world.message(CUSTOMER, "m1", BOOK)).await.unwrap();
    drop(first);
    // Longer than a lane is left to whoever has stored its items.
    world.clock.advance(jiff::SignedDuration::from_secs(10));
    let gate = Gate::holding("claim_due");
    let process = world.process_behind(&gate, 2).await;
    let worker = Worker::start(&process);
    soon(gate.held()).await;
    worker.stop.send(()).unwrap();
    gate.let_go();
    soon(worker.task).await.unwrap();
    assert_eq!(world.phones.got_by(CUSTOMER).len(), 1);
}
