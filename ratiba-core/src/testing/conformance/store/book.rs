//! Claims on time: two of one member of staff, or on one resource, never overlap.

use futures_util::future::join_all;
use jiff::SignedDuration;

use super::shop::{Shop, at, is_committed};
use crate::domain::appointment::{Appointment, AppointmentStatus as Status};
use crate::domain::id::{AppointmentId, CustomerId, ResourceId};
use crate::domain::money::{Currency, Money};
use crate::domain::time::TimeWindow;
use crate::ports::store::{CommitOutcome, Store, Write};

async fn status(shop: &Shop, id: AppointmentId) -> Status {
    shop.store.appointments(&[id]).await.unwrap()[0].status
}

/// Every field of an appointment reads back as it was written.
pub async fn an_appointment_is_stored_as_it_was_made(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let (customer, thread) = shop.talker(1).await;
    let window = TimeWindow::of_minutes(at(60), 30);
    let made = Appointment {
        thread: Some(thread),
        resource: Some(shop.id()),
        blocked: TimeWindow { start: at(55), end: at(100) },
        window,
        paid: Money::whole(250, Currency::Kes),
        ..shop.hold(customer, 60)
    };
    shop.changed(1, at(0), vec![Write::Hold(vec![made.clone()])]).await;
    let expected = std::slice::from_ref(&made);
    assert_eq!(shop.store.appointments(&[made.id]).await.unwrap(), expected);
    assert_eq!(shop.store.appointments_of(customer).await.unwrap(), expected);
    assert_eq!(shop.store.diary(window).await.unwrap(), expected);
}

/// 64 tasks want one slot: exactly one has it.
pub async fn of_many_racing_holds_one_wins(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let mut racing = Vec::new();
    for peer in 0..64 {
        let (customer, inbox) = shop.hear(peer, at(0)).await;
        // Not all the same minute, but each overlaps each.
        let hold = shop.hold(customer, 60 + i64::from(peer % 20));
        let thread = shop.thread(customer, at(0));
        let turn = shop.turn(&thread, inbox, at(0), vec![Write::Hold(vec![hold])]);
        racing.push((shop.store.clone(), turn));
    }
    let outcomes = join_all(
        racing
            .into_iter()
            .map(|(store, turn)| tokio::spawn(async move { store.commit(&turn).await.unwrap() })),
    )
    .await;
    let outcomes: Vec<_> = outcomes.into_iter().map(Result::unwrap).collect();
    assert_eq!(outcomes.iter().filter(|o| is_committed(o)).count(), 1);
    assert_eq!(outcomes.iter().filter(|o| **o == CommitOutcome::SlotTaken).count(), 63);
    let day = TimeWindow { start: at(0), end: at(600) };
    assert_eq!(shop.store.diary(day).await.unwrap().len(), 1);
}

/// An end and a start may be the same moment.
pub async fn appointments_may_touch(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let customer = shop.customer(1).await;
    for minute in [60, 90, 30] {
        assert!(shop.store.enter(&shop.booking(customer, minute)).await.unwrap(), "{minute}");
    }
    for minute in [45, 60, 89, 31] {
        assert!(!shop.store.enter(&shop.booking(customer, minute)).await.unwrap(), "{minute}");
    }
}

/// Buffers keep others out as much as the service itself.
pub async fn buffers_are_kept_free(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let customer = shop.customer(1).await;
    let mut braids = shop.booking(customer, 60);
    braids.blocked.end += SignedDuration::from_mins(15);
    assert!(shop.store.enter(&braids).await.unwrap());
    assert!(!shop.store.enter(&shop.booking(customer, 90)).await.unwrap());
    assert!(shop.store.enter(&shop.booking(customer, 105)).await.unwrap());
}

/// One long appointment keeps out all that lies inside it.
pub async fn a_long_appointment_contains_others(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let customer = shop.customer(1).await;
    let window = TimeWindow::of_minutes(at(0), 3 * 24 * 60);
    let away = Appointment { window, blocked: window, ..shop.booking(customer, 0) };
    assert!(shop.store.enter(&away).await.unwrap());
    assert!(!shop.store.enter(&shop.booking(customer, 1_000)).await.unwrap());
    assert!(!shop.store.enter(&shop.booking(customer, -15)).await.unwrap());
}

/// Two people share a chair one after another, whoever serves them.
pub async fn a_resource_is_taken_like_a_person(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let customer = shop.customer(1).await;
    let chair: ResourceId = shop.id();
    let other = shop.business.catalogue.staff[1].id;
    let first = Appointment { resource: Some(chair), ..shop.booking(customer, 60) };
    assert!(shop.store.enter(&first).await.unwrap());
    let same = Appointment { resource: Some(chair), staff: other, ..shop.booking(customer, 75) };
    assert!(!shop.store.enter(&same).await.unwrap());
    let without = Appointment { staff: other, ..shop.booking(customer, 75) };
    assert!(shop.store.enter(&without).await.unwrap());
    let another =
        Appointment { resource: Some(shop.id()), staff: shop.id(), ..shop.booking(customer, 75) };
    assert!(shop.store.enter(&another).await.unwrap());
}

