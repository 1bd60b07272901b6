//! What waited too long is not sent any more, holds up nothing behind it, and can be seen.

use jiff::SignedDuration;
use ratiba_core::domain::appointment::AppointmentStatus;
use ratiba_core::domain::phone::Phone;
use ratiba_core::domain::proof::VALID_MIN;
use ratiba_core::ports::clock::Clock as _;
use ratiba_core::ports::fault::FaultKind;
use ratiba_core::ports::notify::Notice;
use ratiba_core::ports::outbox::{CodeText, EXPIRED, OutboxItem, OutboxStatus, Outgoing};
use ratiba_core::ports::store::{DueWork, StoredOutbox};

use super::world::{WANJIRU, World, on_both_stores};

const BOOK: &str = "Hi I want to book a haircut on Wednesday at 3pm";

on_both_stores! {
    a_question_that_waited_for_days_is_not_asked_and_the_next_answer_is_given,
    a_confirmation_goes_out_late,
    a_reminder_never_comes_after_the_visit_has_begun,
    a_code_is_not_sent_once_it_is_worthless,
    what_a_dead_worker_left_is_not_sent_days_later,
}

fn ended(row: &StoredOutbox) -> (OutboxStatus, Option<&str>) {
    (row.status, row.fault_code.as_deref())
}

async fn a_question_that_waited_for_days_is_not_asked_and_the_next_answer_is_given(world: World) {
    let chat = world.wanjiru();
    world.outage(true);
    world.says(&chat, BOOK).await;
    let rows = world.replies().await;
    assert_eq!((rows.len(), rows[0].status), (1, OutboxStatus::Pending));
    // The window in which she can be answered closes a day after she was heard.
    assert_eq!(rows[0].item.useful_until, Some(world.clock.now() + SignedDuration::from_hours(24)));
    // Three days later she writes again, before anything is mended.
    world.later(SignedDuration::from_hours(72)).await;
    world.says(&chat, "Are you open today?").await;
    let rows = world.replies().await;
    assert_eq!(ended(&rows[0]), (OutboxStatus::Failed, Some(EXPIRED)));
    assert_eq!(rows[1].status, OutboxStatus::Pending, "{:?}", rows[1]);
    world.outage(false);
    world.later(SignedDuration::from_mins(6)).await;
    let got = chat.received();
    assert_eq!(got.len(), 1, "{got:?}");
    assert!(!got[0].text.contains("3:00"), "the old question stays unasked: {}", got[0].text);
    // Nothing is lost silently.
    let told = world.notices();
    let about = |notice: &Notice| {
        matches!(notice, Notice::Undeliverable { outbox, code }
            if *outbox == rows[0].item.id && code.as_deref() == Some(EXPIRED))
    };
    assert!(told.iter().any(about), "{told:?}");
    assert_eq!(world.on_phone(WANJIRU).1, 0, "nor is it sent as a text");
}

async fn a_confirmation_goes_out_late(world: World) {
    world.with_sms().await;
    let chat = world.wanjiru();
    world.says(&chat, BOOK).await;
    world.outage(true);
    chat.tap("yes").unwrap();
    world.work().await;
    assert_eq!(chat.received().len(), 1);
    // More than a day: the window is closed by now, and it goes another way.
    world.clock.advance(SignedDuration::from_hours(30));
    world.outage(false);
    world.work().await;
    world.work().await;
    let texts = world.sms.inbox(WANJIRU);
    assert!(texts.iter().any(|text| text.text.contains("Haircut")), "{texts:?}");
    let id = world.customer().await.id;
    let booked = world.of().appointments_of(id).await.unwrap();
    assert_eq!(booked[0].status, AppointmentStatus::Confirmed);
}

async fn a_reminder_never_comes_after_the_visit_has_begun(world: World) {
    let chat = world.wanjiru();
    world.says(&chat, "Hi I want to book a haircut today at 3pm").await;
    chat.tap("yes").unwrap();
    world.work().await;
    let before = chat.received().len();
    world.outage(true);
    // Two hours before three o'clock.
    world.later(SignedDuration::from_hours(4)).await;
    let reminder = |rows: Vec<StoredOutbox>| {
        rows.into_iter().find(|row| row.item.lane.starts_with("reminder:")).unwrap()
    };
    let row = reminder(world.rows().await);
    assert_eq!(row.status, OutboxStatus::Pending);
    let id = world.customer().await.id;
    let visit = world.of().appointments_of(id).await.unwrap().remove(0);
    assert_eq!(row.item.useful_until, Some(visit.window.start));
    // Ten seconds after the beginning the account works again.
    let left = visit.window.start.duration_since(world.clock.now());
    world.clock.advance(left + SignedDuration::from_secs(10));
    world.outage(false);
    world.work().await;
    assert_eq!(ended(&reminder(world.rows().await)), (OutboxStatus::Failed, Some(EXPIRED)));
    assert_eq!(chat.received().len(), before);
}

async fn a_code_is_not_sent_once_it_is_worthless(world: World) {
    let chat = world.wanjiru();
    world.says(&chat, "hi").await;
    let before = chat.received().len();
    world.outage(true);
    let now = world.clock.now();
    let code = OutboxItem {
        id: world.ratiba.mint().id(0),
        customer: world.customer().await.id,
        thread: None,
        lane: format!("code:{WANJIRU}"),
        what: Outgoing::Code {
            to: Phone::from_provider(WANJIRU).unwrap(),
            text: CodeText("Your code is 123456".into()),
        },
        attempts: 0,
        created_at: now,
        useful_until: Some(now + SignedDuration::from_mins(i64::from(VALID_MIN))),
    };
    world.of().enqueue(std::slice::from_ref(&code)).await.unwrap();
    world.work().await;
    // It ends in the moment in which it is worthless.
    world.later(SignedDuration::from_mins(10)).await;
    let row = world.of().outbox(code.id).await.unwrap().unwrap();
    assert_eq!(ended(&row), (OutboxStatus::Failed, Some(EXPIRED)));
    world.outage(false);
    world.later(SignedDuration::from_mins(6)).await;
    assert_eq!(chat.received().len(), before, "no code after ten minutes");
    let coded = world.notices().into_iter().any(|notice| {
        matches!(notice, Notice::Undeliverable { code: Some(code), .. } if code == EXPIRED)
    });
    assert!(coded, "an operator can see that a code was not sent");
}

async fn what_a_dead_worker_left_is_not_sent_days_later(world: World) {
    let chat = world.wanjiru();
    world.outage(true);
    world.says(&chat, BOOK).await;
    world.outage(false);
    // The next try is begun by a process that dies: its lease runs out, and nobody comes for two days.
    world.clock.advance(SignedDuration::from_mins(6));
    let now = world.clock.now();
    let begun = world.store.claim_due(now, now, now + SignedDuration::from_mins(1), 10).await;
    assert!(begun.unwrap().iter().any(|work| matches!(work, DueWork::Outbox { .. })));
    world.later(SignedDuration::from_hours(48)).await;
    assert_eq!(chat.received(), [], "it would be stale");
    let rows = world.replies().await;
    assert_eq!(ended(&rows[0]), (OutboxStatus::Failed, Some(EXPIRED)));
    // Nobody knows whether that process had sent it.
    assert_eq!(rows[0].fault, Some(FaultKind::Unknown));
}
