//! One-time codes through the real engine: who may join whom, how often may be guessed, and what nobody learns on the way.

use jiff::SignedDuration;
use ratiba_core::domain::channel::ChannelKind::{Instagram, Web, Whatsapp};
use ratiba_core::domain::phone::Phone;
use ratiba_core::ports::outbox::Outgoing;

use super::shop::Shop;

const OWNER: &str = "254712345678";
const TYPED: &str = "0712345678";

/// A customer with a booking, known by their number.
async fn booked() -> Shop {
    let shop = Shop::open().await;
    let slot = shop.slot("Consultation", "Dr Achieng", "2026-11-25T15:00:00+03:00");
    shop.taps(Whatsapp, OWNER, &slot).await;
    shop.taps(Whatsapp, OWNER, "yes").await;
    shop
}

/// The codes that were sent to the owner's phone, in order.
fn codes(shop: &Shop) -> Vec<String> {
    let run = |text: &String| {
        text.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 6).map(str::to_owned)
    };
    let told = shop.told(Whatsapp, OWNER);
    told.iter().filter(|text| text.contains("code")).filter_map(run).collect()
}

async fn claims(shop: &Shop, who: &str) -> String {
    shop.says(Web, who, "my bookings").await;
    shop.says(Web, who, TYPED).await
}

#[tokio::test]
async fn a_code_joins_two_rows_and_the_elder_keeps_everything() {
    let shop = booked().await;
    let elder = shop.customer(Whatsapp, OWNER).await;
    claims(&shop, "w1").await;
    let younger = shop.customer(Web, "w1").await;
    assert_ne!(elder.id, younger.id);
    let told = shop.says(Web, "w1", &codes(&shop)[0]).await;
    assert!(told.contains("number is yours"), "{told}");
    let now = shop.customer(Web, "w1").await;
    assert_eq!((now.id, now.phone_proven), (elder.id, true));
    assert!(shop.says(Web, "w1", "my bookings").await.contains("Consultation"));
    let log = shop.of().merges().await.unwrap();
    assert_eq!((log.len(), log[0].gone.id, log[0].now), (1, younger.id, elder.id));
    assert_eq!(shop.of().identities(elder.id).await.unwrap().len(), 2);
    // The same code is worth nothing any more.
    let again = shop.says(Web, "w1", &codes(&shop)[0]).await;
    assert!(!again.contains("number is yours"), "{again}");
}

#[tokio::test]
async fn nobody_reads_anothers_bookings_by_typing_their_number() {
    let shop = booked().await;
    let told = claims(&shop, "w1").await;
    assert!(!told.contains("Consultation") && !told.contains("678 is"), "{told}");
    for words in ["my bookings", "cancel my appointment", "reschedule my booking", "000000"] {
        let told = shop.says(Web, "w1", words).await;
        assert!(!told.contains("Consultation"), "{words}: {told}");
    }
    let stranger = shop.customer(Web, "w1").await;
    assert!(!stranger.phone_proven);
    assert!(shop.of().merges().await.unwrap().is_empty());
}

#[tokio::test]
async fn five_wrong_answers_make_a_code_worthless() {
    let shop = booked().await;
    claims(&shop, "w1").await;
    let right = codes(&shop)[0].clone();
    let wrong = if right == "123456" { "654321" } else { "123456" };
    for _ in 0..5 {
        shop.says(Web, "w1", wrong).await;
    }
    shop.says(Web, "w1", &right).await;
    assert!(shop.of().merges().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_code_is_worthless_after_ten_minutes() {
    let shop = booked().await;
    claims(&shop, "w1").await;
    shop.wait(SignedDuration::from_mins(10)).await;
    let told = shop.says(Web, "w1", &codes(&shop)[0]).await;
    assert!(told.contains("no longer works"), "{told}");
    assert!(shop.of().merges().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_number_is_sent_three_codes_an_hour_whoever_asks() {
    let shop = booked().await;
    for who in ["w1", "w2", "w3", "w4", "w5"] {
        claims(&shop, who).await;
    }
    assert_eq!(codes(&shop).len(), 3);
    shop.wait(SignedDuration::from_mins(61)).await;
    claims(&shop, "w6").await;
    assert_eq!(codes(&shop).len(), 4);
}

#[tokio::test]
async fn a_code_is_the_askers_own() {
    let shop = booked().await;
    claims(&shop, "w1").await;
    claims(&shop, "w2").await;
    let sent = codes(&shop);
    shop.says(Web, "w2", &sent[0]).await;
    assert!(shop.of().merges().await.unwrap().is_empty(), "it was sent for somebody else");
    shop.says(Web, "w2", &sent[1]).await;
    assert_eq!(shop.of().merges().await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_kept_of_a_code_is_a_digest() {
    let shop = booked().await;
    claims(&shop, "w1").await;
    let asker = shop.customer(Web, "w1").await;
    let phone = Phone::from_provider(OWNER).unwrap();
    let proof = shop.of().proof(asker.id, &phone).await.unwrap().unwrap();
    let code = &codes(&shop)[0];
    let rows = shop.of().outbox_of(asker.id).await.unwrap();
    let sent = rows.iter().find(|row| matches!(row.item.what, Outgoing::Code { .. })).unwrap();
    assert_eq!(
        sent.item.useful_until,
        Some(proof.expires_at),
        "it is not sent once it is worthless"
    );
    assert!(proof.digest.len() == 64 && !proof.digest.contains(code.as_str()));
    let transcript = shop.of().transcript(asker.id, 99).await.unwrap();
    let said: String = transcript.iter().map(|line| line.reply.text.clone()).collect();
    assert!(!said.contains(code.as_str()), "nor does a transcript hold it before it was typed");
}

#[tokio::test]
async fn a_talk_begun_on_instagram_goes_on_in_whatsapp() {
    let shop = booked().await;
    shop.says(Instagram, "i9", "my bookings").await;
    shop.says(Instagram, "i9", TYPED).await;
    shop.says(Instagram, "i9", &codes(&shop)[0]).await;
    shop.says(Instagram, "i9", "cleaning on Thursday").await;
    assert_eq!(shop.state(Instagram, "i9").await, "COLLECT_SLOT");
    shop.says(Whatsapp, OWNER, "10am").await;
    assert_eq!(shop.state(Whatsapp, OWNER).await, "CONFIRM");
    assert!(shop.told(Whatsapp, OWNER).pop().unwrap().contains("Cleaning"));
}
