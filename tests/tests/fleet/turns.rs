//! One turn for each message, whoever gets it and however often it is delivered.

use super::customers::Walker;
use super::town::Town;

/// Customers who write at the same time.
const CUSTOMERS: usize = 40;
/// What each writes, one after another without waiting, and what only its answer says.
const QUESTIONS: [(&str, &str); 5] = [
    ("how much is a beard trim?", "300"),
    ("how much is hair dye?", "1,000"),
    ("how much is a kids haircut?", "400"),
    ("how much is haircut & beard?", "700"),
    ("how much is a haircut?", "500"),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_message_has_exactly_one_turn_in_its_order() {
    let Some(town) = Town::open(5).await else { return };
    let mut servers = Vec::new();
    for _ in 0..4 {
        servers.push(town.start("serve").await);
    }
    let customers: Vec<Walker> = (0..CUSTOMERS).map(|n| Walker::new(&town, n)).collect();
    for (question, _) in QUESTIONS {
        for customer in &customers {
            customer.chat.say(question);
        }
    }
    for customer in &customers {
        let all = |_: &_| customer.texts().len() >= QUESTIONS.len();
        customer.hears(all).await;
    }
    // What is still on its way a second time.
    town.meta.settle().await;
    for server in servers {
        server.stop().await;
    }

    for customer in &customers {
        let texts = customer.texts();
        assert_eq!(texts.len(), QUESTIONS.len(), "{texts:#?}");
        for (text, (question, answer)) in texts.iter().zip(QUESTIONS) {
            assert!(text.contains(answer), "{question}: {texts:#?}");
        }
        let id = customer.customer(&town).await.id;
        let lane = town.store().lane(id, 10).await.unwrap().unwrap();
        assert_eq!(lane.pending, []);
        let thread = lane.current.unwrap();
        let records = town.store().records(thread.id).await.unwrap();
        let revisions: Vec<u64> = records.iter().map(|record| record.revision).collect();
        assert_eq!(revisions, (1..=QUESTIONS.len() as u64).collect::<Vec<_>>());
        // No turn began before the one before it had been committed.
        assert!(records.windows(2).all(|two| two[0].after == two[1].before));
    }
}
