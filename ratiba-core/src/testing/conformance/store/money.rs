//! Payments, where their callbacks belong, and the ledger.

use jiff::Timestamp;

use super::shop::{Shop, at, is_committed};
use crate::domain::money::{Currency, Money};
use crate::domain::payment::{
    Account, FailureReason, LedgerEntry, Movement, Payment, PaymentState, Returned,
};
use crate::domain::tenant::Rail;
use crate::ports::store::{CommitOutcome, PaymentRoute, Store, StoreError, Write};

fn paid(at: Timestamp) -> PaymentState {
    PaymentState::Paid { at }
}

const fn failed() -> PaymentState {
    PaymentState::Failed { reason: FailureReason::WrongPin }
}

fn refunded(amount: Money) -> PaymentState {
    let back = Returned { received: amount, from: Account::Sales, done: amount };
    PaymentState::Refunded { back }
}

/// A payment reads back as it was written, in each of its lists.
pub async fn a_payment_is_stored_as_it_was_made(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let (customer, thread) = shop.talker(1).await;
    let first = shop.payment(customer, thread);
    shop.changed(1, at(0), vec![Write::NewPayment(first.clone())]).await;
    assert_eq!(shop.store.payment(first.id).await.unwrap(), Some(first.clone()));
    let done = Payment { state: failed(), provider_ref: Some("ws_CO_1".into()), ..first };
    let second = Payment { created_at: at(1), ..shop.payment(customer, thread) };
    let writes = vec![Write::UpdatePayment(done.clone()), Write::NewPayment(second.clone())];
    shop.changed(1, at(1), writes).await;
    assert_eq!(shop.store.payments_of(thread).await.unwrap(), [done, second]);
}

/// A conversation never has two prompts on somebody's phone.
pub async fn one_payment_is_in_flight_per_conversation(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let (customer, thread) = shop.talker(1).await;
    let (first, second) = (shop.payment(customer, thread), shop.payment(customer, thread));
    shop.changed(1, at(0), vec![Write::NewPayment(first.clone())]).await;
    for state in [PaymentState::Created, PaymentState::SubmitUnknown, PaymentState::Pending] {
        let moved = Payment { state, ..first.clone() };
        shop.changed(1, at(1), vec![Write::UpdatePayment(moved)]).await;
        let outcome = shop.change(1, at(1), vec![Write::NewPayment(second.clone())]).await;
        assert_eq!(outcome, CommitOutcome::PaymentInFlight);
    }
    assert!(shop.store.payment(second.id).await.unwrap().is_none());
    assert!(store.payment_route(&second.callback_token).await.unwrap().is_none());
    let over = Payment { state: PaymentState::TimedOut, ..first };
    let writes = vec![Write::UpdatePayment(over), Write::NewPayment(second)];
    shop.changed(1, at(2), writes).await;
    let (other, elsewhere) = shop.talker(2).await;
    let third = shop.payment(other, elsewhere);
    shop.changed(2, at(2), vec![Write::NewPayment(third)]).await;
}

/// A callback's token leads to its payment, from the moment the payment is written.
pub async fn a_callback_finds_its_payment(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let (customer, thread) = shop.talker(1).await;
    let payment = shop.payment(customer, thread);
    shop.changed(1, at(0), vec![Write::NewPayment(payment.clone())]).await;
    let route = store.payment_route(&payment.callback_token).await.unwrap();
    let expected = PaymentRoute { tenant: shop.tenant, payment: payment.id, rail: payment.rail };
    assert_eq!(route, Some(expected));
    assert_eq!(store.payment_route(&payment.merchant_reference).await.unwrap(), None);
}

