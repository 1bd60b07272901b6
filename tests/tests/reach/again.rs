//! Messages that did not reach a customer: listed with their reason, sent again once by the way that is open now, or dismissed.

use jiff::SignedDuration;
use ratiba_core::domain::appointment::AppointmentStatus;
use ratiba_core::engine::{Dismissed, Recipient, Replayed, Undelivered};
use ratiba_core::ports::clock::Clock as _;
use ratiba_core::sim::meta::SendFault;

use super::world::{OWNER, WANJIRU, World, on_both_stores};

const BOOK: &str = "Hi I want to book a haircut on Wednesday at 3pm";

on_both_stores! {
    what_a_stopped_account_lost_is_listed_and_sent_again_once,
    what_expired_is_listed_and_dismissed,
    what_went_another_way_is_not_listed,
    it_goes_by_the_way_that_is_open_now,
    a_reminder_of_what_was_called_off_is_not_sent_again,
    the_owner_hears_of_it_in_the_morning,
}

/// Of those to Wanjiru: the owner is told of her booking, too.
async fn open(world: &World) -> Vec<Undelivered> {
    let all = world.ratiba.failed_deliveries(world.tenant, false, None, 10).await.unwrap();
    all.into_iter().filter(|one| one.recipient == Recipient::Customer).collect()
}

async fn replay(world: &World, one: &Undelivered) -> Replayed {
    world.ratiba.replay_delivery(world.tenant, one.id).await.unwrap().unwrap()
}

/// The account is blocked because its bill is not paid: Meta takes the next messages and says later that they failed.
fn unpaid(world: &World, messages: u32) {
    for _ in 0..messages {
        world.meta.fail_next_send(SendFault::FailsLater { code: 131_042 });
    }
}

async fn what_a_stopped_account_lost_is_listed_and_sent_again_once(world: World) {
    let chat = world.wanjiru();
    unpaid(&world, 1);
    world.says(&chat, BOOK).await;
    assert_eq!(chat.received(), []);
    let failed = open(&world).await;
    assert_eq!(failed.len(), 1, "{failed:?}");
    let one = &failed[0];
    assert_eq!((one.source.as_str(), one.code.as_deref()), ("whatsapp", Some("131042")));
    assert_eq!((one.to.as_str(), one.not_again), ("…678", None));
    let (_, words) = world.ratiba.failed_delivery(world.tenant, one.id).await.unwrap().unwrap();
    assert!(words.unwrap().contains("Haircut"));

    // The bill is paid. Two operators press the button, and one of them twice.
    let (first, second) = tokio::join!(replay(&world, one), replay(&world, one));
    let mut outcomes = [first, second];
    outcomes.sort_by_key(|outcome| *outcome != Replayed::Taken);
    assert_eq!(outcomes, [Replayed::Taken, Replayed::SettledBefore]);
    assert_eq!(replay(&world, one).await, Replayed::SettledBefore);
    world.work().await;
    world.later(SignedDuration::from_mins(1)).await;
    let got = chat.received();
    assert_eq!(got.len(), 1, "{got:?}");
    assert!(got[0].text.contains("Haircut"), "{}", got[0].text);
    assert_eq!(open(&world).await, []);
    let settled = world.ratiba.failed_deliveries(world.tenant, true, None, 10).await.unwrap();
    assert_eq!((settled.len(), settled[0].id, settled[0].replaced), (1, one.id, false));
    let again = world.of().outbox(settled[0].sent_as.unwrap()).await.unwrap().unwrap();
    assert_eq!((again.item.customer, again.item.thread), (one.customer, one.thread));
    // The talk goes on from what was sent again.
    chat.tap("yes").unwrap();
    world.work().await;
    assert_eq!(chat.received().len(), 2);
}

async fn what_expired_is_listed_and_dismissed(world: World) {
    let chat = world.wanjiru();
    world.change(|business| business.settings.templates.clear()).await;
    world.outage(true);
    world.says(&chat, BOOK).await;
    assert_eq!(open(&world).await, [], "it waits for the account");
    world.later(SignedDuration::from_hours(30)).await;
    world.outage(false);
    let failed = open(&world).await;
    assert!(failed[0].reason.starts_with("expired"), "{failed:?}");
    let Replayed::StillDead(why) = replay(&world, &failed[0]).await else { panic!("it expired") };
    assert!(why.contains("no use any more"), "{why}");
    world.later(SignedDuration::from_mins(10)).await;
    assert_eq!(chat.received(), []);
    let dismiss = async |why| world.ratiba.dismiss_delivery(world.tenant, failed[0].id, why).await;
    assert_eq!(dismiss(" ").await.unwrap(), Some(Dismissed::NoReason));
    assert_eq!(dismiss("called her").await.unwrap(), Some(Dismissed::Done));
    assert_eq!(dismiss("called her").await.unwrap(), Some(Dismissed::SettledBefore));
    assert!(open(&world).await.iter().all(|one| one.id != failed[0].id));
    let settled = world.ratiba.failed_deliveries(world.tenant, true, None, 10).await.unwrap();
    assert_eq!(settled[0].dismissed_because.as_deref(), Some("called her"));
}

