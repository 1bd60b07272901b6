//! The waitlist, and what becomes of visits.

use super::shop::{Shop, at};
use crate::domain::appointment::AppointmentStatus as Status;
use crate::domain::id::CustomerId;
use crate::domain::time::{MinuteOfDay, TimeWindow};
use crate::domain::visit::VisitOutcome;
use crate::domain::wait::{Wait, WaitStatus};
use crate::ports::inbox::{Timer, TimerKey};
use crate::ports::store::{Store, Write};

/// Somebody waits for the first service on the day of the opening, all day.
pub(super) fn wait(shop: &Shop, customer: CustomerId, service: usize, minute: i64) -> Wait {
    let day = at(0).to_zoned(shop.business.tenant.zone.clone()).date();
    Wait {
        id: shop.id(),
        customer,
        service: shop.business.catalogue.services[service].id,
        staff: None,
        from: day,
        to: day,
        after: MinuteOfDay::START,
        before: MinuteOfDay::END,
        status: WaitStatus::Waiting,
        created_at: at(minute),
    }
}

fn written(shop: &Shop, wait: Wait) -> Write {
    Write::Wait { wait, span: wait.span(&shop.business.tenant.zone) }
}

/// A wish is read as it was written, in the order in which it was made, and only where it could be answered.
pub async fn who_waits_is_found_in_order(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let (a, b) = (shop.customer(1).await, shop.customer(2).await);
    let staff = Some(shop.business.catalogue.staff[0].id);
    let later = Wait { staff, ..wait(&shop, b, 0, 5) };
    let first = wait(&shop, a, 0, 1);
    shop.changed(2, at(5), vec![written(&shop, later)]).await;
    shop.changed(1, at(6), vec![written(&shop, first)]).await;
    assert_eq!(shop.store.wait(later.id).await.unwrap(), Some(later));
    let span = TimeWindow::of_minutes(at(60), 30);
    assert_eq!(shop.store.waiting(span, 9).await.unwrap(), [first, later]);
    assert_eq!(shop.store.waiting(span, 1).await.unwrap(), [first]);
    let next_week = TimeWindow::of_minutes(at(7 * 24 * 60), 30);
    assert!(shop.store.waiting(next_week, 9).await.unwrap().is_empty());
    assert_eq!(shop.store.waits_open(at(0)).await.unwrap(), 2);
    assert_eq!(shop.store.waits_open(at(7 * 24 * 60)).await.unwrap(), 0);
    assert_eq!(shop.store.waits_of(a).await.unwrap(), [first]);
}

/// A wish goes from waiting to offered and back, and once it is over it stays so.
pub async fn a_wish_that_is_over_stays_over(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let customer = shop.customer(1).await;
    let one = wait(&shop, customer, 0, 1);
    shop.changed(1, at(1), vec![written(&shop, one)]).await;
    let became = |status| Write::WaitBecame { wait: one.id, status };
    for (next, is) in [
        (WaitStatus::Offered, WaitStatus::Offered),
        (WaitStatus::Waiting, WaitStatus::Waiting),
        (WaitStatus::Offered, WaitStatus::Offered),
        (WaitStatus::Taken, WaitStatus::Taken),
        (WaitStatus::Waiting, WaitStatus::Taken),
        (WaitStatus::Closed, WaitStatus::Taken),
    ] {
        shop.changed(1, at(2), vec![became(next)]).await;
        assert_eq!(shop.store.wait(one.id).await.unwrap().unwrap().status, is);
    }
    let span = TimeWindow::of_minutes(at(60), 30);
    assert!(shop.store.waiting(span, 9).await.unwrap().is_empty());
}