/// What paid for an appointment is found by it, also after it was moved.
pub async fn the_payments_of_an_appointment_are_found(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let (customer, thread) = shop.talker(1).await;
    let booked = shop.booking(customer, 60);
    assert!(shop.store.enter(&booked).await.unwrap());
    let lost = Payment { appointments: vec![booked.id], ..shop.payment(customer, thread) };
    let good = Payment { appointments: vec![booked.id], ..shop.payment(customer, thread) };
    let writes = vec![
        Write::NewPayment(lost.clone()),
        Write::UpdatePayment(Payment { state: failed(), ..lost }),
        Write::NewPayment(good.clone()),
    ];
    shop.changed(1, at(0), writes).await;
    assert_eq!(shop.store.payments_for(booked.id).await.unwrap(), []);
    let good = Payment { state: paid(at(1)), receipts: vec!["SIN7".into()], ..good };
    let writes = vec![
        Write::UpdatePayment(good.clone()),
        Write::Paid { appointment: booked.id, amount: good.amount },
    ];
    shop.changed(1, at(1), writes).await;
    assert_eq!(shop.store.payments_for(booked.id).await.unwrap(), std::slice::from_ref(&good));
    let stored = shop.store.appointments(&[booked.id]).await.unwrap().remove(0);
    assert_eq!(stored.paid, good.amount);

    let moved = shop.hold(customer, 120);
    let writes =
        vec![Write::Hold(vec![moved.clone()]), Write::Replace { old: booked.id, new: moved.id }];
    shop.changed(1, at(2), writes).await;
    assert_eq!(shop.store.payments_for(moved.id).await.unwrap(), std::slice::from_ref(&good));

    // What is paid later, at the venue, is one more; the newest comes first.
    let rest = Payment {
        appointments: vec![moved.id],
        state: paid(at(4)),
        created_at: at(4),
        rail: Rail::Cash,
        ..shop.payment(customer, thread)
    };
    shop.changed(1, at(4), vec![Write::NewPayment(rest.clone())]).await;
    assert_eq!(shop.store.payments_for(moved.id).await.unwrap(), [rest, good]);
}

/// That money came is not forgotten, whatever is told later.
pub async fn a_success_is_never_overwritten(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let (customer, thread) = shop.talker(1).await;
    let payment = shop.payment(customer, thread);
    let good = Payment { state: paid(at(1)), ..payment.clone() };
    let writes = vec![Write::NewPayment(payment.clone()), Write::UpdatePayment(good.clone())];
    shop.changed(1, at(0), writes).await;
    let (_, inbox) = shop.hear(1, at(2)).await;
    for state in [failed(), PaymentState::TimedOut, PaymentState::Cancelled, PaymentState::Pending]
    {
        let lane = shop.store.lane(customer, 1).await.unwrap().unwrap();
        let told = Write::UpdatePayment(Payment { state, ..payment.clone() });
        let current = lane.current.unwrap();
        let turn = shop.turn(&current, inbox, at(2), vec![told]);
        let refused = shop.store.commit(&turn).await;
        assert!(matches!(refused, Err(StoreError::Refused { .. })), "{refused:?}");
    }
    assert_eq!(shop.store.payment(payment.id).await.unwrap(), Some(good.clone()));
    let back = Payment { state: refunded(good.amount), ..good };
    shop.changed(1, at(3), vec![Write::UpdatePayment(back.clone())]).await;
    assert_eq!(shop.store.payment(payment.id).await.unwrap(), Some(back));
}

/// Reconciliation sees what may still change, oldest first.
pub async fn open_payments_are_listed_oldest_first(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let (customer, thread) = shop.talker(1).await;
    let states = [
        (5, PaymentState::TimedOut, true),
        (3, PaymentState::Cancelled, true),
        (2, failed(), false),
        (1, paid(at(1)), false),
        (9, PaymentState::Pending, true),
    ];
    let mut open = Vec::new();
    for (minute, state, is_open) in states {
        let created = Payment { created_at: at(minute), ..shop.payment(customer, thread) };
        let moved = Payment { state, ..created.clone() };
        let writes = vec![Write::NewPayment(created), Write::UpdatePayment(moved.clone())];
        shop.changed(1, at(10), writes).await;
        if is_open {
            open.push(moved);
        }
    }
    open.sort_by_key(|p| p.created_at);
    assert_eq!(shop.store.open_payments(at(60), 10).await.unwrap(), open);
    assert_eq!(shop.store.open_payments(at(9), 10).await.unwrap(), open[..2]);
    assert_eq!(shop.store.open_payments(at(60), 1).await.unwrap(), open[..1]);
}

