//! A message that failed is sent again by an operator whose process dies: however far it came, the next replay sends the message once.

use jiff::SignedDuration;
use ratiba_core::engine::Replayed;
use ratiba_core::ports::fault::{Fault, FaultKind};
use ratiba_core::ports::outbox::OutboxStatus;

use super::gate::{Death, Gate};
use super::world::{BOOK, CUSTOMER, World};

#[tokio::test]
async fn a_replay_that_dies_anywhere_sends_the_message_once() {
    for death in [Death::Before, Death::After] {
        let mut at = 1;
        while dies(at, death).await {
            at += 1;
        }
        assert!(at > 3, "it died in {at} places only");
    }
}

/// One run whose replay dies at its `at`-th call; false when it lived through.
async fn dies(at: usize, death: Death) -> bool {
    let world = World::new().await;
    let process = world.process(1).await;
    world.phones.fail([Fault::new(FaultKind::Rejected, "the sending failed").with_code("131009")]);
    world.say(&process, "m1", BOOK).await;
    let failed = world.outbox(&process).await.remove(0);
    assert_eq!(failed.status, OutboxStatus::Failed);
    assert!(world.phones.got_by(CUSTOMER).is_empty());

    let gate = Gate::dying(at, death);
    let mortal = world.process_behind(&gate, 2).await;
    let died = tokio::select! {
        biased;
        () = gate.death() => true,
        done = mortal.replay_delivery(world.tenant(), failed.item.id) => {
            assert_eq!(done.unwrap(), Some(Replayed::Taken));
            false
        }
    };
    drop(mortal);

    let next = world.process(3).await;
    let replay = async || next.replay_delivery(world.tenant(), failed.item.id).await.unwrap();
    let wrote = died && death == Death::After && gate.calls().last() == Some(&"settle_failed");
    let expected = if died && !wrote { Replayed::Taken } else { Replayed::SettledBefore };
    assert_eq!(replay().await, Some(expected), "{:?}", gate.calls());
    world.wait(&next, SignedDuration::from_secs(1)).await;
    assert_eq!(replay().await, Some(Replayed::SettledBefore));
    world.wait(&next, SignedDuration::from_mins(1)).await;
    assert_eq!(world.phones.got_by(CUSTOMER).len(), 1, "{:?}", gate.calls());
    died
}
