//! The owner's rail, and money that was taken at the venue.

use super::shop::{Shop, at};
use crate::admin::plan::{Asked, Pending, Plan};
use crate::admin::takings::{self, Taking, WalkIn};
use crate::domain::appointment::AppointmentStatus as Status;
use crate::domain::id::Mint;
use crate::domain::payment::Account;
use crate::domain::tenant::Rail;
use crate::payments::ledger::balance;
use crate::ports::rail::Entered;
use crate::ports::store::{Store, Write};

fn walk_in(shop: &Shop, minute: i64, seed: u64) -> Taking {
    let service = &shop.business.catalogue.services[0];
    let what = WalkIn {
        service,
        staff: shop.business.catalogue.staff[0].id,
        amount: service.price,
        rail: Rail::Cash,
        staff_free: true,
        resource: None,
    };
    let mint = Mint { at: at(minute), seed };
    takings::walk_in(&what, at(minute), mint, &format!("{seed:032x}"))
}

/// What an admin is asked is remembered until something else is asked or nothing, for each admin apart.
pub async fn a_question_to_an_admin_is_remembered(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let admin = shop.business.admins[0].clone();
    let other = crate::domain::phone::Phone::from_provider("254799000111").unwrap();
    assert_eq!(shop.store.rail(&admin).await.unwrap(), None);
    let asked =
        |payment| Pending { asked: Asked::Confirm { plan: Plan::TakeBack { payment } }, at: at(1) };
    let (first, second) = (asked(shop.id()), asked(shop.id()));
    shop.store.set_rail(&admin, Some(&first)).await.unwrap();
    assert_eq!(shop.store.rail(&admin).await.unwrap(), Some(first));
    shop.store.set_rail(&admin, Some(&second)).await.unwrap();
    assert_eq!(shop.store.rail(&admin).await.unwrap(), Some(second));
    assert_eq!(shop.store.rail(&other).await.unwrap(), None);
    shop.store.set_rail(&admin, None).await.unwrap();
    assert_eq!(shop.store.rail(&admin).await.unwrap(), None);
}

/// A walk-in is a visit, a payment and rows that balance; entered again it is there once.
pub async fn money_taken_at_the_venue_is_entered_once(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let taking = walk_in(&shop, 10, 7);
    assert_eq!(shop.store.enter_taking(&taking).await.unwrap(), Entered::Done);
    assert_eq!(shop.store.enter_taking(&taking).await.unwrap(), Entered::Before);
    let visit = shop.store.appointments(&[taking.appointment]).await.unwrap().remove(0);
    assert_eq!((visit.status, visit.paid), (Status::Confirmed, taking.payment.amount));
    let ledger = shop.store.ledger(Some(taking.payment.id)).await.unwrap();
    let currency = taking.payment.amount.currency;
    assert_eq!(balance(&ledger, Account::Provider, currency), taking.payment.amount);
    assert_eq!(shop.store.last_taking(at(0)).await.unwrap(), Some(taking.payment));
    assert_eq!(shop.store.last_taking(at(11)).await.unwrap(), None);
}

/// A walk-in never overlaps what is booked, unless it is entered as one that is over.
pub async fn a_walk_in_takes_nobodys_time(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let customer = shop.customer(1).await;
    let hold = shop.hold(customer, 10);
    let taken = Write::Hold(vec![hold.clone()]);
    shop.changed(1, at(1), vec![taken, Write::Confirm(vec![hold.id])]).await;
    let mut taking = walk_in(&shop, 10, 7);
    let visit = taking.visit.as_mut().unwrap();
    (visit.staff, visit.window, visit.blocked) = (hold.staff, hold.window, hold.blocked);
    assert_eq!(shop.store.enter_taking(&taking).await.unwrap(), Entered::TimeTaken);
    assert!(shop.store.payment(taking.payment.id).await.unwrap().is_none());
    taking.visit.as_mut().unwrap().status = Status::Completed;
    assert_eq!(shop.store.enter_taking(&taking).await.unwrap(), Entered::Done);
}

/// Taken back, the books are as before and the visit is gone; it happens once.
pub async fn what_was_entered_by_mistake_is_taken_back_once(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let taking = walk_in(&shop, 10, 7);
    shop.store.enter_taking(&taking).await.unwrap();
    let (payment, rows) = takings::take_back(&taking.payment, at(20)).unwrap();
    assert!(shop.store.take_back(&payment, &rows).await.unwrap());
    assert!(!shop.store.take_back(&payment, &rows).await.unwrap());
    let ledger = shop.store.ledger(Some(payment.id)).await.unwrap();
    assert_eq!(balance(&ledger, Account::Provider, payment.amount.currency).minor, 0);
    let visit = shop.store.appointments(&[taking.appointment]).await.unwrap().remove(0);
    assert_eq!((visit.status, visit.paid.minor), (Status::Cancelled, 0));
    assert_eq!(shop.store.last_taking(at(0)).await.unwrap(), None);
}