fn rows(shop: &Shop, payment: &Payment, minor: i64) -> Vec<LedgerEntry> {
    let side = |account, minor| LedgerEntry {
        id: shop.id(),
        payment: payment.id,
        movement: Movement::Charged,
        account,
        amount: Money::new(minor, Currency::Kes),
        receipt: Some("SIN7XYZ".into()),
        at: at(1),
    };
    vec![side(Account::Provider, minor), side(Account::Sales, -minor)]
}

/// The ledger is in order, by payment or whole, and the same row is stored once.
pub async fn the_ledger_is_kept_in_order(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let (customer, thread) = shop.talker(1).await;
    let first = shop.payment(customer, thread);
    let over = Payment { state: failed(), ..first.clone() };
    let second = shop.payment(customer, thread);
    let (a, b) = (rows(&shop, &first, 50_000), rows(&shop, &second, 20_000));
    let writes = vec![
        Write::NewPayment(first.clone()),
        Write::UpdatePayment(over),
        Write::NewPayment(second),
        Write::Ledger(a.clone()),
        Write::Ledger(b.clone()),
        Write::Ledger(a.clone()),
    ];
    shop.changed(1, at(1), writes).await;
    assert_eq!(shop.store.ledger(Some(first.id)).await.unwrap(), a);
    assert_eq!(shop.store.ledger(None).await.unwrap(), [a, b].concat());
}

/// Rows that do not balance are refused with the whole turn.
pub async fn an_unbalanced_ledger_is_refused(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let (customer, thread) = shop.talker(1).await;
    let payment = shop.payment(customer, thread);
    let mut entries = rows(&shop, &payment, 50_000);
    entries[1].amount.minor += 1;
    let (_, inbox) = shop.hear(1, at(0)).await;
    let current = shop.store.lane(customer, 1).await.unwrap().unwrap().current.unwrap();
    let writes = vec![Write::NewPayment(payment.clone()), Write::Ledger(entries)];
    let turn = shop.turn(&current, inbox, at(0), writes);
    assert!(matches!(shop.store.commit(&turn).await, Err(StoreError::Refused { .. })));
    assert!(shop.store.payment(payment.id).await.unwrap().is_none());
    let retaken = shop.turn(&current, inbox, at(0), Vec::new());
    assert!(is_committed(&shop.store.commit(&retaken).await.unwrap()));
}

/// A customer's facts change with the turn that learnt them.
pub async fn what_is_learnt_of_a_customer_is_kept(store: &dyn Store) {
    use crate::domain::customer::Customer;
    use crate::domain::message::Language;
    use crate::domain::phone::Phone;

    let shop = Shop::open(store).await;
    let customer = shop.customer(1).await;
    let before = shop.store.customer(customer).await.unwrap().unwrap();
    let after = Customer {
        name: Some("Wanjiku".into()),
        phone: Phone::from_provider("254799000111").ok(),
        phone_proven: false,
        language: Some(Language::Sw),
        opted_out: true,
        ..before
    };
    shop.changed(1, at(0), vec![Write::Customer(after.clone())]).await;
    // Their next message brings the proven phone again.
    let proven = Phone::from_provider("254712345001").ok();
    let expected = Customer { phone: proven, phone_proven: true, ..after.clone() };
    assert_eq!(shop.store.customer(customer).await.unwrap(), Some(after));
    shop.customer(1).await;
    assert_eq!(shop.store.customer(customer).await.unwrap(), Some(expected));
}

/// Questions wait for the owner in the order in which they were asked.
pub async fn unanswered_questions_wait_in_order(store: &dyn Store) {
    let shop = Shop::open(store).await;
    for (minute, question) in ["parking?", "watoto?", "visa?"].into_iter().enumerate() {
        let minute = i64::try_from(minute).unwrap();
        let write = Write::Unanswered { question: question.into() };
        shop.changed(1, at(minute), vec![write]).await;
    }
    let waiting = shop.store.unanswered(2).await.unwrap();
    assert_eq!(waiting, [(at(0), "parking?".into()), (at(1), "watoto?".into())]);
}