/// Asking again for the same service replaces the older wish, and leaving the list ends all of them.
pub async fn the_last_wish_for_a_service_counts(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let (customer, other) = (shop.customer(1).await, shop.customer(2).await);
    let all =
        [wait(&shop, customer, 0, 1), wait(&shop, customer, 1, 2), wait(&shop, customer, 0, 3)];
    for one in all {
        shop.changed(1, at(3), vec![written(&shop, one)]).await;
    }
    shop.changed(2, at(3), vec![written(&shop, wait(&shop, other, 0, 4))]).await;
    let status = async || {
        let waits = shop.store.waits_of(customer).await.unwrap();
        waits.iter().map(|wait| wait.status).collect::<Vec<_>>()
    };
    assert_eq!(status().await, [WaitStatus::Closed, WaitStatus::Waiting, WaitStatus::Waiting]);
    shop.changed(1, at(4), vec![Write::LeaveWaitlist]).await;
    assert_eq!(status().await, [WaitStatus::Closed; 3]);
    assert_eq!(shop.store.waits_open(at(0)).await.unwrap(), 1, "the other waits on");
}

/// Timers may be set from outside of a turn; one of the same key is replaced.
pub async fn timers_are_set_outside_of_turns(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let customer = shop.customer(1).await;
    let key = TimerKey::FollowUp { appointment: shop.id() };
    for minute in [5, 9] {
        let timer = Timer { id: shop.id(), customer, key: key.clone(), due_at: at(minute) };
        shop.store.set_timers(std::slice::from_ref(&timer)).await.unwrap();
        assert_eq!(shop.store.timers(customer).await.unwrap(), [timer]);
    }
}

/// Whether somebody came can be said once it has begun, and said differently later; what was called off is no visit.
pub async fn a_visit_is_marked_once_it_has_begun(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let customer = shop.customer(1).await;
    let (visit, off) = (shop.booking(customer, 60), shop.booking(customer, 120));
    for booking in [&visit, &off] {
        assert!(shop.store.enter(booking).await.unwrap());
    }
    shop.changed(1, at(1), vec![Write::Cancel(off.id)]).await;
    let s = &shop.store;
    assert!(!s.mark_visit(visit.id, VisitOutcome::NoShow, at(59)).await.unwrap());
    assert!(s.mark_visit(visit.id, VisitOutcome::NoShow, at(60)).await.unwrap());
    assert_eq!(s.no_shows(customer, at(0)).await.unwrap(), 1);
    assert_eq!(s.no_shows(customer, at(61)).await.unwrap(), 0, "it was before that");
    assert!(s.mark_visit(visit.id, VisitOutcome::Came, at(99)).await.unwrap());
    assert_eq!(s.no_shows(customer, at(0)).await.unwrap(), 0);
    assert!(!s.mark_visit(off.id, VisitOutcome::Came, at(999)).await.unwrap());
    assert!(!s.mark_visit(shop.id(), VisitOutcome::Came, at(999)).await.unwrap());
}

/// What is over is completed, unless somebody has said otherwise.
pub async fn what_is_over_is_completed(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let customer = shop.customer(1).await;
    let all: Vec<_> = [0, 60, 120, 180].map(|minute| shop.booking(customer, minute)).into();
    for booking in &all {
        assert!(shop.store.enter(booking).await.unwrap());
    }
    let s = &shop.store;
    assert!(s.mark_visit(all[0].id, VisitOutcome::NoShow, at(1)).await.unwrap());
    assert_eq!(s.complete_ended(all[1].window.end).await.unwrap(), 1);
    assert_eq!(s.complete_ended(all[1].window.end).await.unwrap(), 0);
    shop.changed(1, at(200), vec![Write::Complete(all[2].id), Write::Complete(all[0].id)]).await;
    let found = s.appointments_of(customer).await.unwrap();
    let statuses: Vec<Status> = found.iter().map(|a| a.status).collect();
    assert_eq!(statuses, [Status::NoShow, Status::Completed, Status::Completed, Status::Confirmed]);
}

/// What the owner entered can be called off without a conversation, once.
pub async fn what_was_entered_can_be_called_off(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let customer = shop.customer(1).await;
    let booking = shop.booking(customer, 60);
    assert!(shop.store.enter(&booking).await.unwrap());
    assert!(shop.store.call_off(booking.id).await.unwrap());
    assert!(!shop.store.call_off(booking.id).await.unwrap());
    assert!(shop.store.enter(&shop.booking(customer, 60)).await.unwrap(), "its time is free");
}
