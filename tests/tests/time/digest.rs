//! The owners' morning message: once a day, with what the day brings.

use jiff::{SignedDuration, Timestamp};
use ratiba_core::domain::channel::ChannelKind::Whatsapp;
use ratiba_core::domain::id::Mint;
use ratiba_core::domain::knowledge::{Snippet, SnippetKind};
use ratiba_core::domain::message::Language;
use ratiba_core::domain::time::TimeWindow;
use ratiba_core::domain::visit::VisitOutcome;
use ratiba_core::models::cost::{MicroUsd, Usage};
use ratiba_core::models::role::Role;
use ratiba_core::ports::clock::Clock as _;
use ratiba_core::ports::spend::{CallEnd, SpendBy, SpendVerdict, SpendWish};

use super::shop::Shop;

const OWNER: &str = "254700000003";
const WHO: &str = "254712345678";

fn digests(shop: &Shop) -> Vec<String> {
    let told = shop.told(Whatsapp, OWNER);
    told.into_iter().filter(|text| text.starts_with("Good morning")).collect()
}

#[tokio::test]
async fn the_owner_reads_in_the_morning_what_the_day_brings() {
    let shop = Shop::open().await;
    for start in ["2026-11-23T15:00:00+03:00", "2026-11-24T10:00:00+03:00"] {
        let slot = shop.slot("Consultation", "Dr Achieng", start);
        shop.taps(Whatsapp, WHO, &slot).await;
        shop.taps(Whatsapp, WHO, "yes").await;
    }
    shop.says(Whatsapp, "254712000009", "can you fix a spaceship?").await;
    shop.says(Whatsapp, "254712000008", "I want to talk to a person").await;
    shop.wait(SignedDuration::from_hours(7)).await;
    // A model was asked on Monday, and once on Sunday night.
    let monday: Timestamp = "2026-11-23T00:00:00+03:00".parse().unwrap();
    charge(&shop, monday + SignedDuration::from_hours(10), 31_000).await;
    charge(&shop, monday - SignedDuration::from_mins(1), 5_000_000).await;
    let missed = shop.appointments(Whatsapp, WHO).await[0].id;
    let tenant = shop.business.tenant.id;
    assert!(shop.ratiba.mark_visit(tenant, missed, VisitOutcome::NoShow).await.unwrap());
    // Tuesday, seven o'clock, on two workers.
    shop.clock.set("2026-11-24T07:00:00+03:00".parse().unwrap());
    let other = shop.another(9);
    shop.ratiba.run_due_jobs().await.unwrap();
    other.run_due_jobs().await.unwrap();
    shop.ratiba.work_until_idle().await.unwrap();
    let all = digests(&shop);
    let [one] = all.as_slice() else { panic!("{all:?}") };
    let all_monday = TimeWindow::of_minutes(monday, 24 * 60);
    let billed = shop.of().spend_report(all_monday, SpendBy::Day, 3 * 3_600).await.unwrap();
    let billed = &billed[0];
    assert!(billed.messages > 4, "{billed:?}");
    let costs = format!("chats cost: {} billed messages, $0.04 for models", billed.messages);
    for words in ["one booking", "Dr Achieng: 10:00 Consultation", "0 came, 1 did not", &costs] {
        assert!(one.contains(words), "no {words:?} in {one}");
    }
    assert!(!one.contains("Your notes"), "{one}");
    shop.clock.advance(SignedDuration::from_hours(2));
    shop.ratiba.run_due_jobs().await.unwrap();
    shop.ratiba.work_until_idle().await.unwrap();
    assert_eq!(digests(&shop).len(), 1, "once a day");
    assert!(shop.clock.now() > "2026-11-24T08:59:00+03:00".parse().unwrap());
}

/// A call of a model that cost so many micro-dollars.
async fn charge(shop: &Shop, at: Timestamp, micro: u64) {
    let id = Mint { at, seed: micro }.id(0);
    let wish = SpendWish {
        id,
        thread: None,
        day: at.to_zoned(shop.business.tenant.zone.clone()).date(),
        role: Role::Classify,
        provider: "someone".to_owned(),
        model: "m-1".to_owned(),
        prompt: "classify.v1".to_owned(),
        prompt_hash: "00ff".to_owned(),
        prices: "2026-11-23".parse().unwrap(),
        worst: MicroUsd(micro),
        booking_ceiling: MicroUsd(micro),
        day_ceiling: MicroUsd(micro),
        at,
        expires_at: at + SignedDuration::from_mins(1),
    };
    assert_eq!(shop.of().reserve_spend(&wish).await.unwrap(), SpendVerdict::Granted);
    let end = CallEnd {
        usage: Usage::default(),
        cost: MicroUsd(micro),
        estimated: false,
        outcome: "ok".to_owned(),
        answered_by: None,
        request_id: None,
        latency_ms: 1,
    };
    shop.of().settle_spend(id, &end, at).await.unwrap();
}

#[tokio::test]
async fn on_mondays_the_owner_hears_that_the_notes_are_more_than_can_be_read_at_once() {
    let shop = Shop::open().await;
    for n in 0..8 {
        let note = Snippet {
            id: Mint { at: shop.clock.now(), seed: 70 + n }.id(0),
            kind: SnippetKind::General,
            title: format!("Note {n}"),
            body: "What a customer should know before the visit. ".repeat(12),
            language: Language::En,
            active: true,
            updated_at: shop.clock.now(),
        };
        shop.of().put_snippet(&note).await.unwrap();
    }
    // Tuesday to the Monday after.
    for day in 24..=30 {
        shop.clock.set(format!("2026-11-{day}T07:00:00+03:00").parse().unwrap());
        let somebody = format!("2547120000{day}");
        shop.says(Whatsapp, &somebody, "I want to talk to a person").await;
        shop.ratiba.run_due_jobs().await.unwrap();
        shop.ratiba.work_until_idle().await.unwrap();
    }
    let all = digests(&shop);
    assert_eq!(all.len(), 7, "{all:?}");
    let told: Vec<bool> = all.iter().map(|text| text.contains("Your notes are more")).collect();
    assert_eq!(told, [false, false, false, false, false, false, true], "{all:#?}");
}

#[tokio::test]
async fn where_there_is_nothing_to_tell_nothing_is_told() {
    let shop = Shop::open().await;
    shop.clock.set("2026-11-24T07:00:00+03:00".parse().unwrap());
    shop.ratiba.run_due_jobs().await.unwrap();
    shop.ratiba.work_until_idle().await.unwrap();
    assert!(digests(&shop).is_empty());
}