/// Of a bundle both are held or none.
pub async fn a_bundle_is_held_whole_or_not_at_all(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let customer = shop.customer(1).await;
    assert!(shop.store.enter(&shop.booking(customer, 90)).await.unwrap());
    let bundle = vec![shop.hold(customer, 60), shop.hold(customer, 90)];
    let first = bundle[0].id;
    let outcome = shop.change(1, at(0), vec![Write::Hold(bundle)]).await;
    assert_eq!(outcome, CommitOutcome::SlotTaken);
    assert!(shop.store.appointments(&[first]).await.unwrap().is_empty());
    let own = vec![shop.hold(customer, 200), shop.hold(customer, 215)];
    let outcome = shop.change(1, at(0), vec![Write::Hold(own)]).await;
    assert_eq!(outcome, CommitOutcome::SlotTaken, "a bundle must not overlap itself");
}

/// A hold keeps others out until its time is over, and no longer.
pub async fn a_hold_that_ran_out_gives_way(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let customer = shop.customer(1).await;
    let (first, second) = (shop.hold(customer, 60), shop.hold(customer, 75));
    shop.changed(1, at(0), vec![Write::Hold(vec![first.clone()])]).await;
    let range = TimeWindow { start: at(0), end: at(600) };
    let busy = shop.store.busy(range, at(9)).await.unwrap();
    assert_eq!((busy.len(), busy[0].appointment, busy[0].blocked), (1, first.id, first.blocked));
    assert!(shop.store.busy(range, at(10)).await.unwrap().is_empty());
    let early = shop.change(2, at(9), vec![Write::Hold(vec![second.clone()])]).await;
    assert_eq!(early, CommitOutcome::SlotTaken);
    shop.changed(2, at(10), vec![Write::Hold(vec![second])]).await;
    assert_eq!(status(&shop, first.id).await, Status::Expired);
}

/// A hold that ran out with nobody in its way can still be agreed on.
pub async fn a_hold_that_ran_out_can_be_confirmed_while_free(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let customer = shop.customer(1).await;
    let hold = shop.hold(customer, 60);
    shop.changed(1, at(0), vec![Write::Hold(vec![hold.clone()])]).await;
    shop.changed(1, at(30), vec![Write::Confirm(vec![hold.id])]).await;
    let stored = shop.store.appointments(&[hold.id]).await.unwrap().remove(0);
    let agreed = Appointment { status: Status::Confirmed, hold_expires_at: None, ..hold };
    assert_eq!(stored, agreed);
    assert_eq!(shop.store.upcoming(customer, at(30)).await.unwrap(), [agreed]);
    shop.changed(1, at(31), vec![Write::Confirm(vec![stored.id])]).await;
}

/// A released slot can be taken back by whoever confirms first.
pub async fn an_expired_one_is_confirmed_only_while_its_time_is_free(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let customer = shop.customer(1).await;
    let (first, second) = (shop.hold(customer, 60), shop.hold(customer, 75));
    shop.changed(1, at(0), vec![Write::Hold(vec![first.clone()])]).await;
    shop.changed(1, at(1), vec![Write::Release(vec![first.id])]).await;
    assert_eq!(status(&shop, first.id).await, Status::Expired);
    shop.changed(2, at(1), vec![Write::Hold(vec![second.clone()])]).await;
    let lost = shop.change(1, at(2), vec![Write::Confirm(vec![first.id])]).await;
    assert_eq!(lost, CommitOutcome::SlotTaken);
    // The other hold runs out as well: the first may have it, and the second is told.
    shop.changed(1, at(20), vec![Write::Confirm(vec![first.id])]).await;
    assert_eq!(status(&shop, second.id).await, Status::Expired);
    let lost = shop.change(2, at(21), vec![Write::Confirm(vec![second.id])]).await;
    assert_eq!(lost, CommitOutcome::SlotTaken);
}

/// What was called off, or never made, can't be agreed on.
pub async fn what_is_gone_can_not_be_confirmed(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let customer = shop.customer(1).await;
    let booked = shop.booking(customer, 60);
    assert!(shop.store.enter(&booked).await.unwrap());
    shop.changed(1, at(0), vec![Write::Cancel(booked.id)]).await;
    for id in [booked.id, shop.id()] {
        let outcome = shop.change(1, at(1), vec![Write::Confirm(vec![id])]).await;
        assert_eq!(outcome, CommitOutcome::SlotTaken);
    }
}

/// A hold may be kept for longer; what is held no more stays as it is.
pub async fn a_hold_can_be_extended(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let customer = shop.customer(1).await;
    let (hold, gone) = (shop.hold(customer, 60), shop.hold(customer, 120));
    let both = vec![hold.clone(), gone.clone()];
    shop.changed(1, at(0), vec![Write::Hold(both)]).await;
    let writes = vec![
        Write::Release(vec![gone.id]),
        Write::Extend { ids: vec![hold.id, gone.id], until: at(40) },
    ];
    shop.changed(1, at(5), writes).await;
    let range = TimeWindow { start: at(0), end: at(600) };
    let busy = shop.store.busy(range, at(39)).await.unwrap();
    assert_eq!(busy.iter().map(|b| b.appointment).collect::<Vec<_>>(), [hold.id]);
    assert_eq!(status(&shop, gone.id).await, Status::Expired);
}

