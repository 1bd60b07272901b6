//! Whatever is booked, moved and called off: each reminder that the final state implies was sent, once, and no other.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use ratiba_core::domain::appointment::AppointmentStatus;
use ratiba_core::domain::channel::ChannelKind::Whatsapp;
use ratiba_core::domain::id::AppointmentId;
use ratiba_core::ports::clock::Clock as _;
use ratiba_core::scheduling::reminder;

use super::shop::Shop;

const WHO: &str = "254712345678";
/// Times that are asked for; some are open, some in the morning after a night.
const STARTS: [&str; 6] = [
    "2026-11-24T08:00:00+03:00",
    "2026-11-24T15:00:00+03:00",
    "2026-11-25T08:30:00+03:00",
    "2026-11-26T10:00:00+03:00",
    "2026-11-27T16:00:00+03:00",
    "2026-11-30T11:00:00+03:00",
];

#[derive(Debug, Clone)]
enum Act {
    Book(usize),
    Move(usize, usize),
    Cancel(usize),
    /// Minutes; never a multiple of a quarter of an hour, so that nothing is said in the very moment in which a reminder is due.
    Wait(i64),
    Restart,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => (0..STARTS.len()).prop_map(Act::Book),
        3 => (0..4_usize, 0..STARTS.len()).prop_map(|(n, to)| Act::Move(n, to)),
        2 => (0..4_usize).prop_map(Act::Cancel),
        5 => (1..110_i64).prop_map(|quarters| Act::Wait(quarters * 15 + 7)),
        1 => Just(Act::Restart),
    ];
    prop::collection::vec(act, 1..14)
}

/// When each appointment was agreed, and when it was given up.
#[derive(Debug, Default)]
struct Books(BTreeMap<AppointmentId, (Timestamp, Timestamp, Option<Timestamp>)>);

impl Books {
    async fn note(&mut self, shop: &Shop) {
        let now = shop.clock.now();
        for row in shop.appointments(Whatsapp, WHO).await {
            match row.status {
                AppointmentStatus::Confirmed | AppointmentStatus::Completed => {
                    self.0.entry(row.id).or_insert((row.window.start, now, None));
                }
                AppointmentStatus::Cancelled => {
                    if let Some((_, _, until)) = self.0.get_mut(&row.id) {
                        until.get_or_insert(now);
                    }
                }
                AppointmentStatus::Held
                | AppointmentStatus::NoShow
                | AppointmentStatus::Expired => {}
            }
        }
    }

    /// Each reminder that should have been sent by now, with its moment.
    fn implied(&self, shop: &Shop) -> Vec<(AppointmentId, Timestamp)> {
        let (now, zone) = (shop.clock.now(), &shop.business.tenant.zone);
        let mut all = Vec::new();
        for (id, (start, agreed, until)) in &self.0 {
            for hours in reminder::HOURS_BEFORE {
                let due = reminder::due(*start, hours, *agreed, zone);
                all.extend(
                    due.filter(|due| *due <= now && until.is_none_or(|until| *due < until))
                        .map(|due| (*id, due)),
                );
            }
        }
        all.sort();
        all
    }
}

/// The reminders that went out, each with the moment at which it was written.
async fn sent(shop: &Shop) -> Vec<(AppointmentId, Timestamp)> {
    let customer = shop.customer(Whatsapp, WHO).await;
    let mut sent = Vec::new();
    for row in shop.of().outbox_of(customer.id).await.unwrap() {
        if let Some(id) = row.item.lane.strip_prefix("reminder:") {
            sent.push((id.parse().unwrap(), row.item.created_at));
        }
    }
    sent.sort();
    sent
}

async fn upcoming(shop: &Shop, n: usize) -> Option<AppointmentId> {
    let customer = shop.customer(Whatsapp, WHO).await;
    let all = shop.of().upcoming(customer.id, shop.clock.now()).await.unwrap();
    (!all.is_empty()).then(|| all[n % all.len()].id)
}

