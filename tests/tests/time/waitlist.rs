//! Several people wait for the same time: each is told, one has it.

use jiff::SignedDuration;
use ratiba_core::domain::appointment::AppointmentStatus;
use ratiba_core::domain::channel::ChannelKind::Whatsapp;
use ratiba_core::domain::message::Content;
use ratiba_core::domain::wait::WaitStatus;

use super::shop::Shop;

const BOOKER: &str = "254712000001";
const WAITERS: [&str; 4] = ["254712000002", "254712000003", "254712000004", "254712000005"];
const START: &str = "2026-11-25T10:00:00+03:00";

/// A time that is booked, and people who wait for it, in order.
async fn wanted(waiters: &[&str]) -> Shop {
    let shop = Shop::open().await;
    let slot = shop.slot("Cleaning", "Dr Otieno", START);
    shop.taps(Whatsapp, BOOKER, &slot).await;
    shop.taps(Whatsapp, BOOKER, "yes").await;
    assert_eq!(shop.state(Whatsapp, BOOKER).await, "BOOKED");
    for who in waiters {
        shop.clock.advance(SignedDuration::from_mins(1));
        shop.says(Whatsapp, who, "cleaning with Dr Otieno on Wednesday at 10am").await;
        let told = shop.says(Whatsapp, who, "let me know if it opens up").await;
        assert!(told.contains("as soon as"), "{told}");
    }
    shop
}

async fn cancel(shop: &Shop) {
    shop.says(Whatsapp, BOOKER, "cancel my appointment").await;
    shop.taps(Whatsapp, BOOKER, "yes").await;
    shop.ratiba.work_until_idle().await.unwrap();
}

async fn status(shop: &Shop, who: &str) -> WaitStatus {
    let customer = shop.customer(Whatsapp, who).await;
    shop.of().waits_of(customer.id).await.unwrap().pop().unwrap().status
}

async fn has_it(shop: &Shop, who: &str) -> bool {
    let all = shop.appointments(Whatsapp, who).await;
    all.iter().any(|a| a.status == AppointmentStatus::Confirmed)
}

fn offered(shop: &Shop, who: &str) -> bool {
    shop.told(Whatsapp, who).iter().any(|text| text.contains("Good news"))
}

#[tokio::test]
async fn two_who_say_yes_at_once_are_one_winner_and_one_who_waits_on() {
    for round in 0..8 {
        let [a, b, ..] = WAITERS;
        let shop = wanted(&[a, b]).await;
        cancel(&shop).await;
        assert!(offered(&shop, a) && offered(&shop, b));
        let yes = || Content::Text { body: "yes".to_owned() };
        shop.send(Whatsapp, a, yes()).await;
        shop.send(Whatsapp, b, yes()).await;
        let (one, other) = (shop.another(100 + round), shop.another(200 + round));
        let (x, y) = tokio::join!(
            tokio::spawn(async move { one.work_until_idle().await }),
            tokio::spawn(async move { other.work_until_idle().await }),
        );
        x.unwrap().unwrap();
        y.unwrap().unwrap();
        shop.ratiba.work_until_idle().await.unwrap();
        let won = [has_it(&shop, a).await, has_it(&shop, b).await];
        assert_eq!(won.iter().filter(|won| **won).count(), 1, "round {round}");
        let (winner, loser) = if won[0] { (a, b) } else { (b, a) };
        assert_eq!(status(&shop, winner).await, WaitStatus::Taken);
        assert_eq!(status(&shop, loser).await, WaitStatus::Waiting);
        let last = shop.told(Whatsapp, loser).pop().unwrap();
        assert!(
            last.contains("just been taken") && last.contains("still on the waiting list"),
            "{last}"
        );
    }
}

#[tokio::test]
async fn the_fourth_is_told_when_one_of_the_first_three_says_no_or_nothing() {
    let shop = wanted(&WAITERS).await;
    cancel(&shop).await;
    let told: Vec<bool> = WAITERS.iter().map(|who| offered(&shop, who)).collect();
    assert_eq!(told, [true, true, true, false], "three at once, who asked first comes first");
    shop.says(Whatsapp, WAITERS[1], "no").await;
    shop.ratiba.work_until_idle().await.unwrap();
    assert!(offered(&shop, WAITERS[3]));
    assert_eq!(status(&shop, WAITERS[1]).await, WaitStatus::Closed);
    shop.wait(SignedDuration::from_mins(31)).await;
    assert_eq!(status(&shop, WAITERS[0]).await, WaitStatus::Closed);
    assert_eq!(shop.state(Whatsapp, WAITERS[0]).await, "GREET");
}

#[tokio::test]
async fn a_move_and_a_hold_that_runs_out_give_their_time_to_who_waits_too() {
    let [waiter, ..] = WAITERS;
    let shop = wanted(&[waiter]).await;
    let booked = shop.appointments(Whatsapp, BOOKER).await[0].id;
    shop.says(Whatsapp, BOOKER, "I want to reschedule my booking").await;
    shop.taps(Whatsapp, BOOKER, &format!("apt:{booked}")).await;
    let later = shop.slot("Cleaning", "Dr Otieno", "2026-11-26T10:00:00+03:00");
    shop.taps(Whatsapp, BOOKER, &later).await;
    shop.taps(Whatsapp, BOOKER, "yes").await;
    shop.ratiba.work_until_idle().await.unwrap();
    assert!(offered(&shop, waiter), "moved away");

    let [_, other, ..] = WAITERS;
    let shop = Shop::open().await;
    let slot = shop.slot("Cleaning", "Dr Otieno", START);
    shop.taps(Whatsapp, BOOKER, &slot).await;
    assert_eq!(shop.state(Whatsapp, BOOKER).await, "CONFIRM");
    shop.says(Whatsapp, other, "cleaning with Dr Otieno on Wednesday at 10am").await;
    shop.says(Whatsapp, other, "let me know if it opens up").await;
    shop.wait(SignedDuration::from_mins(11)).await;
    assert!(offered(&shop, other), "held and not confirmed");
}

#[tokio::test]
async fn who_has_said_stop_is_not_told() {
    let [waiter, ..] = WAITERS;
    let shop = wanted(&[waiter]).await;
    shop.says(Whatsapp, waiter, "stop sending me messages").await;
    cancel(&shop).await;
    assert!(!offered(&shop, waiter));
    assert_eq!(status(&shop, waiter).await, WaitStatus::Closed);
}

#[tokio::test]
async fn a_poke_outlives_the_process_that_gave_the_time_back() {
    let [waiter, ..] = WAITERS;
    let mut shop = wanted(&[waiter]).await;
    shop.says(Whatsapp, BOOKER, "cancel my appointment").await;
    let yes = Content::Choice { id: "yes".to_owned(), title: "yes".to_owned() };
    shop.send(Whatsapp, BOOKER, yes).await;
    // The turn is committed and the process dies before it looks for anything else that is due.
    let customer = shop.customer(Whatsapp, BOOKER).await;
    shop.ratiba.work_until_idle().await.unwrap();
    assert!(shop.of().upcoming(customer.id, shop.ratiba.now()).await.unwrap().is_empty());
    shop.restart(77);
    shop.ratiba.work_until_idle().await.unwrap();
    assert!(offered(&shop, waiter));
}
