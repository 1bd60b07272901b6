//! A channel that fails: what is tried again, when, what is never repeated, and who is told.

use jiff::SignedDuration;
use ratiba_core::domain::channel::ChannelKind;
use ratiba_core::engine::{NotAgain, Replayed};
use ratiba_core::ports::fault::{Fault, FaultKind};
use ratiba_core::ports::notify::Notice;
use ratiba_core::ports::outbox::OutboxStatus;

use super::world::{BOOK, CUSTOMER, World};

const fn secs(n: i64) -> SignedDuration {
    SignedDuration::from_secs(n)
}

fn fault(kind: FaultKind) -> Fault {
    Fault::new(kind, "the sending failed").with_code("131000")
}

/// Seconds between the first attempt and each of all.
fn attempts(world: &World) -> Vec<i64> {
    let tried = world.phones.tried();
    tried.iter().map(|(at, _)| at.duration_since(tried[0].0).as_secs()).collect()
}

#[tokio::test]
async fn what_did_not_happen_is_tried_again_after_growing_waits() {
    let world = World::new().await;
    let process = world.process(1).await;
    world.phones.fail([fault(FaultKind::Transient), fault(FaultKind::Transient)]);
    world.say(&process, "m1", BOOK).await;
    for _ in 0..60 {
        world.wait(&process, secs(1)).await;
    }
    assert_eq!(attempts(&world), [0, 2, 2 + 8]);
    assert_eq!(world.phones.got_by(CUSTOMER).len(), 1);
    assert_eq!(world.operators.told(), []);
}

#[tokio::test]
async fn a_message_that_never_goes_through_is_given_up_and_an_operator_is_told() {
    let world = World::new().await;
    let process = world.process(1).await;
    world.phones.fail((0..50).map(|_| fault(FaultKind::Transient)));
    world.say(&process, "m1", BOOK).await;
    for _ in 0..24 * 6 {
        world.wait(&process, SignedDuration::from_mins(10)).await;
    }
    let row = world.outbox(&process).await.remove(0);
    assert_eq!(row.status, OutboxStatus::Failed);
    let tries = world.phones.tried().iter().filter(|(_, id)| *id == row.item.id).count();
    assert_eq!(tries, 11);
    let code = Some("131000".to_owned());
    let notice = Notice::Undeliverable { outbox: row.item.id, code };
    assert_eq!(world.operators.told().iter().filter(|told| **told == notice).count(), 1);
}

#[tokio::test]
async fn a_rate_limit_is_waited_out_for_as_long_as_the_provider_says() {
    let world = World::new().await;
    let process = world.process(1).await;
    world.phones.fail([fault(FaultKind::RateLimited).with_retry_after(secs(30))]);
    world.say(&process, "m1", BOOK).await;
    for _ in 0..60 {
        world.wait(&process, secs(1)).await;
    }
    assert_eq!(attempts(&world), [0, 30]);
    assert_eq!(world.phones.got_by(CUSTOMER).len(), 1);
}

#[tokio::test]
async fn a_lost_answer_is_resolved_by_a_status_that_names_our_message() {
    let world = World::new().await;
    let process = world.process(1).await;
    world.phones.fail([fault(FaultKind::Unknown)]);
    world.say(&process, "m1", BOOK).await;
    let row = world.outbox(&process).await.remove(0);
    assert_eq!(row.status, OutboxStatus::Unknown);
    world.delivered(&process, row.item.id).await;
    world.wait(&process, SignedDuration::from_mins(9)).await;
    assert_eq!(attempts(&world), [0]);
    let row = world.outbox(&process).await.remove(0);
    assert_eq!(row.status, OutboxStatus::Done);
    assert_eq!(row.provider_id, Some(format!("wamid.{}", row.item.id)));
}