async fn act(shop: &mut Shop, act: &Act, seed: u64) {
    let slot = |n: usize| shop.slot("Consultation", "Dr Achieng", STARTS[n]);
    match act {
        Act::Book(n) => {
            shop.taps(Whatsapp, WHO, &slot(*n)).await;
            shop.taps(Whatsapp, WHO, "yes").await;
        }
        Act::Move(n, to) => {
            let Some(id) = upcoming(shop, *n).await else { return };
            let there: Timestamp = STARTS[*to].parse().unwrap();
            let all = shop.appointments(Whatsapp, WHO).await;
            if all.iter().any(|a| a.id == id && a.window.start == there) {
                return;
            }
            shop.says(Whatsapp, WHO, "I want to reschedule my booking").await;
            shop.taps(Whatsapp, WHO, &format!("apt:{id}")).await;
            shop.taps(Whatsapp, WHO, &slot(*to)).await;
            shop.taps(Whatsapp, WHO, "yes").await;
        }
        Act::Cancel(n) => {
            let Some(id) = upcoming(shop, *n).await else { return };
            shop.says(Whatsapp, WHO, "cancel my appointment").await;
            shop.taps(Whatsapp, WHO, &format!("apt:{id}")).await;
            shop.taps(Whatsapp, WHO, "yes").await;
        }
        Act::Wait(minutes) => shop.wait(SignedDuration::from_mins(*minutes)).await,
        Act::Restart => shop.restart(seed),
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_sent_is_what_the_final_state_implies_each_once(program in acts()) {
        runtime().block_on(async {
            let mut shop = Shop::open().await;
            shop.says(Whatsapp, WHO, "hi").await;
            let mut books = Books::default();
            for (n, one) in program.iter().enumerate() {
                act(&mut shop, one, 100 + n as u64).await;
                books.note(&shop).await;
            }
            shop.wait(SignedDuration::from_hours(24 * 10) + SignedDuration::from_mins(7)).await;
            assert_eq!(sent(&shop).await, books.implied(&shop), "{program:?}");
        });
    }

    /// A clock that jumps may send a reminder at a wrong moment, which nobody can help; it never sends one twice or for what was called
    /// off, and once it is right again nothing that is still to come is missing.
    #[test]
    fn a_clock_that_jumps_sends_nothing_twice_and_loses_nothing(
        jumps in prop::collection::vec(-40_i64..40, 1..8),
    ) {
        runtime().block_on(async {
            let mut shop = Shop::open().await;
            let begun = shop.clock.now();
            act(&mut shop, &Act::Book(5), 1).await;
            act(&mut shop, &Act::Book(4), 1).await;
            let off = upcoming(&shop, 0).await.unwrap();
            act(&mut shop, &Act::Cancel(0), 1).await;
            for (n, hours) in (2..).zip(jumps) {
                shop.clock.advance(SignedDuration::from_hours(hours));
                shop.ratiba.work_until_idle().await.unwrap();
                shop.restart(n);
                shop.ratiba.work_until_idle().await.unwrap();
            }
            // Back to where it should be, and on through the visit.
            let latest = shop.clock.now().max(begun);
            shop.clock.set(latest);
            shop.wait(SignedDuration::from_hours(24 * 30)).await;
            let mut seen = BTreeMap::new();
            for (id, _) in sent(&shop).await {
                assert_ne!(id, off, "it was called off");
                *seen.entry(id).or_insert(0) += 1;
            }
            assert!(seen.values().all(|times| *times <= 2), "one a day before, one two hours before");
            let statuses: Vec<_> =
                shop.appointments(Whatsapp, WHO).await.iter().map(|a| a.status).collect();
            assert!(statuses.contains(&AppointmentStatus::Completed), "{statuses:?}");
            let customer = shop.customer(Whatsapp, WHO).await;
            assert!(shop.of().timers(customer.id).await.unwrap().is_empty(), "no timer is stuck");
        });
    }
}

#[tokio::test]
async fn a_hold_ends_although_the_clock_was_set_back_when_its_deadline_came() {
    let shop = Shop::open().await;
    let slot = shop.slot("Consultation", "Dr Achieng", STARTS[3]);
    shop.taps(Whatsapp, WHO, &slot).await;
    assert_eq!(shop.state(Whatsapp, WHO).await, "CONFIRM");
    // The clock runs ahead, the timer fires, and before the turn is taken the clock is right again.
    let store = shop.of();
    let customer = shop.customer(Whatsapp, WHO).await;
    let timer = store.timers(customer.id).await.unwrap().pop().unwrap();
    let early = shop.clock.now();
    store.promote(&timer, shop.ratiba.mint().id(0), timer.due_at).await.unwrap();
    shop.clock.set(early + SignedDuration::from_mins(1));
    shop.ratiba.work_until_idle().await.unwrap();
    assert_eq!(shop.state(Whatsapp, WHO).await, "CONFIRM", "its time has not come");
    shop.wait(SignedDuration::from_mins(10)).await;
    assert_eq!(shop.state(Whatsapp, WHO).await, "COLLECT_SLOT", "the deadline was set again");
}
