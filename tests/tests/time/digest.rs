//! The owners' morning message: once a day, with what the day brings.

use jiff::SignedDuration;
use ratiba_core::domain::channel::ChannelKind::Whatsapp;
use ratiba_core::domain::visit::VisitOutcome;
use ratiba_core::ports::clock::Clock as _;

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
    for words in ["one booking", "Dr Achieng: 10:00 Consultation", "0 came, 1 did not"] {
        assert!(one.contains(words), "no {words:?} in {one}");
    }
    shop.clock.advance(SignedDuration::from_hours(2));
    shop.ratiba.run_due_jobs().await.unwrap();
    shop.ratiba.work_until_idle().await.unwrap();
    assert_eq!(digests(&shop).len(), 1, "once a day");
    assert!(shop.clock.now() > "2026-11-24T08:59:00+03:00".parse().unwrap());
}

#[tokio::test]
async fn where_there_is_nothing_to_tell_nothing_is_told() {
    let shop = Shop::open().await;
    shop.clock.set("2026-11-24T07:00:00+03:00".parse().unwrap());
    shop.ratiba.run_due_jobs().await.unwrap();
    shop.ratiba.work_until_idle().await.unwrap();
    assert!(digests(&shop).is_empty());
}
