//! Lists over payments and the ledger, and whose a receipt is.

use super::shop::{Shop, at};
use crate::domain::money::{Currency, Money};
use crate::domain::payment::{Account, LedgerEntry, Movement, Payment, PaymentState};
use crate::domain::tenant::Rail;
use crate::domain::time::TimeWindow;
use crate::ports::store::{CommitOutcome, Store, Write};

fn paid_with(payment: &Payment, receipt: &str) -> Payment {
    let state = PaymentState::Paid { at: at(1) };
    Payment { state, receipts: vec![receipt.to_owned()], ..payment.clone() }
}

/// The second payment with a receipt is not stored, and the first keeps it.
pub async fn a_receipt_is_of_one_payment(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let mut payments = Vec::new();
    for peer in [1, 2] {
        let (customer, thread) = shop.talker(peer).await;
        let payment = shop.payment(customer, thread);
        shop.changed(peer, at(0), vec![Write::NewPayment(payment.clone())]).await;
        payments.push(payment);
    }
    let first = paid_with(&payments[0], "TKX1");
    for _ in 0..2 {
        shop.changed(1, at(1), vec![Write::UpdatePayment(first.clone())]).await;
    }
    let copied = vec![Write::UpdatePayment(paid_with(&payments[1], "TKX1"))];
    assert_eq!(shop.change(2, at(1), copied).await, CommitOutcome::Stale);
    assert_eq!(shop.store.payment(payments[1].id).await.unwrap().as_ref(), Some(&payments[1]));
    let owner = |rail, receipt: &'static str| shop.store.receipt_owner(rail, receipt);
    assert_eq!(owner(Rail::Mpesa, "TKX1").await.unwrap(), Some(first.id));
    assert_eq!(owner(Rail::Card, "TKX1").await.unwrap(), None);
    assert_eq!(owner(Rail::Mpesa, "TKX2").await.unwrap(), None);
}

/// A day has what was made and written in it, from its first moment to before its last.
pub async fn payments_and_books_are_listed_by_day_and_standing(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let (customer, thread) = shop.talker(1).await;
    let mut made = Vec::new();
    for minute in [0, 10, 20] {
        let payment = Payment {
            created_at: at(minute),
            state: PaymentState::TimedOut,
            ..shop.payment(customer, thread)
        };
        let row = |account, minor| LedgerEntry {
            id: shop.id(),
            payment: payment.id,
            movement: Movement::Charged,
            account,
            amount: Money::new(minor, Currency::Kes),
            receipt: None,
            at: at(minute),
        };
        let rows = vec![row(Account::Provider, 500), row(Account::Sales, -500)];
        let writes = vec![Write::NewPayment(payment.clone()), Write::Ledger(rows)];
        shop.changed(1, at(minute), writes).await;
        made.push(payment);
    }
    let range = TimeWindow { start: at(10), end: at(20) };
    assert_eq!(shop.store.payments_made(range).await.unwrap(), made[1..2]);
    assert_eq!(shop.store.ledger_within(range).await.unwrap().len(), 2);
    let last = shop.store.payments_last(2).await.unwrap();
    assert_eq!(last, [made[2].clone(), made[1].clone()]);
    assert_eq!(shop.store.payments_in("timed_out", 2).await.unwrap(), made[..2]);
    assert!(shop.store.payments_in("paid", 9).await.unwrap().is_empty());
}
