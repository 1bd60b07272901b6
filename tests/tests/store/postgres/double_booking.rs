//! Many clients book, hold, confirm, move, cancel and let expire over few people and chairs, without ever asking what is free. Whatever the
//! order was, no two claims on one of them were in force at once, and no refusal was an error.
//!
//! `RATIBA_TEST_BOOKINGS` sets how many operations there are.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use ratiba_core::domain::appointment::{Appointment, AppointmentStatus as Status};
use ratiba_core::domain::id::{AppointmentId, CustomerId, ResourceId, StaffId};
use ratiba_core::domain::time::TimeWindow;
use ratiba_core::ports::store::{CommitOutcome, Write};
use ratiba_core::testing::conformance::store::{Shop, at};

use super::Fresh;

const CLIENTS: u32 = 64;
/// How many operations there are where nobody says.
const OPERATIONS: i64 = 3_000;
/// Steps of five minutes in which all bookings begin.
const SLOTS: u64 = 48;

/// One span in which a claim was in force for certain: from the answer that said so to the question that ended it, in ticks.
#[derive(Clone, Copy, Debug)]
struct Span {
    from: i64,
    until: i64,
    id: AppointmentId,
}

/// What all clients share.
struct Town {
    shop: Shop,
    staff: [StaffId; 3],
    chairs: [ResourceId; 2],
    /// Counts questions and answers, and is the time: a microsecond each.
    clock: AtomicI64,
    left: AtomicI64,
}

impl Town {
    fn tick(&self) -> i64 {
        self.clock.fetch_add(1, Ordering::SeqCst)
    }

    /// The time as it is written into rows.
    fn now(&self) -> Timestamp {
        at(0) + SignedDuration::from_micros(self.clock.load(Ordering::SeqCst))
    }
}

/// A generator that a seed repeats: Marsaglia's xorshift.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

/// A client with what it has in hand.
struct Client {
    town: Arc<Town>,
    peer: u32,
    customer: CustomerId,
    dice: Dice,
    held: Vec<(Appointment, i64)>,
    booked: Vec<(Appointment, i64)>,
    /// What was in force, and is no more or still is.
    history: Vec<(Appointment, Span)>,
    won: u64,
    lost: u64,
}

impl Client {
    fn invent(&mut self) -> Appointment {
        let minute = i64::try_from(self.dice.roll(SLOTS) * 5).unwrap();
        let length = u32::try_from(5 * (1 + self.dice.roll(6))).unwrap();
        let window = TimeWindow::of_minutes(at(600 + minute), length);
        let chair = self.dice.roll(3);
        // Long enough to be confirmed now and then, short enough to run out under others' eyes.
        let ttl = i64::try_from(self.dice.roll(4_000)).unwrap();
        Appointment {
            staff: self.town.staff[usize::try_from(self.dice.roll(3)).unwrap()],
            resource: (chair < 2).then(|| self.town.chairs[usize::try_from(chair).unwrap()]),
            window,
            blocked: window,
            hold_expires_at: Some(self.town.now() + SignedDuration::from_micros(ttl)),
            ..self.town.shop.hold(self.customer, 0)
        }
    }

    /// A turn with these writes; whether it was had.
    async fn change(&mut self, writes: Vec<Write>) -> bool {
        let now = self.town.now();
        let outcome = self.town.shop.change(self.peer, now, writes).await;
        let won = match outcome {
            CommitOutcome::Committed { .. } => true,
            CommitOutcome::SlotTaken => false,
            other => panic!("{other:?}"),
        };
        if won {
            self.won += 1;
        } else {
            self.lost += 1;
        }
        won
    }

    fn in_force(&mut self, one: &Appointment, from: i64, until: i64) {
        self.history.push((one.clone(), Span { from, until, id: one.id }));
    }

    /// The end of a hold, for certain: somebody ended it, or its time ran out.
    fn end_of_hold(one: &Appointment, until: i64) -> i64 {
        let expiry = one.hold_expires_at.unwrap().as_microsecond() - at(0).as_microsecond();
        until.min(expiry)
    }

    async fn step(&mut self) {
        match self.dice.roll(6) {
            0 => self.book().await,
            1 | 2 => self.hold().await,
            3 if !self.held.is_empty() => self.confirm().await,
            4 if !self.booked.is_empty() => self.move_one().await,
            5 if !self.booked.is_empty() => self.cancel().await,
            _ if !self.held.is_empty() => self.release().await,
            _ => self.hold().await,
        }
    }

    async fn book(&mut self) {
        let created_at = self.town.now();
        let one = Appointment {
            status: Status::Confirmed,
            hold_expires_at: None,
            created_at,
            ..self.invent()
        };
        if self.town.shop.store.enter(&one).await.unwrap() {
            self.won += 1;
            self.booked.push((one, self.town.tick()));
        } else {
            self.lost += 1;
        }
    }