async fn what_went_another_way_is_not_listed(world: World) {
    world.with_sms().await;
    let chat = world.wanjiru();
    world.meta.fail_next_send(SendFault::FailsLater { code: 131_047 });
    world.says(&chat, BOOK).await;
    world.work().await;
    assert_eq!(world.on_phone(WANJIRU), (0, 1));
    assert_eq!(open(&world).await, []);
    let settled = world.ratiba.failed_deliveries(world.tenant, true, None, 10).await.unwrap();
    assert_eq!((settled.len(), settled[0].replaced), (1, true), "{settled:?}");
    assert_eq!(replay(&world, &settled[0]).await, Replayed::SettledBefore);
    world.work().await;
    assert_eq!(world.on_phone(WANJIRU), (0, 1));
}

/// A booking whose confirmation was lost: what is told of it is of use for a week.
async fn booked_in_silence(world: &World) -> Undelivered {
    world.change(|business| business.settings.templates.clear()).await;
    let chat = world.wanjiru();
    world.says(&chat, BOOK).await;
    // What the owner is told of it is lost, too.
    unpaid(world, 2);
    chat.tap("yes").unwrap();
    world.work().await;
    let mut failed = open(world).await;
    assert_eq!(failed.len(), 1, "{failed:?}");
    failed.remove(0)
}

async fn it_goes_by_the_way_that_is_open_now(world: World) {
    let lost = booked_in_silence(&world).await;
    let before = world.on_phone(WANJIRU);
    // More than a day later WhatsApp does not let us write freely any more, and there is no other way.
    world.clock.advance(SignedDuration::from_hours(26));
    let Replayed::StillDead(why) = replay(&world, &lost).await else { panic!("it is closed") };
    assert!(why.contains("no way leads to them"), "{why}");
    assert!(open(&world).await.iter().any(|one| one.id == lost.id), "it stays");
    world.with_sms().await;
    assert_eq!(replay(&world, &lost).await, Replayed::Taken);
    let texts = world.sms.inbox(WANJIRU).len();
    world.work().await;
    let got = world.sms.inbox(WANJIRU).split_off(texts);
    assert!(got.iter().any(|text| text.text.contains("Haircut")), "{got:?}");
    assert_eq!(world.on_phone(WANJIRU).0, before.0);
    assert!(open(&world).await.iter().all(|one| one.id != lost.id));
}

async fn a_reminder_of_what_was_called_off_is_not_sent_again(world: World) {
    let chat = world.wanjiru();
    world.says(&chat, "Hi I want to book a haircut today at 3pm").await;
    chat.tap("yes").unwrap();
    world.work().await;
    unpaid(&world, 1);
    world.later(SignedDuration::from_hours(4)).await;
    let reminders = open(&world).await;
    assert_eq!((reminders.len(), reminders[0].to.as_str()), (1, "…678"), "{reminders:?}");
    let id = world.customer().await.id;
    let visit = world.of().appointments_of(id).await.unwrap().remove(0);
    assert_eq!(visit.status, AppointmentStatus::Confirmed);
    world.says(&chat, "cancel my haircut").await;
    world.says(&chat, "yes").await;
    let visit = world.of().appointments_of(id).await.unwrap().remove(0);
    assert_eq!(visit.status, AppointmentStatus::Cancelled);
    let Replayed::StillDead(why) = replay(&world, &reminders[0]).await else { panic!("it is off") };
    assert!(why.contains("not booked any more"), "{why}");
}

async fn the_owner_hears_of_it_in_the_morning(world: World) {
    let owner = world.owner();
    world.says(&owner, "/today").await;
    let lost = booked_in_silence(&world).await;
    assert_eq!(lost.failed_at, Some(world.clock.now()));
    for said in ["Are you open today?", "Where are you?"] {
        unpaid(&world, 1);
        world.says(&world.wanjiru(), said).await;
    }
    let all = open(&world).await;
    assert_eq!(all.len(), 3, "{all:?}");
    // What somebody has seen to is no news.
    let why = "told her by phone";
    world.ratiba.dismiss_delivery(world.tenant, all[0].id, why).await.unwrap();
    let before = owner.received().len();
    // Tuesday, seven o'clock.
    world.later(SignedDuration::from_hours(22)).await;
    world.ratiba.run_due_jobs().await.unwrap();
    world.work().await;
    let morning: Vec<_> = owner.received().split_off(before);
    let told = |text: &str| morning.iter().any(|message| message.text.contains(text));
    assert!(told("2 messages didn't reach your customers yesterday."), "{morning:?}");
    assert_eq!(world.on_phone(OWNER).1, 0);
}