#[tokio::test]
async fn what_may_be_repeated_is_repeated_once_when_nobody_tells_what_became_of_it() {
    let world = World::new().await;
    let process = world.process(1).await;
    world.phones.fail((0..5).map(|_| fault(FaultKind::Unknown)));
    world.say(&process, "m1", BOOK).await;
    for _ in 0..30 {
        world.wait(&process, secs(10)).await;
    }
    assert_eq!(attempts(&world), [0, 60]);
    let tried = world.phones.tried();
    assert_eq!(tried[0].1, tried[1].1, "the repetition has the id of the message");
    let told = world.operators.told();
    assert_eq!(told, [Notice::Undeliverable { outbox: tried[0].1, code: None }]);
}

#[tokio::test]
async fn the_text_beside_a_payment_prompt_is_never_repeated() {
    let world = World::new().await;
    let process = world.process(1).await;
    world.say(&process, "m1", BOOK).await;
    world.phones.fail([fault(FaultKind::Unknown)]);
    world.say(&process, "m2", "yes").await;
    let prompt = world.phones.tried()[1].1;
    for _ in 0..20 {
        world.wait(&process, secs(10)).await;
    }
    assert_eq!(world.phones.tried().len(), 2);
    assert_eq!(world.operators.told(), [Notice::Undeliverable { outbox: prompt, code: None }]);
    assert_eq!(world.till.asked().len(), 1, "the prompt itself does not depend on its text");
    // Nor by an operator: it may be on the phone already.
    let open = process.failed_deliveries(world.tenant(), false, None, 10).await.unwrap();
    assert_eq!(
        (open.len(), open[0].id, open[0].not_again),
        (1, prompt, Some(NotAgain::MayHaveArrived))
    );
    let replayed = process.replay_delivery(world.tenant(), prompt).await.unwrap();
    assert_eq!(replayed, Some(Replayed::StillDead(NotAgain::MayHaveArrived.to_string())));
    world.wait(&process, secs(10)).await;
    assert_eq!(world.phones.tried().len(), 2);
}

#[tokio::test]
async fn a_rejected_message_is_not_tried_again_and_an_operator_is_told() {
    let world = World::new().await;
    let process = world.process(1).await;
    world.phones.fail([fault(FaultKind::Rejected)]);
    world.say(&process, "m1", BOOK).await;
    world.wait(&process, SignedDuration::from_mins(9)).await;
    assert_eq!(attempts(&world), [0]);
    let outbox = world.phones.tried()[0].1;
    let code = Some("131000".to_owned());
    assert_eq!(world.operators.told(), [Notice::Undeliverable { outbox, code }]);
    // The conversation itself goes on.
    world.say(&process, "m2", "yes").await;
    assert_eq!(world.state(&process).await, "AWAITING_PAYMENT");
    assert_eq!(world.phones.got_by(CUSTOMER).len(), 1);
}

#[tokio::test]
async fn over_a_refused_account_everything_is_kept_in_order_until_it_is_mended() {
    let world = World::new().await;
    let process = world.process(1).await;
    world.phones.fail((0..3).map(|_| fault(FaultKind::Unauthorised)));
    world.say(&process, "m1", BOOK).await;
    let stopped = Notice::ChannelStopped {
        channel: ChannelKind::Whatsapp,
        account: "shop".to_owned(),
        code: Some("131000".to_owned()),
    };
    assert_eq!(world.operators.told(), std::slice::from_ref(&stopped));
    world.say(&process, "m2", "where are you?").await;
    assert_eq!(attempts(&world), [0], "what comes later waits behind");
    for _ in 0..20 {
        world.wait(&process, secs(60)).await;
    }
    let rows = world.outbox(&process).await;
    let got: Vec<_> = world.phones.got_by(CUSTOMER).iter().map(|message| message.id).collect();
    assert_eq!(attempts(&world)[..4], [0, 300, 600, 900]);
    assert_eq!(got[..2], [rows[0].item.id, rows[1].item.id]);
    assert_eq!(world.operators.told(), vec![stopped; 3]);
}