/// Cancelling frees the time at once.
pub async fn a_cancelled_appointment_frees_its_time(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let customer = shop.customer(1).await;
    let booked = shop.booking(customer, 60);
    assert!(shop.store.enter(&booked).await.unwrap());
    let next = shop.hold(customer, 60);
    let writes = vec![Write::Cancel(booked.id), Write::Hold(vec![next])];
    shop.changed(1, at(0), writes).await;
    assert_eq!(status(&shop, booked.id).await, Status::Cancelled);
    assert!(shop.store.upcoming(customer, at(0)).await.unwrap().is_empty());
    // Twice is once.
    shop.changed(1, at(1), vec![Write::Cancel(booked.id)]).await;
}

async fn booked_and_held(shop: &Shop, minute: i64) -> (CustomerId, Appointment, Appointment) {
    let customer = shop.customer(1).await;
    let old = Appointment { paid: Money::whole(250, Currency::Kes), ..shop.booking(customer, 60) };
    assert!(shop.store.enter(&old).await.unwrap());
    (customer, old, shop.hold(customer, minute))
}

/// Moving gives up the old time, takes the new one and moves the money, all in one.
pub async fn a_replacement_moves_time_and_money(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let (customer, old, new) = booked_and_held(&shop, 120).await;
    shop.changed(1, at(0), vec![Write::Hold(vec![new.clone()])]).await;
    shop.changed(1, at(1), vec![Write::Replace { old: old.id, new: new.id }]).await;
    let stored = shop.store.appointments(&[new.id, old.id]).await.unwrap();
    assert_eq!((stored[0].status, stored[0].paid), (Status::Confirmed, old.paid));
    assert_eq!((stored[1].status, stored[1].paid.minor), (Status::Cancelled, 0));
    let upcoming = shop.store.upcoming(customer, at(0)).await.unwrap();
    assert_eq!(upcoming.iter().map(|a| a.id).collect::<Vec<_>>(), [new.id]);
}

/// Who moves by a quarter of an hour is not in their own way.
pub async fn a_replacement_may_overlap_what_it_replaces(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let (_, old, new) = booked_and_held(&shop, 75).await;
    let writes = vec![Write::Hold(vec![new.clone()]), Write::Replace { old: old.id, new: new.id }];
    shop.changed(1, at(0), writes).await;
    assert_eq!(status(&shop, new.id).await, Status::Confirmed);
    assert_eq!(status(&shop, old.id).await, Status::Cancelled);
}

/// When the new time is lost, the old one stays.
pub async fn a_lost_replacement_keeps_the_old_appointment(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let (customer, old, new) = booked_and_held(&shop, 120).await;
    shop.changed(1, at(0), vec![Write::Hold(vec![new.clone()])]).await;
    assert!(
        shop.store
            .enter(&Appointment { created_at: at(30), ..shop.booking(customer, 120) })
            .await
            .unwrap()
    );
    let outcome = shop.change(1, at(31), vec![Write::Replace { old: old.id, new: new.id }]).await;
    assert_eq!(outcome, CommitOutcome::SlotTaken);
    assert_eq!(shop.store.appointments(&[old.id]).await.unwrap(), [old]);
}

/// Lists are in order of start and show what overlaps, not what touches.
pub async fn diaries_are_in_order(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let customer = shop.customer(1).await;
    let mut ids = Vec::new();
    for minute in [120, 60, 180] {
        let booking = shop.booking(customer, minute);
        assert!(shop.store.enter(&booking).await.unwrap());
        ids.push(booking.id);
    }
    shop.changed(1, at(0), vec![Write::Cancel(ids[0])]).await;
    let found = async |from, to| {
        let range = TimeWindow { start: at(from), end: at(to) };
        let diary = shop.store.diary(range).await.unwrap();
        diary.into_iter().map(|a| a.id).collect::<Vec<_>>()
    };
    assert_eq!(found(0, 600).await, [ids[1], ids[0], ids[2]]);
    assert_eq!(found(90, 121).await, [ids[0]]);
    assert!(found(150, 180).await.is_empty());
    let all = shop.store.appointments_of(customer).await.unwrap();
    assert_eq!(all.iter().map(|a| a.id).collect::<Vec<_>>(), [ids[1], ids[0], ids[2]]);
    let upcoming = shop.store.upcoming(customer, at(60)).await.unwrap();
    assert_eq!(upcoming.iter().map(|a| a.id).collect::<Vec<_>>(), [ids[2]]);
    let asked = shop.store.appointments(&[ids[2], shop.id(), ids[1]]).await.unwrap();
    assert_eq!(asked.iter().map(|a| a.id).collect::<Vec<_>>(), [ids[2], ids[1]]);
}
