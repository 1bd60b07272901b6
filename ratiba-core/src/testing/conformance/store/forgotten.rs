//! A message that its sender takes back.

use super::shop::{Shop, at};
use crate::domain::message::Language;
use crate::ports::outbox::{Attempt, OutboxItem, Outgoing, ThinkAbout};
use crate::ports::store::{Store, TurnCommit, TurnRecord, Write};

const SECRET: &str = "my medical card number is 4711";

/// Whether the words stand anywhere that a person, a replay or an export can find them.
async fn is_known(shop: &Shop, peer: u32) -> bool {
    let customer = shop.customer(peer).await;
    let lines = shop.store.transcript(customer, 99).await.unwrap();
    let mut all: Vec<String> = lines.into_iter().map(|line| line.reply.text).collect();
    all.extend(shop.store.unanswered(99).await.unwrap().into_iter().map(|(_, question)| question));
    for row in shop.store.outbox_of(customer).await.unwrap() {
        all.push(serde_json::to_string(&row.item.what).unwrap());
    }
    for thread in shop.store.threads(99).await.unwrap() {
        for record in shop.store.records(thread.id).await.unwrap() {
            all.push(record.before);
        }
    }
    all.iter().any(|text| text.contains(SECRET))
}

/// Its words, the records of its turns, the question kept for the owner and what a model was asked are forgotten; all else stays, and a repetition of
/// the message is still known for one.
pub async fn a_message_that_is_taken_back_is_forgotten(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let new = shop.message(1, SECRET, "dm:1", at(0));
    let customer = shop.store.accept(&new).await.unwrap().customer;
    let thread = shop.thread(customer, at(0));
    let record = shop.record(&thread, new.id).await;
    let record = TurnRecord { before: SECRET.to_owned(), ..record };
    let what = Outgoing::Think {
        turn: 1,
        about: ThinkAbout::Question {
            inbox: new.id,
            question: SECRET.to_owned(),
            language: Language::En,
        },
    };
    let asked = OutboxItem { what, ..shop.reply(customer, "think", "") };
    let writes = vec![Write::Unanswered { question: SECRET.to_owned() }];
    let turn = TurnCommit {
        record: Some(record),
        outbox: vec![asked.clone(), shop.reply(customer, "lane", "Karibu")],
        ..shop.turn(&thread, new.id, at(0), writes)
    };
    shop.store.commit(&turn).await.unwrap();
    let done = Attempt::Done { provider_id: None, billable: 0 };
    shop.store.record_attempt(asked.id, &done, None, at(0)).await.unwrap();
    shop.change(1, at(1), Vec::new()).await;
    assert!(is_known(&shop, 1).await);

    assert!(!shop.store.forget_message("dm:2", at(2)).await.unwrap());
    assert!(is_known(&shop, 1).await);
    for _again in 0..2 {
        assert!(shop.store.forget_message("dm:1", at(2)).await.unwrap());
        assert!(!is_known(&shop, 1).await);
    }
    let lines = shop.store.transcript(customer, 99).await.unwrap();
    assert!(lines.iter().any(|line| line.reply.text == "Karibu"), "what we said stays");
    assert!(lines.iter().any(|line| line.reply.text == "habari"), "and what else they said");
    assert!(!shop.store.accept(&new).await.unwrap().fresh);
    assert!(!is_known(&shop, 1).await);
}

/// One that nobody has taken a turn on is not answered any more.
pub async fn a_message_that_is_taken_back_in_time_is_not_answered(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let new = shop.message(1, SECRET, "dm:1", at(0));
    let customer = shop.store.accept(&new).await.unwrap().customer;
    assert!(shop.store.forget_message("dm:1", at(0)).await.unwrap());
    let lane = shop.store.lane(customer, 9).await.unwrap().unwrap();
    assert_eq!(lane.pending, []);
    assert!(store.claim_due(at(9), at(9), at(10), 9).await.unwrap().is_empty());
}