    async fn hold(&mut self) {
        let one = self.invent();
        if self.change(vec![Write::Hold(vec![one.clone()])]).await {
            self.held.push((one, self.town.tick()));
        }
    }

    async fn confirm(&mut self) {
        let (one, from) = self.held.swap_remove(0);
        let asked = self.town.tick();
        self.in_force(&one, from, Self::end_of_hold(&one, asked));
        if self.change(vec![Write::Confirm(vec![one.id])]).await {
            self.booked.push((one, self.town.tick()));
        }
    }

    async fn release(&mut self) {
        let (one, from) = self.held.swap_remove(0);
        let asked = self.town.tick();
        self.in_force(&one, from, Self::end_of_hold(&one, asked));
        assert!(self.change(vec![Write::Release(vec![one.id])]).await);
    }

    async fn cancel(&mut self) {
        let (one, from) = self.booked.swap_remove(0);
        let asked = self.town.tick();
        self.in_force(&one, from, asked);
        assert!(self.change(vec![Write::Cancel(one.id)]).await);
    }

    async fn move_one(&mut self) {
        let (old, from) = self.booked.swap_remove(0);
        let new = self.invent();
        let asked = self.town.tick();
        self.in_force(&old, from, asked);
        let writes =
            vec![Write::Hold(vec![new.clone()]), Write::Replace { old: old.id, new: new.id }];
        let kept = if self.change(writes).await { new } else { old };
        self.booked.push((kept, self.town.tick()));
    }

    async fn live(mut self) -> Self {
        while self.town.left.fetch_sub(1, Ordering::SeqCst) > 0 {
            self.step().await;
        }
        let end = self.town.tick();
        for (one, from) in std::mem::take(&mut self.held) {
            self.in_force(&one, from, Self::end_of_hold(&one, end));
        }
        for (one, from) in std::mem::take(&mut self.booked) {
            self.in_force(&one, from, end);
        }
        self
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_clients_never_double_book() {
    let Some(fresh) = Fresh::migrated().await else { return };
    let operations = std::env::var("RATIBA_TEST_BOOKINGS").ok().and_then(|n| n.parse().ok());
    let shop = Shop::open(&*fresh).await;
    let town = Arc::new(Town {
        staff: [shop.id(), shop.id(), shop.id()],
        chairs: [shop.id(), shop.id()],
        shop,
        clock: AtomicI64::new(1),
        left: AtomicI64::new(operations.unwrap_or(OPERATIONS)),
    });
    let clients = (0..CLIENTS).map(|peer| {
        let town = Arc::clone(&town);
        tokio::spawn(async move {
            let (customer, _) = town.shop.hear(peer, at(0)).await;
            let dice = Dice(0x9E37_79B9_7F4A_7C15 ^ u64::from(peer));
            let (held, booked, history) = (Vec::new(), Vec::new(), Vec::new());
            let client =
                Client { town, peer, customer, dice, held, booked, history, won: 0, lost: 0 };
            client.live().await
        })
    });
    let clients: Vec<_> = join_all(clients).await.into_iter().map(Result::unwrap).collect();

    let won: u64 = clients.iter().map(|client| client.won).sum();
    let lost: u64 = clients.iter().map(|client| client.lost).sum();
    assert!(won > 0 && lost > 0, "{won} won, {lost} lost: nobody was in anybody's way");
    check(clients.iter().flat_map(|client| &client.history));

    let always = TimeWindow { start: at(0), end: at(10_000) };
    let stored = town.shop.store.diary(always).await.unwrap();
    let active: Vec<_> = stored.iter().filter(|one| one.status.is_active()).collect();
    let span = |one: &&Appointment| Span { from: 0, until: 1, id: one.id };
    let spans: Vec<_> = active.iter().map(|one| ((*one).clone(), span(one))).collect();
    check(spans.iter());
}

/// Of claims on the same five minutes of the same person or chair, no two were in force at once.
fn check<'a>(history: impl Iterator<Item = &'a (Appointment, Span)>) {
    let mut by_place: BTreeMap<(String, i64), Vec<Span>> = BTreeMap::new();
    for (one, span) in history.filter(|(_, span)| span.from < span.until) {
        let step = 5 * 60;
        let (from, until) = (one.blocked.start.as_second(), one.blocked.end.as_second());
        for slot in from.div_euclid(step)..until.div_euclid(step) {
            by_place.entry((one.staff.to_string(), slot)).or_default().push(*span);
            if let Some(chair) = one.resource {
                by_place.entry((chair.to_string(), slot)).or_default().push(*span);
            }
        }
    }
    for (place, mut spans) in by_place {
        spans.sort_by_key(|span| span.from);
        for pair in spans.windows(2) {
            let apart = pair[0].until <= pair[1].from || pair[0].id == pair[1].id;
            assert!(apart, "{place:?}: {:?} and {:?}", pair[0], pair[1]);
        }
    }
}
